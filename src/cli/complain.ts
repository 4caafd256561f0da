/** What goes wrong before anything starts: one sentence and the next step on standard error, and exit code 2. */
import { visibleLine } from '../chat/visible.ts';
import type { Problem } from '../domain/problem.ts';

export const USAGE_EXIT = 2;

export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function complain(problem: Pick<Problem, 'text' | 'next'>): number {
  tell(`lockstep: ${visibleLine(problem.text)}`);
  tell(`Next: ${visibleLine(problem.next)}`);
  return USAGE_EXIT;
}
