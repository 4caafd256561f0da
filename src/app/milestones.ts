/**
 * Milestones in the thread of a run's card: the newest entry of a kind becomes a card of its own under each card of the run. The
 * outbox delivers it, so that it survives a chat outage and a restart.
 */
import type { Run } from '../domain/run.ts';
import type { TimelineKind } from '../domain/timeline.ts';
import type { AppDeps } from './deps.ts';

export async function announce(deps: Pick<AppDeps, 'store'>, run: Run, kind: TimelineKind): Promise<void> {
  const entries = await deps.store.listTimeline({ run: run.id });
  const entry = entries.findLast((each) => each.kind === kind);
  if (entry === undefined) return;
  const subject = { kind: 'timeline-entry', sequence: entry.sequence } as const;
  for (const card of await deps.store.listCards({ kind: 'run', run: run.id })) {
    if (card.address.user !== null || card.parent !== null) continue;
    // The id is derived, so that doing it twice adds nothing.
    await deps.store.addCard({ id: `${card.id}-t${entry.sequence}`, subject, address: card.address, parent: card.id });
  }
}
