/** Counts in the table that no binary has any more: who is told of it, in which numbers, and when it is not claimed. */
import { describe, expect, test } from 'vitest';
import type { BinaryFacts, MemberFacts, SnapFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, three } from '../../support/observation.ts';

type Spec = Omit<MemberSpec, 'name'>;

const LOOP = { build: '5.0.1', daemon: 'crash-looping' } as const satisfies Spec;
const SERVES = { build: '5.0.1', daemon: 'serving' } as const satisfies Spec;

/** A build of another label with the numbers of 5.0.1. */
function twin(parts: Partial<BinaryFacts> = {}): Spec {
  const plain = { tracking: null, held: true, inCohort: false, disabled: false, broken: false };
  const snap: SnapFacts = { version: '5.2-x', revision: '901', ...plain };
  const facts: Partial<MemberFacts> = { snap, binaries: [{ ...binaryOf('5.0.1'), revision: '901', ...parts }] };
  return { daemon: 'crash-looping', facts };
}

describe('a stale counter', () => {
  test('names every recorded number once, lowest first, and what is missing of the highest', () => {
    const finding = findingOf({ members: three(LOOP), rows: { m1: 340, m2: 318, m3: 340 } }, 'stale-counter');
    expect(finding.title).toBe(
      'Every member runs 5.0.1 (313 API extensions), but the database still records 318 and 340',
    );
    expect(finding.cause).toContain('it sees rows with 318 and 340, takes itself for outdated');
    expect(finding.cause).toContain('until the recorded number is lowered to 313.');
    expect(finding.extensionsMissing).toHaveLength(27);
    const one = findingOf({ members: three(LOOP), rows: { m2: 318 } }, 'stale-counter');
    expect(one.cause).toContain('it sees a row with 318, takes itself');
  });

  test('of members with several labels names their number alone', () => {
    const members = three(LOOP, { m3: twin() });
    expect(findingOf({ members, rows: 318 }, 'stale-counter').title).toContain(
      'Every member runs a build with 313 API extensions, but',
    );
  });

  test('begins its evidence with one line of the failure; the others come last', () => {
    const { evidence } = findingOf({ members: three(LOOP), rows: 318 }, 'stale-counter');
    expect(evidence.map(({ member, source }) => `${member} ${source}`)).toEqual([
      ...['m1 log', 'm1 row', 'm2 row', 'm3 row', 'm1 binary', 'm2 binary', 'm3 binary', 'm2 log', 'm3 log'],
    ]);
  });

  test('is told when one is down and the others are not known to serve', () => {
    const unclear = { ...LOOP, daemon: 'waiting', facts: { ready: 'no-answer', log: [] } } as const;
    expect(kindsOf({ members: three(unclear, { m3: LOOP }), rows: 318, source: 'disk' })).toContain('stale-counter');
    expect(kindsOf({ members: three(unclear), rows: 318, source: 'disk' })).not.toContain('stale-counter');
  });

  test.each<readonly [string, ObservationSpec]>([
    ['rows are equal', { members: three(LOOP), rows: 313 }],
    ['rows are lower', { members: three(LOOP), rows: 306 }],
    ['builds differ', { members: three(LOOP, { m3: { build: '5.0.0', daemon: 'crash-looping' } }), rows: 318 }],
    ['the schema is above', { members: three(LOOP), rows: 318, databaseSchema: 61 }],
    ['the row above has another schema', { members: three(LOOP), rows: { m3: 318 }, row: { m3: { schema: 59 } } }],
    ['the row above is of a stranger', { members: three(LOOP), rows: { m3: 318 }, row: { m3: { name: 'x' } } }],
    ['the row above is pending', { members: three(LOOP), rows: { m3: 318 }, row: { m3: { state: 'pending' } } }],
    ['the row above is evacuated', { members: three(LOOP), rows: { m3: 318 }, row: { m3: { state: 'evacuated' } } }],
    ['there is no table', { members: three(LOOP), rows: null }],
  ])('is not claimed when %s', (_, spec) => {
    expect(kindsOf(spec)).not.toContain('stale-counter');
  });

  test('counts an evacuated row among the wrong ones, when another one blocks', () => {
    const spec: ObservationSpec = {
      members: three(LOOP),
      rows: { m2: 318, m3: 340 },
      row: { m3: { state: 'evacuated' } },
    };
    expect(findingOf(spec, 'stale-counter').title).toContain('records 318 and 340');
  });
});

describe('a stale counter while somebody serves', () => {
  test('says who serves, who can not start, and that a restart would make it worse', () => {
    const spec: ObservationSpec = { members: three(LOOP, { m1: SERVES, m2: SERVES }), rows: { m3: 318 } };
    const finding = findingOf(spec, 'stale-counter-while-serving');
    expect(finding).toMatchObject({
      members: ['m3'],
      title: 'm1 and m2 serve with 313 API extensions, but the database records 318 for others',
    });
    expect(finding.cause).toBe(
      'Every member has the same LXD, yet the database records a higher number of API extensions in one row. ' +
        "m3 can't start: it sees the higher row, takes itself for outdated and exits. " +
        'm1 and m2 would fail in the same way at the next restart, so do not restart anything now. ' +
        'Since somebody serves, the rows can be corrected in the live database.',
    );
    const two: ObservationSpec = { members: three(LOOP, { m1: SERVES }), rows: { m2: 318, m3: 340 } };
    expect(findingOf(two, 'stale-counter-while-serving')).toMatchObject({
      members: ['m2', 'm3'],
      title: 'm1 serves with 313 API extensions, but the database records 318 and 340 for others',
    });
    expect(findingOf(two, 'stale-counter-while-serving').cause).toContain('in 2 rows.');
    expect(findingOf(two, 'stale-counter-while-serving').extensionsMissing).toHaveLength(27);
  });

  test('names a member whose state is unclear only for its own row', () => {
    const unclear = { ...LOOP, daemon: 'waiting', facts: { ready: 'no-answer', log: [] } } as const;
    const members = three(SERVES, { m3: unclear });
    expect(findingOf({ members, rows: { m3: 318 } }, 'stale-counter-while-serving').members).toEqual(['m3']);
    const other = three(SERVES, { m2: LOOP, m3: unclear });
    expect(findingOf({ members: other, rows: { m2: 318 } }, 'stale-counter-while-serving').members).toEqual(['m2']);
  });

  test('names every owner of a wrong row, and who is down for the row of another', () => {
    const unclear = { ...LOOP, daemon: 'waiting', facts: { ready: 'no-answer', log: [] } } as const;
    const owners = three(SERVES, { m2: LOOP, m3: unclear });
    expect(findingOf({ members: owners, rows: { m2: 318, m3: 318 } }, 'stale-counter-while-serving').members).toEqual([
      'm2',
      'm3',
    ]);
    expect(summaryOf({ members: three(SERVES, { m2: LOOP }), rows: { m1: 318 } })).toEqual([
      'critical stale-counter-while-serving m2',
      'critical latent-skew m1',
    ]);
  });

  test('is nothing but what those that serve and their rows show, when it is not told', () => {
    expect(summaryOf({ members: three({ build: '5.21.4' }), rows: { m3: 442 } })).toEqual(['critical latent-skew m3']);
    expect(summaryOf({ members: three(SERVES), rows: { m3: 318 } })).toEqual(['critical latent-skew m3']);
    expect(summaryOf({ members: three(SERVES), rows: { m3: 318 }, source: 'disk' })).toEqual([
      'warning probe-incomplete m1,m2,m3',
    ]);
    const silent = { build: '5.0.1', daemon: 'waiting', facts: { ready: 'no-answer', log: [] } } as const;
    expect(summaryOf({ members: three(silent), rows: 318, source: 'disk' })).toEqual([
      'critical socket-missing m1,m2,m3',
    ]);
  });

  test.each<readonly [string, ObservationSpec]>([
    [
      'one of those that serve still runs the higher build',
      { members: three(LOOP, { m1: { ...SERVES, runs: '5.0.2' }, m2: SERVES }), rows: 318 },
    ],
    ['everybody serves', { members: three(SERVES), rows: { m3: 318 } }],
    ['the table is a copy', { members: three(LOOP, { m1: SERVES }), rows: 318, source: 'disk' }],
    [
      'who serves still runs the higher build',
      { members: three(LOOP, { m1: { ...SERVES, runs: '5.0.2' } }), rows: 318 },
    ],
    [
      'all have the fix',
      { members: three({ build: '5.21.4', daemon: 'waiting' }, { m1: { daemon: 'serving' } }), rows: 442 },
    ],
  ])('is not told when %s', (_, spec) => {
    expect(kindsOf(spec)).not.toContain('stale-counter-while-serving');
    expect(kindsOf(spec)).not.toContain('stale-counter');
  });
});

describe('a version that heals itself', () => {
  const FIXED = { build: '5.21.4', daemon: 'waiting' } as const satisfies Spec;

  test('corrects the rows when all have it, and is only then promised', () => {
    const spec: ObservationSpec = { members: three(FIXED), rows: 442 };
    expect(findingOf({ ...spec, source: 'disk' }, 'self-healing-version')).toMatchObject({
      severity: 'warning',
      title: 'Every member runs 5.21.4 (433 API extensions), which corrects the recorded 442 by itself',
      extensionsMissing: [],
    });
    const unlabelled: Partial<MemberFacts> = {
      snap: {
        version: 'git',
        revision: '38767',
        tracking: null,
        held: true,
        inCohort: false,
        disabled: false,
        broken: false,
      },
    };
    const partly = three(FIXED, { m3: { ...FIXED, facts: unlabelled } });
    expect(kindsOf({ members: partly, rows: 442, source: 'disk' })).toContain('stale-counter');
    expect(kindsOf({ members: partly, rows: 442, source: 'disk' })).not.toContain('self-healing-version');
  });

  test('says nothing of rows while somebody serves', () => {
    const members = three({ build: '5.21.4' });
    expect(kindsOf({ members, rows: { m3: 442 } })).not.toContain('self-healing-version');
  });

  test('waits for the builds of others, for one and for several', () => {
    const title = (spec: ObservationSpec): string => findingOf(spec, 'self-healing-version').title;
    const one = three({ build: '5.21.5' }, { m3: FIXED });
    expect(title({ members: one })).toBe(
      'm3 waits for the same LXD everywhere and will come up without a change to the database',
    );
    const two = three(FIXED, { m1: { build: '5.21.5', daemon: 'serving' } });
    expect(title({ members: two })).toMatch(/^m2 and m3 wait for the same LXD everywhere/);
  });

  test.each<readonly [string, ObservationSpec]>([
    ['which has no fix', { members: three({}, { m3: { build: '5.0.4', daemon: 'waiting' } }) }],
    ['which serves', { members: three({ build: '5.21.5' }, { m3: { build: '5.21.4' } }) }],
    [
      'which crash-loops',
      { members: three({ build: '5.21.5' }, { m3: { build: '5.21.4', daemon: 'crash-looping' } }) },
    ],
    ['whose build is that of the others', { members: three({ build: '5.21.4' }, { m3: FIXED }) }],
    ['which is alone', { members: [{ ...FIXED, name: 'm1' }] }],
  ])('is not promised to a member %s', (_, spec) => {
    expect(kindsOf(spec)).not.toContain('self-healing-version');
  });

  test('is promised beside a mix in which others crash', () => {
    const log = [logLine('behind_fatal', 'fatal', 'version is behind')];
    const members = three(FIXED, {
      m1: { build: '5.21.5', daemon: 'serving' },
      m2: { build: '5.21.3', daemon: 'crash-looping', facts: { log } },
    });
    expect(summaryOf({ members })).toContain('info self-healing-version m3');
  });
});
