/**
 * The file `.env` with the line of each variable. Owns its syntax: what Node's own parser would silently skip is reported here.
 * Knows no variable by name.
 */
import { parseEnv } from 'node:util';
import type { ConfigProblem } from './problem.ts';

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  /** Line on which each variable stands last: that one counts. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly ConfigProblem[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

export function parseEnvFile(file: string, text: string): EnvFile {
  const problems: ConfigProblem[] = [];
  const lines = new Map<string, number>();
  const report = (line: number, where: string, what: string, next: string): void => {
    problems.push({ severity: 'error', file, line, where, text: what, next });
  };
  let open: { readonly quote: string; readonly line: number; readonly name: string } | null = null;
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (open !== null) {
      if (content.includes(open.quote)) open = null;
      continue;
    }
    if (/^\s*(?:#|$)/.test(content)) continue;
    const [, name, value = ''] = ASSIGNMENT.exec(content) ?? [];
    if (name === undefined) {
      report(line, '', 'This line is neither NAME=value nor a comment.', 'Write NAME=value, or begin it with #.');
      continue;
    }
    const before = lines.get(name);
    if (before !== undefined) report(line, name, `This stands on line ${before} already.`, 'Keep one of the two.');
    lines.set(name, line);
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined && !value.slice(1).includes(quote)) open = { quote, line, name };
  }
  if (open !== null) report(open.line, open.name, 'This quote is never closed.', `Close it with ${open.quote}.`);
  return { values: readValues(text), lines, problems };
}

function readValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) values.set(name, value);
  return values;
}
