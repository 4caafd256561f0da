/** The answers that every handler gives: a refusal and a problem, with their data. */
import { problemData, problemMessage, refusalData, refusalMessage } from '../chat/views/answers.ts';
import type { Refusal } from '../domain/plan.ts';
import type { Problem } from '../domain/problem.ts';
import type { Rendered } from '../ports/chat.ts';
import type { Call } from './call.ts';

export function renderRefusal(title: string, refusal: Refusal): Rendered {
  return { message: refusalMessage(title, refusal), data: refusalData(refusal) };
}

export function renderProblem(problem: Problem): Rendered {
  return { message: problemMessage(problem), data: problemData(problem) };
}

export async function refuse(call: Call, title: string, refusal: Refusal): Promise<void> {
  await call.post(renderRefusal(title, refusal));
}

export async function answerProblem(call: Call, problem: Problem): Promise<void> {
  await call.post(renderProblem(problem));
}
