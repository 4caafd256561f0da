/** The buttons that a run offers in its present state. */
import type { Action } from '../chat/message.ts';
import type { Run, StepRecord } from '../domain/run.ts';
import { tokenOf, type ActionMeaning } from './action-token.ts';

export function actionsOf(key: string, run: Run): readonly Action[] {
  switch (run.state) {
    case 'drafted':
    case 'awaiting-approval':
      return approvalActions(key, run);
    case 'approved':
    case 'running':
      return run.abortRequestedBy === null ? [abortAction(key, run)] : [];
    case 'paused':
      return [...openSteps(run).flatMap((step) => stepActions(key, run, step)), abortAction(key, run)];
    default:
      return [];
  }
}

/** Steps on which a person has to give a verdict. */
export function openSteps(run: Run): readonly StepRecord[] {
  return run.steps.filter((step) => step.state === 'failed' || step.state === 'unknown');
}

/** A plan that stops instances has no approve button: the number has to be typed. */
function approvalActions(key: string, run: Run): readonly Action[] {
  const reject: Action = {
    label: 'Reject',
    style: 'danger',
    token: tokenOf(key, meaning(run, 'reject')),
    confirm: null,
  };
  if (run.plan.instancesStopped > 0) return [reject];
  const approve: Action = {
    label: 'Approve',
    style: 'primary',
    token: tokenOf(key, meaning(run, 'approve')),
    confirm: { title: `Approve ${run.id}?`, text: `It runs ${run.strategy} on ${run.cluster} at once.` },
  };
  return [approve, reject];
}

function abortAction(key: string, run: Run): Action {
  return {
    label: 'Abort after this step',
    style: 'danger',
    token: tokenOf(key, meaning(run, 'abort')),
    confirm: { title: `Abort ${run.id}?`, text: 'It stops after the step that is under way. What is done stays done.' },
  };
}

function stepActions(key: string, run: Run, step: StepRecord): readonly Action[] {
  const at = { step: step.id, member: step.member };
  return [
    {
      label: `Retry ${step.id} on ${step.member}`,
      style: 'primary',
      token: tokenOf(key, { kind: 'resume-retry', run: run.id, ...at }),
      confirm: null,
    },
    {
      label: `Take ${step.id} on ${step.member} as done`,
      style: 'plain',
      token: tokenOf(key, { kind: 'resume-done', run: run.id, ...at }),
      confirm: { title: 'Take it as done?', text: 'Only if you looked on the member yourself.' },
    },
  ];
}

function meaning(run: Run, kind: ActionMeaning['kind']): ActionMeaning {
  return { kind, run: run.id, step: null, member: null };
}
