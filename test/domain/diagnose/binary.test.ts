import { describe, expect, test } from 'vitest';
import { hasFix, installedCount, runningCount, runsInstalled } from '../../../src/domain/diagnose/binary.ts';
import type { InstalledCount } from '../../../src/domain/diagnose/types.ts';
import type { MemberFacts } from '../../../src/domain/observation.ts';
import { extensionNamesOf, RELEASES } from '../../support/releases.ts';
import type { MemberSpec } from '../../support/observation-spec.ts';
import { observationOf } from '../../support/observation.ts';

function countOf(...members: readonly Omit<MemberSpec, 'name'>[]): InstalledCount | null {
  const all = observationOf({ members: members.map((one, index) => ({ ...one, name: `m${index + 1}` })) }).members;
  return installedCount(all[0]!, all, RELEASES);
}

function factsOf(spec: Omit<MemberSpec, 'name'>): MemberFacts {
  return observationOf({ members: [{ ...spec, name: 'm1' }] }).members[0]!.facts!;
}

const UNREAD = { binaries: [] } as const;

describe('installedCount', () => {
  test('the binary itself comes first', () => {
    expect(countOf({ build: '5.0.1' })).toMatchObject({
      extensions: 313,
      schema: 60,
      source: 'binary',
      disagreeing: [],
    });
  });

  test('its own daemon speaks for it only while it runs that very binary', () => {
    const exe = { pid: 1, exe: '/snap/lxd/502/sbin/lxd', extensions: null };
    expect(countOf({ facts: { ...UNREAD, process: exe } })).toMatchObject({ extensions: 318, source: 'api' });
    const old = { pid: 1, exe: '/snap/lxd/501/sbin/lxd', extensions: null };
    expect(countOf({ runs: '5.0.1', facts: { ...UNREAD, process: old } })).toMatchObject({
      extensions: 318,
      source: 'table',
    });
  });

  test('a member on the same revision and architecture speaks for it', () => {
    const silent = { daemon: 'stopped', facts: UNREAD } as const;
    expect(countOf(silent, {})).toMatchObject({ extensions: 318, source: 'peer' });
    expect(countOf(silent, { facts: { architecture: 'aarch64' } })).toMatchObject({ source: 'table' });
    expect(countOf(silent, { build: '5.0.1' })).toMatchObject({ source: 'table' });
  });

  test('the release table is the last resort, and an unknown release gives nothing', () => {
    const snap = { ...factsOf({}).snap!, version: 'git-1a2b3c4', revision: 'x1' };
    expect(countOf({ daemon: 'stopped', facts: UNREAD })).toMatchObject({
      extensions: 318,
      schema: 60,
      source: 'table',
    });
    expect(countOf({ daemon: 'stopped', facts: { ...UNREAD, snap } })).toBeNull();
  });

  test('sources that disagree are named, and the best one is believed', () => {
    const names = extensionNamesOf('5.0', 340);
    const binary = { ...factsOf({}).binaries[0]!, extensions: 340, names };
    expect(countOf({ daemon: 'stopped', facts: { binaries: [binary] } })).toMatchObject({
      extensions: 340,
      source: 'binary',
      disagreeing: [{ source: 'table', extensions: 318 }],
    });
  });

  test('a kept revision is not the installed one', () => {
    const [, kept] = factsOf({ kept: ['5.0.1'] }).binaries;
    expect(countOf({ daemon: 'stopped', facts: { binaries: [kept!] } })).toMatchObject({
      extensions: 318,
      source: 'table',
    });
  });
});

describe('the running daemon', () => {
  test('says its own count while it serves', () => {
    expect(runningCount(factsOf({ runs: '5.0.1' }))).toEqual({ extensions: 313, schema: null, source: 'api' });
    expect(runningCount(factsOf({}))).toEqual({ extensions: 318, schema: 60, source: 'api' });
  });

  test('is counted from its executable while it does not', () => {
    expect(runningCount(factsOf({ daemon: 'waiting' }))).toMatchObject({ extensions: 318, source: 'process' });
    expect(runningCount(factsOf({ daemon: 'stopped' }))).toBeNull();
  });

  test('runs the installed binary, another one, or it can not be told', () => {
    expect(runsInstalled(factsOf({}))).toBe(true);
    expect(runsInstalled(factsOf({ runs: '5.0.1' }))).toBe(false);
    expect(runsInstalled(factsOf({ facts: { process: { pid: 1, exe: '/opt/lxd', extensions: null } } }))).toBeNull();
  });
});

describe('hasFix', () => {
  test('follows the release when label and count agree', () => {
    expect(hasFix(factsOf({ build: '5.21.4' }), countOf({ build: '5.21.4' }), RELEASES)).toBe(true);
    expect(hasFix(factsOf({ build: '5.21.3' }), countOf({ build: '5.21.3' }), RELEASES)).toBe(false);
  });

  test('follows the count when a candidate build carries an older label', () => {
    const facts = factsOf({ build: '5.21.3' });
    const counted = (extensions: number): InstalledCount => ({
      extensions,
      schema: 73,
      names: null,
      source: 'binary',
      disagreeing: [],
    });
    expect(hasFix(facts, counted(433), RELEASES)).toBe(true);
    expect(hasFix(facts, counted(410), RELEASES)).toBeNull();
  });
});
