import { expect, test } from 'vitest';
import { FAILPOINTS } from '../../src/engine/failpoints.ts';
import { findSituations, listCases, type Selection } from './cases.ts';
import { SITUATIONS } from './situations.ts';

const ALL: Selection = { seed: 7, failpoints: 'each', random: 300, situations: SITUATIONS };

test('the same seed gives the same list, so that a number names one case; another seed gives another', () => {
  expect(listCases(ALL)).toEqual(listCases(ALL));
  expect(listCases(ALL)).not.toEqual(listCases({ ...ALL, seed: 8 }));
  expect(listCases(ALL).map(({ number }) => number)).toEqual(listCases(ALL).map((_, index) => index + 1));
});

test('every failpoint is met in every situation, beside a run that nobody disturbs', () => {
  const cases = listCases({ ...ALL, random: 0 });
  expect(cases).toHaveLength(SITUATIONS.length * (FAILPOINTS.length + 1));
  for (const situation of SITUATIONS) {
    const places = cases
      .filter((one) => one.situation === situation)
      .flatMap(({ kills }) => kills.map((kill) => (kill.kind === 'place' ? kill.place : '')));
    expect(new Set(places)).toEqual(new Set(FAILPOINTS));
  }
});

test('in a sample every failpoint is met once', () => {
  const cases = listCases({ ...ALL, failpoints: 'once', random: 0 });
  expect(cases).toHaveLength(FAILPOINTS.length);
});

test('delays go to all situations in turn, and some runs are killed until Lockstep waits for a person', () => {
  const cases = listCases({ ...ALL, failpoints: 'none' });
  for (const situation of SITUATIONS) {
    const share = cases.filter((one) => one.situation === situation).length;
    expect(Math.abs(share - 300 / SITUATIONS.length)).toBeLessThan(1);
  }
  expect(cases.filter(({ kills }) => kills.length > 3).length).toBeGreaterThan(20);
  expect(new Set(cases.map(({ answer }) => answer))).toEqual(new Set(['retry', 'done', 'abort']));
});

test('one strategy or one situation can be asked for', () => {
  expect(findSituations('align-revision')).toHaveLength(2);
  expect(findSituations('rollback')).toHaveLength(1);
  expect(findSituations('no such')).toEqual([]);
});
