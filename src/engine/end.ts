/**
 * How a run stops: paused for a person, failed before it changed anything, or aborted. Owns the sentence that says why, what is
 * left, and what can be typed next.
 */
import { stepTitle, type PlanStep } from '../domain/plan.ts';
import { takesVerdict, type Run, type StepRecord } from '../domain/run.ts';
import type { NewTimelineEntry } from '../domain/timeline.ts';
import { describeHealing, describeHold, removeOwnPatch } from './clean-up.ts';
import { describeMarkers, giveBack } from './hold.ts';
import { loadRun, recordOf, type RunContext } from './context.ts';

/** Its own unconsumed patch is removed first: a pause may last, and the file must not act meanwhile. */
export async function pauseRun(
  context: RunContext,
  why: string,
  entries: readonly NewTimelineEntry[] = [],
): Promise<Run> {
  const { journal, id } = context;
  const left = await leftOf(context);
  const next = nextOf(await loadRun(context));
  const explanation = [why, ...left, ...describeMarkers(context), `Next: ${next}`].join(' ');
  await context.deps.failpoints.hit('before-end');
  const moved = await journal.move({
    from: ['running'],
    to: 'paused',
    explanation,
    entries: [...entries, journal.entry('run-paused', `${id} is paused. ${explanation}`)],
  });
  return moved === null ? loadRun(context) : abortIfAsked(context, moved, [why, ...left]);
}

/** `done` is offered only where there is something that a person could have seen to be done. */
function nextOf(run: Run): string {
  const [retry, done, abort] = [`/lxd resume ${run.id} retry`, `/lxd resume ${run.id} done`, `/lxd abort ${run.id}`];
  const canBeDone = takesVerdict(run, { verdict: 'done', step: null, member: null });
  return canBeDone ? `${retry}, ${done}, or ${abort}` : `${retry} or ${abort}`;
}

/** Asked for while it was on its way to the pause: a run at rest has nobody else to honour that. */
async function abortIfAsked(context: RunContext, run: Run, known: readonly string[]): Promise<Run> {
  const { journal } = context;
  if (run.abortRequestedBy === null) return run;
  const markers = await giveBack(context, run);
  const explanation = [
    `${run.abortRequestedBy} aborted it; what was done stays done.`,
    ...known,
    ...markers,
    `Next: /lxd status ${run.cluster}`,
  ].join(' ');
  const moved = await journal.move({
    from: ['paused'],
    to: 'aborted',
    explanation,
    entries: [journal.entry('run-ended', `${run.id} is aborted. ${explanation}`)],
  });
  return moved ?? run;
}

/** A step did not succeed: `failed` when nothing was changed on any member, else a pause. */
export async function stopAtSteps(context: RunContext, steps: readonly PlanStep[]): Promise<Run> {
  const run = await loadRun(context);
  const failing = steps.map((step) => recordOf(run, step)).filter(({ state }) => state !== 'done');
  const why = failing.map((record) => whyOf(run, record));
  if (failing.some(({ state }) => state === 'unknown') || hasChanged(run)) return pauseRun(context, why.join(' '));
  const { journal } = context;
  const left = await giveBack(context, run);
  const explanation = [...why, 'Nothing was changed.', ...left, `Next: /lxd recover ${run.cluster}`].join(' ');
  const moved = await journal.move({
    from: ['running'],
    to: 'failed',
    explanation,
    entries: [journal.entry('run-ended', `${run.id} failed. ${explanation}`)],
  });
  return moved ?? loadRun(context);
}

/** The step in words first; its id is what the table and the commands call it. */
function whyOf({ plan }: Run, { id, member, state, note }: StepRecord): string {
  const end = state === 'failed' ? `failed on ${member}` : `on ${member} is ${state}`;
  return `"${stepTitle(plan, id)}" ${end} (${id}): ${note ?? 'no reason given'}.`;
}

export async function abortRun(context: RunContext): Promise<Run> {
  const { journal, id } = context;
  const run = await loadRun(context);
  const left = [...(await leftOf(context)), ...(await giveBack(context, run))];
  const explanation = [
    `${run.abortRequestedBy ?? 'Somebody'} aborted it; what was done stays done.`,
    ...left,
    `Next: /lxd status ${run.cluster}`,
  ].join(' ');
  const moved = await journal.move({
    from: ['running'],
    to: 'aborted',
    explanation,
    entries: [journal.entry('run-ended', `${id} is aborted. ${explanation}`)],
  });
  return moved ?? loadRun(context);
}

async function leftOf(context: RunContext): Promise<readonly string[]> {
  const run = await loadRun(context);
  return [...(await removeOwnPatch(context, run)), ...describeHold(run), ...describeHealing(run)];
}

/** Whether a step that changes a member was ever sent. A back-up changes nothing that anybody would miss. */
function hasChanged(run: Run): boolean {
  return run.plan.stages
    .flatMap(({ steps }) => steps)
    .some((step) => step.effect !== 'read' && step.call.kind !== 'back-up' && recordOf(run, step).attempts > 0);
}
