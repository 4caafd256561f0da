/** What is kept of the observations since the last step: heartbeats that went on, and the moment at which all were ready. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { ClusterObservation, MemberFacts, NodeRow } from '../../../src/domain/observation.ts';
import {
  beginHistory,
  foldHistory,
  startRecordOf,
  verifyLimitMs,
  type VerifyHistory,
} from '../../../src/domain/verify/index.ts';
import { endOf } from '../../support/judging.ts';
import { NOW, UNREACHABLE } from '../../support/observation.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { downgradedAll, plan, requirePlan } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';

const START = { heartbeats: { m1: 5, m2: 5, m3: null }, pids: {} };

function fold(history: VerifyHistory, observation: ClusterObservation, members?: readonly string[]): VerifyHistory {
  const { targets } = requirePlan(plan(downgradedAll())).baseline;
  const concerned = targets.filter(({ member }) => members === undefined || members.includes(member));
  return foldHistory(history, observation, diagnose(observation, RELEASES), concerned);
}

function beating(m1: number | null, m2: number | null, m3: number | null, more: Partial<ObservationSpec> = {}) {
  const row: Record<string, Partial<NodeRow>> = {
    m1: { heartbeatMs: m1 },
    m2: { heartbeatMs: m2 },
    m3: { heartbeatMs: m3 },
  };
  return endOf({}, { row, ...more });
}

describe('the start of a run', () => {
  test('is kept with the heartbeats of the table and the processes that ran', () => {
    const facts: Partial<MemberFacts> = { process: null };
    const seen = endOf({ m2: { facts }, m3: { reach: UNREACHABLE } }, { row: { m1: { heartbeatMs: 5 }, m2: null } });
    expect(startRecordOf(seen, diagnose(seen, RELEASES))).toEqual({
      heartbeats: { m1: 5, m3: NOW - 4_000 },
      pids: { m1: 1000, m2: null, m3: null },
    });
  });

  test('knows no heartbeats without a table', () => {
    const seen = endOf({}, { rows: null });
    expect(startRecordOf(seen, diagnose(seen, RELEASES))).toEqual({
      heartbeats: {},
      pids: { m1: 1000, m2: 1001, m3: 1002 },
    });
  });

  test('begins the history: a heartbeat that was not known is none', () => {
    expect(beginHistory(START)).toEqual({
      start: START,
      allReadyAt: null,
      heartbeats: { m1: [5], m2: [5], m3: [] },
      heartbeatsAtReady: {},
      restarts: {},
    });
  });
});

describe('the heartbeats', () => {
  test('are added where they went on, member by member', () => {
    const once = fold(beginHistory(START), beating(5, 6, 7));
    expect(once.heartbeats).toEqual({ m1: [5], m2: [5, 6], m3: [7] });
    const twice = fold(once, beating(9, null, 7));
    expect(twice.heartbeats).toEqual({ m1: [5, 9], m2: [5, 6], m3: [7] });
    expect(fold(twice, beating(8, 5, 6)).heartbeats).toEqual(twice.heartbeats);
  });

  test('of a member that was not there at the start count from the first on, except that of no heartbeat ever', () => {
    const began = beginHistory({ heartbeats: {}, pids: {} });
    expect(fold(began, beating(1, 0, null)).heartbeats).toEqual({ m1: [1] });
  });

  test('of a dump are not heartbeats, nor is there any without a table', () => {
    const began = beginHistory(START);
    expect(fold(began, beating(8, 8, 8, { source: 'disk' })).heartbeats).toEqual(began.heartbeats);
    expect(fold(began, endOf({}, { rows: null })).heartbeats).toEqual(began.heartbeats);
  });
});

describe('the moment at which all are ready', () => {
  const seen = beating(6, 7, 8);

  test('is when the probe began that found them so, with what it saw', () => {
    expect(fold(beginHistory(START), seen)).toMatchObject({
      allReadyAt: NOW - 2_000,
      heartbeatsAtReady: { m1: 6, m2: 7, m3: 8 },
      restarts: { m1: 0, m2: 0, m3: 0 },
    });
  });

  test('is kept: later observations add heartbeats alone', () => {
    const first = fold(beginHistory(START), seen);
    const later = fold(first, { ...beating(9, 9, 9), startedAt: NOW + 9_000 });
    expect(later).toEqual({ ...first, heartbeats: { m1: [5, 6, 9], m2: [5, 7, 9], m3: [8, 9] } });
  });

  test('is not there while one of those that the plan is about is not ready', () => {
    const waiting = endOf({ m3: { daemon: 'waiting' } });
    const began = beginHistory(START);
    expect(fold(began, waiting)).toMatchObject({ allReadyAt: null, heartbeatsAtReady: {}, restarts: {} });
    expect(fold(began, waiting, ['m1', 'm2']).allReadyAt).toBe(NOW - 2_000);
    expect(fold(began, waiting, ['m3']).allReadyAt).toBeNull();
  });

  test('asks for every member where the plan is about none', () => {
    const began = beginHistory(START);
    expect(fold(began, endOf({ m3: { daemon: 'waiting' } }), []).allReadyAt).toBeNull();
    expect(fold(began, seen, []).allReadyAt).toBe(NOW - 2_000);
  });

  test('is not there while a member is not looked at any more', () => {
    const diagnosis = diagnose(seen, RELEASES);
    const without = { ...diagnosis, members: diagnosis.members.filter(({ member }) => member !== 'm2') };
    const { targets } = requirePlan(plan(downgradedAll())).baseline;
    expect(foldHistory(beginHistory(START), seen, without, targets).allReadyAt).toBeNull();
  });

  test('has the restarts of then: those of the second look, else of the first, else none', () => {
    const unit = endOf().members[0]?.facts?.unit;
    if (!unit) throw new Error('a serving member has a unit');
    const end = endOf({
      m1: { facts: { unit: { ...unit, restarts: 3, restartsLater: 4 } } },
      m2: { facts: { unit: { ...unit, restarts: 3, restartsLater: null } } },
      m3: { facts: { unit: null } },
    });
    expect(fold(beginHistory(START), end).restarts).toEqual({ m1: 4, m2: 3, m3: null });
    const away = endOf({ m3: { reach: UNREACHABLE } });
    expect(fold(beginHistory(START), away, ['m1', 'm2']).restarts).toEqual({ m1: 0, m2: 0, m3: null });
  });
});

describe('the time that the end may take', () => {
  const threshold = (offlineThresholdS: number | null) => ({
    facts: { settings: { offlineThresholdS, healingThresholdS: null, shutdownTimeoutMin: null } },
  });

  test('is one and a half of LXD’s own threshold and ten seconds, whoever could read it', () => {
    expect(verifyLimitMs(endOf())).toBe(40_000);
    expect(
      verifyLimitMs(endOf({ m1: { reach: UNREACHABLE }, m2: { facts: { settings: null } }, m3: threshold(60) })),
    ).toBe(100_000);
    expect(verifyLimitMs(endOf({ m1: threshold(null), m2: threshold(11), m3: threshold(60) }))).toBe(26_500);
  });
});
