/**
 * What one run leaves in the store: changes of its state, entries of the timeline, and the milestones in the thread of its cards.
 * Owns the wording's frame and the publishing; decides nothing about the run.
 */
import type { MemberName } from '../domain/ids.ts';
import { statesBefore } from '../domain/run-machine.ts';
import type { Run, RunState } from '../domain/run.ts';
import type { NewTimelineEntry, TimelineEntry, TimelineKind } from '../domain/timeline.ts';
import type { Undone } from '../ports/store.ts';
import type { RunnerDeps } from './deps.ts';

const ACTOR = 'lockstep';

/** Shown in the thread, besides the line that ends a stage. */
const MILESTONES: ReadonlySet<TimelineKind> = new Set([
  'run-started',
  'run-stale',
  'expired',
  'step-unknown',
  'run-paused',
  'run-resumed',
  'run-ended',
]);

interface EntryDetails {
  readonly member?: MemberName;
  readonly evidence?: string | null;
  readonly actor?: string;
}

interface Move {
  readonly to: RunState;
  readonly from?: readonly RunState[];
  readonly explanation?: string | null;
  readonly countResume?: boolean;
  /** Why the run's incident is mitigated by it. */
  readonly mitigates?: string | null;
  /** The run that this one undid, marked with it. */
  readonly undoes?: Undone | null;
  readonly entries: readonly NewTimelineEntry[];
}

export interface Journal {
  entry(kind: TimelineKind, text: string, details?: EntryDetails): NewTimelineEntry;
  /** The run after the change; null when it was in none of the states that the change starts from. */
  move(move: Move): Promise<Run | null>;
  /** Entries that belong to no change of the run. */
  note(entries: readonly NewTimelineEntry[]): Promise<void>;
  /** Milestones that have no card yet get one, and the outbox is woken. Safe to repeat. */
  publish(): Promise<void>;
}

export function createJournal(deps: RunnerDeps, run: Run): Journal {
  const { store, clock } = deps;
  let published = 0;

  async function publish(): Promise<void> {
    const entries = await store.listTimeline({ run: run.id });
    for (const entry of entries) {
      if (entry.sequence <= published) continue;
      published = entry.sequence;
      if (isMilestone(entry)) await addCards(deps, run, entry);
    }
    deps.onChange();
  }

  return {
    entry: (kind, text, details = {}) => ({
      happenedAt: clock.nowMs(),
      kind,
      cluster: run.cluster,
      run: run.id,
      incident: run.incident,
      member: details.member ?? null,
      actor: details.actor ?? ACTOR,
      text,
      evidence: details.evidence ?? null,
    }),
    async move({
      to,
      from = statesBefore(to),
      explanation = null,
      countResume = false,
      mitigates = null,
      undoes = null,
      entries,
    }) {
      const change = { run: run.id, from, to, at: clock.nowMs(), explanation, entries, countResume };
      const changed = await store.changeState({
        ...change,
        ...(mitigates === null ? {} : { mitigates }),
        ...(undoes === null ? {} : { undoes }),
      });
      await publish();
      return changed.ok ? changed.value : null;
    },
    async note(entries) {
      await store.appendTimeline(entries, clock.nowMs());
      await publish();
    },
    publish,
  };
}

function isMilestone(entry: TimelineEntry): boolean {
  if (entry.actor !== ACTOR && entry.kind !== 'run-resumed') return false;
  return MILESTONES.has(entry.kind) || (entry.kind === 'step-done' && entry.member === null);
}

/** One under each card of the run that everybody sees. The id is derived, so that doing it twice adds nothing. */
async function addCards({ store }: RunnerDeps, run: Run, entry: TimelineEntry): Promise<void> {
  const subject = { kind: 'timeline-entry', sequence: entry.sequence } as const;
  for (const card of await store.listCards({ kind: 'run', run: run.id })) {
    if (card.address.user !== null) continue;
    await store.addCard({ id: `${card.id}-t${entry.sequence}`, subject, address: card.address, parent: card.id });
  }
}
