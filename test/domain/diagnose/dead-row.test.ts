/** The row of a member that does not answer: when it is what holds the others, and what a person may then do. */
import { describe, expect, test } from 'vitest';
import type { SnapFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf } from '../../support/diagnosing.ts';
import type { MemberSpec, ObservationSpec } from '../../support/observation-spec.ts';
import { three, UNREACHABLE } from '../../support/observation.ts';

const GONE = { reach: UNREACHABLE } as const;

/** Crash-looping members of one build; the last of them does not answer. */
function loop(
  build: MemberSpec['build'] = '5.0.1',
  daemon: MemberSpec['daemon'] = 'crash-looping',
): readonly MemberSpec[] {
  return three({ ...(build === undefined ? {} : { build }), daemon }, { m3: GONE });
}

describe('the row of a member that is gone', () => {
  test('that is higher makes the others exit, and break-glass is named', () => {
    const spec: ObservationSpec = { members: loop(), rows: { m1: 313, m2: 313, m3: 318 } };
    const finding = findingOf(spec, 'dead-row-blocks');
    expect(finding).toMatchObject({
      severity: 'critical',
      members: ['m3'],
      title: 'The row of m3, which did not answer, records 318 API extensions; all members that answered have 313',
      next: 'Bring m3 back, then: status prod. Only if that will never be, by break-glass: recover prod --strategy unblock-dead-row',
    });
    expect(finding.cause).toBe(
      'LXD compares itself with every row when it starts, also with that of a member that is gone. ' +
        "m1 and m2 meet that row and can't serve: each takes itself for outdated and exits. " +
        'The right way is to bring m3 back, or to move all members to one version. ' +
        'Only when it will never return may a person decide to change that one row.',
    );
    expect(finding.evidence.map(({ member, source }) => `${member} ${source}`)).toEqual([
      ...['m1 row', 'm2 row', 'm3 row', 'm1 binary', 'm2 binary', 'm1 log', 'm2 log'],
    ]);
  });

  test('that is lower makes the others wait', () => {
    const spec: ObservationSpec = { members: loop('5.0.2', 'waiting'), rows: { m3: 313 }, source: 'live' };
    expect(findingOf(spec, 'dead-row-blocks').cause).toContain('each waits for that member.');
  });

  test('holds up only who restarts, while the others serve', () => {
    const finding = findingOf({ members: three({}, { m3: GONE }), rows: { m3: 336 } }, 'dead-row-blocks');
    expect(finding).toMatchObject({ severity: 'warning', next: 'Bring m3 back, then: status prod' });
    expect(finding.cause).toContain(
      'Any member that restarts now meets that row and takes itself for outdated and exits.',
    );
    const one = three({}, { m2: { daemon: 'crash-looping' }, m3: GONE });
    expect(findingOf({ members: one, rows: { m3: 336 } }, 'dead-row-blocks').cause).toContain(
      "m2 meets that row and can't serve: it takes itself for outdated and exits.",
    );
  });

  test('that is higher lets builds with the fix wait, when every one of them has it', () => {
    const fixed: ObservationSpec = { members: loop('5.21.4', 'waiting'), rows: { m3: 442 }, source: 'disk' };
    expect(findingOf(fixed, 'dead-row-blocks').cause).toContain('each waits for that member.');
    const plain = { tracking: null, held: true, inCohort: false, disabled: false, broken: false };
    const snap: SnapFacts = { version: 'git-1', revision: '38767', ...plain };
    const members = three(
      { build: '5.21.4', daemon: 'waiting' },
      { m2: { build: '5.21.4', daemon: 'waiting', facts: { snap } }, m3: GONE },
    );
    expect(findingOf({ members, rows: { m3: 442 }, source: 'disk' }, 'dead-row-blocks').cause).toContain('exits.');
  });

  test('of two members is told for both, and no break-glass for one row', () => {
    const members = three({ build: '5.0.1', daemon: 'crash-looping' }, { m2: GONE, m3: GONE });
    const finding = findingOf({ members, rows: { m1: 313, m2: 306, m3: 318 } }, 'dead-row-blocks');
    expect(finding.title).toBe(
      'The row of m2 and m3, which did not answer, records 306 and 318 API extensions; all members that answered have 313',
    );
    expect(finding.cause).toContain('Only when they will never return');
    expect(finding.cause).toContain("m1 meets that row and can't serve: it takes itself for outdated and exits.");
    expect(finding.next).toBe('Bring m2 and m3 back, then: status prod');
  });

  test.each<readonly [string, ObservationSpec]>([
    ['every member answered', { members: three({ build: '5.0.1', daemon: 'crash-looping' }), rows: { m3: 318 } }],
    ['the row is like the others', { members: loop(), rows: 313 }],
    ['the row of one that answered differs too', { members: loop(), rows: { m2: 306, m3: 318 } }],
    [
      'the count of one that answered is not known',
      {
        members: three({}, { m2: { facts: { binaries: [], api: null, process: null, snap: null } }, m3: GONE }),
        rows: { m3: 336 },
      },
    ],
    [
      'those that answered have different builds',
      { members: three({}, { m2: { build: '5.0.1' }, m3: GONE }), rows: { m3: 336 } },
    ],
    ['one still runs another build', { members: three({}, { m2: { runs: '5.0.1' }, m3: GONE }), rows: { m3: 336 } }],
    [
      'the row is evacuated',
      { members: loop(), rows: { m1: 313, m2: 313, m3: 318 }, row: { m3: { state: 'evacuated' } } },
    ],
    ['there is no table', { members: loop(), rows: null }],
  ])('is not blamed when %s', (_, spec) => {
    expect(kindsOf(spec)).not.toContain('dead-row-blocks');
  });
});
