/** The timeline as a card, and one entry as a line in a run's thread. */
import type { TimelineData } from '../../domain/data.ts';
import type { TimelineEntry } from '../../domain/timeline.ts';
import { code, heading, message, nextCommand, note, table, text, time } from '../build.ts';
import type { Message } from '../message.ts';
import { isoTime, plural, shortTime } from '../words.ts';

export function timelineData(entries: readonly TimelineEntry[]): TimelineData {
  return {
    kind: 'timeline',
    entries: entries.map((entry) => ({
      sequence: entry.sequence,
      happenedAt: isoTime(entry.happenedAt),
      recordedAt: isoTime(entry.recordedAt),
      kind: entry.kind,
      cluster: entry.cluster,
      run: entry.run,
      member: entry.member,
      actor: entry.actor,
      text: entry.text,
      hash: entry.hash,
    })),
  };
}

export interface TimelineView {
  /** `prod`, `r4k2x9a`, or `everything`. */
  readonly about: string;
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** Entries that were left out at the beginning. */
  readonly omitted: number;
  readonly next: string;
}

export function timelineMessage(view: TimelineView): Message {
  const title = `Timeline of ${view.about}: ${plural(view.entries.length, 'entry', 'entries')}`;
  const last = view.entries.at(-1);
  if (last === undefined) {
    return message(title, 'neutral', [text(`Nothing is recorded for ${view.about} yet.`), nextCommand(view.next)]);
  }
  return message(title, 'neutral', [
    heading(title),
    ...(view.omitted > 0 ? [note(`${view.omitted} earlier left out.`)] : []),
    table(
      ['', 'when', 'who', 'what'],
      view.entries.map((entry) => [
        String(entry.sequence),
        shortTime(entry.happenedAt),
        entry.actor,
        entry.member === null ? entry.text : `${entry.member}: ${entry.text}`,
      ]),
    ),
    note(
      `Each entry carries the hash of the one before; this list ends at ${last.sequence}, ${last.hash.slice(0, 12)}.`,
    ),
    nextCommand(view.next),
  ]);
}

/** One line in the thread of a run's card. */
export function entryMessage(entry: TimelineEntry): Message {
  const where = entry.member === null ? '' : `${entry.member}: `;
  return message(`${where}${entry.text}`, 'neutral', [
    text(time(entry.happenedAt), `  ${where}${entry.text}`),
    ...(entry.evidence === null || entry.evidence.trim() === '' ? [] : [code(entry.evidence)]),
  ]);
}
