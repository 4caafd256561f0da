/** Findings about reach, daemons, quorum and heartbeats: each kind with what makes it, and with what must not. */
import { describe, expect, test } from 'vitest';
import type { Reach } from '../../../src/domain/observation.ts';
import { diagnosisOf, findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { logLine, NOW, three, UNREACHABLE } from '../../support/observation.ts';

function without(reach: Reach) {
  return { members: three({}, { m2: { reach } }) };
}

describe('reach', () => {
  test.each([
    [{ kind: 'auth-failed', text: 'Permission denied' }, 'warning auth-failed m2'],
    [{ kind: 'sudo-refused', text: 'a password is required' }, 'warning sudo-refused m2'],
    [{ kind: 'host-key-refused', reason: 'changed', text: 'SHA256:x' }, 'critical host-key-changed m2'],
    [{ kind: 'host-key-refused', reason: 'revoked', text: '' }, 'critical host-key-changed m2'],
    [{ kind: 'host-key-refused', reason: 'unknown', text: '' }, 'warning host-key-changed m2'],
    [{ kind: 'host-key-refused', reason: 'known-hosts-unreadable', text: '' }, 'warning host-key-changed m2'],
    [{ kind: 'garbled', text: 'Welcome!' }, 'warning probe-incomplete m2'],
    [{ kind: 'timed-out', text: 'after 10 s' }, 'warning member-unreachable m2'],
  ] as const)('%o gives %s', (reach, expected) => {
    expect(summaryOf(without(reach))).toEqual([expected]);
  });

  test('a revoked and a changed key are two findings of one kind', () => {
    const members = three(
      {},
      {
        m1: { reach: { kind: 'host-key-refused', reason: 'changed', text: '' } },
        m2: { reach: { kind: 'host-key-refused', reason: 'revoked', text: '' } },
      },
    );
    expect(summaryOf({ members })).toEqual(['critical host-key-changed m1', 'critical host-key-changed m2']);
  });

  test('all logins refused is critical', () => {
    const members = three({ reach: { kind: 'auth-failed', text: '' } });
    expect(summaryOf({ members })).toEqual(['critical auth-failed m1,m2,m3']);
  });

  test('nothing but garbled answers is critical: that the cluster works is not known', () => {
    expect(summaryOf({ members: three({ reach: { kind: 'garbled', text: 'Welcome!' } }) })).toEqual([
      'critical probe-incomplete m1,m2,m3',
    ]);
  });

  test('a login that worked and then said nothing is not told to be a failed connection', () => {
    const finding = findingOf(without({ kind: 'timed-out', text: 'no answer in time' }), 'member-unreachable');
    expect(finding.cause).not.toContain('connect');
  });

  test('a member that the cluster still hears is told to be cut off from here only', () => {
    const spec = { members: three({}, { m3: { reach: UNREACHABLE } }) };
    expect(findingOf(spec, 'member-unreachable').cause).toContain('LXD runs there');
  });

  test('the row of an unreachable member is kept', () => {
    const assessed = diagnosisOf({ members: three({}, { m3: { reach: UNREACHABLE } }) }).members[2];
    expect(assessed).toMatchObject({ reachable: false, phase: 'unknown', row: { name: 'm3', apiExtensions: 318 } });
  });

  test('remote text stays out of titles and causes and is one capped line in evidence', () => {
    const text = `evil\u001b[31m\n<!channel> ${'x'.repeat(900)}`;
    const finding = findingOf(without({ kind: 'unreachable', text }), 'member-unreachable');
    expect(finding.title + finding.cause + finding.next).not.toContain('evil');
    const shown = finding.evidence[0]?.text ?? '';
    expect(shown).toContain('evil');
    expect(shown.length).toBeLessThanOrEqual(500);
    expect(shown).not.toMatch(/\p{Cc}/u);
  });
});

describe('daemons', () => {
  test('daemon-down is a warning while the rest serves', () => {
    expect(summaryOf({ members: three({}, { m2: { daemon: 'stopped' } }) })).toEqual(['warning daemon-down m2']);
  });

  test('unit-failed-or-disabled for a disabled service that is down, not for one that serves', () => {
    const off = {
      activeState: 'inactive',
      subState: 'dead',
      unitFileState: 'disabled',
      result: 'success',
      mainPid: null,
      restarts: 0,
      restartsLater: 0,
    };
    const down = three({}, { m2: { daemon: 'stopped', facts: { unit: off } } });
    expect(summaryOf({ members: down })).toEqual(['warning unit-failed-or-disabled m2']);
    const up = { ...off, activeState: 'active', subState: 'running' };
    expect(kindsOf({ members: three({ facts: { unit: up } }) })).toEqual(['in-step']);
  });

  test('socket-missing: a steady process that nobody can ask', () => {
    const members = three({}, { m2: { daemon: 'waiting', facts: { ready: 'no-answer', log: [] } } });
    expect(summaryOf({ members })).toEqual(['warning socket-missing m2']);
    expect(kindsOf({ members: three({}, { m2: { daemon: 'crash-looping' } }), rows: { m1: 336 } })).not.toContain(
      'socket-missing',
    );
  });

  test('crash-loop-other-cause with a patch whose SQL fails, and the file itself', () => {
    const log = [
      logLine(
        'patch_sql_failed',
        'fatal',
        'failed to execute queries from /x/patch.global.sql: near "FOO": syntax error',
      ),
      logLine('daemon_start_failed', 'fatal', 'Failed to start the daemon'),
    ];
    const leftovers = { patchGlobal: 'FOO;', patchLocal: false, recoveryTarball: false, lxdDebug: false };
    const members = three({}, { m2: { daemon: 'crash-looping', facts: { log, leftovers } } });
    expect(summaryOf({ members })).toEqual(['critical crash-loop-other-cause m2', 'warning patch-left-over m2']);
    expect(findingOf({ members }, 'crash-loop-other-cause').evidence[0]?.text).toContain('syntax error');
  });

  test('a crash loop without a line is said to be unexplained', () => {
    const members = three({}, { m2: { daemon: 'crash-looping', facts: { log: [] } } });
    expect(findingOf({ members }, 'crash-loop-other-cause').title).toContain('the log does not say why');
  });

  test('a line that a start failed is no cause', () => {
    const log = [logLine('snap_failed', 'fatal', '=> LXD failed to start')];
    const members = three({}, { m2: { daemon: 'crash-looping', facts: { log } } });
    expect(findingOf({ members }, 'crash-loop-other-cause').title).toContain('the log does not say why');
  });

  test('a crash loop over versions is not another cause', () => {
    expect(kindsOf({ members: three({ build: '5.0.1', daemon: 'crash-looping' }), rows: 318 })).not.toContain(
      'crash-loop-other-cause',
    );
  });

  test('raft-damaged instead of another cause', () => {
    const log = [
      logLine('dqlite_start_failed', 'fatal_refuse', 'Failed to start dqlite server: raft_start(): io: closed segment'),
    ];
    const members = three({}, { m2: { daemon: 'crash-looping', facts: { log } } });
    expect(summaryOf({ members })).toEqual(['critical raft-damaged m2']);
    expect(kindsOf({ members: three({ facts: { log } }) })).toEqual(['in-step']);
  });
});

describe('quorum and heartbeat', () => {
  test('a live read proves a quorum, whatever the logs say', () => {
    const log = [logLine('no_leader', 'quorum', 'no available dqlite leader server found')];
    expect(kindsOf({ members: three({ facts: { log } }) })).toEqual(['in-step']);
  });

  test('a daemon that says it finds no leader, with the others out of sight', () => {
    const text = 'failed to create dqlite connection: no available dqlite leader server found';
    const failedParts = [{ part: 'nodes', reason: 'failed', text }] as const;
    const members = three({ reach: UNREACHABLE }, { m1: { facts: { nodes: null, failedParts } } }).map((one) =>
      one.name === 'm1' ? { name: one.name, facts: one.facts ?? {} } : one,
    );
    expect(summaryOf({ members })).toEqual(['critical quorum-lost m1', 'critical member-unreachable m2,m3']);
  });

  test('heartbeat-stale for a serving member that the cluster has lost', () => {
    const spec = { members: three({}), row: { m3: { heartbeatMs: NOW - 35_000 } } };
    expect(summaryOf(spec)).toEqual(['warning heartbeat-stale m3']);
  });

  test("heartbeat-stale is measured against the cluster threshold and the members' clocks", () => {
    const settings = { offlineThresholdS: 60, healingThresholdS: null, shutdownTimeoutMin: null };
    const row = { m3: { heartbeatMs: NOW - 35_000 } };
    expect(kindsOf({ members: three({ facts: { settings } }), row })).toEqual(['in-step']);
    const early = three({ facts: { clockOffsetMs: -3_000 } });
    expect(kindsOf({ members: early, row: { m3: { heartbeatMs: NOW - 22_000 } } })).toEqual(['in-step']);
  });

  test('ages of heartbeats mean nothing while the clocks differ', () => {
    const skewed = three({}, { m3: { facts: { clockOffsetMs: 90_000 } } });
    expect(kindsOf({ members: skewed, row: { m2: { heartbeatMs: NOW - 35_000 } } })).toEqual(['clock-skew']);
  });

  test('all heartbeats old is information: everything may have started just now', () => {
    const old = { heartbeatMs: NOW - 600_000 };
    expect(summaryOf({ members: three({}), row: { m1: old, m2: old, m3: old } })).toEqual([
      'info heartbeat-stale m1,m2,m3',
    ]);
  });

  test('a member that is down is not told a second time by its heartbeat', () => {
    const spec = {
      members: three({}, { m3: { daemon: 'stopped' } }),
      row: { m3: { heartbeatMs: NOW - 600_000 } },
    } as const;
    expect(kindsOf(spec)).toEqual(['daemon-down']);
  });
});
