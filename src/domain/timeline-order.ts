/**
 * The order in which a timeline is read: by when things happened, whatever order they were recorded in. Pure. One set of entries
 * has one order, however it was collected: the same entry twice counts once, equal moments keep the order of their numbers.
 * Nothing is taken out: a corrected entry stays where it is and knows what corrects it.
 */
import type { TimelineEntry } from './timeline.ts';

/** An entry counts as late when it was recorded this much after it happened, in ms; less is the work of writing it down. */
export const LATE_MS = 60_000;

export interface OrderedEntry {
  readonly entry: TimelineEntry;
  /** How long after it happened it was recorded, ms; null when it is not late. */
  readonly lateMs: number | null;
  /** Sequences of the entries that correct this one, oldest first. */
  readonly correctedBy: readonly number[];
}

export function orderTimeline(entries: readonly TimelineEntry[]): readonly OrderedEntry[] {
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
  const unique = [...bySequence.values()].sort((a, b) => a.happenedAt - b.happenedAt || a.sequence - b.sequence);
  const corrections = correctionsOf(unique);
  return unique.map((entry) => ({
    entry,
    lateMs: lateBy(entry),
    correctedBy: corrections.get(entry.sequence) ?? [],
  }));
}

/** Null when it was written down as it happened. */
export function lateBy(entry: Pick<TimelineEntry, 'happenedAt' | 'recordedAt'>): number | null {
  const late = entry.recordedAt - entry.happenedAt;
  return late >= LATE_MS ? late : null;
}

/** `entries 4…7 and 9`, `entry 4`: the numbers of entries, oldest first. */
export function describeEntries(numbers: readonly number[]): string {
  const spans: { readonly from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = spans.at(-1);
    if (last !== undefined && number === last.to + 1) last.to = number;
    else spans.push({ from: number, to: number });
  }
  const words = spans.map(({ from, to }) => (from === to ? String(from) : `${from}…${to}`));
  const listed = words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
  return `${numbers.length === 1 ? 'entry' : 'entries'} ${listed}`;
}

/** An entry can correct only what was recorded before it. */
function correctionsOf(entries: readonly TimelineEntry[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  for (const { sequence, corrects } of [...entries].sort((a, b) => a.sequence - b.sequence)) {
    if (corrects === undefined || corrects >= sequence) continue;
    found.set(corrects, [...(found.get(corrects) ?? []), sequence]);
  }
  return found;
}
