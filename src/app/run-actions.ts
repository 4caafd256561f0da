/** The buttons that a run offers in its present state, and what a pressed one means. */
import type { Action } from '../chat/message.ts';
import { isBreakGlass, stepTitle } from '../domain/plan.ts';
import { openSteps, type Run, type StepRecord } from '../domain/run.ts';
import { tokenOf, type ActionMeaning } from './action-token.ts';

interface Offered extends Omit<Action, 'token'> {
  readonly meaning: ActionMeaning;
}

export function actionsOf(key: string, run: Run): readonly Action[] {
  return offeredBy(run).map(({ meaning, ...action }) => ({ ...action, token: tokenOf(key, meaning) }));
}

/** What the token means, if it belongs to a button that the run offers now. */
export function findMeaning(key: string, run: Run, token: string): ActionMeaning | undefined {
  return offeredBy(run).find(({ meaning }) => tokenOf(key, meaning) === token)?.meaning;
}

function offeredBy(run: Run): readonly Offered[] {
  if (run.state === 'drafted' || run.state === 'awaiting-approval') return approvalButtons(run);
  if (run.state === 'approved' || run.state === 'running') {
    return run.abortRequestedBy === null ? [abortButton(run)] : [];
  }
  if (run.state !== 'paused') return [];
  const open = openSteps(run);
  const goOn = open.length === 0 ? [goOnButton(run)] : open.flatMap((step) => stepButtons(run, step));
  return [...goOn, abortButton(run)];
}

/** A plan that stops instances has no approve button: the number has to be typed. */
function approvalButtons(run: Run): readonly Offered[] {
  const ask = { title: `Reject ${run.id}`, label: 'Why', required: false };
  const reject: Offered = { label: 'Reject', style: 'plain', confirm: null, ask, meaning: ofRun(run, 'reject') };
  if (run.plan.instancesStopped > 0) return [reject];
  if (isBreakGlass(run.strategy)) return [breakGlassButton(run), reject];
  const confirm = { title: `Approve ${run.id}?`, text: `It runs ${run.strategy} on ${run.cluster} at once.` };
  return [{ label: 'Approve', style: 'primary', confirm, meaning: ofRun(run, 'approve') }, reject];
}

/** No second question: the words are one. */
function breakGlassButton(run: Run): Offered {
  const who = run.plan.givenUp?.member ?? 'a member';
  const ask = {
    title: `Break the glass: ${run.id} on ${run.cluster}`,
    label: `Why ${who} is given up, and how you know that it is down`,
    required: true,
  };
  return { label: 'Break glass', style: 'danger', confirm: null, ask, meaning: ofRun(run, 'approve') };
}

/** Nothing waits for a verdict but the run itself: after crashes, or when the end was not what was planned. */
function goOnButton(run: Run): Offered {
  return { label: 'Go on', style: 'primary', confirm: null, meaning: ofRun(run, 'resume-retry') };
}

function abortButton(run: Run): Offered {
  const underWay = run.state === 'running';
  const text = underWay ? 'It stops after the step that is under way.' : 'It ends here.';
  return {
    label: underWay ? 'Abort after this step' : 'Abort',
    style: 'danger',
    confirm: { title: `Abort ${run.id}?`, text: `${text} What is done stays done.` },
    meaning: ofRun(run, 'abort'),
  };
}

function stepButtons(run: Run, step: StepRecord): readonly Offered[] {
  const at = { run: run.id, step: step.id, member: step.member };
  const what = `${step.member}: ${lowered(stepTitle(run.plan, step.id))}`;
  return [
    {
      label: `Retry on ${what}`,
      style: 'primary',
      confirm: null,
      meaning: { kind: 'resume-retry', ...at },
    },
    {
      label: `Take as done on ${what}`,
      style: 'plain',
      confirm: { title: 'Take it as done?', text: 'Only if you looked on the member yourself.' },
      meaning: { kind: 'resume-done', ...at },
    },
  ];
}

/** As it stands within a sentence; what begins with a name keeps its letters. */
function lowered(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function ofRun(run: Run, kind: ActionMeaning['kind']): ActionMeaning {
  return { kind, run: run.id, step: null, member: null };
}
