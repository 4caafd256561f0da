/** A text of the tree through a value's parser: the value, or null after what is wrong was reported at its line. */
import type { Result } from '../domain/result.ts';
import type { BadValue } from './values.ts';
import { report, type Reading } from './yaml-document.ts';
import { type Field, readList, readText } from './yaml-fields.ts';

type Parse<T> = (text: string) => Result<T, BadValue>;

export function checked<T>(reading: Reading, field: Field | undefined, parse: Parse<T>): T | null {
  const text = field === undefined ? null : readText(reading, field);
  if (field === undefined || text === null) return null;
  const parsed = parse(text);
  if (parsed.ok) return parsed.value;
  report(reading, field.line, field.where, parsed.error.text, parsed.error.next);
  return null;
}

/** Every item of a list; the bad ones are reported and left out. */
export function checkedList<T>(reading: Reading, field: Field | undefined, parse: Parse<T>): readonly T[] {
  const items = field === undefined ? null : readList(reading, field);
  return (items ?? []).map((item) => checked(reading, item, parse)).filter((value) => value !== null);
}
