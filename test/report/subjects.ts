/** Small subjects for tests of the exports, and readers that take every format apart again. */
import { requireClusterName, requireMemberName } from '../../src/domain/ids.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { createSubject, type ReportSubject, type SubjectInput } from '../../src/report/subject.ts';
import { NOW } from '../support/observation.ts';

const HASH = 'a'.repeat(64);
export const PROD = requireClusterName('prod');
export const M1 = requireMemberName('m1');

export function anEntry(part: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    sequence: 1,
    happenedAt: NOW,
    recordedAt: NOW,
    kind: 'note',
    cluster: PROD,
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text: 'Something happened.',
    evidence: null,
    hash: HASH,
    previousHash: '0'.repeat(64),
    ...part,
  };
}

export function aSubject(entries: readonly TimelineEntry[], part: Partial<SubjectInput> = {}): ReportSubject {
  return createSubject({
    kind: 'cluster',
    name: 'prod',
    cluster: 'prod',
    madeAt: NOW + 60_000,
    generator: 'Lockstep 0.0.0',
    entries,
    states: [],
    members: ['m1'],
    runs: [],
    incident: null,
    head: entries.length === 0 ? null : { sequence: entries.length, hash: HASH },
    ...part,
  });
}

/** What every format says of an entry. */
export interface Read {
  readonly id: number;
  /** To the second: what people are shown. */
  readonly at: string;
  readonly text: string;
}

/** RFC 4180, strictly: a quote that stands wrong, or a bare line break, throws. */
export function readCsv(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < csv.length) {
    const from = field.lastIndex;
    const match = field.exec(csv);
    if (match === null) throw new Error(`no CSV at ${from}: ${JSON.stringify(csv.slice(from, from + 40))}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) throw new Error('the last row has no end');
  return rows;
}

export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Node | string)[];
}

const VOID = new Set(['meta', 'input']);
const RAW = new Set(['style', 'script']);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/**
 * Well-formed XML, or HTML as strict as XML: every element is closed in order, every attribute quoted or without a value, no `<` and
 * no unknown entity in text. Anything else throws. Style and script are raw in HTML.
 */
export function readMarkup(source: string, html = false): Node {
  const text = html ? source.replace(/^<!doctype html>\s*/, '') : source;
  const root: { name: string; attributes: Record<string, string>; children: (Node | string)[] } = {
    name: '',
    attributes: {},
    children: [],
  };
  const open = [root];
  const token = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z_:][-a-zA-Z0-9_:.]*(?:="[^"<]*")?)*)\s*(\/?)>|([^<]+)/y;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`no markup at ${from}: ${JSON.stringify(text.slice(from, from + 60))}`);
    const [, closing, name = '', attributes = '', empty, words] = match;
    const top = open.at(-1) ?? root;
    if (words !== undefined) {
      top.children.push(decode(words));
    } else if (closing === '/') {
      if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`);
      open.pop();
    } else {
      const node = { name, attributes: readAttributes(attributes), children: [] as (Node | string)[] };
      top.children.push(node);
      if (html && RAW.has(name)) {
        const end = text.indexOf(`</${name}>`, token.lastIndex);
        node.children.push(text.slice(token.lastIndex, end));
        token.lastIndex = end + name.length + 3;
      } else if (empty !== '/' && !(html && VOID.has(name))) {
        open.push(node);
      }
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name ?? ''}> is not closed`);
  return root;
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, key = '', value]) => [key, decode(value ?? '')]),
  );
}

function decode(text: string): string {
  return text.replace(/&([^;\s]*);?/g, (whole, name: string) => {
    const char = ENTITIES[name];
    if (char === undefined || !whole.endsWith(';')) throw new Error(`an entity that is none: ${whole}`);
    return char;
  });
}

export function allOf(node: Node, fits: (node: Node) => boolean): readonly Node[] {
  const inner = node.children.flatMap((child) => (typeof child === 'string' ? [] : allOf(child, fits)));
  return fits(node) ? [node, ...inner] : inner;
}

export function textIn(node: Node): string {
  return node.children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('');
}

/** The cells of Markdown's timeline table, their escapes taken away; a cell with markup in it throws. */
export function readMarkdownRows(markdown: string): readonly (readonly string[])[] {
  const section = /^## Timeline$\n\n([\s\S]*?)^## Commands run$/m.exec(markdown)?.[1] ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| \d+ \| \d/.test(line))
    .map(readCells);
}

function readCells(line: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  for (let at = 1; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (char === '\\') {
      at += 1;
      cell += line[at] ?? '';
    } else if (char === '|') {
      cells.push(cell.trim());
      cell = '';
    } else if ('`*_{}[]<>#!~&@$'.includes(char)) {
      throw new Error(`markup in a cell: ${line}`);
    } else {
      cell += char;
    }
  }
  return cells;
}
