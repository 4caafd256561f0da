/**
 * Blocks of the neutral model → parts in Discord's markdown, every text escaped. Pure. Remote output stands in fences alone; pictures
 * are left to `render.ts`, which knows the files.
 */
import type { Block, Inline } from '../../chat/message.ts';
import { shortTime } from '../../chat/words.ts';
import { visibleLine } from '../../chat/visible.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Atom, Part } from './clamp.ts';
import { boldText, cut, escapeLine, escapeText, fenceLines, guardLine, monoText } from './escape.ts';
import { TABLE_COLUMNS } from './limits.ts';
import { gridLines, listItem } from '../../chat/table.ts';

const PERSON = /^discord:(\d{5,20})$/;
const ROLE = /^discord:role:(\d{5,20})$/;
const LONGEST_TITLE = 200;
const LONGEST_WORDS = 500;
const LONGEST_URL = 300;
const LONGEST_CELL = 300;
/** A folded block of more lines is one line of small print: its beginning alone says nothing on a phone. */
const FOLD_ABOVE = 6;

export interface BlockParts {
  readonly parts: readonly Part[];
  /** What was left out to begin with, in words. */
  readonly folded: readonly string[];
}

export function renderBlock(block: Exclude<Block, { kind: 'image' }>): BlockParts {
  switch (block.kind) {
    case 'heading':
      return lines([[{ kind: 'strong', text: block.text }]], '');
    case 'text':
      return lines([block.parts], '');
    case 'note':
      return lines([block.parts], '-# ');
    case 'divider':
      return { parts: [{ kind: 'text', atoms: [{ text: '──────────', plain: true }] }], folded: [] };
    case 'fields':
      return lines(
        block.fields.map(({ label, value }) => [
          { kind: 'strong', text: label },
          { kind: 'plain', text: ' ' },
          ...value,
        ]),
        '',
      );
    case 'table':
      return renderTable(block);
    case 'code':
      return renderCode(block);
    default:
      return assertNever(block);
  }
}

/** Lines that belong together, each with what stands before it. */
function lines(all: readonly (readonly Inline[])[], before: string): BlockParts {
  const atoms = all.flatMap((parts, at) => {
    const line = lineAtoms(parts);
    if (line.every(({ text }) => text.trim() === '')) return [];
    return [{ text: `${at === 0 ? '' : '\n'}${before}`, plain: true }, ...line];
  });
  const long = all.some((parts) => parts.some(isLong));
  return {
    parts: atoms.length === 0 ? [] : [{ kind: 'text', atoms }],
    folded: long ? ['the end of very long words'] : [],
  };
}

/** Neighbours of plain text become one before they are escaped: an address may begin in one and end in the next. */
function lineAtoms(parts: readonly Inline[]): readonly Atom[] {
  const merged: Inline[] = [];
  for (const part of parts.map(simplify)) {
    const last = merged.at(-1);
    if (last?.kind === 'plain' && part.kind === 'plain') {
      merged[merged.length - 1] = { kind: 'plain', text: last.text + part.text };
    } else {
      merged.push(part);
    }
  }
  const atoms = merged.map(atomOf);
  const first = atoms.findIndex(({ text }) => text.trim() !== '');
  return atoms.map((atom, at) => (at === first && atom.plain ? { text: guardLine(atom.text), plain: true } : atom));
}

/** What has no form of its own in Discord is plain text. */
function simplify(part: Inline): Inline {
  if (part.kind === 'strong' && visibleLine(part.text).trim() === '') return { kind: 'plain', text: ' ' };
  if (part.kind === 'mono' && visibleLine(part.text).trim() === '') return { kind: 'plain', text: ' ' };
  if (part.kind === 'user' && !PERSON.test(part.principal) && !ROLE.test(part.principal))
    return { kind: 'plain', text: part.name };
  if (part.kind === 'link' && webAddress(part.url) === null) {
    const { text, url } = part;
    return { kind: 'plain', text: text === url ? text : `${text} (${cut(url, LONGEST_URL)})` };
  }
  return part;
}

function isLong(part: Inline): boolean {
  return part.kind !== 'plain' && part.kind !== 'time' && wordsOf(part).length > LONGEST_WORDS;
}

function wordsOf(part: Exclude<Inline, { kind: 'time' }>): string {
  return part.kind === 'user' ? part.name : part.text;
}

/** What has markup around it is kept whole later, so it may not be large. */
function atomOf(part: Inline): Atom {
  switch (part.kind) {
    case 'plain':
      return { text: escapeText(part.text), plain: true };
    case 'strong':
      return { text: boldText(cut(part.text, LONGEST_WORDS)), plain: false };
    case 'mono':
      return { text: monoText(cut(part.text, LONGEST_WORDS)), plain: false };
    case 'time':
      return { text: timeText(part.at), plain: false };
    case 'user':
      return userAtom(part.principal, cut(part.name, LONGEST_WORDS));
    case 'link':
      return linkAtom(cut(part.text, LONGEST_WORDS), part.url);
    default:
      return assertNever(part);
  }
}

/** UTC, as in every log, and how long ago that was for whoever reads it. */
function timeText(at: number): string {
  return `${shortTime(at)} (<t:${Math.floor(at / 1000)}:R>)`;
}

/** A mention can't be imitated by a nickname. In an embed it pings nobody. The principal itself says no more than the mention. */
function userAtom(principal: string, name: string): Atom {
  const role = ROLE.exec(principal)?.[1];
  const mention = role === undefined ? `<@${PERSON.exec(principal)?.[1] ?? '0'}>` : `<@&${role}>`;
  return { text: name === principal ? mention : `${mention} (${escapeText(name)})`, plain: false };
}

function webAddress(address: string): URL | null {
  if (address.length > LONGEST_URL || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
}

/** The address is always to be seen: a link that hides where it goes is what attackers write. */
function linkAtom(words: string, address: string): Atom {
  const url = webAddress(address);
  const href = (url?.href ?? '').replace(
    /[()<>\\`*_~|\s[\]]/g,
    (char) => `%${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return { text: `[${escapeText(words).trim() || 'link'}](<${href}>) (${escapeText(url?.host ?? '')})`, plain: false };
}

/** Too wide for columns it is a list: a phone breaks the lines of a fence wherever they end. */
function renderTable(block: Extract<Block, { kind: 'table' }>): BlockParts {
  const cell = (text: string): string => cut(visibleLine(cut(text, LONGEST_CELL)), LONGEST_CELL);
  const columns = block.columns.map(cell);
  const rows = block.rows.map((row) => row.map(cell));
  const grid = gridLines(columns, rows, TABLE_COLUMNS);
  const content =
    grid?.flatMap((line) => fenceLines(line)) ??
    [namesLine(columns), ...rows.map((row) => itemLine(columns, row))].filter((line) => line !== '');
  if (content.every((line) => line.trim() === '')) return { parts: [], folded: [] };
  const long = block.rows.some((row) => row.some((text) => text.length > LONGEST_CELL));
  return {
    parts: [{ kind: 'fenced', title: '', lines: content, name: 'the table', bare: grid === null }],
    folded: long ? ['the end of long cells'] : [],
  };
}

/** What the cells of each line are. */
function namesLine(columns: readonly string[]): string {
  const names = escapeText(columns.filter((name) => name.trim() !== '').join(' · '));
  return names === '' ? '' : `-# ${guardLine(names)}`;
}

function itemLine(columns: readonly string[], row: readonly string[]): string {
  const { head, rest } = listItem(columns, row);
  const words = escapeText(head).trim();
  return guardLine(`${words === '' ? '' : `**${words}**`}  ${escapeText(rest)}`.trim());
}

function renderCode(block: Extract<Block, { kind: 'code' }>): BlockParts {
  const all = fenceLines(block.text);
  const title = block.title === null ? '' : escapeLine(cut(block.title, LONGEST_TITLE / 2)).slice(0, LONGEST_TITLE);
  const name = block.title === null ? 'the output' : `“${cut(visibleLine(block.title).replace(/:$/, ''), 60)}”`;
  if (block.fold === true && all.length > FOLD_ABOVE) {
    const words = `-# ${title === '' ? escapeLine(name) : title} ${all.length} lines, folded`;
    return {
      parts: [{ kind: 'text', atoms: [{ text: words, plain: true }] }],
      folded: [`${all.length} lines of ${name}`],
    };
  }
  return { parts: [{ kind: 'fenced', title, lines: all, name, bare: false }], folded: [] };
}
