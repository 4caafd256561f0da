/** What the matrix prints: a line for each case, what is wrong with it and how to repeat it, and the counts at the end. */
import type { MatrixCase } from './cases.ts';
import type { CaseReport } from './run-case.ts';

export interface Played {
  readonly one: MatrixCase;
  readonly report: CaseReport;
  readonly tookMs: number;
}

export type Done = (one: MatrixCase, report: CaseReport, tookMs: number) => void;

/** What goes wrong around a case is a wrong end of it. */
export function reportOfError(error: unknown): CaseReport {
  const wrong = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  return { kills: 0, pauses: [], pressed: [], state: 'running', wrong, blindRepeats: [], harm: [] };
}

function problemsOf({ wrong, blindRepeats, harm }: CaseReport): readonly string[] {
  return [
    ...wrong.map((text) => `WRONG END: ${text}`),
    ...blindRepeats.map((text) => `TWICE: ${text}`),
    ...harm.map((text) => `INSTANCES: ${text}`),
  ];
}

export function printReport({ one, report, tookMs }: Played, again: string): void {
  const problems = problemsOf(report);
  const pauses = report.pauses.length === 0 ? '' : `, ${String(report.pauses.length)} pauses`;
  const ended = `${report.state} after ${String(report.kills)} kills${pauses}, ${(tookMs / 1000).toFixed(0)} s`;
  const verdict = problems.length === 0 ? 'ok ' : 'BAD';
  console.log(`${verdict} ${String(one.number)} ${one.situation.name}: ${one.name}: ${ended}`);
  for (const [index, why] of report.pauses.entries()) {
    console.log(`      paused: ${why}\n      pressed: ${report.pressed[index] ?? 'nothing'}`);
  }
  for (const text of problems) console.log(`      ${text}`);
  if (problems.length > 0) console.log(`      again: ${again} --only ${String(one.number)}`);
}

/** True when nothing is wrong. The last line counts each run as one test. */
export function summarise(played: readonly Played[], again: string, tookMs: number): boolean {
  const sum = (of: (report: CaseReport) => number): number => played.reduce((all, { report }) => all + of(report), 0);
  const bad = played.filter(({ report }) => problemsOf(report).length > 0).length;
  const automatic = played.filter(({ report }) => report.state === 'succeeded' && report.pauses.length === 0).length;
  const parts = [
    `${String(played.length)} runs`,
    `${String(sum(({ kills }) => kills))} kills`,
    `${String(automatic)} finished by themselves`,
    `${String(sum(({ pauses }) => pauses.length))} pauses`,
    `${String(sum(({ pressed }) => pressed.length))} buttons pressed`,
    `${String(played.filter(({ report }) => report.wrong.length > 0).length)} wrong ends`,
    `${String(sum(({ blindRepeats }) => blindRepeats.length))} steps executed twice without a look`,
    `${String(sum(({ harm }) => harm.length))} instances stopped`,
  ];
  console.log(`matrix: ${parts.join(', ')}; ${(tookMs / 1000).toFixed(0)} s; again: ${again}`);
  console.log(`matrix: ${String(played.length - bad)} passed, ${String(bad)} failed`);
  return bad === 0 && played.length > 0;
}
