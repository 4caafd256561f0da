/** The answers that every handler gives: a refusal and a problem, with their data. */
import { problemData, problemMessage, refusalData, refusalMessage } from '../chat/views/answers.ts';
import type { Refusal, RefusalCode } from '../domain/plan.ts';
import type { Problem } from '../domain/problem.ts';
import type { Rendered } from '../ports/chat.ts';
import type { Call } from './call.ts';

export function renderRefusal(title: string, refusal: Refusal): Rendered {
  return { message: refusalMessage(title, refusal), data: refusalData(refusal) };
}

export function renderProblem(problem: Problem): Rendered {
  return { message: problemMessage(problem), data: problemData(problem) };
}

/** Refusals that are about the person or the line; the others are about the cluster or the run and concern everybody. */
const PRIVATE: ReadonlySet<RefusalCode> = new Set([
  'not-allowed',
  'own-approval',
  'console-approval-disallowed',
  'already-decided',
  'ambiguous-run',
  'ambiguous-incident',
  'no-pending-run',
  'confirm-stop',
]);

export async function refuse(call: Call, title: string, refusal: Refusal): Promise<void> {
  const isPrivate = refusal.reasons.every(({ code }) => PRIVATE.has(code));
  await (isPrivate ? call.tell(renderRefusal(title, refusal)) : call.post(renderRefusal(title, refusal)));
}

/** What went wrong in Lockstep itself concerns everybody; a slip in a line only who typed it. */
export async function answerProblem(call: Call, problem: Problem): Promise<void> {
  const isOurs = problem.code === 'internal' || problem.code.startsWith('data-');
  await (isOurs ? call.post(renderProblem(problem)) : call.tell(renderProblem(problem)));
}
