/**
 * Reading maps and single values out of the YAML tree. Each reader reports what is wrong with file and line and answers null;
 * the caller goes on, so that every problem is found in one pass. Owns unknown, missing and repeated keys, and the basic types.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { findNearest } from './did-you-mean.ts';
import { lineAt, lineOf, report, reportAbsence, type Reading } from './yaml-document.ts';

/** A value and where it stands. `node` is never empty: an empty value counts as a missing key. */
export interface Field {
  readonly where: string;
  readonly line: number;
  readonly node: Node;
}

export type Fields = ReadonlyMap<string, Field>;

export interface Shape {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** The fields of a map with known keys, or null when it is no map. */
export function readFields(reading: Reading, field: Field, shape: Shape): Fields | null {
  const fields = readAnyFields(reading, field);
  if (fields === null) return null;
  const known = [...shape.required, ...shape.optional];
  for (const [key, value] of fields) if (!known.includes(key)) reportUnknown(reading, value, key, known);
  for (const key of shape.required) {
    if (fields.has(key)) continue;
    const text = `The key ${key} is missing.`;
    reportAbsence(reading, field.line, field.where, text, `Add ${key}: here, as in deploy/clusters.example.yaml.`);
  }
  return fields;
}

/** The fields of a map whose keys are names. A key that stands twice counts once. */
export function readAnyFields(reading: Reading, field: Field): Fields | null {
  if (!isMap(field.node)) {
    if (!isAlias(field.node)) {
      report(
        reading,
        field.line,
        field.where,
        `This is ${nameOf(field.node)}, not a map.`,
        'Write key: value pairs below it.',
      );
    }
    return null;
  }
  const fields = new Map<string, Field>();
  const seen = new Map<string, number>();
  for (const pair of field.node.items) {
    const key = readKey(reading, field, pair);
    if (key === null) continue;
    const where = field.where === '' ? key.text : `${field.where}.${key.text}`;
    const before = seen.get(key.text);
    seen.set(key.text, before ?? key.line);
    if (before !== undefined) {
      report(reading, key.line, where, `This stands on line ${before} already.`, 'Keep one of the two.');
    } else if (isNode(pair.value)) {
      fields.set(key.text, { where, line: key.line, node: pair.value });
    }
  }
  return fields;
}

function isNode(value: unknown): value is Node {
  if (isScalar(value)) return value.value !== null;
  return isMap(value) || isSeq(value) || isAlias(value);
}

function readKey(reading: Reading, field: Field, pair: Pair): { readonly text: string; readonly line: number } | null {
  const text = isScalar(pair.key) ? textOf(pair.key) : null;
  const range = isScalar(pair.key) ? pair.key.range : null;
  const line = range == null ? field.line : lineAt(reading, range[0]);
  if (text !== null && text !== '') return { text, line };
  report(reading, line, field.where, 'A key has to be a word.', 'Write it as key: value.');
  return null;
}

function reportUnknown(reading: Reading, field: Field, key: string, known: readonly string[]): void {
  const nearest = findNearest(key, known);
  const next = nearest === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${nearest}?`;
  report(reading, field.line, field.where, `Unknown key ${JSON.stringify(key)}.`, next);
}

/** The items of a list, each with its place. */
export function readList(reading: Reading, field: Field): readonly Field[] | null {
  if (!isSeq(field.node)) {
    if (!isAlias(field.node)) {
      report(
        reading,
        field.line,
        field.where,
        `This is ${nameOf(field.node)}, not a list.`,
        'Write it as [first, second].',
      );
    }
    return null;
  }
  const items: Field[] = [];
  for (const [index, item] of field.node.items.entries()) {
    const where = `${field.where}[${index}]`;
    if (isNode(item)) items.push({ where, line: lineOf(reading, item, field.line), node: item });
    else report(reading, field.line, where, 'This item of the list is empty.', 'Fill it in, or remove it.');
  }
  return items;
}

/** A text on one line. A number is taken as it is written, since a host, a name or an id may look like one. */
export function readText(reading: Reading, field: Field): string | null {
  if (isAlias(field.node)) return null;
  const text = isScalar(field.node) ? textOf(field.node) : null;
  if (text === null) {
    report(
      reading,
      field.line,
      field.where,
      `This is ${nameOf(field.node)}, not a text.`,
      'Write one word, in quotes if need be.',
    );
    return null;
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (text.trim() !== '' && !/[\u0000-\u001f\u007f]/.test(text)) return text.trim();
  report(
    reading,
    field.line,
    field.where,
    'This text is empty or holds control characters.',
    'Write one line of text.',
  );
  return null;
}

function textOf(node: Scalar): string | null {
  if (typeof node.value === 'string') return node.value;
  return typeof node.value === 'number' || typeof node.value === 'bigint' ? (node.source ?? String(node.value)) : null;
}

export function readBoolean(reading: Reading, field: Field): boolean | null {
  if (isScalar(field.node) && typeof field.node.value === 'boolean') return field.node.value;
  if (!isAlias(field.node)) {
    report(
      reading,
      field.line,
      field.where,
      `This is ${nameOf(field.node)}, neither true nor false.`,
      'Write true or false.',
    );
  }
  return null;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export function readInteger(reading: Reading, field: Field, { least, most }: Bounds): number | null {
  const value = isScalar(field.node) ? field.node.value : null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  if (!isAlias(field.node)) {
    const text = `This is ${nameOf(field.node)}, not a whole number from ${least} to ${most}.`;
    report(reading, field.line, field.where, text, `Write a number from ${least} to ${most}.`);
  }
  return null;
}

/** What a person wrote, for a sentence: short, quoted where it is text. */
function nameOf(node: Node): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'an alias';
  const { value } = node;
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === 'number' || typeof value === 'boolean' ? (node.source ?? String(value)) : 'no plain value';
}
