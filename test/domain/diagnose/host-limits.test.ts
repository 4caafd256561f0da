/** Clocks, disks, LXCFS and markers of other installations, at their limits. */
import { describe, expect, test } from 'vitest';
import type { MarkerFacts, MemberFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, three, UNREACHABLE } from '../../support/observation.ts';

const MIB = 1024 * 1024;

function clocks(...offsets: readonly (number | null)[]): ObservationSpec {
  return { members: offsets.map((clockOffsetMs, index) => ({ name: `m${index + 1}`, facts: { clockOffsetMs } })) };
}

function title(spec: ObservationSpec): string {
  return kindsOf(spec).includes('clock-skew') ? findingOf(spec, 'clock-skew').title : 'none';
}

describe('clocks', () => {
  test.each<readonly [readonly (number | null)[], string]>([
    [[0, 0, 5_000], 'none'],
    [[0, 0, 5_001], 'Clocks differ by more than 5 s from each other: m3 5.0 s ahead'],
    [[0, 0, -5_100], 'Clocks differ by more than 5 s from each other: m3 5.1 s behind'],
    [
      [-1_000, 0, 5_000],
      'Clocks differ by more than 5 s from each other: m1 1.0 s behind, m2 0.0 s ahead and m3 5.0 s ahead',
    ],
    [
      [-3_000, 0, 3_000],
      'Clocks differ by more than 5 s from each other: m1 3.0 s behind, m2 0.0 s ahead and m3 3.0 s ahead',
    ],
    [[0, 9_000], 'Clocks differ by more than 5 s from each other: m1 0.0 s ahead and m2 9.0 s ahead'],
    [[0, 0, 9_000, 9_000], 'Clocks differ by more than 5 s from each other: m3 9.0 s ahead and m4 9.0 s ahead'],
    [
      [null, 8_000, 8_000],
      'Clocks differ by more than 5 s from the machine that runs Lockstep: m2 8.0 s ahead and m3 8.0 s ahead',
    ],
    [[20_000, 20_000, 30_000], 'Clocks differ by more than 5 s from each other: m3 30.0 s ahead'],
    [[5_000, 5_000], 'none'],
    [[null, null], 'none'],
  ])('that are off by %j ms', (offsets, expected) => {
    expect(title(clocks(...offsets))).toBe(expected);
  });

  test('are shown for every member that could be measured', () => {
    const { evidence } = findingOf(clocks(0, null, 9_000, 0), 'clock-skew');
    expect(evidence.map(({ member, text }) => `${member}: ${text}`)).toEqual([
      'm1: clock 0.0 s ahead against this machine',
      'm3: clock 9.0 s ahead against this machine',
      'm4: clock 0.0 s ahead against this machine',
    ]);
  });

  test('are taken from the log only where they could not be measured', () => {
    const log = [logLine('time_skew', 'warn', 'Time skew detected between leader and local')];
    const m2 = (clockOffsetMs: number | null): ObservationSpec => ({
      members: three({}, { m2: { facts: { clockOffsetMs, log } } }),
    });
    expect(kindsOf(m2(0))).toEqual(['in-step']);
    expect(findingOf(m2(null), 'clock-skew')).toMatchObject({
      members: ['m2'],
      title: 'LXD on m2 has noticed that clocks differ between members',
      evidence: [{ member: 'm2', source: 'log', text: 'Time skew detected between leader and local' }],
    });
  });
});

describe('disks', () => {
  const disks = (...each: readonly (readonly [database: number, free: number])[]): ObservationSpec => ({
    members: each.map(([databaseBytes, freeBytes], index) => ({
      name: `m${index + 1}`,
      facts: { disk: { databaseBytes, freeBytes } },
    })),
  });

  test.each<readonly [string, readonly (readonly [number, number])[], string]>([
    ['as much as three databases', [[50 * MIB, 150 * MIB]], 'info in-step m1'],
    ['a byte less', [[50 * MIB, 150 * MIB - 1]], 'warning disk-low m1'],
    ['64 MiB for a small database', [[MIB, 64 * MIB]], 'info in-step m1'],
    ['a byte less than that', [[MIB, 64 * MIB - 1]], 'warning disk-low m1'],
    ['one segment', [[MIB, 8 * MIB]], 'warning disk-low m1'],
    ['less than one segment', [[MIB, 8 * MIB - 1]], 'critical disk-low m1'],
    [
      'less than one segment on one of two',
      [
        [MIB, 9 * MIB],
        [MIB, 7 * MIB],
      ],
      'critical disk-low m1,m2',
    ],
  ])('with %s free', (_, each, expected) => {
    expect(summaryOf(disks(...each))).toEqual([expected]);
  });

  test('are told with what there is and what is needed', () => {
    const { title: words, evidence } = findingOf(disks([50 * MIB, 100 * MIB], [MIB, 20 * MIB + 5]), 'disk-low');
    expect(words).toBe("Little disk space is left for LXD's database on m1 (100 MiB free) and m2 (20 MiB free)");
    expect(evidence.map(({ text }) => text)).toEqual([
      'database 50 MiB, free 100 MiB, needed 150 MiB',
      'database 1 MiB, free 20 MiB, needed 64 MiB',
    ]);
  });

  test('that could not be measured are not low', () => {
    expect(kindsOf({ members: three({ facts: { disk: null } }) })).toEqual(['in-step']);
  });
});

describe('LXCFS', () => {
  const running = {
    instances: {
      running: [
        { pid: 4, name: 'web' },
        { pid: 5, name: 'db' },
      ],
    },
    lxcfsPid: null,
  };

  test('is missed under the snap’s instances, and they are counted', () => {
    expect(findingOf({ members: three({}, { m2: { facts: running } }) }, 'lxcfs-dead').evidence).toMatchObject([
      { member: 'm2', text: '2 running instances, no LXCFS process' },
    ]);
    const outside: Partial<MemberFacts> = { ...running, install: 'not-a-snap' };
    expect(kindsOf({ members: three({}, { m2: { facts: outside } }) })).toEqual(['not-a-snap']);
  });
});

describe('healing', () => {
  const healing = (seconds: number | null): Partial<MemberFacts> => ({
    settings: { offlineThresholdS: null, healingThresholdS: seconds, shutdownTimeoutMin: null },
  });

  test.each([
    [30, true],
    [1, true],
    [0, false],
    [null, false],
  ])('after %j s is on: %j', (seconds, on) => {
    const members = three({ facts: healing(seconds) }, { m3: { reach: UNREACHABLE } });
    expect(kindsOf({ members }).includes('healing-on')).toBe(on);
  });

  test('is told with its threshold and whom it may strike', () => {
    const members = three({}, { m2: { facts: healing(45) }, m3: { daemon: 'stopped' } });
    expect(findingOf({ members }, 'healing-on')).toMatchObject({
      members: ['m3'],
      title: 'Automatic healing is on (45 s) while m3 is not known to serve',
      evidence: [{ member: 'm2', source: 'api', text: 'cluster.healing_threshold 45' }],
    });
    const two = three({ daemon: 'stopped' }, { m1: { daemon: 'serving', facts: healing(45) } });
    expect(findingOf({ members: two, source: 'live' }, 'healing-on').title).toContain(
      'while m2 and m3 are not known to serve',
    );
  });
});

describe('markers of another installation', () => {
  const marker = (run: string, hour: number, installation = 'ops2'): MarkerFacts => ({
    kind: 'held',
    installation,
    run,
    by: 'bob',
    isOurs: false,
    until: Date.UTC(2026, 10, 23, hour),
    isOver: false,
  });
  const words = (...each: readonly MarkerFacts[]): string => {
    const members = each.map((one, index) => ({ name: `m${index + 1}`, facts: { marker: one } }));
    return findingOf({ members }, 'held-elsewhere').title;
  };

  test('of one run are told once, until the last of their deadlines', () => {
    expect(words(marker('r1', 12), marker('r1', 14), marker('r1', 13))).toBe(
      'Another Lockstep works on m1, m2 and m3: installation ops2 for its run r1 (asked for by bob) until 2026-11-23 14:00:00 UTC',
    );
  });

  test('of two runs, or of two installations, are told each', () => {
    expect(words(marker('r1', 12), marker('r2', 12))).toContain(
      'installation ops2 for its run r1 (asked for by bob) and installation ops2 for its run r2 (asked for by bob) until',
    );
    expect(words(marker('r1', 12), marker('r1', 12, 'ops3'))).toContain(
      '(asked for by bob) and installation ops3 for its run r1',
    );
  });

  test('are quoted for each member', () => {
    const members = three({}, { m2: { facts: { marker: marker('r1', 12) } } });
    expect(findingOf({ members }, 'held-elsewhere').evidence).toMatchObject([
      {
        member: 'm2',
        text: 'marker: installation ops2 for its run r1 (asked for by bob) until 2026-11-23 12:00:00 UTC',
      },
    ]);
  });
});
