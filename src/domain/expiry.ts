/**
 * What goes on record when nobody approved a run in time. A store notices that by itself, in the commit that closes the run, so the
 * entry is made here and not by whoever asked: every change of a run's state has one.
 */
import type { Run } from './run.ts';
import type { NewTimelineEntry } from './timeline.ts';

/** It happened at the run's `expiresAt`, whenever it was noticed. */
export function expiryEntry(run: Pick<Run, 'id' | 'cluster' | 'incident' | 'expiresAt'>): NewTimelineEntry {
  return {
    happenedAt: run.expiresAt,
    kind: 'expired',
    cluster: run.cluster,
    run: run.id,
    incident: run.incident,
    member: null,
    actor: 'lockstep',
    text: `${run.id} expired: nobody approved it in time. Nothing was changed.`,
    evidence: null,
  };
}
