/** Findings about schemas, unknown counts and rows of members that are gone: with what makes each, and what must not. */
import { describe, expect, test } from 'vitest';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { logLine, NOW, three, UNREACHABLE } from '../../support/observation.ts';

describe('schema', () => {
  test('schema-newer from a fatal line, when the table could not be read', () => {
    const log = [logLine('schema_too_new', 'fatal_refuse', "schema version '73' is more recent than expected '60'")];
    const members = three({ daemon: 'crash-looping', facts: { log } });
    expect(kindsOf({ members, rows: null })).toEqual(['schema-newer', 'probe-incomplete']);
    expect(findingOf({ members, rows: null }, 'schema-newer').title).toContain('a newer schema');
    const captured = three({
      daemon: 'crash-looping',
      facts: { log: log.map((line) => ({ ...line, captures: ['73', '60'] })) },
    });
    expect(findingOf({ members: captured, rows: null }, 'schema-newer').title).toContain('schema 73');
  });

  test('schema-newer names a version that knows the schema', () => {
    const spec = { members: three({ build: '5.0.1', daemon: 'stopped' }), databaseSchema: 62 } as const;
    expect(findingOf(spec, 'schema-newer').next).toMatch(/check prod --to 5\.4$/);
  });

  test('an equal or lower database schema is none', () => {
    expect(kindsOf({ members: three({}), databaseSchema: 59 })).toEqual(['in-step']);
  });

  test('schema-inconsistent when schema and count point in opposite directions', () => {
    const members = three({}, { m3: { build: '5.4', daemon: 'crash-looping' } });
    expect(kindsOf({ members, databaseSchema: 60 })).toContain('schema-inconsistent');
    expect(kindsOf({ members: three({}, { m3: { build: '5.0.1' } }) })).not.toContain('schema-inconsistent');
  });

  test('schema-inconsistent from the newest fatal line', () => {
    const log = [logLine('inconsistent', 'fatal_refuse', 'Cluster members have inconsistent versions')];
    const members = three({}, { m3: { daemon: 'crash-looping', facts: { log } } });
    expect(summaryOf({ members })).toEqual(['critical schema-inconsistent m3']);
  });

  test('local-schema-newer is not taken for the global schema', () => {
    const text = "Failed to open local database: schema version '43' is more recent than expected '42'";
    const log = [
      logLine('schema_too_new_local', 'fatal_refuse', text),
      logLine('schema_too_new', 'fatal_refuse', text),
    ];
    const members = three({}, { m3: { daemon: 'crash-looping', facts: { log } } });
    expect(summaryOf({ members })).toEqual(['critical local-schema-newer m3']);
  });

  test('lines of before the last good start are history', () => {
    const text = "schema version '43' is more recent than expected '42'";
    const log = [
      logLine('schema_too_new_local', 'fatal_refuse', text, 60_000),
      logLine('notify_failed', 'info', 'Could not notify all nodes of database upgrade', 50_000),
    ];
    const stopped = three({}, { m3: { daemon: 'crash-looping', facts: { log } } });
    expect(kindsOf({ members: stopped })).not.toContain('local-schema-newer');
    const serving = three({ facts: { log: log.slice(0, 1) } });
    expect(kindsOf({ members: serving })).toEqual(['in-step']);
  });
});

describe('unknown-version', () => {
  const snap = {
    version: 'git-1a2b3c4',
    revision: 'x1',
    tracking: null,
    held: true,
    inCohort: false,
    disabled: false,
    broken: false,
  };

  test('no source gives a count: ask, never guess', () => {
    const facts = { snap, binaries: [], process: null, api: null };
    expect(summaryOf({ members: three({}, { m2: { facts } }) })).toEqual(['warning unknown-version m2']);
  });

  test('an unknown label with a readable binary is known', () => {
    const binary = {
      revision: 'x1',
      path: '/snap/lxd/x1/bin/lxd',
      extensions: 318,
      schema: 60,
      localSchema: 42,
      names: null,
    };
    const process = { pid: 1, exe: binary.path, extensions: 318 };
    expect(kindsOf({ members: three({ facts: { snap, binaries: [binary], process } }) })).toEqual(['in-step']);
  });
});

describe('dead-row-blocks', () => {
  test('nobody serves since the row of an unreachable member differs', () => {
    const members = three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { reach: UNREACHABLE } });
    expect(summaryOf({ members, rows: { m1: 313, m2: 313, m3: 318 } })).toEqual([
      'critical member-unreachable m3',
      'critical dead-row-blocks m3',
    ]);
  });

  test('a warning while somebody serves, nothing when the row agrees', () => {
    const members = three({}, { m3: { reach: UNREACHABLE } });
    const beat = { m3: { heartbeatMs: NOW - 60_000 } };
    expect(summaryOf({ members, row: beat, rows: { m3: 336 } })).toContain('warning dead-row-blocks m3');
    expect(kindsOf({ members, row: beat })).toEqual(['member-unreachable']);
  });
});
