/** What a version or a revision that somebody names comes to in numbers, and which command is offered to ask about a move. */
import { describe, expect, test } from 'vitest';
import { type Situation, situationOf } from '../../../src/domain/diagnose/situation.ts';
import {
  askCommand,
  fixedIn,
  type MoveTarget,
  presentSeries,
  type TargetAnswer,
  targetOf,
} from '../../../src/domain/diagnose/target.ts';
import type { BinaryFacts, SnapFacts } from '../../../src/domain/observation.ts';
import type { ReleaseTable } from '../../../src/domain/release.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { extensionNamesOf, RELEASES } from '../../support/releases.ts';

function situation(members: ObservationSpec['members'], releases: ReleaseTable = RELEASES): Situation {
  return situationOf(observationOf({ members }), releases);
}

function answer(members: ObservationSpec['members'], to: string, releases: ReleaseTable = RELEASES): TargetAnswer {
  return targetOf(situation(members, releases), to);
}

function known(members: ObservationSpec['members'], to: string, releases: ReleaseTable = RELEASES): MoveTarget {
  const found = answer(members, to, releases);
  if (found.kind !== 'known') throw new Error(found.reason);
  return found.target;
}

function snap(version: string, revision: string): SnapFacts {
  return { version, revision, tracking: null, held: true, inCohort: false, disabled: false, broken: false };
}

/** A member with that binary beside the one it has. */
function keeps(...parts: readonly Partial<BinaryFacts>[]): Omit<MemberSpec, 'name'> {
  const kept = parts.map((one) => ({ ...binaryOf('5.0.1'), ...one }));
  return { facts: { binaries: [binaryOf('5.0.2'), ...kept] } };
}

describe('a version', () => {
  test('is looked up, with or without the words that snaps add to it', () => {
    const target = {
      version: '5.0.4',
      series: '5.0',
      lts: true,
      extensions: 340,
      schema: 60,
      localSchema: 42,
      hasFix: false,
      names: extensionNamesOf('5.0', 340),
      notes: [],
    };
    for (const to of ['5.0.4', ' 5.0.4 ', '5.0.4-a3c1b2d']) {
      expect(answer(three({}), to)).toEqual({ kind: 'known', target });
    }
  });

  test('is measured where a member has it, and a number that differs from the table is told', () => {
    const binary = { ...binaryOf('5.0.2'), extensions: 320, schema: 61, names: ['a'] };
    expect(known(three({}, { m2: { facts: { binaries: [binary] } } }), '5.0.2')).toMatchObject({
      extensions: 318,
      notes: [],
    });
    const all = three({ facts: { binaries: [binary], process: null, api: null } });
    expect(known(all, '5.0.2')).toMatchObject({
      extensions: 320,
      schema: 61,
      names: ['a'],
      notes: ['The build of 5.0.2 on the members has 320 API extensions, not the 318 of the release.'],
    });
  });

  test('is not measured on a member of another version, of no version, or whose number was not read from a binary', () => {
    const binary = { ...binaryOf('5.0.2'), extensions: 320 };
    const other = { facts: { snap: snap('5.0.3-x', '502'), binaries: [binary], process: null, api: null } };
    const none = { facts: { snap: null, binaries: [binary], process: null, api: null } };
    const unread = { daemon: 'stopped', facts: { binaries: [] } } as const;
    for (const one of [other, none, unread]) {
      expect(known(three({}, { m1: one }), '5.0.2')).toMatchObject({ extensions: 318, notes: [] });
    }
  });

  test.each([
    ['5.0.99', 'This version is not in the table of releases, and no number is guessed for it.'],
    ['latest', 'This is neither a version such as 5.21.3 nor a snap revision such as 502.'],
    ['x12y', 'This is neither a version such as 5.21.3 nor a snap revision such as 502.'],
    ['502 503', 'This is neither a version such as 5.21.3 nor a snap revision such as 502.'],
  ])('"%s" is unknown, with the reason', (to, reason) => {
    expect(answer(three({}), to)).toEqual({ kind: 'unknown', reason });
  });
});

describe('a revision', () => {
  test('is known from the binary that members keep', () => {
    for (const to of ['501', ' 501 ']) {
      expect(answer(three({ kept: ['5.0.1'] }), to)).toEqual({
        kind: 'known',
        target: {
          extensions: 313,
          schema: 60,
          localSchema: 42,
          hasFix: false,
          series: '5.0',
          lts: true,
          names: extensionNamesOf('5.0', 313),
          notes: [],
        },
      });
    }
  });

  test('that only some keep must be downloaded on the others', () => {
    const some = three({}, { m2: { kept: ['5.0.1'] } });
    const note = 'Not every member keeps this revision: snapd must download it there first.';
    expect(known(some, '501').notes).toEqual([note]);
    expect(known(three({ kept: ['5.0.1'] }, { m3: { reach: UNREACHABLE } }), '501').notes).toEqual([note]);
  });

  test.each<readonly [string, ObservationSpec['members'], string]>([
    ['that nobody keeps', three({}), 'No member that answered keeps this revision'],
    [
      'whose binary could not be read',
      three(keeps({ extensions: null })),
      'No member that answered keeps this revision',
    ],
    ['with two counts', three(keeps({}), { m2: keeps({ extensions: 314 }) }), 'Members have different binaries'],
    ['with two schemas', three(keeps({}), { m2: keeps({ schema: 61 }) }), 'Members have different binaries'],
    [
      'in a cluster of two architectures',
      three(keeps({}), { m3: { facts: { architecture: 'aarch64' } } }),
      'The members have different architectures',
    ],
  ])('%s is unknown', (_, members, reason) => {
    expect(answer(members, '501')).toEqual({ kind: 'unknown', reason: expect.stringContaining(reason) });
  });

  test('fits the releases with its numbers, of the members’ own series', () => {
    // 387 extensions are 5.21.2 and 6.1.
    const kept = keeps({ revision: '900', extensions: 387, schema: 73, names: null });
    const facts = (version: string) => ({ facts: { ...kept.facts, snap: snap(version, '502') } });
    expect(known(three(facts('5.21.3-1')), '900')).toMatchObject({
      series: '5.21',
      lts: true,
      hasFix: false,
      names: [],
    });
    expect(known(three(facts('6.3')), '900')).toMatchObject({ series: '6', lts: false });
    expect(known(three(facts('5.0.2-1')), '900')).toMatchObject({ series: null, lts: false, hasFix: null });
  });

  test('that is installed somewhere fits the releases of the label there', () => {
    const binary = { ...binaryOf('5.21.2'), revision: '900' };
    const installed = { facts: { snap: snap('6.1-1', '900'), binaries: [binary], process: null, api: null } };
    const keeping = { build: '5.21.3', facts: { binaries: [binaryOf('5.21.3'), binary] } } as const;
    expect(known(three(keeping, { m1: installed }), '900')).toMatchObject({ series: '6', lts: false });
    const elsewhere = { build: '5.21.3', facts: { binaries: [binary] } } as const;
    const unlabelled = { ...installed, facts: { ...installed.facts, snap: snap('git-1', '900') } };
    expect(known(three(elsewhere, { m1: unlabelled }), '900')).toMatchObject({ series: '5.21', lts: true });
  });

  test('fits by its count alone where its schema could not be read, and never by its schema alone', () => {
    expect(known(three(keeps({ schema: null })), '501')).toMatchObject({ schema: null, series: '5.0' });
    expect(known(three(keeps({ schema: 61 })), '501')).toMatchObject({ schema: 61, series: null });
    expect(known(three(keeps({ extensions: 300 })), '501')).toMatchObject({
      extensions: 300,
      series: null,
      hasFix: null,
    });
  });
});

describe('the series that are present', () => {
  test('are those of the members that answered, each once', () => {
    expect(presentSeries(situation(three({}, { m3: { build: '5.4' } })))).toEqual(['5.0', '5']);
    expect(presentSeries(situation(three({ build: '5.4' }, { m3: { reach: UNREACHABLE } })))).toEqual(['5']);
    expect(presentSeries(situation(three({ facts: { snap: null } })))).toEqual([]);
  });

  test('have a first release that waits instead of failing, or none', () => {
    expect(['5.0', '5.21', '6', '7', null].map((series) => fixedIn(RELEASES, series))).toEqual([
      null,
      '5.21.4',
      '6.4',
      null,
      null,
    ]);
  });
});

describe('the command that asks about a move', () => {
  const unlabelled = (): ObservationSpec['members'] => three({ facts: { snap: snap('git-1', 'x1') } });

  test.each<readonly [string, () => ObservationSpec['members'], number, string]>([
    ['names the newest release of the members’ own series', () => three({}), 0, 'check prod --to 5.0.5'],
    ['that knows the schema', () => three({}), 60, 'check prod --to 5.0.5'],
    ['else the first of all that knows it', () => three({}), 61, 'check prod --to 5.4'],
    ['also when no member has a known series', unlabelled, 62, 'check prod --to 5.4'],
    ['or nothing, without a series or a schema to go by', unlabelled, 0, 'explain prod'],
    ['or nothing, when no release knows the schema', () => three({}), 99, 'explain prod'],
  ])('%s', (_, members, schema, command) => {
    expect(askCommand(situation(members()), schema)).toBe(command);
  });

  test('names no candidate of a release', () => {
    const [plain] = RELEASES.releases.filter(({ version }) => version === '5.0.5');
    const releases = { ...RELEASES, releases: [...RELEASES.releases, { ...plain!, version: '5.0.6~candidate' }] };
    expect(askCommand(situation(three({}), releases))).toBe('check prod --to 5.0.5');
  });
});
