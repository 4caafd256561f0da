/** A lost majority and old heartbeats: what proves them, what does not, and in which words they are told. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import type { LogFact, MemberFacts, RaftNode, UnitFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { addressOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, NOW, three, UNREACHABLE } from '../../support/observation.ts';

type Spec = Omit<MemberSpec, 'name'>;

function voters(count: number, of = count): readonly RaftNode[] {
  return Array.from({ length: of }, (_, index) => ({
    id: index + 1,
    address: addressOf(index),
    name: `m${index + 1}`,
    role: index < count ? 'voter' : 'spare',
  }));
}

const UNIT: UnitFacts = {
  activeState: 'active',
  subState: 'running',
  unitFileState: null,
  result: null,
  mainPid: 1,
  restarts: 0,
  restartsLater: 0,
};

describe('a lost majority of voters', () => {
  test('is told with who is stopped, who finds nothing, and what must not be done', () => {
    const members = three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } });
    expect(findingOf({ members, source: 'disk' }, 'quorum-lost')).toMatchObject({
      severity: 'critical',
      members: ['m1'],
      title: 'The cluster has no majority: 2 of 3 voters are stopped',
      cause:
        "LXD's database works only while more than half of its voting members run, and that is not so now. " +
        'm2 and m3 are stopped. ' +
        'm1 can read and change nothing until enough voters are back; running instances go on. ' +
        'This is not a question of versions, and "recover-from-quorum-loss" is not the answer to it: it throws the other members\' votes away.',
      next: 'Bring the missing voters back, then: status prod',
    });
    expect(
      findingOf({ members, source: 'disk' }, 'quorum-lost').evidence.map(({ member, text }) => `${member} ${text}`),
    ).toEqual(['m2 unit inactive, a voter', 'm3 unit inactive, a voter']);
  });

  test('of two is told in the singular', () => {
    const members = [{ name: 'm1' }, { name: 'm2', daemon: 'stopped' as const }];
    expect(findingOf({ members, source: 'disk' }, 'quorum-lost').cause).toContain(
      'that is not so now. m2 is stopped. m1 can',
    );
  });

  test('names those that nobody saw: what they do is not known', () => {
    const members = ['serving', 'stopped', 'stopped', 'stopped', 'stopped', null, null].map(
      (daemon, index): MemberSpec => {
        const name = `m${index + 1}`;
        return daemon === null
          ? { name, reach: UNREACHABLE }
          : { name, daemon: daemon === 'serving' ? 'serving' : 'stopped', facts: { raft: voters(7) } };
      },
    );
    const finding = findingOf({ members, source: 'disk' }, 'quorum-lost');
    expect(finding.title).toBe('The cluster has no majority: 4 of 7 voters are stopped');
    expect(finding.cause).toContain('m2, m3, m4 and m5 are stopped. What m6 and m7 do is not known. m1 can read');
    const one = findingOf({ members: members.slice(0, 6), source: 'disk' }, 'quorum-lost');
    expect(one.cause).toContain('What m6 does is not known.');
  });

  test.each([
    [3, 1, false],
    [3, 2, true],
    [4, 1, false],
    [4, 2, true],
    [5, 2, false],
    [5, 3, true],
  ])('of %i voters with %i stopped is %j', (total, stopped, isLost) => {
    const members = Array.from({ length: total }, (_, index) => ({
      name: `m${index + 1}`,
      daemon: index < total - stopped ? ('serving' as const) : ('stopped' as const),
      facts: { raft: voters(total) },
    }));
    expect(kindsOf({ members, source: 'disk' }).includes('quorum-lost')).toBe(isLost);
  });

  test('is not told while nobody is alive to miss it, or when the table was read live', () => {
    expect(kindsOf({ members: three({ daemon: 'stopped' }) })).not.toContain('quorum-lost');
    expect(kindsOf({ members: three({ daemon: 'crash-looping' }) })).not.toContain('quorum-lost');
    expect(kindsOf({ members: three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } }) })).not.toContain(
      'quorum-lost',
    );
  });

  test('is seen by a daemon that waits, too', () => {
    const members = three({ daemon: 'stopped' }, { m1: { daemon: 'waiting' } });
    expect(findingOf({ members, source: 'disk' }, 'quorum-lost').members).toEqual(['m1']);
  });

  test('counts voters as a serving member lists them, and as another one does only without it', () => {
    const onlyM3 = voters(3).slice(2);
    const isLost = (daemon: 'serving' | 'waiting'): boolean => {
      const each = { m1: { facts: { raft: onlyM3 } }, m2: { daemon, facts: { raft: voters(3) } } };
      const members = three({ daemon: 'waiting' }, { ...each, m3: { daemon: 'stopped' } });
      return kindsOf({ members, source: 'disk' }).includes('quorum-lost');
    };
    expect([isLost('serving'), isLost('waiting')]).toEqual([false, true]);
  });

  test('knows a voter by its own address, else by that of its row, else by its name', () => {
    const lost = (facts: Partial<MemberFacts>, spec: Partial<ObservationSpec> = {}, raft = voters(3)): boolean => {
      const stopped: Spec = { daemon: 'stopped', facts: { clusterAddress: null, ...facts } };
      const members = three(stopped, { m1: { daemon: 'serving', facts: { raft } } });
      return kindsOf({ members, source: 'disk', ...spec }).includes('quorum-lost');
    };
    expect(lost({})).toBe(true);
    expect(lost({ clusterAddress: '10.9.9.9:8443' })).toBe(false);
    expect(lost({}, { rows: null })).toBe(true);
    const unnamed = voters(3).map((node) => ({ ...node, name: null }));
    expect(lost({}, { rows: null }, unnamed)).toBe(false);
    expect(lost({}, {}, unnamed)).toBe(true);
    const moved = { m2: { address: '10.9.9.2:8443' }, m3: { address: '10.9.9.3:8443' } };
    expect(lost({}, { row: moved })).toBe(false);
  });
});

describe('a daemon that says that it finds no leader', () => {
  const silent = { nodes: null, raft: null } as const;
  const said = (text: string) => [{ part: 'nodes', reason: 'failed', text }] as const;
  const lost = (daemon: 'serving' | 'waiting', facts: Partial<MemberFacts>): readonly Finding[] => {
    const spec: ObservationSpec = { members: [{ name: 'm1', daemon, facts: { ...silent, ...facts } }], rows: null };
    return kindsOf(spec).includes('quorum-lost') ? [findingOf(spec, 'quorum-lost')] : [];
  };

  test.each([
    ['no available dqlite leader server found', true],
    ['Error: No known leader', true],
    ['Failed to begin transaction: context deadline exceeded', true],
    ['permission denied', false],
  ])('in an answer that failed: "%s" is %j', (text, isLost) => {
    expect(lost('serving', { failedParts: said(text) }).length > 0).toBe(isLost);
  });

  test('is quoted, and what it says beside that is not', () => {
    const failedParts = [...said('permission denied'), ...said('sql:\nno known leader')];
    const [finding] = lost('serving', { failedParts });
    expect(finding?.evidence).toEqual([{ member: 'm1', source: 'api', at: NOW, text: 'sql: no known leader' }]);
    expect(finding?.title).toBe('m1 finds no leader of the database: the majority of voters is missing');
    expect(finding?.cause).not.toMatch(/stopped|is not known/);
  });

  test('is told of several', () => {
    const facts = { ...silent, failedParts: said('no known leader') };
    const { title } = findingOf({ members: three({ facts }), rows: null }, 'quorum-lost');
    expect(title).toBe('m1, m2 and m3 find no leader of the database: the majority of voters is missing');
  });

  test.each<readonly [string, LogFact, boolean]>([
    ['two minutes ago, less a moment', logLine('no_leader', 'blocked', 'x', 119_999), true],
    ['two minutes ago', logLine('no_leader', 'blocked', 'x', 120_000), false],
    ['at no known time', { ...logLine('no_leader', 'blocked', 'x'), at: null }, false],
  ])('in the log of one that serves, %s', (_, line, isLost) => {
    expect(lost('serving', { log: [line] }).length > 0).toBe(isLost);
  });

  test.each<readonly [string, readonly LogFact[], boolean]>([
    ['ten minutes ago', [logLine('no_leader', 'blocked', 'x', 600_000)], true],
    ['sixteen minutes ago', [logLine('no_leader', 'blocked', 'x', 960_000)], false],
    [
      'before it came to wait for versions',
      [logLine('no_leader', 'blocked', 'x', 9_000), logLine('ahead_wait_old', 'blocked', 'y', 5_000)],
      false,
    ],
  ])('in the log of one that waits, %s', (_, log, isLost) => {
    expect(lost('waiting', { log }).length > 0).toBe(isLost);
  });
});

describe('an old heartbeat', () => {
  const old = { heartbeatMs: NOW - 35_000 };

  test('of one member is told with the ages and the limit', () => {
    const finding = findingOf({ members: three({}), row: { m3: old } }, 'heartbeat-stale');
    expect(finding).toMatchObject({
      severity: 'warning',
      title: "m3 serves, but the cluster's last heartbeat of it is old: m3 35 s",
      cause:
        'The leader notes when it last heard of each member, and after 20 s without news it shows the member as offline. ' +
        'After a start this is normal for up to 40 s. ' +
        "When it lasts, the members can't reach each other on the cluster's network, or their clocks differ.",
      evidence: [
        { member: 'm3', source: 'row', at: NOW, text: 'm3: heartbeat 35 s before the read by m1, threshold 20 s' },
      ],
    });
  });

  test('is older than the threshold, not as old', () => {
    const at = (ago: number): ObservationSpec => ({ members: three({}), row: { m3: { heartbeatMs: NOW - ago } } });
    expect(kindsOf(at(20_000))).toEqual(['in-step']);
    expect(kindsOf(at(20_001))).toEqual(['heartbeat-stale']);
  });

  test('of all that serve is information: there is nobody to compare them with', () => {
    const members = three({}, { m3: { daemon: 'stopped' } });
    const { severity, cause } = findingOf({ members, row: { m1: old, m2: old } }, 'heartbeat-stale');
    expect([severity, cause]).toEqual(['info', expect.stringContaining("No member's heartbeat is fresh")]);
    const unread = { m1: old, m2: { heartbeatMs: null }, m3: { heartbeatMs: null } };
    expect(summaryOf({ members: three({}), row: unread })).toEqual(['info heartbeat-stale m1']);
  });

  const severityWith = (facts: Partial<MemberFacts>, both = false): string => {
    const members = three({}, { m3: { facts } });
    return findingOf({ members, row: both ? { m2: old, m3: old } : { m3: old } }, 'heartbeat-stale').severity;
  };

  test.each<readonly [string, Partial<MemberFacts>, 'info' | 'warning']>([
    ['a start that failed a moment ago', { log: [logLine('behind_fatal', 'fatal', 'x', 59_999)] }, 'info'],
    ['a start that failed a minute ago', { log: [logLine('behind_fatal', 'fatal', 'x', 60_000)] }, 'warning'],
    ['a start that was refused', { log: [logLine('inconsistent', 'fatal_refuse', 'x', 5_000)] }, 'info'],
    ['a start that waited', { log: [logLine('ahead_wait_old', 'blocked', 'x', 5_000)] }, 'info'],
    ['a warning', { log: [logLine('time_skew', 'warn', 'x', 5_000)] }, 'warning'],
    ['a line without a time', { log: [{ ...logLine('behind_fatal', 'fatal', 'x'), at: null }] }, 'warning'],
    ['a restart while we looked', { unit: { ...UNIT, restarts: 1, restartsLater: 2 } }, 'info'],
    ['restarts of before', { unit: { ...UNIT, restarts: 2, restartsLater: 2 } }, 'warning'],
    ['a counter that was read once', { unit: { ...UNIT, restarts: 2, restartsLater: null } }, 'warning'],
    ['a unit that could not be read', { unit: null }, 'warning'],
  ])('after %s', (_, facts, severity) => {
    expect(severityWith(facts)).toBe(severity);
  });

  test('of several is information only when every one of them was started lately', () => {
    expect(severityWith({ log: [logLine('behind_fatal', 'fatal', 'x', 5_000)] }, true)).toBe('warning');
  });
});
