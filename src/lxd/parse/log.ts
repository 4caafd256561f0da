/**
 * Lines of lxd.log and of the journal that mean something. Owns taking a line apart into its own time and its text, and matching;
 * what each pattern means is data. Keeps the newest lines of each pattern: a crash loop writes the same three thousands of times.
 */
import type { LogFact } from '../../domain/observation.ts';
import { clipText, splitLines } from './bytes.ts';
import { parseTime } from './times.ts';

export interface PatternValue {
  readonly id: string;
  readonly pattern: RegExp;
  readonly severity: string;
}

const LINE_LIMIT = 2000;
const MOST_LINES = 4000;
const NEWEST_PER_PATTERN = 12;

/** `time="…"` (logrus), `t=…` (log15), `WARN [..]`/`WARNING[…]` (terminal form), and the journal's own first word. */
const OWN_TIMES: readonly RegExp[] = [
  /\btime="([^"]{10,40})"/,
  /^t=(\S{10,40}) /,
  /^[A-Z]{4,7} {0,3}\[([^\]]{10,40})\]/,
];
const JOURNAL_TIME = /^(\d{4}-\d{2}-\d{2}T\S{8,25}) /;

function timeOf(line: string, source: LogFact['source']): number | null {
  const candidates = source === 'journal' ? [JOURNAL_TIME, ...OWN_TIMES] : OWN_TIMES;
  for (const pattern of candidates) {
    const text = pattern.exec(line)?.[1];
    const at = text === undefined ? null : parseTime(text);
    if (at !== null) return at;
  }
  return null;
}

function factsOfLine(line: string, source: LogFact['source'], patterns: readonly PatternValue[]): readonly LogFact[] {
  const text = line.slice(0, LINE_LIMIT);
  return patterns.flatMap((entry) => {
    const match = entry.pattern.exec(text);
    if (match === null) return [];
    const captures = match.slice(1).map((capture) => clipText(capture ?? ''));
    return [
      { pattern: entry.id, severity: entry.severity, at: timeOf(text, source), text: clipText(text), captures, source },
    ];
  });
}

/** Facts of one source, oldest first: the last lines, and of each pattern the newest. */
export function parseLog(
  text: string,
  source: LogFact['source'],
  patterns: readonly PatternValue[],
): readonly LogFact[] {
  const seen = new Map<string, number>();
  const kept: LogFact[] = [];
  for (const line of splitLines(text).slice(-MOST_LINES).reverse()) {
    for (const fact of factsOfLine(line, source, patterns)) {
      const count = seen.get(fact.pattern) ?? 0;
      seen.set(fact.pattern, count + 1);
      if (count < NEWEST_PER_PATTERN) kept.push(fact);
    }
  }
  return kept.reverse();
}

/** Both sources in one order. A line without a time keeps its place behind the line before it. */
export function mergeLogs(...sources: readonly (readonly LogFact[])[]): readonly LogFact[] {
  const keyed = sources.flatMap((facts) => {
    let last = 0;
    return facts.map((fact) => {
      last = Math.max(last, fact.at ?? last);
      return { fact, key: last };
    });
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ fact }) => fact);
}
