/**
 * Blocks of the neutral model → parts in Discord's markdown, every text escaped. Pure. Remote output stands in fences alone; pictures
 * are left to `render.ts`, which knows the files.
 */
import type { Block, Inline } from '../../chat/message.ts';
import { shortTime } from '../../chat/words.ts';
import { visibleLine } from '../../chat/visible.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Part } from './clamp.ts';
import { cut, escapeLine, escapeText, fenceLines, guardLine, monoText } from './escape.ts';
import { TABLE_COLUMNS } from './limits.ts';
import { tableLines } from './table.ts';

const PERSON = /^discord:(\d{5,20})$/;
const LONGEST_TITLE = 200;
/** A folded block of more lines than the first number shows the second. */
const FOLD_ABOVE = 6;
const FOLD_TO = 3;

export interface BlockParts {
  readonly parts: readonly Part[];
  /** What folding hid, in words. */
  readonly folded: readonly string[];
}

export function renderBlock(block: Exclude<Block, { kind: 'image' }>): BlockParts {
  switch (block.kind) {
    case 'heading':
      return shown(boldLine(block.text));
    case 'text':
      return shown(inlineLine(block.parts));
    case 'note':
      return shown(`-# ${inlineLine(block.parts)}`);
    case 'divider':
      return shown('──────────');
    case 'fields':
      return shown(
        block.fields.map(({ label, value }) => `**${escapeText(label)}** ${inlineText(value)}`.trimEnd()).join('\n'),
      );
    case 'table':
      return renderTable(block);
    case 'code':
      return renderCode(block);
    default:
      return assertNever(block);
  }
}

export function inlineLine(parts: readonly Inline[]): string {
  return guardLine(inlineText(parts));
}

function inlineText(parts: readonly Inline[]): string {
  return parts.map(inlinePart).join('');
}

function inlinePart(part: Inline): string {
  switch (part.kind) {
    case 'plain':
      return escapeText(part.text);
    case 'strong':
      return part.text.trim() === '' ? escapeText(part.text) : `**${escapeText(part.text)}**`;
    case 'mono':
      return monoText(part.text);
    case 'time':
      return timeText(part.at);
    case 'user':
      return userText(part.principal, part.name);
    case 'link':
      return linkText(part.text, part.url);
    default:
      return assertNever(part);
  }
}

/** UTC, as in every log, and how long ago that was for whoever reads it. */
function timeText(at: number): string {
  return `${shortTime(at)} (<t:${Math.floor(at / 1000)}:R>)`;
}

/** A mention can't be imitated by a nickname. In an embed it pings nobody. */
function userText(principal: string, name: string): string {
  const id = PERSON.exec(principal)?.[1];
  return id === undefined ? escapeText(name) : `<@${id}> (${escapeText(name)})`;
}

/** The address is always to be seen: a link that hides where it goes is what attackers write. */
function linkText(words: string, address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const plain = words === address ? escapeText(words) : `${escapeText(words)} (${escapeText(address)})`;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return plain;
  const href = url.href.replace(
    /[()<>\\`*_~|\s]/g,
    (char) => `%${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );
  return `[${escapeText(words)}](<${href}>) (${escapeText(url.host)})`;
}

function renderTable(block: Extract<Block, { kind: 'table' }>): BlockParts {
  const columns = block.columns.map(visibleLine);
  const rows = block.rows.map((row) => row.map(visibleLine));
  const lines = tableLines(columns, rows, TABLE_COLUMNS).flatMap((line) => fenceLines(line));
  if (lines.length === 0) return { parts: [], folded: [] };
  return { parts: [{ kind: 'fenced', title: '', lines, name: 'the table' }], folded: [] };
}

function renderCode(block: Extract<Block, { kind: 'code' }>): BlockParts {
  const all = fenceLines(block.text);
  const title = block.title === null ? '' : escapeLine(cut(block.title, LONGEST_TITLE / 2)).slice(0, LONGEST_TITLE);
  const name = block.title === null ? 'the output' : `“${cut(visibleLine(block.title).replace(/:$/, ''), 60)}”`;
  const lines = block.fold === true && all.length > FOLD_ABOVE ? all.slice(0, FOLD_TO) : all;
  const hidden = all.length - lines.length;
  return {
    parts: [{ kind: 'fenced', title, lines, name }],
    folded: hidden === 0 ? [] : [`${hidden} lines of ${name}`],
  };
}

function boldLine(text: string): string {
  const words = escapeText(text);
  return words.trim() === '' ? '' : `**${words}**`;
}

function shown(text: string): BlockParts {
  return { parts: text === '' ? [] : [{ kind: 'text', text }], folded: [] };
}
