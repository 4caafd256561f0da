/** The timeline as a card, and one entry as a line in a run's thread. */
import type { TimelineData } from '../../domain/data.ts';
import { describeEntries, orderTimeline, type OrderedEntry } from '../../domain/timeline-order.ts';
import { BREAK_GLASS_MARK, type TimelineEntry } from '../../domain/timeline.ts';
import {
  code,
  heading,
  message,
  mono,
  nextCommand,
  nextWords,
  note,
  strong,
  table,
  text,
  time,
  withCommands,
} from '../build.ts';
import type { Block, Message } from '../message.ts';
import { describeDuration, isoTime, plural, shortTime } from '../words.ts';

export function timelineData(entries: readonly TimelineEntry[]): TimelineData {
  return {
    kind: 'timeline',
    entries: orderTimeline(entries).map(({ entry, correctedBy }) => ({
      sequence: entry.sequence,
      happenedAt: isoTime(entry.happenedAt),
      since: entry.since === undefined ? null : isoTime(entry.since),
      recordedAt: isoTime(entry.recordedAt),
      kind: entry.kind,
      cluster: entry.cluster,
      run: entry.run,
      incident: entry.incident,
      member: entry.member,
      actor: entry.actor,
      text: entry.text,
      state: entry.state ?? null,
      finding: entry.finding ?? null,
      members: entry.members ?? null,
      corrects: entry.corrects ?? null,
      correctedBy,
      includes: entry.includes ?? null,
      author: entry.author ?? null,
      link: entry.link ?? null,
      hash: entry.hash,
    })),
  };
}

export interface TimelineView {
  /** `prod`, `r4k2x9a`, `i4k2x9a`, or `everything`. */
  readonly about: string;
  /** In the order of their numbers; shown by when they happened. */
  readonly entries: readonly TimelineEntry[];
  /** Entries that were left out at the beginning. */
  readonly omitted: number;
  readonly next: string;
  /** Name of the file that shows it as a picture; null where there is none. */
  readonly picture?: string | null;
}

export function timelineMessage(view: TimelineView): Message {
  const title = `Timeline of ${view.about}: ${plural(view.entries.length, 'entry', 'entries')}`;
  const last = view.entries.at(-1);
  if (last === undefined) {
    return message(title, 'neutral', [text(`Nothing is recorded for ${view.about} yet.`), nextCommand(view.next)]);
  }
  const ordered = orderTimeline(view.entries);
  const shown = ordered.filter(({ entry }) => !isRoutine(entry));
  return message(title, 'neutral', [
    heading(title),
    ...pictureOf(view),
    ...(view.omitted > 0 ? [note(`${view.omitted} earlier left out.`)] : []),
    table(['', 'when', 'after', 'who', 'what'], rowsOf(shown)),
    ...durationNote(ordered),
    ...routineNote(view.entries.length - shown.length),
    note(
      `Each entry carries the hash of the one before; this list ends at ${last.sequence}, ${last.hash.slice(0, 12)}.`,
    ),
    nextCommand(view.next),
  ]);
}

function pictureOf({ about, picture = null }: TimelineView): readonly Block[] {
  return picture === null ? [] : [{ kind: 'image', alt: `What each member of ${about} did over time`, file: picture }];
}

export interface FileView {
  readonly about: string;
  /** `Markdown`, `an HTML page`. */
  readonly format: string;
  readonly file: string;
  readonly bytes: number;
  readonly entries: number;
  readonly range: { readonly from: number; readonly to: number } | null;
  /** Of the whole chain. */
  readonly head: { readonly sequence: number; readonly hash: string } | null;
  readonly isPicture: boolean;
  readonly next: string;
}

export function fileMessage(view: FileView): Message {
  const { about, format, file, bytes, entries, range, head, isPicture, next } = view;
  const title = `Timeline of ${about} as ${format}: ${plural(entries, 'entry', 'entries')}`;
  const span = range === null ? [] : [text('From ', time(range.from), ' to ', time(range.to), '.')];
  const size = bytes < 10_240 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KiB`;
  const chain =
    head === null
      ? []
      : [
          note(
            `The chain ends at entry ${head.sequence}: keep ${head.hash} elsewhere, to check the record with it later.`,
          ),
        ];
  return message(title, 'neutral', [
    heading(title),
    ...(isPicture ? [{ kind: 'image', alt: `What each member of ${about} did over time`, file } as const] : []),
    ...span,
    text(mono(file), `, ${size}.`),
    ...chain,
    nextCommand(next),
  ]);
}

/** What went as planned on one member; the stage's own entry stands for it. */
function isRoutine(entry: TimelineEntry): boolean {
  return entry.member !== null && (entry.kind === 'step-started' || entry.kind === 'step-done');
}

interface Group {
  readonly entries: readonly OrderedEntry[];
}

/** What one look saw of several members, or of several findings, is one row. */
function groupsOf(ordered: readonly OrderedEntry[]): readonly Group[] {
  const groups: OrderedEntry[][] = [];
  for (const each of ordered) {
    const group = groups.at(-1);
    const before = group?.at(-1)?.entry;
    if (group !== undefined && before !== undefined && isOneLook(before, each)) group.push(each);
    else groups.push([each]);
  }
  return groups.map((entries) => ({ entries }));
}

function isOneLook(before: TimelineEntry, { entry, correctedBy }: OrderedEntry): boolean {
  const grouped = entry.kind === 'member-state' || entry.kind === 'finding-cleared';
  return grouped && correctedBy.length === 0 && before.kind === entry.kind && before.happenedAt === entry.happenedAt;
}

function rowsOf(ordered: readonly OrderedEntry[]): readonly (readonly string[])[] {
  let before: number | null = null;
  return groupsOf(ordered).flatMap(({ entries }) => {
    const [first] = entries;
    if (first === undefined) return [];
    const { entry } = first;
    const numbers =
      entries.length === 1 ? String(entry.sequence) : `${entry.sequence}…${entries.at(-1)?.entry.sequence ?? ''}`;
    const row = [
      numbers,
      shortTime(entry.happenedAt),
      afterOf(before, entry.happenedAt),
      entry.actor,
      wordsOfGroup(entries),
    ];
    before = entry.happenedAt;
    return [row];
  });
}

/** Less than a second is no distance that anybody reads. */
function afterOf(before: number | null, at: number): string {
  return before === null || at - before < 1000 ? '' : `+${describeDuration(at - before)}`;
}

function wordsOfGroup(entries: readonly OrderedEntry[]): string {
  return entries.map((each) => `${cut(wordsOf(each.entry))}${marksOf(each)}`).join(' · ');
}

/** What an explanation says in full stands in the thread, and in every file. */
const LONGEST_CELL = 240;

function cut(words: string): string {
  return words.length > LONGEST_CELL ? `${words.slice(0, LONGEST_CELL - 1).toWellFormed()}…` : words;
}

/** When it was really known, and what became of it later. */
function marksOf({ entry, lateMs, correctedBy }: OrderedEntry): string {
  const marks = [
    ...(entry.since === undefined ? [] : [`not so yet ${describeDuration(entry.happenedAt - entry.since)} before`]),
    ...(entry.includes === undefined ? [] : [`${describeEntries(entry.includes)} led to it`]),
    ...(lateMs === null ? [] : [`recorded ${describeDuration(lateMs)} later`]),
    ...(entry.corrects === undefined ? [] : [`corrects ${entry.corrects}`]),
    ...(correctedBy.length === 0 ? [] : [`corrected by ${correctedBy.join(', ')}`]),
  ];
  return marks.length === 0 ? '' : ` (${marks.join('; ')})`;
}

/** How long the incident and each run took, where their ends are in the list. */
function durationNote(ordered: readonly OrderedEntry[]): readonly Block[] {
  const at = (kind: TimelineEntry['kind'], run: string | null): number | undefined =>
    ordered.find(({ entry }) => entry.kind === kind && (run === null || entry.run === run))?.entry.happenedAt;
  const runs = new Set(ordered.flatMap(({ entry }) => (entry.run === null ? [] : [entry.run])));
  const took = [...runs].flatMap((run) => {
    const [from, to] = [at('run-started', run), at('run-ended', run)];
    return from === undefined || to === undefined ? [] : [`run ${run} took ${describeDuration(to - from)}`];
  });
  const incidents = new Set(ordered.flatMap(({ entry }) => (entry.incident === null ? [] : [entry.incident])));
  const [opened, over] = [at('incident-opened', null), at('incident-mitigated', null)];
  const whole =
    incidents.size !== 1 || opened === undefined || over === undefined || over < opened
      ? []
      : [`${[...incidents][0] ?? ''} was mitigated after ${describeDuration(over - opened)}`];
  const said = [...whole, ...took];
  return said.length === 0 ? [] : [note(`${said.join('; ')}.`)];
}

function routineNote(count: number): readonly Block[] {
  if (count === 0) return [];
  return [
    note(`${plural(count, 'entry', 'entries')} of single steps not shown here; exports and /lxd runs have them.`),
  ];
}

function wordsOf(entry: TimelineEntry): string {
  const named = entry.member === null || entry.text.includes(entry.member);
  const quoted = entry.author === undefined || entry.evidence === null ? '' : ` “${firstLine(entry.evidence)}”`;
  return `${named ? entry.text : `${entry.member}: ${entry.text}`}${quoted}`;
}

function firstLine(evidence: string): string {
  const line = evidence.split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** Longer words are told by their first sentence where a line has to stand for the whole. */
const MOST_SUMMARY = 140;

/** One line in the thread of a run's card. */
export function entryMessage(entry: TimelineEntry): Message {
  const [words = '', next = ''] = wordsOf(entry).split(/\s*Next: (.*)/s);
  const isLoud = entry.kind === 'approval-given' && entry.text.startsWith(BREAK_GLASS_MARK);
  const tone = isLoud || entry.kind === 'run-paused' ? 'danger' : 'neutral';
  return message(summaryOf(words), tone, [
    text(time(entry.happenedAt), '  ', ...(isLoud ? [strong(words)] : withCommands(words))),
    ...(entry.evidence === null || entry.evidence.trim() === '' ? [] : [code(entry.evidence)]),
    ...(next === '' ? [] : [nextWords(next)]),
  ]);
}

function summaryOf(words: string): string {
  if (words.length <= MOST_SUMMARY) return words;
  return /^.{1,140}?\.(?=\s)/s.exec(words)?.[0] ?? words;
}
