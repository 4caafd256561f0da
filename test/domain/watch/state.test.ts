/** What the watch remembers across a restart, and what it makes of a record that was damaged. */
import { describe, expect, test } from 'vitest';
import {
  FIRST_STATE,
  isRecord,
  isWorthKeeping,
  parseWatchState,
  type WatchState,
} from '../../../src/domain/watch/state.ts';

const FULL = (): WatchState => ({
  lastGood: 1,
  suspicion: { at: 2, keys: ['mixed-binaries@m1'], members: ['m1'] },
  badSince: 3,
  told: ['quorum-lost@m2'],
  goodSince: 4,
  aheadSince: 5,
  hinted: ['disk-low@m1'],
  warned: { 'clock-skew@m3': null, 'disk-low@m2': 6 },
  flaps: 7,
  silentLooks: 8,
});

describe('the record of the watch', () => {
  test('comes back as it was written', () => {
    expect(parseWatchState(JSON.stringify(FULL()))).toEqual(FULL());
    expect(parseWatchState(JSON.stringify(FIRST_STATE))).toEqual(FIRST_STATE);
  });

  test('without one, nothing is remembered', () => {
    expect(parseWatchState(null)).toEqual({
      lastGood: null,
      suspicion: null,
      badSince: null,
      told: [],
      goodSince: null,
      aheadSince: null,
      hinted: [],
      warned: {},
      flaps: 0,
      silentLooks: 0,
    });
  });

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['nothing', 'null'],
    ['a text', '"x"'],
    ['a number', '3'],
    ['an object of something else', '{"colour":"red"}'],
  ])('that is %s counts as none', (_, text) => {
    expect(parseWatchState(text)).toEqual(FIRST_STATE);
  });

  test('loses what is of the wrong type, and keeps the rest', () => {
    const damaged = {
      ...FULL(),
      lastGood: '1',
      badSince: null,
      told: ['a', 3, null, 'b'],
      hinted: { length: 2 },
      warned: ['x'],
      flaps: 'many',
      silentLooks: '8',
    };
    expect(parseWatchState(JSON.stringify(damaged))).toEqual({
      ...FULL(),
      lastGood: null,
      badSince: null,
      told: ['a', 'b'],
      hinted: [],
      warned: {},
      flaps: 0,
      silentLooks: 0,
    });
  });

  test.each([
    ['a number that no clock gives', '"lastGood":1', '"lastGood":1e999', { lastGood: null }],
    ['a suspicion without its time', '"at":2', '"at":"2"', { suspicion: null }],
    ['a suspicion that is a list', /"suspicion":\{[^}]*\}/, '"suspicion":[]', { suspicion: null }],
    ['warnings that are null', /"warned":\{[^}]*\}/, '"warned":null', { warned: {} }],
  ])('loses %s', (_, from, to, lost) => {
    expect(parseWatchState(JSON.stringify(FULL()).replace(from, to))).toEqual({ ...FULL(), ...lost });
  });

  test('is worth a write when something that is said depends on it', () => {
    const state = FULL();
    expect(isWorthKeeping(state, { ...state, lastGood: 99, silentLooks: 99 })).toBe(false);
    for (const [field, value] of Object.entries(FIRST_STATE)) {
      if (field === 'lastGood' || field === 'silentLooks') continue;
      expect(isWorthKeeping(state, { ...state, [field]: value }), field).toBe(true);
    }
  });
});

test('only an object with fields is a record', () => {
  expect([{}, [], null, 'x', 3, undefined].map(isRecord)).toEqual([true, false, false, false, false, false]);
});
