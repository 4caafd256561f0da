/**
 * A timeline as CSV (RFC 4180) for a spreadsheet: one row per entry. Pure. A cell that a spreadsheet would take for a formula
 * begins with an apostrophe, and so does one that began with an apostrophe; `uncell` takes it away again.
 */
import type { OrderedEntry } from '../domain/timeline-order.ts';
import { visibleLine, visibleLines } from '../domain/visible.ts';
import type { ReportSubject } from './subject.ts';
import { isoTime, textOf } from './words.ts';

export const CSV_COLUMNS = [
  'sequence',
  'happened_at',
  'since',
  'recorded_at',
  'late_ms',
  'kind',
  'cluster',
  'run',
  'incident',
  'member',
  'state',
  'finding',
  'members',
  'actor',
  'text',
  'evidence',
  'author',
  'link',
  'corrects',
  'corrected_by',
  'includes',
  'hash',
] as const;

export function reportCsv({ entries }: ReportSubject): string {
  return [CSV_COLUMNS, ...entries.map(rowOf)].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function rowOf({ entry, lateMs, correctedBy }: OrderedEntry): readonly string[] {
  return [
    String(entry.sequence),
    isoTime(entry.happenedAt),
    entry.since === undefined ? '' : isoTime(entry.since),
    isoTime(entry.recordedAt),
    lateMs === null ? '' : String(lateMs),
    entry.kind,
    entry.cluster ?? '',
    entry.run ?? '',
    entry.incident ?? '',
    entry.member ?? '',
    entry.state ?? '',
    entry.finding ?? '',
    (entry.members ?? []).join(' '),
    visibleLine(entry.actor),
    textOf(entry),
    visibleLines(entry.evidence ?? '').join('\n'),
    visibleLine(entry.author ?? ''),
    visibleLine(entry.link ?? ''),
    entry.corrects === undefined ? '' : String(entry.corrects),
    correctedBy.join(' '),
    (entry.includes ?? []).join(' '),
    entry.hash,
  ];
}

/** Also what stands behind blanks, in full width, or behind a `;`, where many spreadsheets split. */
const SIGNS = '=+\\-@|%＝＋－＠';
const FORMULA = new RegExp(`^[\\s']*[${SIGNS}]|^'|;[\\s']*[${SIGNS}]`, 'u');
const SPLIT = new RegExp(`;(?=[\\s']*[${SIGNS}])`, 'gu');
const SPLIT_SAFE = new RegExp(`;'(?=[\\s']*[${SIGNS}])`, 'gu');

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text.replace(SPLIT, ";'")}` : text;
  return /[",\r\n;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A cell's text as it was, from what a CSV reader gives. */
export function uncell(text: string): string {
  return text.startsWith("'") ? text.slice(1).replace(SPLIT_SAFE, ';') : text;
}
