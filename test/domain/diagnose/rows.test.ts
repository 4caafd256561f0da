import { describe, expect, test } from 'vitest';
import { chooseRows, disagreeingReads } from '../../../src/domain/diagnose/rows.ts';
import type { ClusterObservation, MemberFacts, NodesTable } from '../../../src/domain/observation.ts';
import { NOW, observationOf } from '../../support/observation.ts';

function table(override: Partial<NodesTable> = {}, count = 318): NodesTable {
  const base = observationOf({ members: [{ name: 'm1' }, { name: 'm2' }], rows: count }).members[0]!.facts!.nodes!;
  return { ...base, ...override };
}

function observed(...facts: readonly Partial<MemberFacts>[]): ClusterObservation {
  return observationOf({ members: facts.map((one, index) => ({ name: `m${index + 1}`, facts: one })) });
}

describe('chooseRows', () => {
  test('a live read of a serving member beats a newer live read of a waiting one', () => {
    const chosen = chooseRows(
      observed(
        { ready: 'not-ready', nodes: table({ at: NOW }) },
        { ready: 'ready', nodes: table({ at: NOW - 5_000 }) },
      ),
    );
    expect(chosen?.member).toBe('m2');
  });

  test('any live read beats every dump', () => {
    const chosen = chooseRows(
      observed(
        { ready: 'no-answer', nodes: table({ source: 'disk', at: NOW }) },
        { ready: 'not-ready', nodes: table({ at: NOW - 9_000 }) },
      ),
    );
    expect([chosen?.member, chosen?.source]).toEqual(['m2', 'live']);
  });

  test('of dumps the newest wins, after each clock is set right', () => {
    const chosen = chooseRows(
      observed(
        { ready: 'not-asked', clockOffsetMs: 3_600_000, nodes: table({ source: 'disk', at: NOW }) },
        { ready: 'not-asked', clockOffsetMs: 0, nodes: table({ source: 'disk', at: NOW - 60_000 }) },
      ),
    );
    expect([chosen?.member, chosen?.at]).toEqual(['m2', NOW - 60_000]);
  });

  test('an empty dump, and the table of a server on its own, are no tables', () => {
    const alone = table();
    const row = { ...alone.rows[0]!, address: '0.0.0.0' };
    expect(chooseRows(observed({ nodes: table({ rows: [] }) }, { nodes: { ...alone, rows: [row] } }))).toBeNull();
    expect(chooseRows(observed({ clustered: false, nodes: table() }))).toBeNull();
  });

  test('live reads with other counts are told, equal ones are not', () => {
    const observation = observed(
      { nodes: table() },
      { nodes: table({ at: NOW - 10 }, 313) },
      { nodes: table({ at: NOW - 20 }) },
    );
    expect(disagreeingReads(observation, chooseRows(observation)).map((one) => one.member)).toEqual(['m2']);
  });

  test('heartbeats move between two reads: that is no disagreement', () => {
    const later = table();
    const beaten = { ...later, rows: later.rows.map((row) => ({ ...row, heartbeatMs: NOW })) };
    const observation = observed({ nodes: table() }, { nodes: beaten });
    expect(disagreeingReads(observation, chooseRows(observation))).toEqual([]);
  });

  test('a copy on disk disagrees with nobody, and neither does another order of rows', () => {
    const other = table();
    const observation = observed(
      { nodes: table() },
      { ready: 'no-answer', nodes: table({ source: 'disk' }, 313) },
      { nodes: { ...other, rows: other.rows.toReversed() } },
    );
    expect(disagreeingReads(observation, chooseRows(observation))).toEqual([]);
    expect(disagreeingReads(observed({ nodes: null }), null)).toEqual([]);
  });
});
