/**
 * `clusters.yaml` as a tree with positions. Owns what YAML itself can get wrong, every error of it at once, and the parts of YAML
 * that this file does without (anchors, tags, several documents). Knows nothing of clusters.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { ConfigProblem } from './problem.ts';

/** Collects the problems of one file while it is read. */
export interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly problems: ConfigProblem[];
  /** Apart, because a key may only seem missing where the YAML around it is broken. */
  readonly absences: ConfigProblem[];
}

export interface YamlDocument {
  readonly reading: Reading;
  /** The map at the top, or null when there is none to read. */
  readonly root: Node | null;
  /** Line of the first syntax error: what stands after it may have been misread. */
  readonly brokenFrom: number | null;
}

export function readYaml(file: string, text: string): YamlDocument {
  const lines = new LineCounter();
  const reading: Reading = { file, lines, problems: [], absences: [] };
  const document = parse(text, reading);
  if (document === null) return { reading, root: null, brokenFrom: 1 };
  for (const error of document.errors) reportSyntax(reading, error);
  refuseUnusedParts(reading, document);
  const brokenFrom = document.errors.map((error) => lineAt(reading, error.pos[0]));
  if (!isMap(document.contents) && brokenFrom.length === 0) reportTop(reading, document.contents === null);
  return {
    reading,
    root: isMap(document.contents) ? document.contents : null,
    brokenFrom: brokenFrom.length === 0 ? null : Math.min(...brokenFrom),
  };
}

/** Nesting without end exhausts the parser's stack; a file of clusters never needs it. */
function parse(text: string, reading: Reading): Document.Parsed | null {
  try {
    return parseDocument(text, {
      lineCounter: reading.lines,
      prettyErrors: false,
      // Reported by our own reader, which names both lines.
      uniqueKeys: false,
      schema: 'core',
      version: '1.2',
    });
  } catch {
    report(reading, 1, '', 'This is not YAML that can be read.', 'Start from deploy/clusters.example.yaml.');
    return null;
  }
}

export function lineAt(reading: Reading, offset: number): number {
  return Math.max(1, reading.lines.linePos(offset).line);
}

export function lineOf(reading: Reading, node: Node | null, fallback: number): number {
  return node?.range == null ? fallback : lineAt(reading, node.range[0]);
}

export function report(reading: Reading, line: number, where: string, text: string, next: string): void {
  reading.problems.push({ severity: 'error', file: reading.file, line, where, text, next });
}

export function reportAbsence(reading: Reading, line: number, where: string, text: string, next: string): void {
  reading.absences.push({ severity: 'error', file: reading.file, line, where, text, next });
}

export function warn(reading: Reading, line: number, where: string, text: string, next: string): void {
  reading.problems.push({ severity: 'warning', file: reading.file, line, where, text, next });
}

function reportSyntax(reading: Reading, error: YAMLError): void {
  const line = lineAt(reading, error.pos[0]);
  if (error.code === 'TAB_AS_INDENT') {
    report(reading, line, '', 'A tab stands where YAML wants spaces.', 'Indent this line with two spaces per level.');
  } else if (error.code === 'MULTIPLE_DOCS') {
    const next = 'Remove the line --- and keep every cluster under one clusters:.';
    report(reading, line, '', 'A second document begins here.', next);
  } else {
    const detail = error.message.split('\n')[0] ?? '';
    const next = 'Correct the YAML on this line or just above; a value with special characters goes in quotes.';
    report(reading, line, '', `YAML can't be read here: ${detail}.`, next);
  }
}

function refuseUnusedParts(reading: Reading, document: Document.Parsed): void {
  visit(document, (_key, node) => {
    if (!isNode(node)) return;
    const line = lineOf(reading, node, 1);
    if (isAlias(node)) {
      const text = `The alias *${node.source} is not used in this file's format.`;
      report(reading, line, '', text, 'Write the value out here.');
    } else if (node.anchor !== undefined) {
      const text = `The anchor &${node.anchor} is not used in this file's format.`;
      report(reading, line, '', text, 'Remove it, and write the value out wherever it is wanted.');
    }
    if (node.tag !== undefined) {
      report(reading, line, '', `The tag ${node.tag} is not used in this file's format.`, 'Remove it.');
    }
  });
}

function reportTop(reading: Reading, isEmpty: boolean): void {
  const text = isEmpty ? 'The file is empty.' : 'The file does not begin with a map.';
  report(reading, 1, '', text, 'Begin it with clusters: as in deploy/clusters.example.yaml.');
}
