/**
 * A start of Lockstep, on record where it matters: for a cluster whose incident is open, or whose run was under way. Elsewhere
 * nothing was going on that a restart could have touched.
 */
import type { NewTimelineEntry } from '../domain/timeline.ts';
import type { AppDeps } from './deps.ts';

export async function recordRestart(
  deps: Pick<AppDeps, 'store' | 'clusters' | 'clock' | 'codeVersion'>,
): Promise<void> {
  const { store, clock, codeVersion } = deps;
  const entries: NewTimelineEntry[] = [];
  for (const { name } of deps.clusters) {
    const run = await store.findActiveRun(name);
    const isInvolved =
      (await store.findOpenIncident(name)) !== null || run?.state === 'running' || run?.state === 'paused';
    if (!isInvolved) continue;
    entries.push({
      happenedAt: clock.nowMs(),
      kind: 'lockstep-started',
      cluster: name,
      run: run?.id ?? null,
      incident: null,
      member: null,
      actor: 'lockstep',
      text: `Lockstep ${codeVersion} started${run === null ? '' : `; ${run.id} is ${run.state}`}.`,
      evidence: null,
    });
  }
  await store.appendTimeline(entries, clock.nowMs());
}
