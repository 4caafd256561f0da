import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitUntilNext } from '../../../src/domain/watch/schedule.ts';

const USUAL = { periodMs: 60_000, again: false, silentLooks: 0, inTrouble: false, random: 0.5 };

test('a first sighting is looked at again after a quarter of the period', () => {
  expect(waitUntilNext({ ...USUAL, again: true })).toBe(15_000);
});

test('a member that does not answer slows it down to five periods, but not while there is trouble', () => {
  expect([2, 3, 4, 7, 99].map((silentLooks) => waitUntilNext({ ...USUAL, silentLooks }) / 60_000)).toEqual([
    1, 1, 2, 5, 5,
  ]);
  expect(waitUntilNext({ ...USUAL, silentLooks: 99, inTrouble: true })).toBe(60_000);
});

test('looks are a tenth of the period earlier or later than that, at most', () => {
  expect([0, 0.5, 1].map((random) => waitUntilNext({ ...USUAL, random }))).toEqual([54_000, 60_000, 66_000]);
  expect([0, 0.5, 1].map((random) => waitUntilNext({ ...USUAL, silentLooks: 4, random }))).toEqual([
    108_000, 120_000, 132_000,
  ]);
});

test('trouble is told within a period and a half when members answer; nothing is later than five periods', () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(random, fc.nat(50), fc.boolean(), (drawn, silentLooks, inTrouble) => {
      const wait = waitUntilNext({ ...USUAL, random: drawn, silentLooks, inTrouble });
      expect(wait).toBeLessThanOrEqual(300_000);
      const whole = waitUntilNext({ ...USUAL, random: drawn }) + waitUntilNext({ ...USUAL, again: true });
      expect(whole).toBeLessThanOrEqual(90_000);
    }),
  );
});
