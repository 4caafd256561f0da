/** The names of what a lower build lacks, and where the list of the higher one is found. */
import { describe, expect, test } from 'vitest';
import { missingNames } from '../../../src/domain/diagnose/extensions.ts';
import { situationOf } from '../../../src/domain/diagnose/situation.ts';
import type { BinaryFacts, MemberFacts, SnapFacts } from '../../../src/domain/observation.ts';
import type { Release, ReleaseTable } from '../../../src/domain/release.ts';
import { binaryOf } from '../../support/observation-spec.ts';
import { observationOf } from '../../support/observation.ts';

/** A series of which each release has one more letter: the table that is asked last. */
const TABLE: ReleaseTable = {
  releases: [
    release('1.1', '1', 2, 60),
    release('1.2', '1', 3, 60),
    release('1.3', '1', 3, 61),
    release('2.0', '2', 3, 60),
  ],
  extensionNames: (version) => `ab${version}`.split(''),
};

function release(version: string, series: string, extensions: number, schema: number): Release {
  return { version, series, lts: true, extensions, schema, localSchema: 42, hasFix: false };
}

function facts(version: string | null, names: string | null, parts: Partial<BinaryFacts> = {}): Partial<MemberFacts> {
  const binary = {
    ...binaryOf('5.0.2'),
    revision: '1',
    extensions: names?.length ?? 2,
    names: names === null ? null : names.split(''),
  };
  const rest = { revision: '1', tracking: null, held: true, inCohort: false, disabled: false, broken: false };
  const snap: SnapFacts | null = version === null ? null : { version, ...rest };
  return { binaries: [{ ...binary, ...parts }], snap, process: null, api: null };
}

/** What the first member lacks of the three of the higher build. */
function missing(...each: readonly Partial<MemberFacts>[]): readonly string[] {
  const members = each.map((one, index) => ({ name: `m${index + 1}`, facts: one }));
  const situation = situationOf(observationOf({ members, rows: null }), TABLE);
  return missingNames(situation, situation.reached[0]!, 3);
}

const LOWER = (): Partial<MemberFacts> => facts('1.1', 'ab');
const served = (names: string): Partial<MemberFacts> => ({
  api: { version: null, extensions: names.split(''), serverName: null, clustered: true, clusterAddress: null },
});

describe('the names that a lower build lacks', () => {
  test('are a difference of sets, in the order of the higher list', () => {
    expect(missing(LOWER(), facts('1.2', 'xby'))).toEqual(['x', 'y']);
  });

  test('are none when its own names are not known', () => {
    expect(missing(facts('git', null), facts('1.2', 'xyz'))).toEqual([]);
    expect(missing(facts('git', ''), facts('1.2', 'xyz'))).toEqual([]);
    expect(missing(facts('git', null, { extensions: null }), facts('1.2', 'xyz'))).toEqual([]);
  });

  test('come from the first member that has the higher build', () => {
    expect(missing(LOWER(), facts('1.2', 'pqr'), facts('1.2', 'xyz'))).toEqual(['p', 'q', 'r']);
    expect(missing(LOWER(), facts('git', null, { extensions: 3 }), facts('1.2', 'xyz'))).toEqual(['x', 'y', 'z']);
  });

  test('or from a daemon that still counts so many', () => {
    expect(missing(LOWER(), { ...facts('1.1', 'ab'), ...served('xyz') })).toEqual(['x', 'y', 'z']);
    expect(missing(LOWER(), { ...facts('1.1', 'ab'), ...served('wxyz') }, facts('1.2', 'pqr'))).toEqual([
      'p',
      'q',
      'r',
    ]);
  });

  test('or from a binary that somebody keeps, when its list is whole', () => {
    const keeping = (...kept: readonly (readonly [number, string | null])[]): Partial<MemberFacts> => {
      const binaries = kept.map(([extensions, names], index) => ({
        ...binaryOf('5.0.2'),
        revision: `${index + 5}`,
        extensions,
        names: names === null ? null : names.split(''),
      }));
      const own = facts('1.1', 'ab');
      return { ...own, binaries: [...(own.binaries ?? []), ...binaries] };
    };
    expect(missing(LOWER(), keeping([3, 'xyz']))).toEqual(['x', 'y', 'z']);
    expect(missing(LOWER(), keeping([4, 'wxyz'], [3, null], [3, 'xy'], [4, 'pqr'], [3, 'stu']))).toEqual([
      's',
      't',
      'u',
    ]);
    expect(missing(keeping([3, 'xyz']))).toEqual(['x', 'y', 'z']);
  });

  test('or from the table, of the release of its own series that has the number, and the schema where that is known', () => {
    expect(missing(LOWER())).toEqual(['1', '.', '2']);
    expect(missing(facts('1.1', 'ab', { schema: 61 }))).toEqual(['1', '.', '3']);
    expect(missing(facts('1.1', 'ab', { schema: 99 }))).toEqual([]);
    expect(missing(facts('2.0', 'ab'))).toEqual(['2', '.', '0']);
    // Without a count that any release has, no source tells the schema.
    expect(missing(facts('1.1', 'a', { schema: null }))).toEqual(['b', '1', '.', '2']);
  });

  test('or are not known, for a build of no series', () => {
    expect(missing(facts('git', 'ab'))).toEqual([]);
    expect(missing(facts('9.9', 'ab'))).toEqual([]);
    expect(missing(facts(null, 'ab'))).toEqual([]);
  });
});
