/**
 * A line as typed → words. Owns quotation marks (straight and curly), the invisible characters that chat programs put in, and the
 * limits. Knows no command. A quotation mark opens only at the beginning of a word or after `=`, so that `it's late` needs no care.
 */
import type { Problem } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';

export const MAX_LINE = 2000;

export interface Word {
  readonly text: string;
  /** Where the word began with a quotation mark: never an option, a cluster or `&`. */
  readonly quoted: boolean;
}

const DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb';
const SINGLE = "'\u2018\u2019\u201a\u201b";
/** What decoders put in place of bytes that are no UTF-8: what was meant is lost. */
const NO_TEXT = '\ufffd';
const SPACE = /[\s\u00a0\u2007\u202f]/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/;
const INVISIBLE =
  // oxlint-disable-next-line no-misleading-character-class -- single code points, one of them a joiner
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

export function tokenize(line: string): Result<readonly Word[], Problem> {
  const text = line.trim();
  if (text.length > MAX_LINE) return err(tooLong(text.length));
  if (text.includes(NO_TEXT)) return err(noText());
  const hidden = CONTROL.exec(text) ?? INVISIBLE.exec(text);
  if (hidden !== null) return err(hiddenCharacter(hidden[0], hidden.index));
  return split(text);
}

function split(text: string): Result<readonly Word[], Problem> {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const word = readWord(text, at);
    if (!word.ok) return word;
    words.push({ text: word.value.text, quoted: word.value.quoted });
    at = word.value.end;
  }
  return ok(words);
}

function readWord(
  text: string,
  start: number,
): Result<{ readonly text: string; readonly quoted: boolean; readonly end: number }, Problem> {
  let value = '';
  let at = start;
  while (at < text.length && !SPACE.test(text[at] ?? '')) {
    const char = text[at] ?? '';
    const opens = at === start || text[at - 1] === '=';
    if (opens && closersOf(char) !== null) {
      const end = findClosing(text, at);
      if (end === null) return err(unclosed(char));
      value += text.slice(at + 1, end);
      at = end + 1;
      continue;
    }
    value += char;
    at += 1;
  }
  return ok({ text: value, quoted: closersOf(text[start] ?? '') !== null, end: at });
}

function closersOf(char: string): string | null {
  if (DOUBLE.includes(char)) return DOUBLE;
  if (SINGLE.includes(char)) return SINGLE;
  return null;
}

/** A mark closes only where the word ends, so that `'it's late'` and `"a "b" c"` read as meant. */
function findClosing(text: string, open: number): number | null {
  const closers = closersOf(text[open] ?? '') ?? '';
  for (let at = open + 1; at < text.length; at += 1) {
    const next = text[at + 1];
    if (closers.includes(text[at] ?? ' ') && (next === undefined || SPACE.test(next))) return at;
  }
  return null;
}

function tooLong(length: number): Problem {
  return {
    code: 'line-too-long',
    text: `That line has ${length} characters; a command has at most ${MAX_LINE}.`,
    next: 'Shorten the reason, or type "help" for what a command looks like.',
  };
}

function hiddenCharacter(char: string, index: number): Problem {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return {
    code: 'control-characters',
    text: `The line holds an invisible character (U+${code}, at position ${index + 1}), so nothing was done.`,
    next: 'Type the command again by hand instead of pasting it.',
  };
}

function noText(): Problem {
  return {
    code: 'control-characters',
    text: 'The line holds bytes that are no UTF-8 text, so nothing was done.',
    next: 'Type the command again, or send it as UTF-8.',
  };
}

function unclosed(mark: string): Problem {
  return {
    code: 'bad-argument',
    text: `A quotation mark (${mark}) is opened and not closed.`,
    next: 'Close it, or leave both marks out.',
  };
}
