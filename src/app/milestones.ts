/**
 * Milestones in the thread of a run's card: the newest entry of a kind becomes a card of its own under each card of the run. The
 * outbox delivers it, so that it survives a chat outage and a restart.
 */
import type { Run } from '../domain/run.ts';
import type { TimelineEntry, TimelineKind } from '../domain/timeline.ts';
import type { CardSubject } from '../ports/store.ts';
import type { AppDeps } from './deps.ts';

export async function announce(deps: Pick<AppDeps, 'store'>, run: Run, kind: TimelineKind): Promise<void> {
  const entries = await deps.store.listTimeline({ run: run.id });
  const entry = entries.findLast((each) => each.kind === kind);
  if (entry !== undefined) await announceEntry(deps, { kind: 'run', run: run.id }, entry);
}

/** In the thread of each card of that subject that everybody sees. */
export async function announceEntry(
  deps: Pick<AppDeps, 'store'>,
  of: CardSubject,
  { sequence }: TimelineEntry,
): Promise<void> {
  const subject = { kind: 'timeline-entry', sequence } as const;
  for (const card of await deps.store.listCards(of)) {
    if (card.address.user !== null) continue;
    // The id is derived, so that doing it twice adds nothing.
    await deps.store.addCard({ id: `${card.id}-t${sequence}`, subject, address: card.address, parent: card.id });
  }
}
