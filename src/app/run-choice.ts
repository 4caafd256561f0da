/**
 * Which run a command is about: the one whose id begins so, or without an id the only one that fits. Runs of clusters that the
 * person may not view don't exist for them.
 */
import { isEnded, type Run, type RunState } from '../domain/run.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { isExpired } from '../domain/policy.ts';
import type { Rendered } from '../ports/chat.ts';
import { renderProblem, renderRefusal } from './answer.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { suggest } from './suggest.ts';

export interface RunQuestion {
  /** Id or its beginning, as typed. */
  readonly id: string | null;
  /** States that fit when no id is given. */
  readonly fits: readonly RunState[];
  /** `approve`, for the answer. */
  readonly command: string;
}

/** Closed approvals first, so that nobody approves a run whose time is over. */
export async function expireOld(call: Call): Promise<void> {
  const { store, clock, outbox } = call.deps;
  const expired = await store.expireRuns(clock.nowMs());
  if (expired.length > 0) outbox.kick();
}

export async function chooseRun(call: Call, question: RunQuestion): Promise<Result<Run, Rendered>> {
  await expireOld(call);
  const runs = await visibleRuns(call);
  return question.id === null ? onlyOneThatFits(call, runs, question) : byPrefix(runs, question.id, question.command);
}

/** The one under way; when none is, the newest, whose end is there already. */
export async function chooseRunToWaitFor(call: Call, id: string | null): Promise<Result<Run, Rendered>> {
  const fits = ['approved', 'running', 'paused', 'awaiting-approval'] as const;
  const chosen = await chooseRun(call, { id, fits, command: 'wait' });
  if (chosen.ok || id !== null) return chosen;
  const runs = await visibleRuns(call);
  const newest = runs[0];
  return newest !== undefined && runs.every((run) => isEnded(run.state)) ? ok(newest) : chosen;
}

export async function visibleRuns(call: Call): Promise<readonly Run[]> {
  const visible = new Set(visibleClusters(call.person, call.deps.clusters).map((cluster) => cluster.name));
  const runs = await call.deps.store.listRuns({});
  return runs.filter((run) => visible.has(run.cluster));
}

function byPrefix(runs: readonly Run[], id: string, command: string): Result<Run, Rendered> {
  const exact = runs.find((run) => run.id === id);
  if (exact !== undefined) return ok(exact);
  const matching = runs.filter((run) => run.id.startsWith(id));
  const first = matching[0];
  if (first !== undefined && matching.length === 1) return ok(first);
  if (first !== undefined) {
    return err(
      renderProblem({
        code: 'ambiguous-run',
        text: `Several runs begin with ${id}: ${listed(matching)}.`,
        next: `${command} ${first.id}`,
      }),
    );
  }
  const near = suggest(
    id,
    runs.map((run) => run.id),
  );
  return err(
    renderProblem({
      code: 'unknown-run',
      text: `There is no run ${id}.${near === null ? '' : ` Did you mean ${near}?`}`,
      next: near === null ? 'runs' : `${command} ${near}`,
    }),
  );
}

function onlyOneThatFits(call: Call, runs: readonly Run[], question: RunQuestion): Result<Run, Rendered> {
  const now = call.deps.clock.nowMs();
  const fitting = runs.filter((run) => question.fits.includes(run.state) && !isExpired(run, now));
  const first = fitting[0];
  if (first !== undefined && fitting.length === 1) return ok(first);
  if (first === undefined) {
    return err(
      renderRefusal(`Nothing to ${verbOf(question)}`, {
        cluster: null,
        reasons: [{ code: 'no-pending-run', text: noneFits(question, runs) }],
        next: 'runs',
      }),
    );
  }
  return err(
    renderRefusal(`Which run to ${verbOf(question)}?`, {
      cluster: null,
      reasons: [{ code: 'ambiguous-run', text: `Several runs fit: ${listed(fitting)}.` }],
      next: `${question.command} ${first.id}`,
    }),
  );
}

function verbOf({ command }: RunQuestion): string {
  return command === 'wait' ? 'wait for' : command;
}

function noneFits(question: RunQuestion, runs: readonly Run[]): string {
  const newest = runs[0];
  const wanted = question.fits.map((state) => state.replace('-', ' ')).join(', ');
  if (newest === undefined) return 'There has been no run yet.';
  return `No run is ${wanted}; the newest, ${newest.id} on ${newest.cluster}, is ${newest.state}.`;
}

function listed(runs: readonly Run[]): string {
  return runs
    .slice(0, 8)
    .map((run) => `${run.id} (${run.cluster}, ${run.state})`)
    .join(', ');
}
