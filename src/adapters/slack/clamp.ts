/**
 * The budget of one message: every part within its own ceiling, then the largest made shorter until all of it fits. What fell off is
 * returned in words, and the message shows it. Pure. The last part (what to type next) is never dropped.
 */
import { assertNever } from '../../domain/assert-never.ts';
import { cutEscaped, fence, FENCE_COST } from './escape.ts';
import { MESSAGE } from './limits.ts';

export type Part =
  | { readonly kind: 'header'; readonly text: string }
  /** `mrkdwn`, escaped. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string }
  /** Two columns, in pairs of label and value. */
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  /** Escaped lines; `name` says what it is when lines fall off. `bare`: not in a fence, escaped for where they stand. */
  | {
      readonly kind: 'fenced';
      readonly title: string;
      readonly lines: readonly string[];
      readonly name: string;
      readonly bare: boolean;
    }
  | { readonly kind: 'divider' };

export interface Clamped {
  readonly parts: readonly Part[];
  /** What is missing, in words; empty when everything is there. */
  readonly fell: readonly string[];
}

/** A line break is two characters in JSON; so are quotation marks. What a block costs besides its text. */
const BLOCK_COST = 90;
const SMALLEST = 200;
const LONGEST_LINE = 600;

interface Work {
  part: Part;
  lines: number;
  cutText: boolean;
}

/** `budget` is in characters of JSON, `most` in blocks. */
export function clamp(parts: readonly Part[], budget: number, most: number): Clamped {
  const works: Work[] = mergeTexts(parts, most).map((part) => ({ part, lines: 0, cutText: false }));
  for (const work of works) shrink(work, ceilingOf(work.part));
  for (let over = total(works) - budget; over > 0; over = total(works) - budget) {
    const largest = largestOf(works);
    if (largest === null) break;
    const before = sizeOf(largest.part);
    shrink(largest, Math.max(SMALLEST, before - over - 20));
    if (sizeOf(largest.part) >= before) break;
  }
  const dropped = drop(works, budget, most);
  return { parts: works.map(({ part }) => part), fell: describe(works, dropped) };
}

/** Neighbours become one section where there would be too many blocks. */
function mergeTexts(parts: readonly Part[], most: number): readonly Part[] {
  if (parts.length <= most) return parts;
  const merged: Part[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    const fits =
      before?.kind === 'text' && part.kind === 'text' && before.text.length + part.text.length < MESSAGE.sectionText;
    if (fits) merged[merged.length - 1] = { kind: 'text', text: `${before.text}\n${part.text}` };
    else merged.push(part);
  }
  return merged;
}

export function fencedText(part: Extract<Part, { kind: 'fenced' }>): string {
  const body = part.bare ? part.lines.join('\n') : fence(part.lines);
  return part.title === '' ? body : `${part.title}\n${body}`;
}

function textOf(part: Part): string {
  switch (part.kind) {
    case 'fenced':
      return fencedText(part);
    case 'fields':
      return part.fields.join('\n');
    case 'divider':
      return '';
    case 'header':
    case 'text':
    case 'note':
      return part.text;
    default:
      return assertNever(part);
  }
}

function sizeOf(part: Part): number {
  const fields = part.kind === 'fields' ? part.fields.length * 50 : 0;
  return JSON.stringify(textOf(part)).length + BLOCK_COST + fields;
}

function total(works: readonly Work[]): number {
  let sum = 0;
  for (const { part } of works) sum += sizeOf(part);
  return sum;
}

function ceilingOf(part: Part): number {
  return (part.kind === 'note' ? MESSAGE.contextText : MESSAGE.sectionText) - 20;
}

function largestOf(works: readonly Work[]): Work | null {
  const able = works.filter(
    ({ part }, at) => sizeOf(part) > SMALLEST + BLOCK_COST && isShrinkable(part, at, works.length),
  );
  const fenced = able.filter(({ part }) => part.kind === 'fenced');
  const [first, ...others] = fenced.length > 0 ? fenced : able;
  if (first === undefined) return null;
  let largest = first;
  for (const work of others) if (sizeOf(work.part) > sizeOf(largest.part)) largest = work;
  return largest;
}

function isShrinkable(part: Part, at: number, count: number): boolean {
  return part.kind === 'fenced' || part.kind === 'note' || (part.kind === 'text' && at < count - 1);
}

function shrink(work: Work, most: number): void {
  const { part } = work;
  if (part.kind === 'text' || part.kind === 'note') {
    if (part.text.length <= most) return;
    work.part = { ...part, text: cutEscaped(part.text, most) };
    work.cutText = true;
  } else if (part.kind === 'fenced') {
    shrinkFence(work, part, most);
  }
}

function shrinkFence(work: Work, part: Extract<Part, { kind: 'fenced' }>, most: number): void {
  const title = cutEscaped(part.title, 250);
  const room = most - FENCE_COST - title.length - 1;
  const kept: string[] = [];
  let used = 0;
  for (const line of part.lines) {
    const shown = cutEscaped(line, LONGEST_LINE);
    if (used + shown.length + 1 > room) break;
    if (shown !== line) work.cutText = true;
    kept.push(shown);
    used += shown.length + 1;
  }
  const [first = ''] = part.lines;
  if (kept.length === 0 && part.bare) {
    // A fence may be empty; a text may not.
    kept.push(cutEscaped(first, Math.max(SMALLEST / 2, room)));
    work.cutText = true;
  }
  work.lines += part.lines.length - kept.length;
  work.part = { ...part, title, lines: kept };
}

/** From the end but one backwards, until the rest fits. Returns how many parts went. */
function drop(works: Work[], budget: number, most: number): number {
  let dropped = 0;
  while (works.length > 1 && (total(works) > budget || works.length > most)) {
    works.splice(works.length - 2, 1);
    dropped += 1;
  }
  return dropped;
}

function describe(works: readonly Work[], dropped: number): readonly string[] {
  const lines = works.flatMap(({ part, lines: lost }) =>
    lost > 0 && part.kind === 'fenced' ? [`${lost} ${lost === 1 ? 'line' : 'lines'} of ${part.name}`] : [],
  );
  const texts = works.filter(({ cutText }) => cutText).length;
  return [
    ...lines,
    ...(texts > 0 ? [`the end of ${texts === 1 ? 'one text' : `${texts} texts`}`] : []),
    ...(dropped > 0 ? [`${dropped} ${dropped === 1 ? 'part' : 'parts'}`] : []),
  ];
}
