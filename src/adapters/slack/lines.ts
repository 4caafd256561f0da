/**
 * Values of a form → the line that the one parser reads. Owns the quoting: whatever a person wrote comes out of the parser as that one
 * value, never as an option, another argument or a second command. Pure.
 */
import type { CommandShape } from '../../app/surface.ts';

/** By the parameter's name. A blank text counts as not given. */
export type Given = Readonly<Record<string, string | boolean>>;

const SAFE = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;
/** What the parser takes as quotation marks. */
const DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb';
const SINGLE = "'\u2018\u2019\u201a\u201b";
const BLANK = /[\s\u00a0\u2007\u202f]/;

export function lineOf(command: CommandShape, given: Given): string {
  const words = [command.name];
  let hasGap = false;
  for (const [name, param] of Object.entries(command.params)) {
    const value = given[name] ?? '';
    const isAbsent = value === false || (typeof value === 'string' && value.trim() === '');
    if (param.place === 'option') {
      if (!isAbsent) words.push(value === true ? `--${name}` : `--${name}=${quote(value)}`);
    } else if (isAbsent) {
      hasGap = true;
    } else {
      words.push(argumentOf(String(value), hasGap && param.type.kind === 'text'));
    }
  }
  return words.join(' ');
}

/** Behind an optional argument that was left out, one bare word would be read as that argument: a blank makes it a text. */
function argumentOf(text: string, isAmbiguous: boolean): string {
  return isAmbiguous && SAFE.test(text) ? `"${text} "` : quote(text);
}

function quote(value: string): string {
  const text = value.replace(/\s*\r?\n\s*/g, ' ').trim();
  if (SAFE.test(text)) return text;
  if (!wouldClose(text, DOUBLE)) return `"${text}"`;
  if (!wouldClose(text, SINGLE)) return `'${text}'`;
  // Both kinds of marks would end it early: two single ones look like a double one.
  return `"${Array.from(text)
    .map((char) => (DOUBLE.includes(char) ? "''" : char))
    .join('')}"`;
}

/** A mark before a blank or at the end closes the quotation. */
function wouldClose(text: string, marks: string): boolean {
  return Array.from(text).some((char, at, all) => {
    const next = all[at + 1];
    return marks.includes(char) && (next === undefined || BLANK.test(next));
  });
}
