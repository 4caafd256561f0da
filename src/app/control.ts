/**
 * `abort`, `resume` and `wait`: what a person can do with a run that is under way. An abort is a wish, honoured before the next
 * step; a run that waits for a person ends at once.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import { describePerson } from '../domain/person.ts';
import type { Refusal, RefusalCode } from '../domain/plan.ts';
import { isEnded, openSteps, takesVerdict, type Run } from '../domain/run.ts';
import { runData, runLineMessage } from '../chat/views/run.ts';
import { message, nextCommand, text } from '../chat/build.ts';
import { describeLeft } from '../engine/clean-up.ts';
import { refuse } from './answer.ts';
import { refusedRole } from './authorise.ts';
import type { Call } from './call.ts';
import { findCluster } from './clusters.ts';
import { entryBy } from './entries.ts';
import { announce } from './milestones.ts';
import { waitForRun } from './wait.ts';

/** States in which nothing of it is being worked on, so that it can end at once. */
const AT_REST = ['awaiting-approval', 'approved', 'paused'] as const;

export async function abort(call: Call, run: Run): Promise<void> {
  const title = `Not aborting ${run.id}`;
  const against = mayControl(call, run) ?? (isEnded(run.state) ? overAlready(run) : null);
  if (against !== null) return refuse(call, title, against);
  const { store, clock, outbox } = call.deps;
  const by = describePerson(call.person);
  call.handles(run.id);
  const asked = await store.requestAbort({
    run: run.id,
    by,
    at: clock.nowMs(),
    entries: [entryBy(call, 'abort-asked', { cluster: run.cluster, run: run.id }, `Asked to abort ${run.id}.`)],
  });
  await announce(call.deps, asked, 'abort-asked');
  // Whoever works on it is told by the store; when nobody does, this ends it.
  if (asked.state === 'running') call.deps.runs.begin(run.id);
  else await endAtRest(call, asked, by);
  outbox.kick();
}

async function endAtRest(call: Call, run: Run, by: string): Promise<void> {
  const ended = await call.deps.store.changeState({
    run: run.id,
    from: AT_REST,
    to: 'aborted',
    at: call.deps.clock.nowMs(),
    explanation: [`${by} aborted it.`, ...describeLeft(run)].join(' '),
    entries: [
      entryBy(call, 'run-ended', { cluster: run.cluster, run: run.id }, `${run.id} is aborted; it was ${run.state}.`),
    ],
  });
  // It started in between: then the abort is honoured before its next step.
  if (!ended.ok) return;
  await announce(call.deps, ended.value, 'run-ended');
  if (ended.value.startedAt !== null) call.deps.runs.release(run.id);
}

export interface Verdict {
  readonly verdict: 'retry' | 'done';
  readonly step: string | null;
  /** As typed. */
  readonly member: string | null;
  readonly wait: boolean;
}

export async function resume(call: Call, run: Run, verdict: Verdict): Promise<void> {
  const named = run.steps.find(
    (step) => step.id === verdict.step && (verdict.member === null || step.member === verdict.member),
  );
  const asked = {
    verdict: verdict.verdict,
    step: verdict.step,
    member: verdict.member === null ? null : (named?.member ?? null),
  };
  const missing = verdict.step !== null && named === undefined;
  const against =
    mayControl(call, run) ?? notPaused(run) ?? (missing || !takesVerdict(run, asked) ? notOpen(run) : null);
  if (against !== null) return refuse(call, `Not resuming ${run.id}`, against);
  call.handles(run.id);
  await call.deps.runs.resume({ run: run.id, ...asked, by: describePerson(call.person) });
  call.deps.outbox.kick();
  if (verdict.wait) await waitForRun(call, run.id);
}

/** Answers at once for a run on which nobody works: it waits for a person, and so would this. */
export async function wait(call: Call, run: Run): Promise<void> {
  const against = mayControl(call, run);
  if (against !== null) return refuse(call, `Not waiting for ${run.id}`, against);
  call.handles(run.id);
  await waitForRun(call, run.id);
  if (call.detached.aborted) return postDetached(call, run);
  const now = (await call.deps.store.findRun(run.id)) ?? run;
  await call.post({ message: runLineMessage(now), data: runData(now) });
}

async function postDetached(call: Call, run: Run): Promise<void> {
  const words = `Not waiting any longer; ${run.id} goes on.`;
  await call.post({
    message: message(words, 'neutral', [text(words), nextCommand(`wait ${run.id}`, `abort ${run.id}`)]),
    data: null,
  });
}

function mayControl(call: Call, run: Run): Refusal | null {
  const cluster: ClusterConfig | undefined = findCluster(call.deps, run.cluster);
  if (cluster === undefined) {
    return refusal(run, 'not-allowed', `Cluster ${run.cluster} is not configured any more.`, 'runs');
  }
  return refusedRole(call.person, 'operate', cluster);
}

function overAlready(run: Run): Refusal {
  return refusal(run, 'already-decided', `${run.id} is ${run.state} already.`, `/lxd runs ${run.id}`);
}

function notPaused(run: Run): Refusal | null {
  if (run.state === 'paused') return null;
  return refusal(
    run,
    'already-decided',
    `${run.id} is ${run.state}; only a paused run can be resumed.`,
    `/lxd runs ${run.id}`,
  );
}

function notOpen(run: Run): Refusal {
  const open = openSteps(run);
  const names = open.map((step) => `${step.id}@${step.member}`).join(', ');
  const words =
    open.length === 0
      ? `No step of ${run.id} waits for a verdict; "retry" goes on with those that have not begun.`
      : `${run.id} has no such open step. Open: ${names}.`;
  const next = open.length === 0 ? `/lxd resume ${run.id} retry` : `/lxd runs ${run.id}`;
  return refusal(run, 'already-decided', words, next);
}

function refusal(run: Run, code: RefusalCode, words: string, next: string): Refusal {
  return { cluster: run.cluster, reasons: [{ code, text: words }], next };
}
