/**
 * Milestones in the thread of a run's card: the newest entry of a kind becomes a card of its own under each card of the run. The
 * outbox delivers it, so that it survives a chat outage and a restart.
 */
import type { Run } from '../domain/run.ts';
import type { TimelineKind } from '../domain/timeline.ts';
import type { AppDeps } from './deps.ts';

export async function announce(deps: Pick<AppDeps, 'store' | 'ids'>, run: Run, kind: TimelineKind): Promise<void> {
  const entries = await deps.store.listTimeline({ run: run.id });
  const entry = entries.findLast((each) => each.kind === kind);
  if (entry === undefined) return;
  const subject = { kind: 'timeline-entry', sequence: entry.sequence } as const;
  if ((await deps.store.listCards(subject)).length > 0) return;
  for (const card of await deps.store.listCards({ kind: 'run', run: run.id })) {
    await deps.store.addCard({ id: deps.ids.messageId(), subject, address: card.address, parent: card.id });
  }
}
