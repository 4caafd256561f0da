/** Where the numbers of a member come from when some sources are silent or contradict each other. */
import { describe, expect, test } from 'vitest';
import { agreedFix, hasFix, installedCount, runningCount, runsInstalled } from '../../../src/domain/diagnose/binary.ts';
import type { InstalledCount } from '../../../src/domain/diagnose/types.ts';
import type { BinaryFacts, MemberFacts, SnapFacts } from '../../../src/domain/observation.ts';
import type { Release, ReleaseTable } from '../../../src/domain/release.ts';
import { binaryOf, type MemberSpec } from '../../support/observation-spec.ts';
import { observationOf } from '../../support/observation.ts';
import { extensionNamesOf, RELEASES } from '../../support/releases.ts';

function countOf(...members: readonly Omit<MemberSpec, 'name'>[]): InstalledCount | null {
  return countWith(RELEASES, ...members);
}

function countWith(releases: ReleaseTable, ...members: readonly Omit<MemberSpec, 'name'>[]): InstalledCount | null {
  const all = observationOf({ members: members.map((one, index) => ({ ...one, name: `m${index + 1}` })) }).members;
  return installedCount(all[0]!, all, releases);
}

function factsOf(spec: Omit<MemberSpec, 'name'>): MemberFacts {
  return observationOf({ members: [{ ...spec, name: 'm1' }] }).members[0]!.facts!;
}

function snapOf(version: string, revision = '502'): SnapFacts {
  const plain = { tracking: null, held: true, inCohort: false, disabled: false, broken: false };
  return { version, revision, ...plain };
}

function binary(parts: Partial<BinaryFacts> = {}): BinaryFacts {
  return { ...binaryOf('5.0.2'), ...parts };
}

function tableOf(...releases: readonly Partial<Release>[]): ReleaseTable {
  const plain = {
    version: '5.0.2',
    series: '5.0',
    lts: true,
    extensions: 318,
    schema: 60,
    localSchema: 42,
    hasFix: false,
  };
  return { releases: releases.map((one) => ({ ...plain, ...one })), extensionNames: () => [] };
}

const api = (extensions: number): MemberFacts['api'] => ({
  version: null,
  extensions: extensionNamesOf('5.0', extensions),
  serverName: null,
  clustered: true,
  clusterAddress: null,
});

const RUNS_IT = { pid: 1, exe: '/snap/lxd/502/bin/lxd', extensions: null } as const;

describe('the installed count', () => {
  test('of a member that did not answer is none', () => {
    const [own] = observationOf({ members: [{ name: 'm1', reach: { kind: 'lost', text: '' } }] }).members;
    expect(installedCount(own!, [own!], RELEASES)).toBeNull();
  });

  test('takes the schema and the names from another source with the same count, where the best one lacks them', () => {
    const facts = { binaries: [binary({ schema: null, names: null })] };
    expect(countOf({ daemon: 'stopped', facts })).toMatchObject({
      extensions: 318,
      source: 'binary',
      schema: 60,
      names: extensionNamesOf('5.0', 318),
    });
  });

  test('takes neither from a source with another count', () => {
    const facts = { binaries: [binary({ extensions: 317, schema: null, names: null })] };
    expect(countOf({ daemon: 'stopped', facts })).toMatchObject({ extensions: 317, schema: null, names: null });
  });

  test('without the snap is that of the first binary', () => {
    expect(countOf({ facts: { snap: null, binaries: [binary(), binaryOf('5.0.1')] } })).toMatchObject({
      extensions: 318,
      source: 'binary',
    });
    expect(countOf({ facts: { snap: null, binaries: [] } })).toBeNull();
  });

  test('is not that of another revision than the installed one', () => {
    expect(countOf({ daemon: 'stopped', facts: { binaries: [binaryOf('5.0.1')] } })).toMatchObject({ source: 'table' });
  });

  test('as the daemon says it has the schema of its release, when that has the same count', () => {
    const facts = { binaries: [], process: RUNS_IT, api: api(318) };
    expect(countOf({ facts })).toMatchObject({ extensions: 318, schema: 60, source: 'api' });
    const more = countOf({ facts: { ...facts, api: api(340), architecture: null } });
    expect(more).toMatchObject({ extensions: 340, schema: null, source: 'api' });
    expect(more?.disagreeing).toEqual([{ source: 'table', extensions: 318 }]);
  });

  test('as the daemon says it has no schema, when its release is not known or the snap was not read', () => {
    const unread = { ...RUNS_IT, exe: '/snap/lxd/502/bin/lxd' };
    const facts = { binaries: [binary({ extensions: null })], process: unread, api: api(318) };
    expect(countOf({ facts: { ...facts, snap: snapOf('git-1') } })).toMatchObject({ schema: null, source: 'api' });
    expect(countOf({ facts: { ...facts, snap: null } })).toMatchObject({
      extensions: 318,
      schema: null,
      source: 'api',
    });
  });

  test('is not asked of a daemon that says nothing or runs another binary', () => {
    expect(countOf({ facts: { binaries: [], process: RUNS_IT, api: api(0) } })).toMatchObject({ source: 'table' });
    const other = { ...RUNS_IT, exe: '/snap/lxd/501/bin/lxd' };
    expect(countOf({ facts: { binaries: [], process: other, api: api(313) } })).toMatchObject({ source: 'table' });
    expect(countOf({ facts: { binaries: [], process: null, api: api(313) } })).toMatchObject({ source: 'table' });
  });

  test('of another member is taken only where both architectures are known', () => {
    const silent = { daemon: 'stopped', facts: { binaries: [], architecture: null } } as const;
    expect(countOf(silent, { facts: { architecture: null } })).toMatchObject({ source: 'table' });
    expect(countOf({ daemon: 'stopped', facts: { binaries: [] } }, {})).toMatchObject({ source: 'peer' });
  });

  test('of another member is what its daemon says, where its binary could not be read', () => {
    const snap = snapOf('git-1');
    const peer = { facts: { snap, binaries: [], process: RUNS_IT, api: api(340) } };
    expect(
      countOf({ daemon: 'stopped', facts: { snap, binaries: [] } }, { reach: { kind: 'lost', text: '' } }, peer),
    ).toEqual({
      extensions: 340,
      schema: null,
      names: extensionNamesOf('5.0', 340),
      source: 'peer',
      disagreeing: [],
    });
  });

  test('from the table has no names where the table has none', () => {
    const count = countWith(tableOf({}), { daemon: 'stopped', facts: { binaries: [] } });
    expect(count).toEqual({ extensions: 318, schema: 60, names: null, source: 'table', disagreeing: [] });
  });
});

describe('the running count', () => {
  test('is what the daemon says only while it serves', () => {
    const counted = { ...RUNS_IT, extensions: 313 };
    expect(runningCount(factsOf({ daemon: 'waiting', facts: { process: counted, api: api(318) } }))).toEqual({
      extensions: 313,
      schema: 60,
      source: 'process',
    });
    expect(runningCount(factsOf({ facts: { process: counted, api: api(0) } }))).toMatchObject({ source: 'process' });
    expect(runningCount(factsOf({ facts: { process: counted, api: null } }))).toMatchObject({ source: 'process' });
  });

  test.each<readonly [string, string, readonly Partial<BinaryFacts>[], number | null]>([
    ['its own path', '/opt/lxd', [{ revision: null, path: '/opt/lxd', schema: 59 }], 59],
    [
      'its revision',
      '/snap/lxd/501/sbin/lxd',
      [{}, { revision: '501', path: '/snap/lxd/501/bin/lxd', schema: 59 }],
      59,
    ],
    ['its path before its revision', '/snap/lxd/502/x', [{ schema: 60 }, { path: '/snap/lxd/502/x', schema: 59 }], 59],
    ['nothing, outside the snap', '/opt/lxd', [{}, { revision: null, path: '/old/lxd', schema: 59 }], null],
    ['nothing, of a revision that is not kept', '/snap/lxd/499/bin/lxd', [{}], null],
  ])('has the schema of the binary that is found by %s', (_, exe, binaries, schema) => {
    const process = { pid: 1, exe, extensions: 300 };
    expect(runningCount(factsOf({ daemon: 'waiting', facts: { process, binaries: binaries.map(binary) } }))).toEqual({
      extensions: 300,
      schema,
      source: 'process',
    });
  });
});

describe('whether the daemon runs the installed binary', () => {
  test.each<readonly [string, string | null, Partial<MemberFacts>, boolean | null]>([
    ['the same path outside the snap', '/opt/lxd', { snap: null, binaries: [binary({ path: '/opt/lxd' })] }, true],
    ['another program of the same revision', '/snap/lxd/502/sbin/lxd', {}, true],
    ['a program of another revision', '/snap/lxd/x7/bin/lxd', {}, false],
    ['a program of the current revision, whichever that is', '/snap/lxd/current/bin/lxd', {}, null],
    ['a revision, with the snap unread', '/snap/lxd/501/bin/lxd', { snap: null }, null],
    ['a process whose program could not be read', null, {}, null],
  ])('%s', (_, exe, facts, expected) => {
    expect(runsInstalled(factsOf({ facts: { ...facts, process: { pid: 1, exe, extensions: null } } }))).toBe(expected);
  });
});

describe('whether a build waits instead of failing', () => {
  const counted = (extensions: number, schema: number | null = 73): InstalledCount => ({
    extensions,
    schema,
    names: null,
    source: 'binary',
    disagreeing: [],
  });

  test('is what its label says while its count is not known, or is that of the label', () => {
    expect(hasFix(factsOf({ build: '5.21.4' }), null, RELEASES)).toBe(true);
    expect(hasFix(factsOf({ build: '5.21.3' }), null, RELEASES)).toBe(false);
    const twins = tableOf({ version: '5.21.4', hasFix: true }, { version: '5.21.5', hasFix: false });
    expect(hasFix(factsOf({ build: '5.21.4' }), counted(318, 60), twins)).toBe(true);
  });

  test('is not known without a label', () => {
    expect(hasFix(factsOf({ facts: { snap: null } }), counted(433), RELEASES)).toBeNull();
    expect(hasFix(factsOf({ facts: { snap: snapOf('git-1') } }), counted(433), RELEASES)).toBeNull();
  });

  test('is else what the releases of its own series with its numbers say', () => {
    const facts = factsOf({ build: '5.21.3' });
    // 420 is a count of 6.3 alone.
    expect(hasFix(facts, counted(420), RELEASES)).toBeNull();
    expect(hasFix(facts, counted(433, null), RELEASES)).toBe(true);
    expect(hasFix(facts, counted(433, 74), RELEASES)).toBeNull();
  });

  test('is not known where releases of one count differ in it', () => {
    const [fixed, unfixed] = tableOf({ hasFix: true }, { hasFix: false }).releases;
    expect(agreedFix([fixed!, unfixed!])).toBeNull();
    expect(agreedFix([unfixed!, fixed!])).toBeNull();
    expect(agreedFix([fixed!, fixed!])).toBe(true);
    expect(agreedFix([unfixed!])).toBe(false);
    expect(agreedFix([])).toBeNull();
  });
});
