/**
 * The file `.env` with the line of each variable. Owns the lines; values are read by Node's own parser, one assignment at a time,
 * since a line that it can't read would otherwise swallow the next one. Knows no variable by name.
 */
import { parseEnv } from 'node:util';
import type { ConfigProblem } from './problem.ts';

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  /** Line on which each variable begins. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly ConfigProblem[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

/** One variable with all lines of its quoted value. */
interface Assignment {
  readonly name: string;
  readonly line: number;
  readonly text: string;
  /** The quote that is never closed, or null. */
  readonly openQuote: string | null;
}

export function parseEnvFile(file: string, text: string): EnvFile {
  const problems: ConfigProblem[] = [];
  const report = (line: number, where: string, what: string, next: string): void => {
    problems.push({ severity: 'error', file, line, where, text: what, next });
  };
  const lines = new Map<string, number>();
  const values = new Map<string, string>();
  const { assignments, strays } = splitAssignments(text.replace(/^\u{feff}/u, '').split(/\r?\n/));
  for (const line of strays) {
    report(line, '', 'This line is neither NAME=value nor a comment.', 'Write NAME=value, or begin it with #.');
  }
  for (const { name, line, text: source, openQuote } of assignments) {
    const before = lines.get(name);
    if (before !== undefined) report(line, name, `This stands on line ${before} already.`, 'Keep one of the two.');
    if (openQuote !== null) report(line, name, 'This quote is never closed.', `Close it with ${openQuote}.`);
    lines.set(name, line);
    values.set(name, parseEnv(source)[name] ?? '');
  }
  return { values, lines, problems };
}

function splitAssignments(content: readonly string[]): {
  readonly assignments: readonly Assignment[];
  readonly strays: readonly number[];
} {
  const assignments: Assignment[] = [];
  const strays: number[] = [];
  for (let at = 0; at < content.length; at += 1) {
    const first = content[at] ?? '';
    if (/^\s*(?:#|$)/.test(first)) continue;
    const [, name, value = ''] = ASSIGNMENT.exec(first) ?? [];
    if (name === undefined) {
      strays.push(at + 1);
      continue;
    }
    const quote = /^["'`]/.exec(value)?.[0];
    const isOpen = quote !== undefined && !value.slice(1).includes(quote);
    const end = isOpen ? content.findIndex((line, index) => index > at && line.includes(quote)) : at;
    const last = end === -1 ? at : end;
    const text = content.slice(at, last + 1).join('\n');
    assignments.push({ name, line: at + 1, text, openQuote: isOpen && end === -1 ? quote : null });
    at = last;
  }
  return { assignments, strays };
}
