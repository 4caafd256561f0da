/** The small pieces of text that every card is made of. */
import { describe, expect, test } from 'vitest';
import {
  binaryEvidence,
  describeInstalled,
  listOf,
  logEvidence,
  oneLine,
  releaseWord,
  rowEvidence,
  runningEvidence,
  sshEvidence,
  verb,
} from '../../../src/domain/diagnose/text.ts';
import { type Situation, situationOf } from '../../../src/domain/diagnose/situation.ts';
import type { MemberFacts, Reach, SnapFacts } from '../../../src/domain/observation.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, NOW, observationOf, three } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

function situation(spec: ObservationSpec): Situation {
  return situationOf(observationOf(spec), RELEASES);
}

function viewOf(spec: Omit<MemberSpec, 'name'>): Situation['reached'][number] {
  return situation({ members: [{ ...spec, name: 'm1' }] }).reached[0]!;
}

function snap(version: string): SnapFacts {
  return { version, revision: '502', tracking: null, held: true, inCohort: false, disabled: false, broken: false };
}

const UNREAD: Partial<MemberFacts> = { binaries: [], process: null, api: null };

describe('a list of names', () => {
  test.each([
    [[], 'nobody'],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and f'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'a, b, c, d, e and 3 more'],
  ])('%j', (words, text) => {
    expect(listOf(words)).toBe(text);
  });

  test('goes with a verb in the right number', () => {
    expect([0, 1, 2].map((count) => verb(count, 'runs', 'run'))).toEqual(['run', 'runs', 'run']);
  });
});

describe('what a member has', () => {
  test.each<readonly [string, Partial<MemberFacts>, string]>([
    ['release and count', {}, '5.0.2 (318 API extensions)'],
    ['a release that the table does not know', { ...UNREAD, snap: snap('9.9-x') }, '9.9'],
    ['a count alone', { snap: snap('git-1') }, 'a build with 318 API extensions'],
    ['nothing that is known', { ...UNREAD, snap: snap('git-1') }, 'an unknown release'],
    ['no snap that could be read', { ...UNREAD, snap: null }, 'an unknown release'],
  ])('%s', (_, facts, words) => {
    expect(describeInstalled(viewOf({ daemon: 'stopped', facts }))).toBe(words);
  });

  test('is a release by its number alone: the rest of a version is remote text', () => {
    const words = ['5.0.2-838e1b2', '6.4', 'git-1', null].map((version) => releaseWord({ ...viewOf({}), version }));
    expect(words).toEqual(['5.0.2', '6.4', null, null]);
  });
});

describe('remote text', () => {
  test('is one line: every run of control characters and line ends is one space', () => {
    expect(oneLine(' a\r\n\tb\u001b[31mc\u2028\u2029d\u200b\u202ee\u0000 ')).toBe('a b [31mc d e');
  });

  test('is cut at five hundred characters, with a sign that it was', () => {
    expect(oneLine('x'.repeat(500))).toBe('x'.repeat(500));
    expect(oneLine('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
  });
});

describe('evidence', () => {
  test('of a log has the line and its own time', () => {
    const line = { ...logLine('no_leader', 'blocked', 'no\nleader'), at: 7 };
    expect(logEvidence(viewOf({}).member, line)).toEqual({ member: 'm1', source: 'log', at: 7, text: 'no leader' });
  });

  test.each<readonly [Reach, string]>([
    [{ kind: 'answered' }, 'answered'],
    [{ kind: 'timed-out', text: 'after 10 s' }, 'timed-out: after 10 s'],
  ])('of the login says %o', (reach, text) => {
    const [view] = situation({ members: [{ name: 'm1', reach }] }).members;
    expect(sshEvidence(view!)).toEqual({ member: 'm1', source: 'ssh', at: NOW, text });
  });

  test.each<readonly [string, Omit<MemberSpec, 'name'>, string]>([
    ['as read from the binary', {}, '5.0.2-838e1b2 (rev 502): 318 extensions, schema 60'],
    [
      'without a schema',
      { daemon: 'stopped', facts: { snap: snap('git-1'), binaries: [{ ...binaryOf('5.0.2'), schema: null }] } },
      'git-1 (rev 502): 318 extensions, schema unknown',
    ],
    [
      'as its daemon says',
      { facts: { binaries: [], process: { pid: 1, exe: '/snap/lxd/502/bin/lxd', extensions: null } } },
      '5.0.2-838e1b2 (rev 502): 318 extensions, schema 60 (as its daemon says)',
    ],
    [
      'as the table assumes',
      { daemon: 'stopped', facts: { binaries: [] } },
      '5.0.2-838e1b2 (rev 502): 318 extensions, schema 60 (assumed from the release table)',
    ],
    [
      'as other sources deny',
      { daemon: 'stopped', facts: { binaries: [{ ...binaryOf('5.0.2'), extensions: 320 }] } },
      '5.0.2-838e1b2 (rev 502): 320 extensions, schema 60 (read from the binary; but 318 assumed from the release table)',
    ],
    [
      'as not known at all',
      { daemon: 'stopped', facts: { ...UNREAD, snap: null } },
      'unknown version (rev unknown): number of extensions unknown',
    ],
  ])('of a binary tells its number %s', (_, spec, text) => {
    const evidence = binaryEvidence(viewOf(spec));
    expect(evidence).toMatchObject({ member: 'm1', source: 'binary', at: NOW });
    expect(evidence.text).toBe(text);
  });

  test('of a binary names the member with the same revision as its source', () => {
    const members = three({}, { m1: { daemon: 'stopped', facts: { binaries: [] } } });
    expect(binaryEvidence(situation({ members }).members[0]!).text).toContain(
      '(as on a member with the same revision)',
    );
  });

  test('of a running daemon has its program where that is known', () => {
    const said = (facts: Partial<MemberFacts>, daemon: MemberSpec['daemon'] = 'serving'): readonly string[] =>
      runningEvidence(viewOf({ daemon, facts })).map(({ source, text }) => `${source}: ${text}`);
    expect(said({})).toEqual(['api: running daemon: 318 extensions (/snap/lxd/502/bin/lxd)']);
    expect(said({ process: null })).toEqual(['api: running daemon: 318 extensions']);
    expect(said({ process: { pid: 1, exe: null, extensions: 313 } }, 'waiting')).toEqual([
      'binary: running daemon: 313 extensions',
    ]);
    expect(said({ process: null, api: null })).toEqual([]);
  });

  test('of rows says what each has, in which state, and whether it is a copy', () => {
    const row = { m2: { state: 'evacuated' }, m3: { state: 'pending', name: 'stranger' } } as const;
    const live = situation({ members: three({}), row });
    expect(rowEvidence(live, live.rows!.rows)).toEqual([
      { member: 'm1', source: 'row', at: NOW, text: 'm1: schema 60, api_extensions 318' },
      { member: 'm2', source: 'row', at: NOW, text: 'm2: schema 60, api_extensions 318, evacuated' },
      { member: 'm1', source: 'row', at: NOW, text: 'stranger: schema 60, api_extensions 318, pending' },
    ]);
    const copy = situation({ members: three({}), source: 'disk' });
    expect(rowEvidence(copy, copy.rows!.rows.slice(2))).toEqual([
      {
        member: 'm3',
        source: 'row',
        at: NOW - 3_600_000,
        text: 'm3: schema 60, api_extensions 318 (dump on disk of m1)',
      },
    ]);
    expect(rowEvidence(situation({ members: three({}), rows: null }), live.rows!.rows)).toEqual([]);
  });
});
