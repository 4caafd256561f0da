/** Members that did not answer: what the cluster itself last heard of them, and from which clock that is counted. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import type { ClusterSettings, Reach } from '../../../src/domain/observation.ts';
import { findingOf, summaryOf } from '../../support/diagnosing.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { NOW, three, UNREACHABLE } from '../../support/observation.ts';

function settings(offlineThresholdS: number | null): ClusterSettings {
  return { offlineThresholdS, healingThresholdS: null, shutdownTimeoutMin: null };
}

function lostM3(heartbeatAgo: number | null, spec: Partial<ObservationSpec> = {}): Finding {
  const heartbeatMs = heartbeatAgo === null ? null : NOW - heartbeatAgo;
  const members = three({}, { m3: { reach: UNREACHABLE } });
  return findingOf({ members, row: { m3: { heartbeatMs } }, ...spec }, 'member-unreachable');
}

/** m3 is out of sight, and the clocks of m1 and m2 are off by these. */
function withClocks(m1: number | null, m2: number | null): ObservationSpec['members'] {
  const each = { m1: { facts: { clockOffsetMs: m1 } }, m2: { facts: { clockOffsetMs: m2 } } };
  return three({}, { ...each, m3: { reach: UNREACHABLE } });
}

describe('a member that does not answer', () => {
  test('is told with what is known, what is not, and what the cluster heard', () => {
    expect(lostM3(4_000)).toMatchObject({
      severity: 'warning',
      title: 'm3 does not answer over SSH',
      cause:
        'Lockstep got no answer from m3, so nothing is known about LXD there: unreachable is not down. ' +
        'It may be the host, its network, or the way from here to it. ' +
        'The cluster still heard of m3 4 s before: LXD runs there, the way from here is broken. ' +
        "The other findings are about the members that answered; no change is made while a member can't be asked.",
      evidence: [
        { member: 'm3', source: 'ssh', at: NOW, text: 'unreachable: connect EHOSTUNREACH' },
        { member: 'm3', source: 'row', at: NOW, text: 'last heartbeat 4 s before the read by m1' },
      ],
    });
  });

  test.each([
    [20_000, 'still heard of m3 20 s before'],
    [20_001, 'has not heard of m3 for 20 s either'],
    [61_400, 'has not heard of m3 for 61 s either'],
    [-2_000, 'still heard of m3 0 s before'],
  ])('whose last heartbeat is %i ms old', (ago, words) => {
    expect(lostM3(ago).cause).toContain(words);
  });

  test('is judged by the threshold that any member could tell', () => {
    const members = three(
      {},
      {
        m1: { facts: { settings: settings(null) } },
        m2: { facts: { settings: settings(60) } },
        m3: { reach: UNREACHABLE },
      },
    );
    expect(lostM3(50_000, { members }).cause).toContain('still heard of m3 50 s before');
    expect(lostM3(61_000, { members }).cause).toContain('has not heard of m3 for 61 s');
  });

  test('is not judged without its heartbeat, or by a copy of the table', () => {
    expect(lostM3(null).cause).not.toContain('heard');
    expect(lostM3(4_000, { source: 'disk' }).cause).not.toContain('heard');
  });

  test('is judged by the middle of the members’ clocks, those that are known', () => {
    expect(lostM3(30_000, { members: withClocks(-3_000, -3_000) }).cause).toContain('for 27 s either');
    expect(lostM3(30_000, { members: withClocks(null, 3_000) }).cause).toContain('for 33 s either');
    expect(lostM3(30_000, { members: withClocks(4_000, -1_000) }).cause).toContain('for 34 s either');
    expect(lostM3(30_000, { members: withClocks(null, null) }).cause).toContain('for 30 s either');
  });

  test.each([
    [-2_500, 2_500, true],
    [-2_500, 2_501, false],
    [4_000, 8_000, true],
    [-8_000, -2_000, false],
  ])('with clocks at %i and %i ms: its age can be told is %j', (m1, m2, isTold) => {
    expect(lostM3(30_000, { members: withClocks(m1, m2) }).cause.includes('heard')).toBe(isTold);
  });

  test('is told beside others in the plural, and as critical when nobody is left', () => {
    const two = three({ reach: UNREACHABLE }, { m1: {} }).map((one) => (one.name === 'm1' ? { name: 'm1' } : one));
    expect(findingOf({ members: two }, 'member-unreachable').title).toBe('m2 and m3 do not answer over SSH');
    const all = findingOf({ members: three({ reach: UNREACHABLE }) }, 'member-unreachable');
    expect(all).toMatchObject({
      severity: 'critical',
      title: 'No member can be reached: m1, m2 and m3 do not answer',
      cause:
        'Lockstep got no answer from m1, m2 and m3, so nothing is known about LXD there: unreachable is not down. ' +
        'It may be the host, its network, or the way from here to it.',
    });
    const only = findingOf({ members: [{ name: 'm1', reach: UNREACHABLE }] }, 'member-unreachable');
    expect(only.title).toBe('No member can be reached: m1 does not answer');
  });

  test.each<readonly [Reach, string]>([
    [{ kind: 'auth-failed', text: '' }, 'auth-failed'],
    [{ kind: 'sudo-refused', text: '' }, 'sudo-refused'],
    [{ kind: 'host-key-refused', reason: 'unknown', text: '' }, 'host-key-changed'],
    [{ kind: 'host-key-refused', reason: 'known-hosts-unreadable', text: '' }, 'host-key-changed'],
    [{ kind: 'lost', text: '' }, 'member-unreachable'],
  ])('because of %o is a warning while others serve, and else critical', (reach, kind) => {
    expect(summaryOf({ members: three({}, { m3: { reach } }) })).toEqual([`warning ${kind} m3`]);
    expect(summaryOf({ members: three({ daemon: 'stopped' }, { m3: { reach } }) })).toContain(`critical ${kind} m3`);
  });
});
