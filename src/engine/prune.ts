/**
 * After a run whose end was verified: back-ups of earlier runs that the cluster's policy lets go. The store says which runs are this
 * installation's and ended; the newest stay, and so do the young. What can't be removed is said and tried again after the next run.
 */
import type { BackupPolicy } from '../domain/cluster.ts';
import type { RunId } from '../domain/ids.ts';
import { isEnded, type Run } from '../domain/run.ts';
import { MOST_PRUNED } from '../lxd/catalogue/prune.ts';
import type { RunContext } from './context.ts';

const MOST_LOOKED_AT = 500;

/** Those that may go, oldest first. `current` counts among the newest. Pure. */
export function prunable(runs: readonly Run[], current: RunId, policy: BackupPolicy, now: number): readonly Run[] {
  return runs
    .filter((run) => run.id !== current && run.plan.stages.some(({ steps }) => steps.some(isBackUp)))
    .filter(({ startedAt }) => startedAt !== null)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(Math.max(0, policy.keep - 1))
    .filter(({ state, endedAt }) => isEnded(state) && endedAt !== null && now - endedAt > policy.olderThanMs)
    .reverse();
}

function isBackUp({ call }: Run['plan']['stages'][number]['steps'][number]): boolean {
  return call.kind === 'back-up';
}

export async function pruneBackups(context: RunContext): Promise<void> {
  const { deps, cluster, journal, id } = context;
  const runs = await deps.store.listRuns({ cluster: cluster.name, limit: MOST_LOOKED_AT });
  const due: RunId[] = [];
  for (const run of prunable(runs, id, cluster.backups, deps.clock.nowMs())) {
    if (due.length < MOST_PRUNED && (await deps.store.getMeta(prunedKey(run.id))) === null) due.push(run.id);
  }
  if (due.length === 0) return;
  const members = cluster.members.map(({ name }) => name);
  const left = await deps.markers.prune(cluster, members, due);
  const text =
    left.length === 0
      ? `Removed the back-ups of ended runs from every member: ${due.join(', ')}.`
      : `Back-ups of ended runs (${due.join(', ')}) could not be removed on ${left.join(', ')}; the next run tries again.`;
  await journal.note([journal.entry('note', text)]);
  if (left.length > 0) return;
  for (const run of due) await deps.store.setMeta(prunedKey(run), String(deps.clock.nowMs()));
}

/** Value: when, ms. */
export function prunedKey(run: RunId): string {
  return `backups-pruned:${run}`;
}
