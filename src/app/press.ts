/**
 * A pressed button → the use case that it stands for. The buttons of an approval are kept in the store, so that a used one is
 * known as such; the others are known by the run that offers them now.
 */
import { assertNever } from '../domain/assert-never.ts';
import { isBreakGlass } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import { hashToken, type ActionMeaning } from './action-token.ts';
import { answerProblem, refuse } from './answer.ts';
import type { Call } from './call.ts';
import { abort, resume } from './control.ts';
import { approve, reject } from './decide.ts';
import { findMeaning } from './run-actions.ts';
import { expireOld, visibleRuns } from './run-choice.ts';

interface Pressed {
  readonly run: Run;
  readonly meaning: ActionMeaning;
  readonly used: boolean;
}

/** `words` is what the person wrote where the button asks for it. */
export async function press(call: Call, token: string, words: string | null = null): Promise<void> {
  await expireOld(call);
  const pressed = await findPressed(call, token);
  if (pressed === null) {
    return answerProblem(call, {
      code: 'bad-argument',
      text: 'That button does not stand for anything any more.',
      next: 'runs',
    });
  }
  const { run, meaning } = pressed;
  if (pressed.used) {
    return refuse(call, 'Nothing done', {
      cluster: run.cluster,
      reasons: [{ code: 'already-decided', text: `That button was used already; ${run.id} is ${run.state}.` }],
      next: `/lxd runs ${run.id}`,
    });
  }
  await act(call, run, meaning, { tokenHash: hashToken(token), words });
}

async function findPressed(call: Call, token: string): Promise<Pressed | null> {
  const runs = await visibleRuns(call);
  const kept = await call.deps.store.findAction(hashToken(token));
  const owner = runs.find((run) => run.id === kept?.run);
  if (kept !== null && owner !== undefined) return { run: owner, meaning: kept, used: kept.consumedAt !== null };
  for (const run of runs) {
    const meaning = findMeaning(call.deps.tokenKey, run, token);
    if (meaning !== undefined) return { run, meaning, used: false };
  }
  return null;
}

interface Click {
  readonly tokenHash: string;
  readonly words: string | null;
}

function act(call: Call, run: Run, meaning: ActionMeaning, { tokenHash, words }: Click): Promise<void> {
  switch (meaning.kind) {
    case 'approve':
      // Words count only where the button asked for them: a plain approval never turns into break-glass.
      return approve(call, run, {
        confirmStop: null,
        breakGlass: isBreakGlass(run.strategy) ? words : null,
        wait: true,
        tokenHash,
      });
    case 'reject':
      return reject(call, run, words, tokenHash);
    case 'abort':
      return abort(call, run);
    case 'resume-retry':
      return resume(call, run, { verdict: 'retry', step: meaning.step, member: meaning.member, wait: true });
    case 'resume-done':
      return resume(call, run, { verdict: 'done', step: meaning.step, member: meaning.member, wait: true });
    default:
      return assertNever(meaning.kind);
  }
}
