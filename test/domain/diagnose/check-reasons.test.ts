/** The reasons of a check before a change: every sentence, what brings it about, and what does not. */
import { describe, expect, test } from 'vitest';
import { checkMove, type CheckAnswer } from '../../../src/domain/diagnose/check.ts';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { FINDING_KINDS, type FindingKind } from '../../../src/domain/finding.ts';
import type { BinaryFacts } from '../../../src/domain/observation.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

function check(spec: ObservationSpec, to: string): CheckAnswer {
  const observation = observationOf(spec);
  return checkMove(observation, diagnose(observation, RELEASES), RELEASES, to);
}

function reasons(spec: ObservationSpec, to: string): string {
  return check(spec, to).reasons.join('\n');
}

/** Members of 5.0.2 that keep a revision 900 with these numbers. */
function keeping(parts: Partial<BinaryFacts>, own: Partial<BinaryFacts> = {}): Omit<MemberSpec, 'name'> {
  const kept = { ...binaryOf('5.0.1'), revision: '900', ...parts };
  return { facts: { binaries: [{ ...binaryOf('5.0.2'), ...own }, kept] } };
}

describe('a check names the first release that waits', () => {
  test.each<readonly [string, ObservationSpec['members'], string | null]>([
    ['of the one series of all members', three({ build: '5.21.3' }), '5.21.4'],
    ['which that series may lack', three({}), null],
    ['which two series can not have', three({ build: '5.21.3' }, { m3: { build: '6.1' } }), null],
    ['which nobody can tell who was not reached', three({ reach: UNREACHABLE }), null],
  ])('%s, also when the target is unknown', (_, members, expected) => {
    expect(check({ members }, 'nonsense')).toMatchObject({ verdict: 'unknown', fixedIn: expected });
  });
});

describe('what is recorded', () => {
  test('is the highest count of the rows, a joining member left out', () => {
    expect(reasons({ members: three({}), rows: { m2: 336 } }, '5.0.4')).toBe(
      'It has 340 API extensions, 336 are recorded: an upgrade. Move all members side by side: each that is done waits for the rest, and the cluster is back when the last one is done.',
    );
    const pending = { members: three({}), row: { m3: { state: 'pending', apiExtensions: 500 } } } as const;
    expect(reasons(pending, '5.0.4')).toContain('318 are recorded: an upgrade');
    const evacuated = { members: three({}), row: { m3: { state: 'evacuated', apiExtensions: 336 } } } as const;
    expect(reasons(evacuated, '5.0.4')).toContain('336 are recorded: an upgrade');
  });

  test('is told to come from a copy when nobody could be asked', () => {
    const note = 'The recorded numbers come from a copy on disk, since nobody could be asked.';
    expect(reasons({ members: three({}), source: 'disk' }, '5.0.2')).toContain(note);
    expect(reasons({ members: three({}) }, '5.0.2')).not.toContain(note);
  });

  test('is told to be unknown without a table', () => {
    expect(reasons({ members: three({}), rows: null }, '5.0.2')).toContain(
      "What the cluster has recorded could not be read, so the target can't be compared with it.",
    );
  });

  test('equal to the target needs no order', () => {
    expect(check({ members: three({}) }, '5.0.2').reasons).toEqual([
      'It has 318 API extensions, as recorded: members can be moved in any order, and none waits for another.',
    ]);
  });
});

describe('the schema', () => {
  test('of the members counts also without a table', () => {
    expect(reasons({ members: three({ build: '6.6' }), rows: null }, '6.5')).toContain(
      'The database has schema 78 and that version knows 73 at most: LXD would refuse to start on every member. A schema never goes back, so there is no way to that version.',
    );
  });

  test('equal to that of the target is no hindrance', () => {
    expect(check({ members: three({}), databaseSchema: 60 }, '5.0.4').verdict).toBe('safe');
  });

  test('that could not be read of the target leaves it unknown', () => {
    const answer = check({ members: three(keeping({ extensions: 340, schema: null })) }, '900');
    expect(answer).toMatchObject({ verdict: 'unknown', schema: null });
    expect(answer.reasons[0]).toBe('The database schema of that binary could not be read.');
  });

  test('above, with fewer extensions, is inconsistent; with as many it is not', () => {
    expect(reasons({ members: three({}) }, '5.4')).toContain(
      'That version has the newer schema (62) but fewer API extensions (317 instead of 318): LXD calls this inconsistent and no member would start.',
    );
    expect(reasons({ members: three({ build: '5.0.1' }), rows: 317 }, '5.4')).not.toContain('inconsistent');
    expect(reasons({ members: three({ build: '5.0.1' }), rows: null }, '5.4')).not.toContain('inconsistent');
    expect(reasons({ members: three({}) }, '5.0.1')).not.toContain('inconsistent');
  });
});

describe('the local schema', () => {
  const words = (from: number, to: number): string =>
    `The members' local databases have schema ${from} and that version knows ${to} at most: each member would refuse to open its own.`;

  test('above that of the target is unsafe', () => {
    const answer = check({ members: three(keeping({ extensions: 318, localSchema: 41 })) }, '900');
    expect(answer.verdict).toBe('unsafe');
    expect(answer.reasons[0]).toBe(words(42, 41));
  });

  test('is the highest of the members', () => {
    const kept = { extensions: 318, localSchema: 42 };
    const members = three(keeping(kept), { m2: keeping(kept, { localSchema: 43 }) });
    expect(reasons({ members }, '900')).toContain(words(43, 42));
  });

  test('is that of the current binary alone, where both numbers are known', () => {
    const silent = [
      three(keeping({ extensions: 318, localSchema: 42 })),
      three(keeping({ extensions: 318, localSchema: null })),
      three(keeping({ extensions: 318, localSchema: 41 }, { localSchema: null })),
      three({ kept: ['5.4'] }),
    ];
    for (const members of silent.slice(0, 3)) expect(reasons({ members }, '900')).not.toContain('local databases');
    expect(reasons({ members: silent[3]! }, '5.0.2')).not.toContain('local databases');
  });

  test('of a member that did not answer is not asked for', () => {
    const members = three(keeping({ extensions: 318, localSchema: 41 }), { m3: { reach: UNREACHABLE } });
    expect(reasons({ members }, '900')).toContain(words(42, 41));
  });
});

describe('a move to fewer extensions', () => {
  test('without the fix is unsafe, and the one way is named where there is one', () => {
    expect(check({ members: three({}) }, '5.0.1').reasons).toEqual([
      'It has 313 API extensions, 318 are recorded: every member would take itself for outdated, exit, and be restarted for ever. None could correct the record for the others.',
      'If it has to be: recover prod --strategy planned-downgrade --to 5.0.1 does it in one approved run, with the correction of the record.',
      'Clients lose 5 API extensions: 5.0_314, 5.0_315, 5.0_316, 5.0_317 and 5.0_318. Changes that the newer LXD made to its data are not undone.',
    ]);
    expect(reasons({ members: three({}) }, ' 5.0.1 ')).toContain('--to 5.0.1 does it');
  });

  test('has no planned way outside one LTS track', () => {
    const planned = 'planned-downgrade';
    expect(reasons({ members: three({ build: '5.0.4' }) }, '5.0.2')).toContain(planned);
    expect(reasons({ members: three({ build: '6.1' }), rows: 420 }, '6.1')).not.toContain(planned);
    expect(
      reasons({ members: three({ build: '5.21.2' }, { m3: { build: '6.1' } }), rows: 402 }, '5.21.2'),
    ).not.toContain(planned);
    expect(reasons({ members: three({ build: '6.1' }), rows: 402 }, '5.21.2')).not.toContain(planned);
    expect(reasons({ members: three(keeping({ schema: null })) }, '900')).not.toContain(planned);
    expect(reasons({ members: three({}), databaseSchema: 61 }, '5.0.1')).not.toContain(planned);
  });

  test('with the fix is safe, all side by side', () => {
    expect(check({ members: three({ build: '5.21.5' }) }, '5.21.4')).toMatchObject({
      verdict: 'safe',
      reasons: [
        'It has 433 API extensions, 442 are recorded: a downgrade. That version waits and corrects its own row, so move all members side by side; the cluster is back within a minute after the last one.',
        expect.stringMatching(/^Clients lose 9 API extensions: /),
      ],
    });
  });

  test('of a build that fits no release is unknown in every way', () => {
    const answer = check({ members: three(keeping({ extensions: 300, names: null })) }, '900');
    expect(answer).toMatchObject({ verdict: 'unknown', count: 300, order: [] });
    expect(answer.reasons).toEqual([
      'It has 300 API extensions, 318 are recorded, and whether that build waits or fails in that case is not known.',
      'Whether that stays in the track of the members could not be told.',
      'Clients lose 18 API extensions. Changes that the newer LXD made to its data are not undone.',
    ]);
  });

  test('loses what the member with the most extensions has, and no more than its number where names are unknown', () => {
    const members = three({}, { m1: { build: '5.0.1' } });
    expect(reasons({ members }, '5.0.0')).toContain('Clients lose 12 API extensions: ');
    const nameless = keeping({}, { extensions: 319, names: null });
    expect(reasons({ members: three(nameless), rows: 319 }, '5.0.1')).toContain('Clients lose 6 API extensions. ');
  });
});

describe('the track', () => {
  test.each<readonly [string, ObservationSpec, string, string]>([
    ['the same, forward', { members: three({ build: '6.1' }) }, '6.3', ''],
    ['the same, to where one is', { members: three({ build: '6.1' }) }, '6.1', ''],
    ['the same, back, in an LTS track', { members: three({ build: '5.21.5' }) }, '5.21.4', ''],
    [
      'the same, back, outside an LTS track',
      { members: three({ build: '6.6' }), row: { m1: { schema: 73 }, m2: { schema: 73 }, m3: { schema: 73 } } },
      '6.5',
      'LXD supports a downgrade within an LTS track only, and 6 is not one: the counts alone do not make it safe.',
    ],
    [
      'another, forward',
      { members: three({}) },
      '5.21.3',
      'That leaves the track: from 5.0 to 5.21. There is no way back, and it is not judged here: read the release notes, and move a test cluster first.',
    ],
    [
      'another, with as many',
      { members: three({ build: '5.21.2' }) },
      '6.1',
      'That leaves the track: from 5.21 to 6. There is no way back, and it is not judged here: read the release notes, and move a test cluster first.',
    ],
    [
      'another, back',
      { members: three({ build: '5.21.3' }) },
      '6.1',
      'That leaves the track: from 5.21 to 6. LXD does not support a downgrade across tracks.',
    ],
    [
      'not one',
      { members: three({ build: '5.21.2' }, { m3: { build: '6.1' } }) },
      '6.3',
      'Whether that stays in the track of the members could not be told.',
    ],
  ])('%s', (_, spec, to, expected) => {
    const said = check(spec, to).reasons.filter((reason) => /track/.test(reason) && !reason.startsWith('To settle'));
    expect(said.join('\n')).toBe(expected);
  });
});

describe('trouble', () => {
  test('of these kinds is settled before anything is moved', () => {
    const observation = observationOf({ members: three({}) });
    const plain = diagnose(observation, RELEASES);
    const unsettled = FINDING_KINDS.filter((kind: FindingKind) => {
      const findings = [{ ...plain.findings[0]!, kind, title: `Some ${kind}` }];
      const { verdict, reasons: said } = checkMove(observation, { ...plain, findings }, RELEASES, '5.0.4');
      expect(said.includes(`To settle first: Some ${kind}.`)).toBe(verdict === 'unknown');
      return verdict === 'unknown';
    });
    expect(unsettled.toSorted()).toEqual([
      'crash-loop-other-cause',
      'extension-bump-env',
      'inventory-mismatch',
      'lxd-debug',
      'lxd-missing',
      'member-pending',
      'not-a-snap',
      'not-clustered',
      'own-row-missing',
      'patch-left-over',
      'probe-incomplete',
      'quorum-lost',
      'raft-damaged',
      'recovery-tarball',
      'refresh-in-progress',
      'schema-inconsistent',
      'unknown-version',
    ]);
  });

  test('with reaching a member is said of that member', () => {
    expect(check({ members: three({}, { m2: { reach: UNREACHABLE } }) }, '5.0.4')).toMatchObject({
      verdict: 'unknown',
      order: [],
      reasons: expect.arrayContaining(['m2 did not answer: the others would wait for a member that may not be moved.']),
    });
  });
});
