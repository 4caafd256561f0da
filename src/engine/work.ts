/**
 * The walk through a running run's stages: the steps of a stage side by side, the stages one after the other, an abort honoured
 * before the next intent, the verification at the end. The store says where it stands; nothing is remembered here but `again`.
 */
import type { PlanStage, PlanStep } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import { keyOf, loadRun, recordOf, type RunContext } from './context.ts';
import { abortRun, pauseRun, stopAtSteps } from './end.ts';
import { finish } from './finish.ts';
import { hasOutlived, hold, needOf, VERIFY_NEED_MS } from './hold.ts';
import { preparePatchAgain } from './patch-again.ts';
import { runStep } from './step.ts';

/** Returns the run when it ended or paused, or as it stands when the process drains. */
export async function work(context: RunContext): Promise<Run> {
  for (;;) {
    const run = await loadRun(context);
    if (run.state !== 'running' || context.draining.aborted) return run;
    if (run.abortRequestedBy !== null) return abortRun(context);
    const stage = nextStage(context, run);
    const { refused } = await hold(context, run, stage === undefined ? VERIFY_NEED_MS : needOf(context, stage));
    if (refused.length > 0) return pauseRun(context, refused.join(' '));
    if (stage === undefined) return finish(context);
    const open = stage.steps.filter((step) => isOpen(context, run, step));
    const states = await Promise.all(open.map((step) => runStep(context, step)));
    if (context.draining.aborted) return loadRun(context);
    if (states.every((state) => state === 'done')) {
      await milestone(context, run, stage);
      continue;
    }
    if ((await loadRun(context)).abortRequestedBy !== null || hasOutlived(context)) continue;
    if (await mayPatchAgain(context, stage)) continue;
    return stopAtSteps(context, open);
  }
}

function nextStage(context: RunContext, run: Run): PlanStage | undefined {
  const now = run.plan.stages.filter(({ after }) => after === undefined);
  return now.find(({ steps }) => steps.some((step) => isOpen(context, run, step)));
}

function isOpen(context: RunContext, run: Run, step: PlanStep): boolean {
  return recordOf(run, step).state !== 'done' || context.again.has(keyOf(step));
}

/** Only a member that does not become ready raises the question whether the patch had an effect. */
async function mayPatchAgain(context: RunContext, stage: PlanStage): Promise<boolean> {
  if (!stage.steps.some(({ call }) => call.kind === 'await-ready')) return false;
  const run = await loadRun(context);
  if (stage.steps.some((step) => recordOf(run, step).state === 'unknown')) return false;
  return preparePatchAgain(context, run);
}

async function milestone(context: RunContext, run: Run, stage: PlanStage): Promise<void> {
  const { journal } = context;
  const number = run.plan.stages.indexOf(stage) + 1;
  const members = stage.steps.map(({ member }) => member).join(', ');
  await journal.note([
    journal.entry('step-done', `${number} of ${run.plan.stages.length}, done: ${stage.title} (${members}).`),
  ]);
}
