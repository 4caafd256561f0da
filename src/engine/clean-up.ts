/**
 * The one thing that is undone unattended: a patch file of this run that LXD has not taken. Uses the approved text of the plan's
 * own `remove-patch` step, which touches nothing but a file with this run's mark. Says what is left when it can't.
 */
import type { PlanStep } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import { recordOf, textOf, type RunContext } from './context.ts';
import { sendStep } from './send.ts';

/** Sentences about what was removed or is left; empty when no patch was ever written. */
export async function removeOwnPatch(context: RunContext, run: Run): Promise<readonly string[]> {
  const written = stepsOf(run, 'write-patch').filter((step) => recordOf(run, step).attempts > 0);
  const removing = stepsOf(run, 'remove-patch').filter(({ member }) => written.some((step) => step.member === member));
  return Promise.all(removing.map((step) => removeOn(context, run, step)));
}

async function removeOn(context: RunContext, run: Run, step: PlanStep): Promise<string> {
  const { journal } = context;
  const sent = await sendStep(context, step, textOf(run, step));
  const text =
    sent.kind === 'done'
      ? `No patch file of ${run.id} is left on ${step.member}.`
      : `Whether a patch file of ${run.id} is left on ${step.member} is not known (${sent.note}); it expires by itself within 15 minutes.`;
  await journal.note([journal.entry('note', text, { member: step.member, evidence: sent.output })]);
  return text;
}

/** What the run set and did not take back: a hold on refreshes. */
export function describeHold(run: Run): readonly string[] {
  const held = stepsOf(run, 'hold-refreshes')
    .filter((step) => recordOf(run, step).attempts > 0)
    .map(({ member }) => member);
  const released = stepsOf(run, 'release-hold')
    .filter((step) => recordOf(run, step).state === 'done')
    .map(({ member }) => member);
  const left = held.filter((member) => !released.includes(member));
  if (left.length === 0) return [];
  return [`Refreshes are still held by this run on ${left.join(', ')}: sudo snap refresh --unhold lxd releases them.`];
}

export function stepsOf(run: Run, kind: PlanStep['call']['kind']): readonly PlanStep[] {
  return run.plan.stages.flatMap(({ steps }) => steps.filter(({ call }) => call.kind === kind));
}
