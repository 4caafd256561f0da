/** The end as the cluster shows it: schema, statuses, heartbeats, the healing threshold and the row of a member that was given up. */
import { describe, expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { endOf, goodHistory, listed, missing } from '../../support/judging.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { deadRow, downgradedAll, plan, requirePlan } from '../../support/planning.ts';

const ALL = ['m1', 'm2', 'm3'];

describe('the cluster at the end', () => {
  test('has nothing missing when all is as planned', () => {
    expect(missing({})).toEqual([]);
  });

  test('cannot be judged by a dump from a disk, nor without a table', () => {
    const dump = endOf({}, { source: 'disk' });
    expect(missing({ end: dump })).toEqual([
      ...ALL.map((name) => `no-live-read ${name}: The database could not be read through ${name}.`),
      'no-live-rows all: No member reads the live database.',
    ]);
    expect(missing({ diagnosed: { rows: null } })).toEqual(['no-live-rows all: No member reads the live database.']);
  });

  test('a schema that changed stays changed, and one that is not known may yet be read', () => {
    const changed = endOf({}, { databaseSchema: 74 });
    expect(missing({ end: changed })).toEqual(["schema-changed all for good: The database's schema is 74, not 73."]);
    const nodes = { source: 'live' as const, at: NOW, rows: observedRows(), databaseSchema: null };
    const unknown = endOf({ m1: { facts: { nodes } }, m2: { facts: { nodes } }, m3: { facts: { nodes } } });
    expect(missing({ end: unknown })).toEqual(["schema-changed all: The database's schema is not known, not 73."]);
  });
});

function observedRows() {
  const table = endOf().members[0]?.facts?.nodes;
  if (!table) throw new Error('a serving member reads the table');
  return table.rows;
}

describe('the status of a member', () => {
  const listing = (...lists: readonly (ReturnType<typeof listed> | null)[]): ClusterObservation =>
    endOf(Object.fromEntries(ALL.map((name, index) => [name, { facts: { clusterList: lists[index] ?? null } }])));

  test.each([
    ['is read from any one list', [listed()], []],
    [
      'is not known where nobody lists it',
      [],
      ALL.map((one) => `status ${one}: No member lists the status of ${one}.`),
    ],
    [
      'has to be the same in every list',
      [listed(), listed({ m2: 'Offline' })],
      ['status m2: LXD lists m2 as offline.'],
    ],
    ['has to be there', [listed().slice(1)], ['status m1: LXD lists m1 as missing.']],
    [
      'is the one that is wrong, wherever it stands',
      [listed({ m3: 'Evacuated' }), listed()],
      ['status m3: LXD lists m3 as evacuated.'],
    ],
    [
      'is not good as blocked, with rows that are the same',
      [listed({ m1: 'Blocked' })],
      ['status m1: LXD lists m1 as blocked.'],
    ],
  ])('%s', (_, lists, expected) => {
    expect(missing({ end: listing(...lists) })).toEqual(expected);
  });

  test('of a member whose row says evacuated is Evacuated, and nothing else', () => {
    const row = { row: { m2: { state: 'evacuated' as const } } };
    const seen = (status: string) => {
      const facts = { facts: { clusterList: listed({ m2: status }) } };
      return missing({ end: endOf({ m1: facts, m2: facts, m3: facts }, row) });
    };
    expect(seen('EVACUATED')).toEqual([]);
    expect(seen('Online')).toEqual(['status m2: LXD lists m2 as online.']);
  });

  test('may be blocked only after rows were corrected live and still differ', () => {
    const blocked = { facts: { clusterList: listed({ m1: 'Blocked', m2: 'Blocked', m3: 'Blocked' }) } };
    const others = { m1: blocked, m2: blocked, m3: blocked };
    const live: Plan = { ...requirePlan(plan(downgradedAll())), strategy: 'sql-live' };
    const targets = live.baseline.targets.filter(({ member }) => member !== 'm3');
    const twoOfThem: Plan = { ...live, baseline: { ...live.baseline, targets } };
    const differing = endOf(others, { rows: { m1: 387, m2: 387, m3: 402 } });
    expect(missing({ plan: twoOfThem, end: differing })).toEqual([]);
    expect(missing({ plan: twoOfThem, end: endOf(others) })).toEqual([
      'status m1: LXD lists m1 as blocked.',
      'status m2: LXD lists m2 as blocked.',
    ]);
    const offline = { facts: { clusterList: listed({ m1: 'Blocked', m2: 'Offline' }) } };
    expect(missing({ plan: twoOfThem, end: endOf({ m1: offline }, { rows: { m1: 387, m2: 387, m3: 402 } }) })).toEqual([
      'status m2: LXD lists m2 as offline.',
    ]);
    expect(missing({ plan: { ...twoOfThem, strategy: 'patch-in-place' }, end: differing })).toEqual([
      'status m1: LXD lists m1 as blocked.',
      'status m2: LXD lists m2 as blocked.',
    ]);
  });
});

describe('the heartbeats of a member', () => {
  const m2Shows = (seen: readonly number[] | undefined, atReady: number | null = NOW - 24_000) => {
    const good = goodHistory();
    const { m2: _, ...others } = good.heartbeats;
    const heartbeats = seen === undefined ? others : { ...others, m2: seen };
    return missing({ history: { ...good, heartbeats, heartbeatsAtReady: { ...good.heartbeatsAtReady, m2: atReady } } });
  };
  const none = ', none of them since all are ready';

  test.each([
    ['two after the one of the start are enough', [NOW - 24_000, NOW - 14_000, NOW - 4_000], null],
    ['so are more', [NOW - 34_000, NOW - 24_000, NOW - 14_000, NOW - 4_000], null],
    ['one is not', [NOW - 24_000, NOW - 14_000], '1 of 2 new heartbeats'],
    ['that of the start alone is none', [NOW - 24_000], `0 of 2 new heartbeats${none}`],
    ['none at all is none', [], `0 of 2 new heartbeats${none}`],
    ['a member that was never seen has none', undefined, `0 of 2 new heartbeats${none}`],
    [
      'the one of the moment of readiness is no later one',
      [NOW - 44_000, NOW - 34_000, NOW - 24_000],
      `2 of 2 new heartbeats${none}`,
    ],
  ] as const)('%s', (_, seen, said) => {
    expect(m2Shows(seen)).toEqual(said === null ? [] : [`heartbeat m2: m2 has shown ${said}.`]);
  });

  test('are none since readiness where that moment is not known', () => {
    const seen = [NOW - 24_000, NOW - 14_000, NOW - 4_000];
    const said = `heartbeat m2: m2 has shown 2 of 2 new heartbeats${none}.`;
    expect(m2Shows(seen, null)).toEqual([said]);
    expect(missing({ history: goodHistory({ allReadyAt: null }) })).toContain(said);
    expect(missing({ history: goodHistory({ heartbeatsAtReady: {} }) })).toContain(said);
  });
});

describe('the healing threshold', () => {
  const set = (healingThresholdS: number | null) => ({
    settings: { offlineThresholdS: null, healingThresholdS, shutdownTimeoutMin: null },
  });
  const reading = (m1: number | null, m2: number | null, m3: number | null) =>
    endOf({ m1: { facts: set(m1) }, m2: { facts: set(m2) }, m3: { facts: set(m3) } });
  const made = (): Plan => ({ ...requirePlan(plan(downgradedAll())), healingS: 300 });
  const after = (end: ClusterObservation) => missing({ plan: made(), end, settingsAreBack: true });

  test('is as before when every member that reads it reads that', () => {
    expect(after(reading(300, 300, 300))).toEqual([]);
  });

  test.each([
    ['every member', [0, 0, 0], 'is 0 s'],
    ['one member alone', [300, 300, 60], 'is 60 s'],
    ['a member on which it is not set', [300, null, 300], 'is 0 s'],
  ] as const)('is another for %s', (_, [m1, m2, m3], said) => {
    expect(after(reading(m1, m2, m3))).toEqual([
      `healing all: cluster.healing_threshold ${said}; it was 300 s before the run.`,
    ]);
  });

  test('is not as before where nobody could read it', () => {
    const unread = { facts: { settings: null } };
    expect(after(endOf({ m1: unread, m2: unread, m3: unread }))).toEqual([
      'healing all: cluster.healing_threshold could not be read; it was 300 s before the run.',
    ]);
  });

  test('is not asked of a member that reads no live database, or that is away', () => {
    const stale = { nodes: { source: 'disk' as const, at: NOW - 60_000, rows: observedRows(), databaseSchema: 73 } };
    const end = endOf({
      m1: { facts: set(300) },
      m2: { facts: { ...set(0), ...stale } },
      m3: { reach: UNREACHABLE },
    });
    expect(after(end).filter((line) => line.startsWith('healing'))).toEqual([]);
    const blind = endOf({
      m1: { facts: set(300) },
      m2: { facts: { ...set(0), nodes: null } },
      m3: { facts: set(300) },
    });
    expect(after(blind).filter((line) => line.startsWith('healing'))).toEqual([]);
  });

  test('is asked for only once it was put back, and only where the run changed it', () => {
    expect(missing({ plan: made(), end: reading(0, 0, 0), settingsAreBack: false })).toEqual([]);
    expect(missing({ plan: made(), end: reading(0, 0, 0) })).toEqual([]);
    expect(missing({ end: reading(60, 60, 60), settingsAreBack: true })).toEqual([]);
  });
});

describe('the row of a member that was given up', () => {
  const made = (): Plan => requirePlan(plan(deadRow(), { strategy: 'unblock-dead-row' }));
  const end = (m3: number | null): ClusterObservation => {
    const facts = { clusterList: listed({ m3: 'Offline' }) };
    const members = three({ build: '5.21.2', facts }, { m3: { build: '5.21.2', reach: UNREACHABLE } });
    return observationOf({ members, rows: 387, row: { m3: m3 === null ? null : { apiExtensions: m3 } } });
  };

  test('holds what was written', () => {
    expect(missing({ plan: made(), end: end(387) })).toEqual([]);
  });

  test.each([
    [402, '402'],
    [null, 'nothing'],
  ])('is missed when it holds %s', (count, said) => {
    expect(missing({ plan: made(), end: end(count) })).toEqual([
      `dead-row m3: The row of m3, which was given up, holds ${said} and not 387.`,
    ]);
  });

  test('holds nothing where no table could be read', () => {
    expect(missing({ plan: made(), end: end(387), diagnosed: { rows: null } })).toEqual([
      'no-live-rows all: No member reads the live database.',
      'dead-row m3: The row of m3, which was given up, holds nothing and not 387.',
    ]);
  });
});
