/** Members that differ: who is told to be the odd one, what becomes of lower and higher ones, and which differences are harmless. */
import { describe, expect, test } from 'vitest';
import type { BinaryFacts, MemberFacts, SnapFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, three, UNREACHABLE } from '../../support/observation.ts';

type Spec = Omit<MemberSpec, 'name'>;

function ofAll(...each: readonly Spec[]): ObservationSpec['members'] {
  return each.map((one, index) => ({ ...one, name: `m${index + 1}` }));
}

/** A member that serves a build of this label and these numbers. */
function build(
  version: string,
  revision: string,
  parts: Partial<BinaryFacts> = {},
  facts: Partial<MemberFacts> = {},
): Spec {
  const path = `/snap/lxd/${revision}/bin/lxd`;
  const binary = { ...binaryOf('5.0.2'), revision, path, ...parts };
  const snap: SnapFacts = {
    version,
    revision,
    tracking: null,
    held: true,
    inCohort: false,
    disabled: false,
    broken: false,
  };
  const process = { pid: 1, exe: path, extensions: binary.extensions };
  return { facts: { binaries: [binary], snap, process, api: null, ...facts } };
}

describe('mixed-binaries', () => {
  test('of equal counts and unequal schemas says so, and which way is the shortest', () => {
    const members = ofAll({}, {}, build('5.0.2-x', '503', { schema: 61 }));
    const finding = findingOf({ members, databaseSchema: 61 }, 'mixed-binaries');
    expect(finding.members).toEqual(['m3']);
    expect(finding.title).toBe(
      'Members run different LXDs: m1 and m2 have 5.0.2 (318 API extensions), m3 has 5.0.2 (318 API extensions)',
    );
    expect(finding.extensionsMissing).toEqual([]);
    expect(finding.cause).toBe(
      'The members do not have the same LXD, and LXD only starts when all of them count the same API extensions. ' +
        'Their numbers of extensions are equal, but their database schemas are not. ' +
        'A change to the database would only move the failure to the other side: the binaries must be made equal first. ' +
        'Bringing m3 to 5.0.2 (318 API extensions) is the shortest way; no SQL is needed.',
    );
  });

  test('of a member that has not restarted since it got another build says what its restart brings', () => {
    const members = three({}, { m3: { build: '5.0.4', runs: '5.0.2' } });
    const { cause } = findingOf({ members, rows: 318 }, 'mixed-binaries');
    expect(cause).toContain(
      'What runs now counts the same on all of them; the next restart of m3 brings up the installed LXD, and then the numbers differ.',
    );
    expect(cause).not.toContain('database schemas are not');
  });

  test.each<readonly [string, ObservationSpec['members'], string]>([
    [
      'lower',
      ofAll({}, {}, { build: '5.0.1' }),
      'Rolling forward m3 to 5.0.2 (318 API extensions) is the shortest way',
    ],
    [
      'higher',
      ofAll({ build: '5.0.1' }, { build: '5.0.1' }, {}),
      'Bringing m3 to 5.0.1 (313 API extensions) is the shortest way',
    ],
  ])('of one %s member names the way to the others', (_, members, words) => {
    expect(findingOf({ members }, 'mixed-binaries').cause).toContain(words);
  });

  test('of as many on one side as on the other, or with nobody serving, names no way', () => {
    const halves = ofAll({}, {}, { build: '5.0.1' }, { build: '5.0.1' });
    expect(findingOf({ members: halves }, 'mixed-binaries')).toMatchObject({ members: ['m3', 'm4'] });
    expect(findingOf({ members: halves }, 'mixed-binaries').cause).not.toContain('shortest way');
    const down = three({ daemon: 'crash-looping' }, { m3: { build: '5.0.1', daemon: 'crash-looping' } });
    expect(findingOf({ members: down }, 'mixed-binaries').cause).not.toContain('shortest way');
  });

  test('names four builds and says that there are others', () => {
    const builds = ['5.0.0', '5.0.1', '5.0.2', '5.0.4'] as const;
    const four = findingOf({ members: ofAll(...builds.map((one) => ({ build: one }))) }, 'mixed-binaries');
    expect(four.title).toBe(
      'Members run different LXDs: m1 has 5.0.0 (306 API extensions), m2 has 5.0.1 (313 API extensions), m3 has 5.0.2 (318 API extensions), m4 has 5.0.4 (340 API extensions)',
    );
    const five = [{ build: '5.21.2' }, ...builds.map((one) => ({ build: one }))] as const;
    expect(findingOf({ members: ofAll(...five) }, 'mixed-binaries').title).toBe(
      'Members run different LXDs: m2 has 5.0.0 (306 API extensions), m3 has 5.0.1 (313 API extensions), m4 has 5.0.2 (318 API extensions), m5 has 5.0.4 (340 API extensions) and others',
    );
  });

  test('tells a member that still runs the build of before its refresh from its like', () => {
    const members = ofAll({}, {}, { runs: '5.0.1' });
    expect(findingOf({ members, rows: { m3: 313 } }, 'mixed-binaries').title).toBe(
      'Members run different LXDs: m3 has 5.0.2 (318 API extensions), still running 313, m1 and m2 have 5.0.2 (318 API extensions)',
    );
  });

  test('says that lower members wait only when every one of them has the fix', () => {
    const cause = (...lower: readonly Spec[]): string =>
      findingOf({ members: ofAll({ build: '5.21.5' }, ...lower) }, 'mixed-binaries').cause;
    expect(cause({ build: '5.21.4' }, { build: '5.21.4' })).toContain(
      'On their next restart m2 and m3 (lower) find themselves behind and wait without serving.',
    );
    expect(cause({ build: '5.21.4' }, { build: '5.21.3' })).toContain(
      'behind and exit and are restarted over and over.',
    );
    expect(cause({ build: '5.21.3' }, { build: '5.21.3' })).toContain(
      'behind and exit and are restarted over and over.',
    );
    expect(cause({ build: '5.21.3' })).toContain(
      'On its next restart m2 (lower) finds itself behind and exits and is restarted over and over.',
    );
    expect(cause({ build: '5.21.4' })).toContain(
      'On its next restart m2 (lower) finds itself behind and waits without serving.',
    );
  });

  test('says what becomes of the higher ones: they wait, unless more is recorded than they have', () => {
    const members = ofAll({}, {}, { build: '5.0.1' });
    expect(findingOf({ members }, 'mixed-binaries').cause).toContain(
      'A higher member that restarts while a lower row is in the table (m1 and m2) waits for the others.',
    );
    expect(findingOf({ members, rows: { m3: 319 } }, 'mixed-binaries').cause).toContain(
      "The database records 319, more than any of them has, so m1 and m2 can't start either.",
    );
  });
});

describe('upgrade-waiting', () => {
  test('is an unfinished upgrade alone while the lower ones run what they have', () => {
    const plain = ofAll({ daemon: 'waiting' }, { build: '5.0.1' }, { build: '5.0.1' });
    expect(kindsOf({ members: plain })).toEqual(['upgrade-waiting']);
    const stale = ofAll({ daemon: 'waiting' }, { build: '5.0.1' }, { build: '5.0.1', runs: '5.0.0' });
    expect(kindsOf({ members: stale, rows: { m3: 306 } })).toContain('mixed-binaries');
  });

  test('is critical without a serving lower member or without a live table', () => {
    const members = ofAll({ daemon: 'waiting' }, { build: '5.0.1' }, { build: '5.0.1' });
    expect(summaryOf({ members })).toEqual(['warning upgrade-waiting m1']);
    expect(findingOf({ members, source: 'disk' }, 'upgrade-waiting').severity).toBe('critical');
    const stopped = ofAll(
      { daemon: 'waiting' },
      { build: '5.0.1', daemon: 'stopped' },
      build('git-1', 'x1', { extensions: null }),
    );
    expect(findingOf({ members: stopped, source: 'live' }, 'upgrade-waiting').severity).toBe('critical');
  });

  test('lacks the extensions of the first lower member, not of one that is as high and stopped', () => {
    const members = ofAll({ daemon: 'waiting' }, { daemon: 'stopped' }, { build: '5.0.1' });
    expect(findingOf({ members }, 'upgrade-waiting').extensionsMissing).toEqual([
      '5.0_314',
      '5.0_315',
      '5.0_316',
      '5.0_317',
      '5.0_318',
    ]);
  });

  test('is told without a table by what the member logs, and of members that nobody saw', () => {
    const alone = (...log: ReturnType<typeof logLine>[]): ObservationSpec => ({
      members: ofAll({ daemon: 'waiting', facts: { log } }, { reach: UNREACHABLE }),
      rows: null,
    });
    const waits = logLine('ahead_wait_old', 'blocked', 'Wait for other cluster nodes', 5_000);
    expect(findingOf(alone(waits), 'upgrade-waiting')).toMatchObject({
      members: ['m1'],
      title: 'm1 is ahead with 5.0.2 (318 API extensions) and waits for the other members',
      next: 'Finish the upgrade on the other members: recover prod',
    });
    expect(kindsOf(alone())).not.toContain('upgrade-waiting');
    expect(kindsOf(alone(waits, logLine('no_leader', 'blocked', 'no known leader', 1_000)))).not.toContain(
      'upgrade-waiting',
    );
    expect(kindsOf(alone(logLine('misaligned_wait_new', 'blocked', 'Wait for other')))).not.toContain(
      'upgrade-waiting',
    );
  });

  test('is not told while another member is higher still', () => {
    const members = ofAll({ build: '5.0.1', daemon: 'waiting' }, { build: '5.0.0' }, { build: '5.0.2' });
    expect(kindsOf({ members })).not.toContain('upgrade-waiting');
  });

  test('is told by a lower row of a member that answered, whatever its build, not by one that nobody saw', () => {
    const members = three({ daemon: 'waiting' }, { m3: { daemon: 'stopped' } });
    expect(kindsOf({ members, rows: { m3: 313 }, source: 'live' })).toContain('upgrade-waiting');
    const unseen = three({ daemon: 'waiting' }, { m3: { reach: UNREACHABLE } });
    expect(kindsOf({ members: unseen, rows: { m3: 313 }, source: 'live' })).not.toContain('upgrade-waiting');
    expect(kindsOf({ members, rows: 318, source: 'live' })).not.toContain('upgrade-waiting');
  });
});

describe('same-count-different-version', () => {
  const said = (...each: readonly Spec[]): readonly string[] =>
    summaryOf({ members: ofAll(...each) }).filter((one) => one.includes('same-count'));

  test('of two, the odd one is the first: the last is taken for the newer', () => {
    expect(said({ build: '5.0.1' }, { build: '5.2' })).toEqual(['warning same-count-different-version m1']);
  });

  test('of several builds of one release are told together', () => {
    const members = ofAll(build('5.0.2-a', '510'), build('5.0.2-b', '511'), build('5.0.2-c', '512'));
    expect(findingOf({ members }, 'same-count-different-version')).toMatchObject({
      severity: 'info',
      title: 'In step. Members are in step, but run different builds of one release: m1 and m2 differ',
      cause:
        'LXD compares numbers of API extensions, not versions, and these builds have the same number, so its own check sees no difference. ' +
        'The members start and serve side by side. ' +
        'The next refresh of one of them can bring a real difference; one revision on all members avoids that.',
    });
  });

  test('is told of two revisions with one version word on one architecture', () => {
    expect(said(build('5.0.2-a', '510'), build('5.0.2-a', '511'), build('5.0.2-a', '511'))).toEqual([
      'info same-count-different-version m1',
    ]);
    expect(said(build('5.0.2-a', '510'), build('5.0.2-a', '510'))).toEqual([]);
  });

  test('is not told of revisions that belong to other architectures, but of versions it is', () => {
    const arm = { architecture: 'aarch64' };
    expect(said(build('5.0.2-a', '510'), build('5.0.2-a', '610', {}, arm))).toEqual([]);
    expect(said(build('5.0.2-a', '510'), build('5.0.2-a', '610', {}, arm), build('5.0.2-b', '511'))).toEqual([
      'info same-count-different-version m3',
    ]);
    expect(said(build('5.0.2-a', '510'), build('5.0.2-b', '610', {}, arm))).toEqual([
      'info same-count-different-version m1',
    ]);
  });

  test('is a warning when the lists behind the number differ, as far as they are known', () => {
    const names = binaryOf('5.0.2').names ?? [];
    const other = [...names.slice(1), 'something_else'];
    expect(said(build('5.0.2-a', '510'), build('5.0.2-b', '511', { names: other }))).toEqual([
      'warning same-count-different-version m1',
    ]);
    const unknown = { extensions: 325, names: null };
    expect(said(build('5.0.2-a', '510', unknown), build('5.0.2-b', '511', { ...unknown, names }))).toEqual([
      'info same-count-different-version m1',
    ]);
  });
});
