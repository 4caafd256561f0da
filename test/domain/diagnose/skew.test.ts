/** The questions about versions that several rules ask, at their edges: unknown schemas, no table, pending and evacuated rows. */
import { describe, expect, test } from 'vitest';
import { type Situation, situationOf } from '../../../src/domain/diagnose/situation.ts';
import {
  allKnown,
  clusterWorks,
  commonCount,
  comparedRows,
  effectiveCount,
  highestSchema,
  isDown,
  known,
  rowsAbove,
  schemaAbove,
} from '../../../src/domain/diagnose/skew.ts';
import type { MemberFacts } from '../../../src/domain/observation.ts';
import { binaryOf, type ObservationSpec } from '../../support/observation-spec.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

function situation(spec: ObservationSpec): Situation {
  return situationOf(observationOf(spec), RELEASES);
}

/** A build of no known release: what its binary says is all that is known of it. */
function ownBuild(extensions: number, schema: number | null): Partial<MemberFacts> {
  const binary = {
    ...binaryOf('5.0.2'),
    revision: 'x1',
    path: '/snap/lxd/x1/bin/lxd',
    extensions,
    schema,
    names: null,
  };
  const snap = { version: 'git-1', revision: 'x1', tracking: null, held: true, inCohort: false, disabled: false };
  return { binaries: [binary], snap: { ...snap, broken: false }, process: null, api: null };
}

describe('whether every member is known', () => {
  test('is so when each answered and its count was read', () => {
    expect(allKnown(situation({ members: three({}) }))).toBe(true);
    expect(allKnown(situation({ members: three({}, { m3: { reach: UNREACHABLE } }) }))).toBe(false);
    expect(allKnown(situation({ members: [] }))).toBe(false);
  });
});

describe('the count that all have in common', () => {
  const common = (spec: ObservationSpec) => commonCount(known(situation(spec)));

  test('has the schema of those whose schema is known', () => {
    const members = three({}, { m1: { facts: ownBuild(318, null) } });
    expect(common({ members })).toEqual({ extensions: 318, schema: 60 });
    expect(common({ members: three({ facts: ownBuild(318, null) }) })).toEqual({ extensions: 318, schema: null });
  });

  test('is none where counts or schemas differ, and where nobody is known', () => {
    expect(common({ members: three({}, { m2: { build: '5.0.1' } }) })).toBeNull();
    expect(common({ members: three({}, { m2: { facts: ownBuild(318, 61) } }) })).toBeNull();
    expect(common({ members: three({ reach: UNREACHABLE }) })).toBeNull();
  });
});

describe('what a member counts now', () => {
  test.each([
    ['the daemon that serves', { runs: '5.0.1' }, 313],
    ['the binary of the next start, of one that waits', { runs: '5.0.1', daemon: 'waiting' }, 318],
    ['the binary, of one whose daemon says nothing', { facts: { api: null, process: null } }, 318],
    ['the daemon with its bump', { facts: { extensionBump: 5 } }, 323],
    ['the binary with its bump', { daemon: 'stopped', facts: { extensionBump: -3 } }, 315],
  ] as const)('is that of %s', (_, member, expected) => {
    const [view] = known(situation({ members: [{ name: 'm1', ...member }] }));
    expect(effectiveCount(view!)).toBe(expected);
  });
});

describe('rows', () => {
  const states = (spec: Partial<ObservationSpec> = {}): Situation =>
    situation({
      members: three({}),
      rows: 336,
      row: { m1: { state: 'pending' }, m2: { state: 'evacuated' }, m3: { state: 'unknown' } },
      ...spec,
    });

  test('that a starting daemon compares are neither pending nor evacuated', () => {
    expect(comparedRows(states()).map(({ name }) => name)).toEqual(['m3']);
    expect(comparedRows(situation({ members: three({}) })).map(({ name }) => name)).toEqual(['m1', 'm2', 'm3']);
    expect(comparedRows(states({ rows: null }))).toEqual([]);
  });

  test('above a count have the same schema; an evacuated one is among them, a pending one is not', () => {
    const above = (extensions: number, schema: number | null, spec: Partial<ObservationSpec> = {}) =>
      rowsAbove(states(spec), { extensions, schema }).map(({ name }) => name);
    expect(above(335, 60)).toEqual(['m2', 'm3']);
    expect(above(336, 60)).toEqual([]);
    expect(above(335, 61)).toEqual([]);
    expect(above(335, null)).toEqual(['m2', 'm3']);
    expect(above(335, 60, { rows: null })).toEqual([]);
  });

  test('or the database itself may have the highest schema', () => {
    const high = situation({ members: three({}), row: { m2: { schema: 61 } }, databaseSchema: 60 });
    expect(highestSchema(high)).toBe(61);
    expect(highestSchema(situation({ members: three({}), databaseSchema: 62 }))).toBe(62);
    expect(highestSchema(situation({ members: three({}), rows: null }))).toBe(0);
    expect([60, 61, 62, null].map((schema) => schemaAbove(high, schema))).toEqual([true, false, false, false]);
    expect(schemaAbove(situation({ members: three({}), rows: null }), -1)).toBe(false);
  });
});

describe('a cluster', () => {
  test('works when somebody serves and the table was read live', () => {
    expect(clusterWorks(situation({ members: three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } }) }))).toBe(
      true,
    );
    expect(clusterWorks(situation({ members: three({}), source: 'disk' }))).toBe(false);
    expect(clusterWorks(situation({ members: three({}), rows: null }))).toBe(false);
    expect(clusterWorks(situation({ members: three({ daemon: 'waiting' }), source: 'live' }))).toBe(false);
  });

  test.each([
    ['serving', false],
    ['waiting', true],
    ['crash-looping', true],
    ['stopped', true],
    ['failed', true],
  ] as const)('has a member that is %s: down is %j', (daemon, down) => {
    expect(situation({ members: [{ name: 'm1', daemon }] }).reached.map(isDown)).toEqual([down]);
  });
});
