/** A run as it comes to be: drafted, with no step begun and nobody's word on it. Holds no clock and no ids: both are given. */
import { digest } from './digest.ts';
import type { Run } from './run.ts';

export type RunDraft = Pick<
  Run,
  'id' | 'plan' | 'compiled' | 'requestedBy' | 'requesterDescribedAs' | 'reason' | 'createdAt' | 'codeVersion'
> & {
  /** How long it may wait for its approval, in ms. */
  readonly expiresMs: number;
};

export function newRun({ expiresMs, ...draft }: RunDraft): Run {
  const { plan, compiled, createdAt } = draft;
  return {
    ...draft,
    cluster: plan.cluster,
    strategy: plan.strategy,
    state: 'awaiting-approval',
    digest: digest(plan, compiled),
    expiresAt: createdAt + expiresMs,
    startedAt: null,
    endedAt: null,
    approvals: [],
    steps: compiled.map(({ id, member }) => ({
      id,
      member,
      state: 'pending',
      attempts: 0,
      startedAt: null,
      endedAt: null,
      exitCode: null,
      note: null,
      output: null,
    })),
    explanation: null,
    resumes: 0,
    incident: null,
    abortRequestedBy: null,
  };
}
