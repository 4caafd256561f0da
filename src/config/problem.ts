/**
 * What is wrong with the configuration, each with its place and the next step, and their form for a terminal. Errors stop the
 * start; warnings are told and don't. Holds no rule of its own.
 */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  /** Path as it was named, or `environment`. */
  readonly file: string;
  /** 1-based; null where there is none (a missing file, the environment). */
  readonly line: number | null;
  /** `clusters.prod.ssh.key`, or the name of a variable. Empty for the file as a whole. */
  readonly where: string;
  /** One sentence. */
  readonly text: string;
  /** One sentence: what to do. */
  readonly next: string;
}

/** One line each, by file and line; the form that editors and terminals make clickable. */
export function formatConfigProblems(problems: readonly ConfigProblem[]): string {
  return sortProblems(problems)
    .map((problem) => {
      const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}`;
      const where = problem.where === '' ? '' : `${problem.where}: `;
      return `${place}: ${problem.severity}: ${where}${problem.text} ${problem.next}\n`;
    })
    .map(withoutControl)
    .join('');
}

export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.toSorted((a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A file's text may hold escape sequences; a terminal must not act on them. */
function withoutControl(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return `${line.slice(0, -1).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}')}\n`;
}
