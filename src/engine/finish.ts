/**
 * The verification at the end: probe, judge, wait, until all is as planned, or something is lost for good, or the time is over.
 * Success is never assumed from steps that went well.
 */
import type { Plan } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import {
  beginHistory,
  foldHistory,
  judgeEnd,
  verifyLimitMs,
  type Unmet,
  type VerifyHistory,
} from '../domain/verify/index.ts';
import { describeStarted } from '../domain/verify/started.ts';
import type { Undone } from '../ports/store.ts';
import { loadRun, type RunContext } from './context.ts';
import { describeHold } from './clean-up.ts';
import { runAfterVerify, stepsAfterVerify } from './after-verify.ts';
import { abortRun, pauseRun, stopAtSteps } from './end.ts';
import { createJournal } from './journal.ts';
import { giveBack, hasOutlived, hold, VERIFY_NEED_MS } from './hold.ts';
import { lookAgain, type Seen } from './look-again.ts';
import { pruneBackups } from './prune.ts';
import { findStart } from './start-record.ts';

/** Between two looks while members come up. */
const PROBE_EVERY_MS = 2_000;
/** Once all are ready only heartbeats are waited for: what a look comes late is time that a person waits for the last word. */
const PROBE_READY_MS = 500;
/** Time for the members to be ready at all, once every step is done. */
const READY_LIMIT_MS = 60_000;
const SHOWN_UNMET = 5;

export async function finish(context: RunContext): Promise<Run> {
  const { deps, draining } = context;
  await deps.failpoints.hit('before-verify');
  const run = await loadRun(context);
  const start = await findStart(deps.store, run);
  const plan = { ...run.plan, baseline: start.baseline };
  const begun = deps.clock.nowMs();
  let history = beginHistory(start);
  for (;;) {
    if (draining.aborted) return loadRun(context);
    if ((await loadRun(context)).abortRequestedBy !== null) return abortRun(context);
    const seen = await lookAgain(context);
    history = foldHistory(history, seen.observation, seen.diagnosis, plan.baseline.targets);
    const due = stepsAfterVerify(context, await loadRun(context));
    const { met, unmet } = judgeEnd({ plan, ...seen, history, settingsAreBack: due.length === 0 });
    if (met && due.length === 0)
      return succeed(context, run, { known: besides(plan, seen), isInStep: isInStep(seen.diagnosis) });
    if (met) {
      const { refused } = await hold(context, run, VERIFY_NEED_MS);
      if (refused.length > 0) return pauseRun(context, refused.join(' '));
      // Verified so far; what is put back now is asked for by the next look.
      if (await runAfterVerify(context, due)) continue;
      if (draining.aborted || (await loadRun(context)).abortRequestedBy !== null || hasOutlived(context)) continue;
      return stopAtSteps(context, due);
    }
    if (unmet.some(({ lasting }) => lasting) || isOver(context, history, begun, seen)) return giveUp(context, unmet);
    const pause = history.allReadyAt === null ? PROBE_EVERY_MS : PROBE_READY_MS;
    if ((await deps.timers.sleep(pause, draining)) === 'aborted') return loadRun(context);
  }
}

function isOver({ deps }: RunContext, history: VerifyHistory, begun: number, { observation }: Seen): boolean {
  const now = deps.clock.nowMs();
  if (history.allReadyAt === null) return now - begun > READY_LIMIT_MS;
  return now - history.allReadyAt > verifyLimitMs(observation);
}

/** What is good to know and no part of the verdict. */
function besides({ baseline, healingS }: Plan, { observation }: Seen): string {
  const healing = healingS === undefined ? '' : `cluster.healing_threshold is ${healingS} s again.`;
  return [healing, describeStarted(baseline, observation)].filter((words) => words !== '').join(' ');
}

interface Ended {
  /** What else is known of the cluster, for the sentence at the end. */
  readonly known: string;
  readonly isInStep: boolean;
}

async function succeed(context: RunContext, run: Run, { known, isInStep: isMended }: Ended): Promise<Run> {
  const { journal, deps, id } = context;
  await deps.failpoints.hit('before-end');
  const seconds = Math.max(1, Math.round((deps.clock.nowMs() - (run.startedAt ?? run.createdAt)) / 1000));
  const count = run.plan.baseline.targets.length;
  const kept = describeHold(await loadRun(context));
  const judged =
    count === 0
      ? 'The patch file is gone from every member; nothing else was changed.'
      : `${endWords(run, context.cluster.members.length)}; ${heartbeatWords(run)}, and nothing of this run is left${kept.length === 0 ? '' : ' but its hold'}.${afterwards(run)}`;
  const text = [judged, known, ...kept].filter((words) => words !== '').join(' ');
  // A member that was given up is sent nothing; the next run on all members removes what is due.
  if (run.plan.givenUp === undefined) await pruneBackups(context);
  const left = await giveBack(context, run);
  const undone = run.plan.undoes === undefined ? null : await deps.store.findRun(run.plan.undoes.run);
  const moved = await journal.move({
    from: ['running'],
    to: 'succeeded',
    // The harm is over; whether the matter is closed is for a person, or for the watch, to say.
    mitigates: isMended ? `${id} succeeded, and the cluster is in step.` : null,
    undoes: undone === null ? null : undoneBy(context, undone),
    entries: [
      ...left.map((words) => journal.entry('note', words)),
      journal.entry('verified', text),
      journal.entry('run-ended', `${id} succeeded after ${seconds} s. ${text}`),
    ],
  });
  if (undone !== null) await createJournal(deps, undone).publish();
  return moved ?? loadRun(context);
}

/** Nothing is left that keeps a member from serving; warnings may be. */
function isInStep({ findings }: Seen['diagnosis']): boolean {
  return findings.every(({ severity }) => severity !== 'critical');
}

/** What becomes of the run that this one undid. */
function undoneBy({ deps, id }: RunContext, undone: Run): Undone {
  const explanation = `${id} undid it.`;
  const text = `${undone.id} is rolled back: ${explanation}`;
  return { run: undone.id, explanation, entries: [createJournal(deps, undone).entry('run-ended', text)] };
}

/** A run that corrects some rows leaves the others' question open. */
function endWords({ plan }: Run, all: number): string {
  const count = plan.baseline.targets.length;
  if (plan.givenUp !== undefined)
    return `${count} of ${all} members are ready and in step without ${plan.givenUp.member}`;
  return count === all
    ? `All ${count} members are ready and in step`
    : `${count} of ${all} members are ready with the rows that they should have`;
}

function heartbeatWords({ plan }: Run): string {
  return plan.givenUp === undefined ? 'every heartbeat has advanced since' : 'their heartbeats have advanced since';
}

/** Not an end without what is left to a person. */
function afterwards({ plan }: Run): string {
  return plan.givenUp === undefined ? '' : ` ${plan.givenUp.followUp}`;
}

async function giveUp(context: RunContext, unmet: readonly Unmet[]): Promise<Run> {
  // Beside what is lost for good, what only had no time yet would read like more trouble.
  const lasting = unmet.filter((one) => one.lasting);
  const named = lasting.length > 0 ? lasting : unmet;
  const shown = named.slice(0, SHOWN_UNMET).map(({ text }) => text);
  const more = named.length > shown.length ? [`And ${named.length - shown.length} more.`] : [];
  const why = ['Every step was done, and the end is not what was planned.', ...shown, ...more].join(' ');
  return pauseRun(context, why, [context.journal.entry('verify-failed', why)]);
}
