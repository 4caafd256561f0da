import { describe, expect, test } from 'vitest';
import type { Run, StepRecord } from '../../src/domain/run.ts';
import { aRun } from '../contract/store-fixtures.ts';
import { buttonFor } from './buttons.ts';
import type { MemberSight, Sight } from './ground.ts';
import { findUntruths, whatIsWrong } from './judge.ts';
import { SITUATIONS } from './situations.ts';

const [PATCH] = SITUATIONS;
const HEALED: MemberSight = {
  name: 'm1',
  serves: true,
  runs: true,
  revision: 'low',
  held: true,
  hasPatch: false,
  left: [],
};

function sight(changes: Partial<MemberSight> = {}, more: Partial<Sight> = {}): Sight {
  const members = [{ ...HEALED, ...changes }];
  return {
    members,
    rows: [],
    harm: [],
    holds: [],
    healing: null,
    revisions: { higher: 'high', lower: 'low' },
    ...more,
  };
}

describe('an end', () => {
  test('with everything as it should be is not wrong', () => {
    expect(whatIsWrong(sight(), PATCH!)).toEqual([]);
  });

  test.each([
    ['a member that does not serve', sight({ serves: false }), 'm1 does not serve'],
    ['another release', sight({ revision: 'high' }), 'm1 is on high, not on low'],
    ['a file left behind', sight({ left: ['x/patch.global.sql'] }), 'x/patch.global.sql is left on m1'],
    ['a row that is not the binary’s', sight({}, { rows: ['m1 has row 1'] }), 'm1 has row 1'],
    ['a hold that was not there', sight({}, { holds: ['the hold on m1 is true'] }), 'the hold on m1 is true'],
  ])('with %s is wrong', (_what, seen, sentence) => {
    expect(whatIsWrong(seen, PATCH!)).toEqual([sentence]);
  });
});

test('a setting that was not put back is a wrong end', () => {
  const situation = SITUATIONS.find(({ healing }) => healing !== undefined)!;
  expect(whatIsWrong(sight({}, { healing: '300' }), situation)).toEqual([]);
  expect(whatIsWrong(sight({}, { healing: '0' }), situation)).toEqual(['healing is 0, not 300']);
});

function paused(explanation: string, open: Partial<StepRecord> | null = null): Run {
  const run = aRun();
  const steps = run.steps.map((step, index) => (index === 0 && open !== null ? { ...step, ...open } : step));
  return { ...run, state: 'paused', explanation, steps };
}

describe('an explanation', () => {
  const run = aRun();
  const next = `Next: /lxd resume ${run.id} retry`;
  const known = { sight: sight(), executed: [], kills: 4 };

  test('that is so has no untruth', () => {
    const why = `Lockstep stopped 3 times in the middle of it. No patch file of ${run.id} is left on m1. ${next}`;
    expect(findUntruths(paused(why), known)).toEqual([]);
  });

  test.each([
    ['a patch that is there', 'No patch file of r1 is left on m1.', { ...known, sight: sight({ hasPatch: true }) }],
    ['more crashes than there were', 'Lockstep stopped 3 times in the middle.', { ...known, kills: 2 }],
    ['steps that are not done', 'Every step was done.', known],
    ['no change', 'Nothing was changed.', { ...known, executed: ['4-write-patch@m1'] }],
    [
      'a hold that is gone',
      'Refreshes are still held by this run on m1: x',
      { ...known, sight: sight({ held: false }) },
    ],
    ['others kept out', 'Other Lockstep installations are kept out until 5.', known],
  ])('about %s is found', (_what, why, seen) => {
    expect(findUntruths(paused(`${why} ${next}`), seen)).toEqual([expect.stringContaining('not so: ')]);
  });

  test('that names no next act, or nothing that can be checked, is found', () => {
    expect(findUntruths(paused('Something happened.'), known)).toHaveLength(2);
  });
});

describe('the button', () => {
  const step = aRun().steps[0]!;

  test('is abort when that is wanted, and goes on where no step waits', () => {
    expect(buttonFor(paused(''), 'abort', sight())).toBe('Abort');
    expect(buttonFor(paused(''), 'retry', sight())).toBe('Go on');
    expect(buttonFor(paused(''), 'done', sight())).toBe('Go on');
  });

  test('takes a step as done only when it is seen to be done', () => {
    const run = paused('', { state: 'unknown' });
    expect(buttonFor(run, 'retry', sight())).toBe(`Retry on ${step.member}: wait until every member is ready`);
    expect(buttonFor(run, 'done', { ...sight(), members: [] })).toBe(
      `Retry on ${step.member}: wait until every member is ready`,
    );
  });
});
