/** A pressed button → the use case that it stands for. What a token means is in the store; a used or foreign one is an answer. */
import type { Call } from './call.ts';
import { hashToken } from './action-token.ts';
import { answerProblem, refuse } from './answer.ts';
import { abort, resume } from './control.ts';
import { approve, reject } from './decide.ts';
import { visibleClusters } from './authorise.ts';
import { assertNever } from '../domain/assert-never.ts';
import { expireOld } from './run-choice.ts';

export async function press(call: Call, token: string): Promise<void> {
  await expireOld(call);
  const tokenHash = hashToken(token);
  const action = await call.deps.store.findAction(tokenHash);
  const run = action === null ? null : await call.deps.store.findRun(action.run);
  const visible = visibleClusters(call.person, call.deps.clusters).some((cluster) => cluster.name === run?.cluster);
  if (action === null || run === null || !visible) {
    return answerProblem(call, {
      code: 'bad-argument',
      text: 'That button does not stand for anything any more.',
      next: 'runs',
    });
  }
  if (action.consumedAt !== null) {
    return refuse(call, `Not done`, {
      cluster: run.cluster,
      reasons: [{ code: 'already-decided', text: `That button was used already; ${run.id} is ${run.state}.` }],
      next: `/lxd runs ${run.id}`,
    });
  }
  switch (action.kind) {
    case 'approve':
      return approve(call, run, { confirmStop: null, breakGlass: null, wait: true, tokenHash });
    case 'reject':
      return reject(call, run, null, tokenHash);
    case 'abort':
      return abort(call, run);
    case 'resume-retry':
    case 'resume-done':
      return resume(call, run, {
        verdict: action.kind === 'resume-retry' ? 'retry' : 'done',
        step: action.step,
        member: action.member,
        wait: true,
      });
    default:
      return assertNever(action.kind);
  }
}
