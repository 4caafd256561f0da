/**
 * Values that a platform hands over by name → the line that the one parser reads. Owns the quoting: whatever a person wrote comes out
 * of the parser as that one value, never as an option, another argument or a second command. Pure.
 */
import type { CommandShape } from '../../app/surface.ts';

/** By the parameter's name. An empty text counts as not given. */
export type Given = Readonly<Record<string, string | number | boolean>>;

const SAFE = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;
/** What the parser takes as quotation marks. */
const DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb';
const SINGLE = "'\u2018\u2019\u201a\u201b";

export function lineOf(command: CommandShape, given: Given): string {
  const words = [command.name];
  let skipped = false;
  for (const [name, param] of Object.entries(command.params)) {
    const value = given[name];
    const absent =
      value === undefined || value === '' || value === false || (typeof value === 'string' && value.trim() === '');
    if (param.place === 'option') {
      if (!absent) words.push(value === true ? `--${name}` : `--${name}=${quoteWord(String(value))}`);
      continue;
    }
    if (absent) {
      skipped = true;
      continue;
    }
    const text = String(value);
    // Behind an optional argument that was left out, one bare word could be read as that argument: `reject [run] risky`.
    const free = param.type.kind === 'text' && skipped && SAFE.test(text);
    words.push(free ? `"${text}"` : quoteWord(text));
  }
  return words.join(' ');
}

function quoteWord(text: string): string {
  if (SAFE.test(text)) return text;
  if (!closes(text, DOUBLE)) return `"${text}"`;
  if (!closes(text, SINGLE)) return `'${text}'`;
  // Both kinds of marks would end it early: two single marks look like a double one.
  return `"${Array.from(text, (char) => (DOUBLE.includes(char) ? "''" : char)).join('')}"`;
}

/** A mark that stands before a blank or at the end would close the quotation. */
function closes(text: string, marks: string): boolean {
  return Array.from(text).some((char, at, all) => {
    const next = all[at + 1];
    return marks.includes(char) && (next === undefined || /[\s\u00a0\u2007\u202f]/.test(next));
  });
}
