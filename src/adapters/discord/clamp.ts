/**
 * The budget of one message: parts are made shorter, largest first, until they fit; what fell off is returned in words, and the
 * message shows it. Pure; knows no Discord syntax beyond the length of a fence. The last part (what to type next) is never dropped.
 */
import { cutEscaped, escapeLine, fence, FENCE_COST, guardLine } from './escape.ts';

export type Part =
  | { readonly kind: 'text'; readonly atoms: readonly Atom[] }
  /** Escaped lines; `name` says what it is when lines fall off. `bare`: not in a fence, escaped for where they stand. */
  | {
      readonly kind: 'fenced';
      readonly title: string;
      readonly lines: readonly string[];
      readonly name: string;
      readonly bare: boolean;
    };

/** A piece of a text: markup is kept whole or dropped whole, since half of it would act on what follows. */
export interface Atom {
  readonly text: string;
  /** Escaped plain text, which can be cut anywhere. */
  readonly plain: boolean;
}

export interface Clamped {
  readonly texts: readonly string[];
  /** What is missing, in words: empty when everything is there. */
  readonly fell: readonly string[];
}

/** No part is larger than this, so that parts can be packed into embeds. */
const LARGEST = 3600;
const SMALLEST_FENCE = 120;
const SMALLEST_TEXT = 160;
const LONGEST_LINE = 1000;

interface Work {
  part: Part;
  lost: number;
  cutText: boolean;
}

function partText(part: Part): string {
  if (part.kind === 'text') return part.atoms.map(({ text }) => text).join('');
  const body = part.bare ? part.lines.join('\n') : fence(part.lines);
  return part.title === '' ? body : `${part.title}\n${body}`;
}

/** `budget` is for all texts and the line breaks between them. */
export function clamp(parts: readonly Part[], budget: number): Clamped {
  const works: Work[] = parts.map((part) => ({ part, lost: 0, cutText: false }));
  for (const work of works) shrink(work, Math.min(LARGEST, budget));
  for (let over = lengthOf(works) - budget; over > 0; over = lengthOf(works) - budget) {
    const largest = largestOf(works);
    if (largest === null) break;
    const before = sizeOf(largest);
    shrink(largest, before - over);
    // A cut of whole lines may not come out smaller.
    if (sizeOf(largest) >= before) break;
  }
  const dropped = dropUntil(works, budget);
  return { texts: works.map(({ part }) => partText(part)), fell: describe(works, dropped) };
}

function largestOf(works: readonly Work[]): Work | null {
  const candidates = works.filter(
    (work, at) =>
      sizeOf(work) > (work.part.kind === 'text' ? SMALLEST_TEXT : SMALLEST_FENCE) &&
      (work.part.kind === 'fenced' || at < works.length - 1),
  );
  const fenced = candidates.filter(({ part }) => part.kind === 'fenced');
  const [first, ...others] = fenced.length > 0 ? fenced : candidates;
  if (first === undefined) return null;
  return others.reduce((largest, work) => (sizeOf(work) > sizeOf(largest) ? work : largest), first);
}

function shrink(work: Work, wanted: number): void {
  const { part } = work;
  if (sizeOf(work) <= wanted) return;
  if (part.kind === 'text') {
    work.part = { kind: 'text', atoms: cutAtoms(part.atoms, Math.max(SMALLEST_TEXT, wanted)) };
    work.cutText = true;
    return;
  }
  const room = Math.max(SMALLEST_FENCE, wanted) - FENCE_COST - part.title.length - 1;
  const kept: string[] = [];
  let used = 0;
  for (const line of part.lines) {
    const shown = line.length > LONGEST_LINE ? cutLine(part, line, LONGEST_LINE) : line;
    if (used + shown.length + 1 > room) break;
    if (shown !== line) work.cutText = true;
    kept.push(shown);
    used += shown.length + 1;
  }
  const [first = ''] = part.lines;
  if (kept.length === 0) {
    kept.push(cutLine(part, first, Math.max(2, Math.min(room, SMALLEST_FENCE) - 20)));
    work.cutText = true;
  }
  work.lost += part.lines.length - kept.length;
  work.part = { ...part, lines: kept };
}

/** A line outside of a fence is escaped, and may begin in bold: a cut leaves neither half. */
function cutLine({ bare }: Extract<Part, { kind: 'fenced' }>, line: string, length: number): string {
  const short = `${line.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  if (!bare) return short;
  const escaped = cutEscaped(line, length);
  // An escaped backslash may stand right before the end of the bold words.
  const isOpen = escaped.startsWith('**') && !escaped.slice(2).replace(/\\./gs, '').includes('**');
  return isOpen ? guardLine(escaped.slice(2)) : escaped;
}

function cutAtoms(atoms: readonly Atom[], length: number): readonly Atom[] {
  const kept: Atom[] = [];
  let room = length - 1;
  for (const atom of atoms) {
    if (atom.text.length > room) {
      kept.push({ text: atom.plain ? cutEscaped(atom.text, room + 1) : '…', plain: true });
      break;
    }
    kept.push(atom);
    room -= atom.text.length;
  }
  return kept;
}

/** From the end, but never the very last. */
function dropUntil(works: Work[], budget: number): number {
  let dropped = 0;
  while (lengthOf(works) > budget && works.length > 1) {
    works.splice(-2, 1);
    dropped += 1;
  }
  const [only] = works;
  if (only !== undefined && lengthOf(works) > budget) shrinkHard(only, budget);
  return dropped;
}

function shrinkHard(work: Work, budget: number): void {
  const { part } = work;
  const plain =
    part.kind === 'fenced' && part.bare ? (text: string): string => guardLine(text.replaceAll('**', '')) : escapeLine;
  const atoms = part.kind === 'text' ? part.atoms : [{ text: plain(part.lines.join(' ')), plain: true }];
  work.part = { kind: 'text', atoms: cutAtoms(atoms, Math.max(1, budget)) };
  work.cutText = true;
}

function describe(works: readonly Work[], dropped: number): readonly string[] {
  const fell: string[] = [];
  for (const { part, lost, cutText } of works) {
    const name = part.kind === 'fenced' && part.name !== '' ? part.name : 'a part';
    if (lost > 0) fell.push(`${lost} ${lost === 1 ? 'line' : 'lines'} of ${name}`);
    else if (cutText) fell.push(part.kind === 'fenced' ? `the end of a line of ${name}` : 'the end of a paragraph');
  }
  if (dropped > 0) fell.push(`${dropped} whole ${dropped === 1 ? 'part' : 'parts'}`);
  return fell;
}

function sizeOf({ part }: Work): number {
  return partText(part).length;
}

function lengthOf(works: readonly Work[]): number {
  return works.reduce((sum, work) => sum + sizeOf(work) + 1, 0);
}
