/**
 * Which state of a run or of a step may follow which. Owns the two tables; every change of state passes through here, so that
 * what isn't written here can't happen. Holds no reasons and no times.
 *
 * `failed` is an end: Lockstep stopped before it changed anything on a member. Past the first change a run pauses instead,
 * since a person has to decide. A run that is taken up again after a crash goes from `running` to `running`. `rolled-back` is set by the success of another run, which undid this one.
 */
import { err, ok, type Result } from './result.ts';
import { RUN_STATES, type RunState, type StepState } from './run.ts';

export const RUN_TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  drafted: ['awaiting-approval', 'superseded'],
  'awaiting-approval': ['approved', 'rejected', 'expired', 'superseded', 'aborted'],
  approved: ['running', 'stale', 'expired', 'aborted'],
  running: ['running', 'paused', 'succeeded', 'failed', 'aborted'],
  paused: ['running', 'succeeded', 'aborted'],
  succeeded: ['rolled-back'],
  failed: [],
  'rolled-back': [],
  aborted: ['rolled-back'],
  rejected: [],
  expired: [],
  superseded: [],
  stale: [],
};

/** A step that is `done` starts again only where its effect was looked for and not found (a patch file gone, rows unchanged). */
export const STEP_TRANSITIONS: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ['started'],
  started: ['started', 'done', 'failed', 'unknown'],
  unknown: ['started', 'done', 'failed', 'unknown'],
  failed: ['started', 'done'],
  done: ['started'],
};

export interface IllegalTransition {
  readonly from: string;
  readonly to: string;
}

export function transitionRun(from: RunState, to: RunState): Result<RunState, IllegalTransition> {
  return RUN_TRANSITIONS[from].includes(to) ? ok(to) : err({ from, to });
}

export function transitionStep(from: StepState, to: StepState): Result<StepState, IllegalTransition> {
  return STEP_TRANSITIONS[from].includes(to) ? ok(to) : err({ from, to });
}

/** States from which `to` may be entered: what a guarded change in the store asks for. */
export function statesBefore(to: RunState): readonly RunState[] {
  return RUN_STATES.filter((from) => RUN_TRANSITIONS[from].includes(to));
}
