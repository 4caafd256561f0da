/** The short answers: a refusal, a problem, a check before a change. Each with its reason and the way forward. */
import type { CheckData, ProblemData, RefusalData } from '../../domain/data.ts';
import type { Refusal, RefusalReason } from '../../domain/plan.ts';
import type { Problem } from '../../domain/problem.ts';
import { fields, heading, message, nextCommand, nextWords, people, text, type Part } from '../build.ts';
import type { Message } from '../message.ts';
import { orUnknown } from '../words.ts';

export function refusalData(refusal: Refusal): RefusalData {
  return { kind: 'refusal', cluster: refusal.cluster, reasons: refusal.reasons, next: refusal.next };
}

/** `title` says what was refused: "Not recovering prod". Nothing was changed, and it says so. */
export function refusalMessage(title: string, refusal: Refusal): Message {
  const first = refusal.reasons[0]?.text ?? 'There is no reason on record.';
  return message(`${title}: ${first}`, 'warning', [
    heading(title),
    ...refusal.reasons.map((reason) => text(`• ${reason.text}`, ...namedFor(reason))),
    text('Nothing was changed.'),
    nextWords(refusal.next),
  ]);
}

const MOST_NAMED = 5;

function namedFor({ named = [] }: RefusalReason): readonly Part[] {
  return named.length === 0 ? [] : [' Named for that: ', ...people(named, MOST_NAMED), '.'];
}

export function problemData(problem: Problem): ProblemData {
  return { kind: 'problem', code: problem.code, text: problem.text, next: problem.next };
}

export function problemMessage(problem: Problem): Message {
  return message(problem.text, problem.code === 'internal' ? 'danger' : 'warning', [
    text(problem.text),
    nextWords(problem.next),
  ]);
}

const VERDICT_WORDS: Readonly<Record<CheckData['verdict'], string>> = {
  safe: 'can be done',
  unsafe: 'would strand the cluster',
  unknown: 'can’t be judged',
};

export function checkMessage(data: CheckData): Message {
  const title = `Moving ${data.cluster} to ${data.to} ${VERDICT_WORDS[data.verdict]}`;
  const tone = data.verdict === 'safe' ? 'good' : data.verdict === 'unsafe' ? 'danger' : 'warning';
  return message(title, tone, [
    heading(title),
    ...data.reasons.map((reason) => text(`• ${reason}`)),
    fields([
      ['API extensions there', orUnknown(data.count)],
      ['Database schema there', orUnknown(data.schema)],
      ['Fixed in', data.fixedIn ?? 'unknown'],
      ['Order', data.order.length === 0 ? null : data.order.join(' → ')],
    ]),
    nextCommand(`status ${data.cluster}`),
  ]);
}
