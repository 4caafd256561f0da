/**
 * The one thing that is undone unattended: a patch file of this run that LXD has not taken. Uses the approved text of the plan's
 * own `remove-patch` step, which touches nothing but a file with this run's mark, and looks before it sends that. Waits until no
 * command of this run can write the file any more: after a crash it may be under way still. Says what is left when it can't.
 */
import type { PlanStep } from '../domain/plan.ts';
import { healingByHand } from '../domain/planner/healing.ts';
import type { Run } from '../domain/run.ts';
import { execLimitMs, recordOf, textOf, type RunContext } from './context.ts';
import { sendLook, sendStep } from './send.ts';

/** Sentences about what was removed or is left; empty when no patch was ever written. */
export async function removeOwnPatch(context: RunContext, run: Run): Promise<readonly string[]> {
  const written = stepsOf(run, 'write-patch').filter((step) => recordOf(run, step).attempts > 0);
  const removing = stepsOf(run, 'remove-patch').flatMap((step) => {
    const writing = written.find(({ member }) => member === step.member);
    return writing === undefined ? [] : [removeOn(context, run, step, writing)];
  });
  return Promise.all(removing);
}

async function removeOn(context: RunContext, run: Run, step: PlanStep, writing: PlanStep): Promise<string> {
  const { journal } = context;
  await outlast(context, run, writing);
  // A process that died on its way to the pause may have been here before.
  const seen = await sendLook(context, step);
  const sent = seen.kind === 'done' ? { ...seen, output: null } : await sendStep(context, step, textOf(run, step));
  const text =
    sent.kind === 'done'
      ? `No patch file of ${run.id} is left on ${step.member}.`
      : `Whether a patch file of ${run.id} is left on ${step.member} is not known (${sent.note}); it expires by itself within 15 minutes.`;
  await journal.note([journal.entry('note', text, { member: step.member, evidence: sent.output })]);
  return text;
}

/** Only a sending without a known outcome can still be under way; nothing of it outlives its own limit. */
async function outlast(context: RunContext, run: Run, step: PlanStep): Promise<void> {
  const { deps, draining } = context;
  const { state, startedAt } = recordOf(run, step);
  if (state !== 'started' && state !== 'unknown') return;
  const left = (startedAt ?? 0) + execLimitMs(context, step) - deps.clock.nowMs();
  if (left > 0) await deps.timers.sleep(left, draining);
}

/** What the run set and did not take back: a hold on refreshes. One that was sent and never answered for may be there or not. */
export function describeHold(run: Run): readonly string[] {
  const released = stepsOf(run, 'release-hold')
    .filter((step) => recordOf(run, step).state === 'done')
    .map(({ member }) => member);
  const sent = stepsOf(run, 'hold-refreshes').filter(
    (step) => recordOf(run, step).attempts > 0 && !released.includes(step.member),
  );
  const namesOf = (isDone: boolean): string =>
    sent
      .filter((step) => (recordOf(run, step).state === 'done') === isDone)
      .map(({ member }) => member)
      .join(', ');
  const [held, unknown] = [namesOf(true), namesOf(false)];
  return [
    ...(held === ''
      ? []
      : [`Refreshes are still held by this run on ${held}: sudo snap refresh --unhold lxd releases them.`]),
    ...(unknown === ''
      ? []
      : [
          `Whether refreshes are held by this run on ${unknown} is not known: snap list lxd says so, sudo snap refresh --unhold lxd releases them.`,
        ]),
  ];
}

/** That automatic healing was switched off by this run and not put back: while members look offline nobody but a person may. */
export function describeHealing(run: Run): readonly string[] {
  const threshold = run.plan.healingS;
  const back = stepsOf(run, 'healing-back');
  if (threshold === undefined || back.every((step) => recordOf(run, step).state === 'done')) return [];
  const setting = [...stepsOf(run, 'healing-off'), ...stepsOf(run, 'write-patch')];
  if (setting.every((step) => recordOf(run, step).attempts === 0)) return [];
  return [
    `cluster.healing_threshold was ${threshold} s and is 0 since this run; once every member serves, on one of them: ${healingByHand(threshold)} (a resumed run does so itself after its verification).`,
  ];
}

/** For an end without a worker: what a paused run leaves behind. */
export function describeLeft(run: Run): readonly string[] {
  return [...describeHold(run), ...describeHealing(run)];
}

export function stepsOf(run: Run, kind: PlanStep['call']['kind']): readonly PlanStep[] {
  return run.plan.stages.flatMap(({ steps }) => steps.filter(({ call }) => call.kind === kind));
}
