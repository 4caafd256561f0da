/** The timeline as a card, and one entry as a line in a run's thread. */
import type { TimelineData } from '../../domain/data.ts';
import { BREAK_GLASS_MARK, type TimelineEntry } from '../../domain/timeline.ts';
import { code, heading, message, nextCommand, note, strong, table, text, time } from '../build.ts';
import type { Block, Message } from '../message.ts';
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
  const shown = view.entries.filter((entry) => !isRoutine(entry));
  return message(title, 'neutral', [
    heading(title),
    ...(view.omitted > 0 ? [note(`${view.omitted} earlier left out.`)] : []),
    table(
      ['', 'when', 'who', 'what'],
      shown.map((entry) => [String(entry.sequence), shortTime(entry.happenedAt), entry.actor, wordsOf(entry)]),
    ),
    ...routineNote(view.entries.length - shown.length),
    note(
      `Each entry carries the hash of the one before; this list ends at ${last.sequence}, ${last.hash.slice(0, 12)}.`,
    ),
    nextCommand(view.next),
  ]);
}

/** What went as planned on one member; the stage's own entry stands for it. */
function isRoutine(entry: TimelineEntry): boolean {
  return entry.member !== null && (entry.kind === 'step-started' || entry.kind === 'step-done');
}

function routineNote(count: number): readonly Block[] {
  if (count === 0) return [];
  return [
    note(`${plural(count, 'entry', 'entries')} of single steps not shown here; exports and /lxd runs have them.`),
  ];
}

function wordsOf(entry: TimelineEntry): string {
  const named = entry.member === null || entry.text.includes(entry.member);
  return named ? entry.text : `${entry.member}: ${entry.text}`;
}

/** One line in the thread of a run's card. */
export function entryMessage(entry: TimelineEntry): Message {
  const words = wordsOf(entry);
  const isLoud = entry.kind === 'approval-given' && entry.text.startsWith(BREAK_GLASS_MARK);
  return message(words, isLoud ? 'danger' : 'neutral', [
    text(time(entry.happenedAt), '  ', isLoud ? strong(words) : words),
    ...(entry.evidence === null || entry.evidence.trim() === '' ? [] : [code(entry.evidence)]),
  ]);
}
