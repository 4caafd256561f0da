/**
 * A pressed button → the use case that it stands for. The buttons of an approval are kept in the store, so that a used one is
 * known as such; the others are known by the run that offers them now.
 */
import { assertNever } from '../domain/assert-never.ts';
import { isBreakGlass } from '../domain/plan.ts';
import type { Incident } from '../domain/incident.ts';
import type { Run } from '../domain/run.ts';
import { hashToken, type ActionMeaning } from './action-token.ts';
import { answerProblem, refuse } from './answer.ts';
import type { Call } from './call.ts';
import { abort, resume } from './control.ts';
import { approve, reject } from './decide.ts';
import { requireCluster } from './clusters.ts';
import { findIncidentButton, type IncidentButton } from './incident-actions.ts';
import { visibleIncidents } from './incident-choice.ts';
import { changeIncident } from './incidents.ts';
import { recover, RECOMMENDED } from './recover.ts';
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
    const onIncident = await findOnIncident(call, token);
    if (onIncident !== null) return actOnIncident(call, onIncident, words);
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

interface OnIncident {
  readonly incident: Incident;
  readonly button: IncidentButton;
}

async function findOnIncident(call: Call, token: string): Promise<OnIncident | null> {
  for (const incident of await visibleIncidents(call)) {
    const button = findIncidentButton(call.deps.tokenKey, incident, token);
    if (button !== undefined) return { incident, button };
  }
  return null;
}

function actOnIncident(call: Call, { incident, button }: OnIncident, words: string | null): Promise<void> {
  switch (button) {
    case 'acknowledge':
      return changeIncident(call, incident, { kind: 'acknowledge' });
    case 'mitigate':
      return changeIncident(call, incident, { kind: 'mitigate', why: words });
    case 'resolve':
      return changeIncident(call, incident, { kind: 'resolve', summary: words });
    case 'recover':
      return recover(call, requireCluster(call.deps, incident.cluster), RECOMMENDED);
    default:
      return assertNever(button);
  }
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
