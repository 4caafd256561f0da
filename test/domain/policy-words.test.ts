/** What a person is told who may not: every sentence. */
import { expect, test } from 'vitest';
import { authorise, checkChangeWindow, missingReason, type PolicyAction } from '../../src/domain/policy.ts';
import { aCluster, aPerson, type ClusterOptions } from '../support/cluster.ts';

function told(principal: string, action: PolicyAction, options: ClusterOptions = {}): string {
  const question = { person: aPerson(principal), action, cluster: aCluster(options), requestedBy: 'console:bob' };
  const verdict = authorise(question);
  if (verdict.allowed) return 'allowed';
  const { text, named } = verdict.reason;
  return named === undefined ? text : `${text} [${named.join(' ')}]`;
}

test.each<[string, PolicyAction, ClusterOptions, string]>([
  ['slack:U1', 'view', { roles: { viewers: [] } }, 'You may not view cluster prod.'],
  ['slack:U1', 'operate', {}, 'You are not an operator of cluster prod. [console:alice]'],
  [
    'slack:U1',
    'operate',
    { roles: { operators: [] } },
    'You are not an operator of cluster prod. Nobody is named for that in the configuration.',
  ],
  [
    'slack:U1',
    'approve',
    { roles: { approvers: ['a', 'b', 'c', 'd', 'e'] } },
    'You are not an approver of cluster prod. [a b c d e]',
  ],
  [
    'console:bob',
    'approve',
    {},
    'You asked for this run, so somebody else has to approve it. Nobody else is named for that in the configuration.',
  ],
  [
    'console:bob',
    'approve',
    { roles: { approvers: ['console:bob', 'slack:U1'] } },
    'You asked for this run, so somebody else has to approve it. [slack:U1]',
  ],
  [
    'console:bob',
    'approve',
    { approvals: { console: false } },
    'Cluster prod takes no approvals from the console, where a name is only asserted. Approve in chat.',
  ],
  ['slack:U1', 'break-glass', {}, 'You are not named for break-glass approvals of cluster prod.'],
  ['slack:U1', 'break-glass', { approvals: { breakGlass: ['slack:U1'] } }, 'allowed'],
])('%s, who wants to %s with %o, is told: %s', (principal, action, options, text) => {
  expect(told(principal, action, options)).toBe(text);
});

test('an approval of what takes break-glass without a reason is told what it takes', () => {
  expect(missingReason('unblock-dead-row', null)).toEqual({
    code: 'break-glass-required',
    text: 'Approving unblock-dead-row takes break-glass, with a reason in words; it is recorded under your name.',
  });
  expect(missingReason('sql-live', ' ')).not.toBeNull();
  expect(missingReason('sql-live', null)).toBeNull();
});

test('outside the change window it is said when the cluster may be changed', () => {
  const changeWindow = { days: ['tue', 'sat'], from: '09:00', to: '12:30', timezone: 'Europe/Vienna' } as const;
  const refusal = checkChangeWindow(aCluster({ changeWindow }), Date.UTC(2026, 10, 23, 4));
  expect(refusal?.code).toBe('outside-change-window');
  expect(refusal?.text).toMatch(/^Cluster prod may only be changed .*09:00.*12:30.*Europe\/Vienna.*\.$/);
  expect(checkChangeWindow(aCluster({ changeWindow }), Date.UTC(2026, 10, 24, 9))).toBeNull();
  expect(checkChangeWindow(aCluster(), 0)).toBeNull();
});
