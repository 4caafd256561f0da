/**
 * A timeline as Markdown for people: what happened, when, by whom. Pure. All text of entries is escaped, quotations stand in fences
 * that they can't close.
 */
import type { TimelineEntry } from '../domain/timeline.ts';
import type { TimelineReport } from './subject.ts';

const HIDDEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- what must not reach a reader
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function reportMarkdown({ about, at, entries, head }: TimelineReport): string {
  const first = entries[0];
  const last = entries.at(-1);
  return [
    `# Timeline of ${escape(about)}`,
    '',
    `Made ${seconds(at)}. ${span(first, last)} All times are UTC.`,
    '',
    '| # | When | Who | What |',
    '|---:|---|---|---|',
    ...entries.map(row),
    '',
    ...entries.flatMap(quotation),
    head === null
      ? 'The chain is empty.'
      : `The chain’s head when this was made: entry ${head.sequence}, \`${head.hash}\`. Check it with \`lockstep audit verify --expect ${head.hash}\`.`,
    '',
  ].join('\n');
}

function row(entry: TimelineEntry): string {
  const where = entry.member === null || entry.text.includes(entry.member) ? '' : `**${escape(entry.member)}**: `;
  return `| ${entry.sequence} | ${seconds(entry.happenedAt)} | ${escape(entry.actor)} | ${where}${escape(entry.text)} |`;
}

function quotation(entry: TimelineEntry): readonly string[] {
  if (entry.evidence === null || entry.evidence.trim() === '') return [];
  const fence = '`'.repeat(Math.max(3, longestTicks(entry.evidence) + 1));
  return [`Entry ${entry.sequence}:`, '', `${fence}text`, visible(entry.evidence), fence, ''];
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
}

function span(first: TimelineEntry | undefined, last: TimelineEntry | undefined): string {
  if (first === undefined || last === undefined) return 'No entries.';
  return `${last.sequence - first.sequence === 0 ? 'One entry' : 'Entries'} from ${seconds(first.happenedAt)} to ${seconds(last.happenedAt)}.`;
}

function seconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** One line, and no character of it is Markdown. */
function escape(text: string): string {
  return visible(text.replace(/\s+/g, ' ')).replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&');
}

function visible(text: string): string {
  return text.replace(HIDDEN, '\u{fffd}');
}
