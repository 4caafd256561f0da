import { describe, expect, test } from 'vitest';
import {
  approvalAction,
  authorise,
  checkChangeWindow,
  isExpired,
  missingReason,
  type PolicyAction,
} from '../../src/domain/policy.ts';
import { aCluster, aPerson, type ClusterOptions } from '../support/cluster.ts';

function ask(principal: string, action: PolicyAction, options: ClusterOptions = {}, groups: readonly string[] = []) {
  const verdict = authorise({
    person: aPerson(principal, groups),
    action,
    cluster: aCluster(options),
    requestedBy: 'console:alice',
  });
  return verdict.allowed ? 'allowed' : verdict.reason.code;
}

const everybody: ClusterOptions = { roles: { operators: ['*'], approvers: ['*'] } };

describe('policy', () => {
  test('an operator operates, an approver approves, and neither is the other', () => {
    expect(ask('console:alice', 'operate')).toBe('allowed');
    expect(ask('console:bob', 'approve')).toBe('allowed');
    expect(ask('console:bob', 'operate')).toBe('not-allowed');
    expect(ask('console:carol', 'approve')).toBe('not-allowed');
  });

  test('the refusal says who is named instead', () => {
    const verdict = authorise({
      person: aPerson('slack:U1'),
      action: 'approve',
      cluster: aCluster(),
      requestedBy: null,
    });
    expect(verdict.allowed ? '' : verdict.reason.named).toContain('console:bob');
  });

  test('with nobody but viewers the cluster is read-only', () => {
    const readOnly: ClusterOptions = { roles: { viewers: ['*'], operators: [], approvers: [] } };
    expect(ask('console:alice', 'view', readOnly)).toBe('allowed');
    expect(ask('console:alice', 'operate', readOnly)).toBe('not-allowed');
    expect(ask('console:alice', 'approve', readOnly)).toBe('not-allowed');
  });

  test('operators and approvers may view where viewers are named', () => {
    const named: ClusterOptions = { roles: { viewers: ['console:carol'] } };
    expect(ask('console:bob', 'view', named)).toBe('allowed');
    expect(ask('console:alice', 'view', named)).toBe('allowed');
    expect(ask('console:mallory', 'view', named)).toBe('not-allowed');
  });

  test('somebody who asked on one platform may not approve on another where the two identities are linked', () => {
    const people = [['console:alice', 'discord:7', 'slack:U7']];
    expect(ask('discord:7', 'approve', { ...everybody, people })).toBe('own-approval');
    expect(ask('discord:7', 'approve', everybody)).toBe('allowed');
    expect(ask('discord:8', 'approve', { ...everybody, people })).toBe('allowed');
    expect(ask('discord:7', 'approve', { ...everybody, people, approvals: { allowRequester: true } })).toBe('allowed');
  });

  test('a link gives no role', () => {
    const people = [['console:alice', 'discord:7']];
    expect(ask('discord:7', 'operate', { people })).toBe('not-allowed');
  });

  test('groups of the platform count, and only those that the platform said', () => {
    const grouped: ClusterOptions = { roles: { approvers: ['discord:role:42', 'slack:group:S1'] } };
    expect(ask('discord:7', 'approve', grouped, ['discord:role:42'])).toBe('allowed');
    expect(ask('slack:U7', 'approve', grouped, ['slack:group:S1'])).toBe('allowed');
    expect(ask('discord:42', 'approve', grouped, ['discord:role:43'])).toBe('not-allowed');
  });

  test('the same id on another platform is another person', () => {
    expect(ask('slack:bob', 'approve')).toBe('not-allowed');
    expect(ask('console:BOB', 'approve')).toBe('not-allowed');
  });

  test('the requester may not approve their own run, unless the cluster allows it', () => {
    expect(ask('console:alice', 'approve', everybody)).toBe('own-approval');
    expect(ask('console:alice', 'approve', { ...everybody, approvals: { allowRequester: true } })).toBe('allowed');
    expect(ask('console:bob', 'approve', everybody)).toBe('allowed');
  });

  test('a console approval can be disallowed, and break-glass with it', () => {
    const strict: ClusterOptions = { approvals: { console: false, breakGlass: ['console:bob', 'slack:U9'] } };
    expect(ask('console:bob', 'approve', strict)).toBe('console-approval-disallowed');
    expect(ask('console:bob', 'break-glass', strict)).toBe('console-approval-disallowed');
    expect(ask('slack:U9', 'break-glass', strict)).toBe('allowed');
  });

  test('break-glass is for those who are named for it, the requester included', () => {
    const named: ClusterOptions = { approvals: { breakGlass: ['console:alice'] } };
    expect(ask('console:alice', 'break-glass', named)).toBe('allowed');
    expect(ask('console:bob', 'break-glass', named)).toBe('not-allowed');
  });

  test('some plans take break-glass and nothing else, and never without words', () => {
    expect(approvalAction('patch-in-place', null)).toBe('approve');
    expect(approvalAction('patch-in-place', 'now')).toBe('break-glass');
    expect(approvalAction('unblock-dead-row', null)).toBe('break-glass');
    expect(missingReason('patch-in-place', null)).toBeNull();
    expect(missingReason('patch-in-place', ' ')?.code).toBe('break-glass-required');
    expect(missingReason('unblock-dead-row', null)?.code).toBe('break-glass-required');
    expect(missingReason('unblock-dead-row', 'it burnt')).toBeNull();
  });

  test('an approval expires at its moment, and only while it is pending', () => {
    expect(isExpired({ state: 'awaiting-approval', expiresAt: 1000 }, 999)).toBe(false);
    expect(isExpired({ state: 'awaiting-approval', expiresAt: 1000 }, 1000)).toBe(true);
    expect(isExpired({ state: 'running', expiresAt: 1000 }, 5000)).toBe(false);
  });

  test('outside the change window the refusal names the window', () => {
    const cluster = aCluster({ changeWindow: { days: ['mon'], from: '01:00', to: '05:00', timezone: 'UTC' } });
    expect(checkChangeWindow(cluster, Date.parse('2026-11-23T02:00:00Z'))).toBeNull();
    const refusal = checkChangeWindow(cluster, Date.parse('2026-11-23T06:00:00Z'));
    expect(refusal?.code).toBe('outside-change-window');
    expect(refusal?.text).toContain('mon from 01:00 to 05:00 (UTC)');
    expect(checkChangeWindow(aCluster(), 0)).toBeNull();
  });
});
