/** Daemons that do not serve for another reason than versions: which of the ways it is, and what is quoted of it. */
import { describe, expect, test } from 'vitest';
import { unitEvidence } from '../../../src/domain/diagnose/daemon.ts';
import { situationOf } from '../../../src/domain/diagnose/situation.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { MemberFacts, UnitFacts } from '../../../src/domain/observation.ts';
import { diagnosisOf, findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import type { MemberSpec } from '../../support/observation-spec.ts';
import { logLine, observationOf, three } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

type Spec = Omit<MemberSpec, 'name'>;

function unit(parts: Partial<UnitFacts>): UnitFacts {
  const plain = { activeState: 'active', subState: 'running', unitFileState: 'static', result: 'success', mainPid: 1 };
  return { ...plain, restarts: 0, restartsLater: 0, ...parts };
}

const OFF = { activeState: 'inactive', subState: 'dead', mainPid: null } as const;

function withM2(m2: Spec): { readonly members: readonly MemberSpec[] } {
  return { members: three({}, { m2 }) };
}

function otherCauses(members: readonly MemberSpec[]): readonly Finding[] {
  return diagnosisOf({ members }).findings.filter(({ kind }) => kind === 'crash-loop-other-cause');
}

describe('what is quoted of a unit', () => {
  const said = (facts: Partial<MemberFacts>): string => {
    const members = [{ name: 'm1', daemon: 'stopped' as const, facts }];
    return unitEvidence(situationOf(observationOf({ members }), RELEASES).reached[0]!).text;
  };

  test.each<readonly [Partial<MemberFacts>, string]>([
    [
      { unit: unit({ ...OFF, restarts: 3, restartsLater: 4 }), stateFile: 'shutdown\n' },
      'unit inactive (dead), result success, restarts 3 then 4, state file "shutdown", ready: not-asked',
    ],
    [
      { unit: unit({ ...OFF, result: null, restarts: null, restartsLater: null }), stateFile: '' },
      'unit inactive (dead), result unknown, restarts ? then ?, state file "", ready: not-asked',
    ],
    [
      { unit: null, stateFile: null, ready: 'no-answer' },
      'unit unknown (unknown), result unknown, restarts ? then ?, state file unknown, ready: no-answer',
    ],
  ])('%#', (facts, text) => {
    expect(said(facts)).toBe(text);
  });
});

describe('a stopped daemon', () => {
  test.each<readonly [string, Partial<MemberFacts>, string]>([
    ['in good order', { unit: unit(OFF) }, 'daemon-down'],
    ['with its unit disabled', { unit: unit({ ...OFF, unitFileState: 'disabled' }) }, 'unit-failed-or-disabled'],
    ['with its unit masked', { unit: unit({ ...OFF, unitFileState: 'masked' }) }, 'unit-failed-or-disabled'],
    [
      'with its unit masked until reboot',
      { unit: unit({ ...OFF, unitFileState: 'masked-runtime' }) },
      'unit-failed-or-disabled',
    ],
    ['with its unit in another state', { unit: unit({ ...OFF, unitFileState: 'unmasked' }) }, 'daemon-down'],
    ['with its unit in no known state', { unit: unit({ ...OFF, unitFileState: null }) }, 'daemon-down'],
    ['that systemd gave up', { unit: unit({ ...OFF, activeState: 'failed' }), log: [] }, 'unit-failed-or-disabled'],
  ])('%s is %s', (_, facts, kind) => {
    expect(summaryOf(withM2({ daemon: 'stopped', facts }))).toEqual([`warning ${kind} m2`]);
  });

  test('of a disabled snap is switched off, and one that was given up besides is told as given up', () => {
    const snap = { version: '5.0.2', revision: '502', tracking: null, held: true, inCohort: false, broken: false };
    const facts = { snap: { ...snap, disabled: true } };
    expect(findingOf(withM2({ daemon: 'stopped', facts }), 'unit-failed-or-disabled').title).toBe(
      'LXD is switched off on m2',
    );
    const both = { ...facts, unit: unit({ ...OFF, activeState: 'failed' }), log: [] };
    const finding = findingOf(withM2({ daemon: 'failed', facts: both }), 'unit-failed-or-disabled');
    expect(finding.title).toBe('systemd has given up starting LXD on m2');
  });

  test('where LXD is not installed is no stopped one', () => {
    const facts = { install: 'absent', snap: null, binaries: [] } as const;
    expect(kindsOf(withM2({ daemon: 'stopped', facts }))).toEqual(['lxd-missing']);
  });

  test('that gave up is shown with the line that says why', () => {
    const finding = findingOf(
      { members: three({}, { m3: { daemon: 'failed' } }), rows: 318 },
      'unit-failed-or-disabled',
    );
    expect(finding.evidence.map(({ source }) => source)).toEqual(['snap', 'log']);
    expect(finding.severity).toBe('warning');
    expect(findingOf({ members: three({ daemon: 'failed' }) }, 'unit-failed-or-disabled').severity).toBe('critical');
  });
});

describe('a daemon that nobody can ask', () => {
  const silent = (facts: Partial<MemberFacts>): boolean =>
    kindsOf(withM2({ daemon: 'waiting', facts: { ready: 'no-answer', log: [], ...facts } })).includes('socket-missing');

  test.each<readonly [string, Partial<MemberFacts>, boolean]>([
    ['runs steadily', {}, true],
    ['is being stopped', { unit: unit({ activeState: 'deactivating' }) }, false],
    ['had its counter reset while we looked', { unit: unit({ restarts: 4, restartsLater: 3 }) }, false],
    ['has no process', { process: null }, false],
    ['says that it is not ready', { ready: 'not-ready', unit: unit({ restarts: 3, restartsLater: 3 }) }, false],
    ['has just crashed', { stateFile: 'crashed' }, false],
    ['has no unit that could be read', { unit: null }, false],
  ])('%s: %j', (_, facts, expected) => {
    expect(silent(facts)).toBe(expected);
  });

  test('is shown with what failed on the way', () => {
    const failedParts = [{ part: 'api', reason: 'timed-out', text: 'no\nanswer' }] as const;
    const facts = { ready: 'no-answer', log: [], failedParts } as const;
    const finding = findingOf(withM2({ daemon: 'waiting', facts }), 'socket-missing');
    expect(finding.evidence.map(({ text }) => text)).toEqual([
      'unit active (running), result success, restarts 0 then 0, state file "", ready: no-answer',
      'api: timed-out: no answer',
    ]);
    const all = { members: three({ daemon: 'waiting', facts }) };
    expect([
      findingOf(withM2({ daemon: 'waiting', facts }), 'socket-missing').severity,
      findingOf(all, 'socket-missing').severity,
    ]).toEqual(['warning', 'critical']);
  });
});

describe('a crash loop with another cause', () => {
  const loop = (pattern: string): Spec => ({
    daemon: 'crash-looping',
    facts: { log: [logLine(pattern, 'fatal', `the line of ${pattern}`)] },
  });

  test.each([
    ['patch_sql_failed', 'a patch file in its database directory holds SQL that fails'],
    ['patch_apply_failed', 'one of its own built-in updates fails'],
    ['local_buckets', 'this release refuses storage buckets on local storage'],
    ['upgrade_path', 'its database is too old for this release'],
    ['recovery_patch_conflict', 'a patch file and a recovery tarball lie side by side'],
    ['something_new', 'its log names a cause that has nothing to do with versions'],
  ])('says which, of %s', (pattern, why) => {
    const [finding] = otherCauses(three({}, { m2: loop(pattern) }));
    expect(finding).toMatchObject({
      severity: 'critical',
      members: ['m2'],
      title: 'm2 fails at every start, and not because of versions',
    });
    expect(finding?.cause).toContain(`LXD starts and exits again on m2: ${why}. `);
    expect(finding?.evidence.map(({ text }) => text)[0]).toBe(`the line of ${pattern}`);
  });

  test.each(['behind_fatal', 'schema_too_new', 'schema_too_new_local', 'inconsistent', 'address_mismatch'])(
    'is not said of %s, which has its own finding',
    (pattern) => {
      expect(otherCauses(three({}, { m2: loop(pattern) }))).toEqual([]);
    },
  );

  test.each(['dqlite_start_failed', 'closed_segment'])('is damage of the database files after %s', (pattern) => {
    expect(summaryOf({ members: three({}, { m2: loop(pattern) }) })).toEqual(['critical raft-damaged m2']);
  });

  test('is one finding for each cause', () => {
    const members = three(
      { daemon: 'crash-looping' },
      { m1: loop('upgrade_path'), m2: loop('local_buckets'), m3: loop('upgrade_path') },
    );
    expect(otherCauses(members).map(({ title }) => title)).toEqual([
      'm1 and m3 fail at every start, and not because of versions',
      'm2 fails at every start, and not because of versions',
    ]);
  });

  test('is told of a unit that gave up, not of a daemon that has got past it', () => {
    const log = [logLine('upgrade_path', 'fatal', 'x')];
    expect(otherCauses(three({}, { m2: { daemon: 'failed', facts: { log } } }))).toHaveLength(1);
    expect(otherCauses(three({}, { m2: { daemon: 'waiting', facts: { log } } }))).toEqual([]);
  });
});
