/** Schemas at their edges: what raises one, who is below, and which way numbers must point to contradict each other. */
import { describe, expect, test } from 'vitest';
import type { LogFact, MemberFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, NOW, observationOf, three } from '../../support/observation.ts';

type Spec = Omit<MemberSpec, 'name'>;

function tooNew(...captures: readonly string[]): LogFact {
  return { ...logLine('schema_too_new', 'fatal_refuse', 'schema version is more recent than expected'), captures };
}

/** A build of no known release with these numbers. */
function own(extensions: number, schema: number | null, daemon: MemberSpec['daemon'] = 'stopped'): Spec {
  const binary = { ...binaryOf('5.0.2'), revision: 'x1', extensions, schema, names: null };
  const plain = { tracking: null, held: true, inCohort: false, disabled: false, broken: false };
  const facts: Partial<MemberFacts> = {
    snap: { version: 'git', revision: 'x1', ...plain },
    binaries: [binary],
    process: null,
    api: null,
  };
  return { ...(daemon === undefined ? {} : { daemon }), facts };
}

describe('a newer schema', () => {
  test('is told of each member below it, for one and for several, with where it stands', () => {
    const one = findingOf(
      { members: three({ build: '5.4' }, { m3: { build: '5.0.2' } }), databaseSchema: 62 },
      'schema-newer',
    );
    expect(one.members).toEqual(['m3']);
    expect(one.title).toBe('The database has schema 62, which the LXD on m3 does not know');
    expect(one.cause).toContain('refuses to start: m3 fails at its next restart, or fails already.');
    expect(one.evidence.map(({ member, source, text }) => `${member} ${source} ${text}`)).toContain(
      'm1 row database schema 62',
    );
    const two = findingOf({ members: three({}), databaseSchema: 61 }, 'schema-newer');
    expect(two.cause).toContain('m1, m2 and m3 fail at their next restart, or fail already.');
  });

  test('may stand in a row that is above what its own member has installed', () => {
    expect(summaryOf({ members: three({}), row: { m2: { schema: 61 } }, databaseSchema: 60 })).toContain(
      'critical schema-newer m1,m2,m3',
    );
    const upgrade = three({}, { m2: { build: '5.21.2', daemon: 'waiting' } });
    expect(kindsOf({ members: upgrade, databaseSchema: 60 })).not.toContain('schema-newer');
  });

  test('is not told of a binary whose schema is not known, or is that one', () => {
    const members = three(own(318, null), { m1: { facts: {} } });
    expect(findingOf({ members, databaseSchema: 61, source: 'disk' }, 'schema-newer').members).toEqual(['m1']);
    expect(kindsOf({ members: three({}), databaseSchema: 60 })).toEqual(['in-step']);
  });

  test('is taken from the newest fatal line where it has the number', () => {
    const said = (...captures: readonly string[]): string => {
      const members = three({ daemon: 'crash-looping', facts: { log: [tooNew(...captures)] } });
      return findingOf({ members, rows: null }, 'schema-newer').title;
    };
    const newer = 'The database has a newer schema, which the LXD on m1, m2 and m3 does not know';
    expect(said('73', '60')).toBe('The database has schema 73, which the LXD on m1, m2 and m3 does not know');
    expect(said('9999')).toContain('schema 9999');
    for (const captures of [[], [''], ['12345'], ['7x'], ['x7'], ['60']]) expect(said(...captures)).toBe(newer);
  });

  test('of a fatal line about something else has no number', () => {
    const line = { ...logLine('behind_fatal', 'fatal', 'version is behind'), captures: ['73'] };
    const members = three({ daemon: 'crash-looping', facts: { log: [line] } });
    expect(kindsOf({ members, rows: null })).not.toContain('schema-newer');
  });

  test('of one member that says so and one that is below is told of both', () => {
    const said = { daemon: 'crash-looping', facts: { log: [tooNew()] } } as const;
    const members = three({ build: '5.4' }, { m2: said, m3: { ...said, build: '5.0.2' } });
    const finding = findingOf({ members, databaseSchema: 62 }, 'schema-newer');
    expect(finding.members).toEqual(['m2', 'm3']);
    expect(finding.title).toContain('a newer schema');
    expect(finding.evidence.filter(({ source }) => source === 'log').map(({ member }) => member)).toEqual(['m2', 'm3']);
  });

  test('is shown with the time of the table that holds it, and without one when it is not known', () => {
    const texts = (spec: ObservationSpec): readonly unknown[] =>
      findingOf(spec, 'schema-newer').evidence.filter(({ text }) => text.startsWith('database schema'));
    expect(texts({ members: three({}), databaseSchema: 61 })).toEqual([
      { member: 'm1', source: 'row', at: NOW, text: 'database schema 61' },
    ]);
    const members = three({ daemon: 'crash-looping', facts: { log: [tooNew('73')] } });
    expect(texts({ members, rows: null })).toEqual([]);
    const table = observationOf({ members: three({}), row: { m2: { schema: 61 } } }).members[0]!.facts!.nodes!;
    const unread = three({ facts: { nodes: { ...table, databaseSchema: null } } });
    expect(texts({ members: unread, row: { m2: { schema: 61 } } })).toEqual([]);
  });
});

describe('schema and count that contradict each other', () => {
  const says = (
    mine: Spec,
    row: { readonly schema: number; readonly apiExtensions: number },
    more: Partial<ObservationSpec> = {},
  ): boolean => {
    const members = [
      { ...mine, name: 'm1' },
      { name: 'm2', daemon: 'stopped' as const },
    ];
    return kindsOf({ members, row: { m2: row }, databaseSchema: 60, source: 'disk', ...more }).includes(
      'schema-inconsistent',
    );
  };

  test.each([
    [318, 60, 317, 61, true],
    [318, 60, 319, 59, true],
    [318, 60, 319, 61, false],
    [318, 60, 317, 59, false],
    [318, 60, 318, 61, false],
    [318, 60, 317, 60, false],
    [318, 60, 318, 60, false],
  ])('%i at schema %i, and a row of %i at schema %i: %j', (extensions, schema, apiExtensions, rowSchema, expected) => {
    expect(says(own(extensions, schema), { apiExtensions, schema: rowSchema })).toBe(expected);
  });

  test('need both numbers of the binary, and a row that counts', () => {
    expect(says(own(318, null), { apiExtensions: 317, schema: 61 })).toBe(false);
    const row = { m2: { apiExtensions: 317, schema: 61, state: 'evacuated' } } as const;
    expect(says(own(318, 60), { apiExtensions: 317, schema: 61 }, { row })).toBe(false);
  });

  test('are not seen between a member and its own row', () => {
    const members = [{ ...own(318, 60), name: 'm1' }];
    expect(kindsOf({ members, row: { m1: { apiExtensions: 317, schema: 61 } }, source: 'disk' })).not.toContain(
      'schema-inconsistent',
    );
  });

  test('are told for one and for several, with the line of those that failed on it', () => {
    const log = [logLine('inconsistent', 'fatal_refuse', 'inconsistent versions')];
    const said = { daemon: 'crash-looping', facts: { log } } as const;
    const one = findingOf({ members: three({}, { m2: said }) }, 'schema-inconsistent');
    expect(one.title).toBe('Schema and number of API extensions contradict each other on m2: tracks were mixed');
    expect(one.cause).toContain('On a restart m2 fails. ');
    expect(one.evidence.at(-1)).toMatchObject({ member: 'm2', source: 'log', text: 'inconsistent versions' });
    const two = findingOf({ members: three(said, { m1: { daemon: 'serving', facts: {} } }) }, 'schema-inconsistent');
    expect(two.cause).toContain('On a restart m2 and m3 fail. ');
  });
});

test('a local schema that is too new is told with its binary and the line', () => {
  const log = [logLine('schema_too_new_local', 'fatal_refuse', 'local schema')];
  const finding = findingOf(
    { members: three({}, { m2: { daemon: 'crash-looping', facts: { log } } }) },
    'local-schema-newer',
  );
  expect(finding.title).toBe('The local database of m2 is newer than its LXD');
  expect(finding.evidence.map(({ source, text }) => `${source} ${text}`)).toEqual([
    'binary 5.0.2-838e1b2 (rev 502): 318 extensions, schema 60',
    'log local schema',
  ]);
  expect(finding.next).toBe('Find a newer version that fits: check prod --to 5.0.5');
});
