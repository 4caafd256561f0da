/**
 * What a plan does only once its end was verified: automatic healing goes back to what it was when every member serves, never before.
 * Owns when that is due; the steps are recorded like any other, so a crash or a pause in between is taken up again.
 */
import type { PlanStep } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import { keyOf, recordOf, type RunContext } from './context.ts';
import { runStep } from './step.ts';

/** Those that are still to be done. */
export function stepsAfterVerify(context: RunContext, run: Run): readonly PlanStep[] {
  return run.plan.stages
    .filter(({ after }) => after === 'verify')
    .flatMap(({ steps }) => steps)
    .filter((step) => recordOf(run, step).state !== 'done' || context.again.has(keyOf(step)));
}

/** True when each is done. */
export async function runAfterVerify(context: RunContext, steps: readonly PlanStep[]): Promise<boolean> {
  const states = await Promise.all(steps.map((step) => runStep(context, step)));
  return states.every((state) => state === 'done');
}
