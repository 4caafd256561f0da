import { expect, test } from 'vitest';
import { digest } from '../../src/domain/digest.ts';
import { newRun } from '../../src/domain/new-run.ts';
import { requireMemberName } from '../../src/domain/ids.ts';
import { downgradedAll, plan, requirePlan, RUN } from '../support/planning.ts';

test('a new run waits for its approval, with every step pending, and is bound to its plan and texts by the digest', () => {
  const made = requirePlan(plan(downgradedAll()));
  const compiled = [
    { id: '1-back-up', member: requireMemberName('m1'), text: 'true' },
    { id: '1-back-up', member: requireMemberName('m2'), text: 'true' },
  ];
  const draft = {
    id: RUN,
    plan: made,
    compiled,
    requestedBy: 'console:alice',
    requesterDescribedAs: 'Alice',
    reason: null,
    createdAt: 1_000,
    codeVersion: '0.1.0',
  };
  const pending = {
    state: 'pending',
    attempts: 0,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    note: null,
    output: null,
  };
  expect(newRun({ ...draft, expiresMs: 500 })).toEqual({
    ...draft,
    cluster: made.cluster,
    strategy: made.strategy,
    state: 'awaiting-approval',
    digest: digest(made, compiled),
    expiresAt: 1_500,
    startedAt: null,
    endedAt: null,
    approvals: [],
    steps: compiled.map(({ id, member }) => ({ ...pending, id, member })),
    explanation: null,
    resumes: 0,
    incident: null,
    abortRequestedBy: null,
  });
});
