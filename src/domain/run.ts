/** A run of a plan, its states and records. The transitions are in `run-machine.ts`; the store keeps these values. */
import type { ClusterName, IncidentId, MemberName, RunId } from './ids.ts';
import type { Plan, Strategy } from './plan.ts';

export const RUN_STATES = [
  'drafted',
  'awaiting-approval',
  'approved',
  'running',
  'paused',
  'succeeded',
  'failed',
  'rolled-back',
  'aborted',
  'rejected',
  'expired',
  'superseded',
  'stale',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export const STEP_STATES = ['pending', 'started', 'done', 'failed', 'unknown'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** A plan's step with the text that was compiled for it; what was approved is what is sent. */
export interface CompiledStep {
  readonly id: string;
  readonly member: MemberName;
  readonly text: string;
}

export interface StepRecord {
  readonly id: string;
  readonly member: MemberName;
  readonly state: StepState;
  /** How often it was sent. */
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Exit code, when there was one. */
  readonly exitCode: number | null;
  /** One line: what became of it. */
  readonly note: string | null;
  /** Tail of output, at most 2 kB; hostile. */
  readonly output: string | null;
}

export interface ApprovalRecord {
  readonly by: string;
  readonly describedAs: string;
  readonly at: number;
  readonly decision: 'approve' | 'reject';
  readonly reason: string | null;
}

export interface Run {
  readonly id: RunId;
  readonly cluster: ClusterName;
  readonly strategy: Strategy;
  readonly state: RunState;
  readonly plan: Plan;
  readonly compiled: readonly CompiledStep[];
  /** SHA-256 (hex) of the canonical form of plan and compiled texts. */
  readonly digest: string;
  readonly requestedBy: string;
  readonly requesterDescribedAs: string;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly approvals: readonly ApprovalRecord[];
  readonly steps: readonly StepRecord[];
  /** Why it is paused, failed, stale or rejected: one to three sentences, and the next act. */
  readonly explanation: string | null;
  /** Automatic resumes after a crash so far. */
  readonly resumes: number;
  /** Version of Lockstep's code that drafted it. */
  readonly codeVersion: string;
  readonly incident: IncidentId | null;
  readonly abortRequestedBy: string | null;
}

const ENDED: ReadonlySet<RunState> = new Set([
  'succeeded',
  'failed',
  'rolled-back',
  'aborted',
  'rejected',
  'expired',
  'superseded',
  'stale',
]);

export function isEnded(state: RunState): boolean {
  return ENDED.has(state);
}

/** Steps on which a person has to give a verdict: of a paused run those that did not succeed, or of which nobody knows. */
export function openSteps(run: Pick<Run, 'steps'>): readonly StepRecord[] {
  return run.steps.filter(({ state }) => state === 'failed' || state === 'unknown' || state === 'started');
}

export interface VerdictQuestion {
  readonly verdict: 'retry' | 'done';
  /** Null means every open one. */
  readonly step: string | null;
  readonly member: MemberName | null;
}

/**
 * Whether the paused run has what the verdict is about. A named step has to be open. `done` without an open step takes the end as
 * it is, so every step has to be done: what never began was not seen by anybody.
 */
export function takesVerdict(run: Pick<Run, 'steps'>, { verdict, step, member }: VerdictQuestion): boolean {
  const open = openSteps(run);
  if (step !== null) return open.some((one) => one.id === step && (member === null || one.member === member));
  return verdict === 'retry' || open.length > 0 || run.steps.every(({ state }) => state === 'done');
}
