/** Findings about hosts, snapd, left-overs and gaps of the probe: each kind with what makes it, and with what must not. */
import { describe, expect, test } from 'vitest';
import type { MemberFacts, SnapChange } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { logLine, three, UNREACHABLE } from '../../support/observation.ts';
import type { DaemonState } from '../../support/observation-spec.ts';

function withFacts(facts: Partial<MemberFacts>, daemon: DaemonState = 'serving') {
  return { members: three({}, { m2: { facts, daemon } }) };
}

const NOTHING = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };

describe('host', () => {
  test('clock-skew between members', () => {
    expect(summaryOf(withFacts({ clockOffsetMs: 9_000 }))).toEqual(['warning clock-skew m2']);
    expect(findingOf(withFacts({ clockOffsetMs: -9_000 }), 'clock-skew').title).toContain('m2 9.0 s behind');
  });

  test('clock-skew: two members each within 5 s of us, but not of each other', () => {
    const members = [
      { name: 'm1', facts: { clockOffsetMs: 4_000 } },
      { name: 'm2', facts: { clockOffsetMs: -4_000 } },
    ];
    expect(summaryOf({ members })).toEqual(['warning clock-skew m1,m2']);
  });

  test('clock-skew of all against this machine', () => {
    const spec = { members: three({ facts: { clockOffsetMs: 8_000 } }) };
    expect(findingOf(spec, 'clock-skew').title).toContain('the machine that runs Lockstep');
  });

  test('five seconds and less, or an unknown clock, are no skew', () => {
    expect(kindsOf(withFacts({ clockOffsetMs: 5_000 }))).toEqual(['in-step']);
    expect(kindsOf(withFacts({ clockOffsetMs: null }))).toEqual(['in-step']);
    expect(
      kindsOf(withFacts({ clockOffsetMs: null, log: [logLine('time_skew', 'warn', 'Time skew detected')] })),
    ).toEqual(['clock-skew']);
  });

  test('another installation at work is named with its run and deadline; ours and an expired one are no news', () => {
    const held = {
      kind: 'held',
      installation: 'ops2-bb',
      run: 'r999zzz',
      by: 'bob',
      isOurs: false,
      isOver: false,
    } as const;
    const marker = { ...held, until: Date.UTC(2026, 10, 23, 12) };
    expect(summaryOf(withFacts({ marker }))).toEqual(['warning held-elsewhere m2']);
    expect(findingOf(withFacts({ marker }), 'held-elsewhere').title).toContain(
      'installation ops2-bb for its run r999zzz (asked for by bob) until 2026-11-23 12:00:00 UTC',
    );
    expect(kindsOf(withFacts({ marker: { ...marker, isOurs: true } }))).toEqual(['in-step']);
    expect(kindsOf(withFacts({ marker: { ...marker, isOver: true } }))).toEqual(['in-step']);
    expect(summaryOf(withFacts({ marker: { kind: 'unreadable' } }))).toEqual(['warning marker-unreadable m2']);
  });

  test('disk-low below three databases, critical when LXD itself would stop', () => {
    expect(summaryOf(withFacts({ disk: { databaseBytes: 50_000_000, freeBytes: 149_000_000 } }))).toEqual([
      'warning disk-low m2',
    ]);
    expect(summaryOf(withFacts({ disk: { databaseBytes: 1_000_000, freeBytes: 4_000_000 } }))).toEqual([
      'critical disk-low m2',
    ]);
    expect(kindsOf(withFacts({ disk: { databaseBytes: 50_000_000, freeBytes: 151_000_000 } }))).toEqual(['in-step']);
  });

  test('lxcfs-dead only under running instances', () => {
    const running = [{ pid: 4, name: 'default_web' }];
    expect(summaryOf(withFacts({ lxcfsPid: null, instances: { running } }))).toEqual(['warning lxcfs-dead m2']);
    expect(kindsOf(withFacts({ lxcfsPid: null }))).toEqual(['in-step']);
    expect(kindsOf(withFacts({ lxcfsPid: null, instances: null }))).toEqual(['in-step']);
  });

  test('healing-on is told when somebody does not serve', () => {
    const settings = { offlineThresholdS: null, healingThresholdS: 30, shutdownTimeoutMin: null };
    const members = three({ facts: { settings } }, { m3: { reach: UNREACHABLE } });
    expect(summaryOf({ members })).toEqual(['warning member-unreachable m3', 'warning healing-on m3']);
    expect(kindsOf({ members: three({ facts: { settings } }) })).toEqual(['in-step']);
  });
});

describe('snapd', () => {
  const change = (status: string, summary = 'Refresh "lxd" snap from "5.0/stable" channel'): SnapChange => {
    return { id: '42', status, summary, spawn: null };
  };

  test('refresh-in-progress for a change of lxd under way, not for a finished one or another snap', () => {
    expect(summaryOf(withFacts({ changes: [change('Doing')] }))).toEqual(['warning refresh-in-progress m2']);
    expect(
      kindsOf(withFacts({ changes: [change('Done'), change('Error'), change('Doing', 'Refresh "core22" snap')] })),
    ).toEqual(['in-step']);
  });

  test('a general refresh that names no snap may be one of lxd', () => {
    expect(kindsOf(withFacts({ changes: [change('Do', 'Auto-refresh 3 snaps')] }))).toEqual(['refresh-in-progress']);
  });

  test('refresh-blocked-by-lxd: the change is a symptom of a daemon that waits', () => {
    const members = three(
      { build: '5.0.1' },
      { m1: { build: '5.0.2', daemon: 'waiting', facts: { changes: [change('Doing')] } } },
    );
    expect(kindsOf({ members })).toEqual(['upgrade-waiting', 'refresh-blocked-by-lxd']);
  });

  test('auto-refresh-not-held beside trouble does not speak of being in step', () => {
    const snap = {
      version: '5.0.1-9dcf35b',
      revision: '501',
      tracking: null,
      held: false,
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const spec = { members: three({ build: '5.0.1', daemon: 'crash-looping', facts: { snap } }), rows: 318 } as const;
    expect(kindsOf(spec)).toEqual(['stale-counter', 'auto-refresh-not-held']);
    expect(findingOf(spec, 'auto-refresh-not-held').title).not.toContain('In step');
  });
});

describe('left-overs', () => {
  test('patch-left-over shows the statement', () => {
    const spec = withFacts({ leftovers: { ...NOTHING, patchGlobal: 'UPDATE nodes SET api_extensions=313;' } });
    expect(summaryOf(spec)).toEqual(['warning patch-left-over m2']);
    expect(findingOf(spec, 'patch-left-over').evidence[0]?.text).toContain('UPDATE nodes');
    expect(summaryOf(withFacts({ leftovers: { ...NOTHING, patchLocal: true } }))).toEqual([
      'warning patch-left-over m2',
    ]);
  });

  test('an empty patch file is one too', () => {
    expect(kindsOf(withFacts({ leftovers: { ...NOTHING, patchGlobal: '' } }))).toEqual(['patch-left-over']);
  });

  test('recovery-tarball, lxd-debug, extension-bump-env', () => {
    expect(summaryOf(withFacts({ leftovers: { ...NOTHING, recoveryTarball: true } }))).toEqual([
      'warning recovery-tarball m2',
    ]);
    expect(summaryOf(withFacts({ leftovers: { ...NOTHING, lxdDebug: true } }))).toEqual(['warning lxd-debug m2']);
    expect(kindsOf(withFacts({ extensionBump: 0 }))).toEqual(['in-step']);
  });

  test('left-overs that could not be looked for are a gap, not an absence', () => {
    expect(summaryOf(withFacts({ leftovers: null }))).toEqual(['warning probe-incomplete m2']);
  });
});

describe('probe-incomplete', () => {
  test('a serving member whose table was not to be had live', () => {
    expect(summaryOf({ members: three({}), source: 'disk' })).toEqual(['warning probe-incomplete m1,m2,m3']);
  });

  test('parts that fail by the nature of the situation are no gap', () => {
    const failedParts = [{ part: 'api', reason: 'timed-out', text: '' }] as const;
    const members = three({ build: '5.0.1' }, { m1: { build: '5.0.2', daemon: 'waiting', facts: { failedParts } } });
    expect(kindsOf({ members })).toEqual(['upgrade-waiting']);
  });

  test('members that read different tables', () => {
    const other = kindsOf({ members: three({}), rows: 318 });
    expect(other).toEqual(['in-step']);
    const nodes = { source: 'live', at: 0, rows: [], databaseSchema: 60 } as const;
    const row = {
      id: 1,
      name: 'm1',
      address: '10.0.0.1:8443',
      schema: 60,
      apiExtensions: 313,
      heartbeatMs: null,
      state: 'created',
    } as const;
    expect(kindsOf(withFacts({ nodes: { ...nodes, rows: [row] } }))).toEqual(['probe-incomplete']);
  });

  test('an answer without facts', () => {
    const spec = { members: three({}, { m2: { daemon: 'stopped', facts: { unit: null, process: null } } }) } as const;
    expect(findingOf(spec, 'probe-incomplete').title).toContain('the service');
  });
});
