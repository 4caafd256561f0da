/** When the watch looks again soon, what it remembers of a look, and when it holds its tongue: one decision at a time. */
import { describe, expect, test } from 'vitest';
import type { FindingKind } from '../../../src/domain/finding.ts';
import { requireMemberName } from '../../../src/domain/ids.ts';
import {
  decide,
  type Decision,
  REFRESH_GRACE_MS,
  type Surroundings,
  type Word,
} from '../../../src/domain/watch/decide.ts';
import type { Sight, Trouble } from '../../../src/domain/watch/sight.ts';
import { FIRST_STATE, type WatchState } from '../../../src/domain/watch/state.ts';

const T0 = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;
const LOUD: Surroundings = { quiet: null, isMitigated: false };
const MUTED: Surroundings = { quiet: 'muted', isMitigated: false };
const RUN: Surroundings = { quiet: 'run', isMitigated: false };

function trouble(kind: FindingKind, ...names: readonly string[]): Trouble {
  const key = `${kind}@${names.join(',')}`;
  return { key, kind, severity: 'critical', members: names.map(requireMemberName), title: kind };
}

function sight(at: number, parts: Partial<Sight> = {}): Sight {
  return { at: T0 + at, out: [], warnings: [], rolling: null, complete: true, anyServes: true, ...parts };
}

type Look = readonly [Sight, Surroundings?];

/** The last of these decisions. */
function after(...looks: readonly Look[]): Decision {
  let last: Decision = { state: FIRST_STATE, words: [], again: false };
  for (const [seen, around = LOUD] of looks) last = decide(last.state, seen, around);
  return last;
}

function wordsOf(...looks: readonly Look[]): readonly (readonly Word['kind'][])[] {
  let state: WatchState = FIRST_STATE;
  return looks.map(([seen, around = LOUD]) => {
    const decision = decide(state, seen, around);
    state = decision.state;
    return decision.words.map(({ kind }) => kind);
  });
}

const down = (): Partial<Sight> => ({ out: [trouble('mixed-binaries', 'm1')] });
const held = (): Partial<Sight> => ({ warnings: [trouble('auto-refresh-not-held', 'm1')] });
const refresh = (...waiting: readonly string[]): Partial<Sight> => ({
  rolling: { waiting: waiting.map(requireMemberName), waitingFor: [requireMemberName('m3')] },
});

describe('the watch looks again soon', () => {
  test.each<readonly [string, () => readonly Look[], boolean]>([
    ['a first calm look', () => [[sight(0)]], false],
    ['a first sighting of trouble', () => [[sight(0, down())]], true],
    ['a first sighting while muted', () => [[sight(0, down()), MUTED]], true],
    [
      'a second sighting while muted',
      () => [
        [sight(0, down()), MUTED],
        [sight(1, down()), MUTED],
      ],
      false,
    ],
    ['the sighting that tells it', () => [[sight(0, down())], [sight(1, down())]], false],
    ['a sighting of what was told', () => [[sight(0, down())], [sight(1, down())], [sight(2, down())]], false],
    ['a sighting during a run', () => [[sight(0, down()), RUN]], false],
    ['an incomplete look', () => [[sight(0, { complete: false })]], false],
    ['the first good look after trouble', () => [[sight(0, down())], [sight(1, down())], [sight(2)]], true],
    ['the look that tells the end', () => [[sight(0, down())], [sight(1, down())], [sight(2)], [sight(3)]], false],
    ['a good look during a run', () => [[sight(0, down())], [sight(1, down())], [sight(2), RUN]], false],
    ['a good look while muted', () => [[sight(0, down())], [sight(1, down())], [sight(2)], [sight(3), MUTED]], false],
    ['a first warning', () => [[sight(0, held())]], true],
    ['a warning that is told', () => [[sight(0, held())], [sight(1, held())]], false],
    ['a warning while muted', () => [[sight(0, held()), MUTED]], false],
    [
      'a warning beside trouble that was told',
      () => [[sight(0, down())], [sight(1, down())], [sight(2, { ...down(), ...held() })]],
      false,
    ],
  ])('after %s', (_, looks, again) => {
    expect(after(...looks()).again).toBe(again);
  });
});

describe('what is remembered', () => {
  test('is how often in a row somebody did not answer', () => {
    const silent = { complete: false };
    expect(after([sight(0, silent)], [sight(1, silent)]).state.silentLooks).toBe(2);
    expect(after([sight(0, silent)], [sight(1, silent)], [sight(2)]).state.silentLooks).toBe(0);
  });

  test('is the first sighting of a trouble that goes on, and each new one for itself', () => {
    const other = { out: [trouble('daemon-down', 'm2')] };
    expect(after([sight(1, down()), MUTED], [sight(2, down()), MUTED]).state.suspicion).toEqual({
      at: T0 + 1,
      keys: ['mixed-binaries@m1'],
      members: ['m1'],
    });
    expect(after([sight(1, down())], [sight(2, other)]).state.suspicion).toEqual({
      at: T0 + 2,
      keys: ['daemon-down@m2'],
      members: ['m2'],
    });
  });

  test('is the last good look: not one at which a refresh was under way or somebody did not answer', () => {
    expect(after([sight(1)], [sight(2, refresh())]).state.lastGood).toBe(T0 + 1);
    expect(after([sight(1)], [sight(2, { complete: false })]).state.lastGood).toBe(T0 + 1);
    expect(after([sight(1)], [sight(2)]).state.lastGood).toBe(T0 + 2);
  });

  test('of an end, that nothing is left to tell of it', () => {
    const { state } = after([sight(1, down())], [sight(2, down())], [sight(3)], [sight(4)]);
    expect(state).toMatchObject({ told: [], badSince: null, goodSince: null, suspicion: null, flaps: 0 });
  });
});

describe('trouble', () => {
  test('is told with all that is new when any of it was suspected', () => {
    const two = { out: [trouble('mixed-binaries', 'm1'), trouble('disk-low', 'm2')] };
    const { words, state } = after([sight(0, down())], [sight(1, two)]);
    expect(words.flatMap((word) => (word.kind === 'trouble' ? word.troubles.map(({ key }) => key) : []))).toEqual([
      'mixed-binaries@m1',
      'disk-low@m2',
    ]);
    expect(state.told).toEqual(['mixed-binaries@m1', 'disk-low@m2']);
  });

  test('that names no member is confirmed by its kind', () => {
    const lost = { out: [trouble('quorum-lost')] };
    expect(wordsOf([sight(0, lost)], [sight(1, lost)])).toEqual([[], ['trouble']]);
  });

  test('says whether anybody serves', () => {
    const none = { ...down(), anyServes: false };
    expect(after([sight(0, none)], [sight(1, none)]).words).toMatchObject([{ anyServes: false }]);
  });

  test('at an incomplete look after a refresh has no grace and is not called a stuck one', () => {
    const unseen = { ...down(), complete: false };
    const { words } = after([sight(0, refresh('m2'))], [sight(1, unseen)], [sight(2, unseen)]);
    expect(words).toMatchObject([{ kind: 'trouble', badSince: T0 + 1, stuck: null }]);
  });

  test('of a refresh at which nobody waits is told after the grace, at its second sighting', () => {
    const busy = { ...down(), ...refresh() };
    const late = REFRESH_GRACE_MS;
    expect(wordsOf([sight(0, busy)], [sight(late - 1, busy)], [sight(late, busy)], [sight(late + 1, busy)])).toEqual([
      [],
      [],
      [],
      ['trouble'],
    ]);
    expect(after([sight(0, busy)], [sight(late, busy)], [sight(late + 1, busy)]).words).toMatchObject([
      { stuck: null, badSince: T0 + late },
    ]);
  });
});

describe('the end of trouble', () => {
  const told = (): readonly Look[] => [[sight(0, down())], [sight(1, down())]];

  test('is not told during a run, and is seen anew after it', () => {
    expect(wordsOf(...told(), [sight(2)], [sight(3), RUN], [sight(4)], [sight(5)])).toEqual([
      [],
      ['trouble'],
      [],
      [],
      [],
      ['over'],
    ]);
    expect(after(...told(), [sight(2)], [sight(3), RUN], [sight(4)], [sight(5)]).words).toMatchObject([
      { goodSince: T0 + 4 },
    ]);
  });

  test('waits while muted, and keeps the time at which it was seen', () => {
    const looks: readonly Look[] = [...told(), [sight(2)], [sight(3), MUTED], [sight(4)]];
    expect(wordsOf(...looks)).toEqual([[], ['trouble'], [], [], ['over']]);
    expect(after(...looks).words).toEqual([{ kind: 'over', badSince: T0, goodSince: T0 + 2 }]);
  });

  test('has no beginning when the watch had told nothing, although it had seen something once', () => {
    const mitigated: Surroundings = { quiet: null, isMitigated: true };
    expect(after([sight(0, down()), mitigated], [sight(1), mitigated], [sight(2), mitigated]).words).toEqual([
      { kind: 'over', badSince: null, goodSince: T0 + 1 },
    ]);
  });
});

describe('a warning', () => {
  test('is told at the second sighting and is then no longer waiting to be told', () => {
    expect(wordsOf([sight(0, held())], [sight(1, held())], [sight(2, held())])).toEqual([[], ['warning'], []]);
    expect(after([sight(0, held())]).state).toMatchObject({ hinted: ['auto-refresh-not-held@m1'], warned: {} });
    expect(after([sight(0, held())], [sight(1, held())]).state).toMatchObject({
      hinted: [],
      warned: { 'auto-refresh-not-held@m1': null },
    });
  });

  test('that joins one seen before waits for its own second sighting', () => {
    const both = { warnings: [...(held().warnings ?? []), trouble('disk-low', 'm2')] };
    expect(after([sight(0, held())], [sight(1, both)])).toMatchObject({
      again: true,
      words: [{ kind: 'warning', warnings: [{ key: 'auto-refresh-not-held@m1' }] }],
      state: { hinted: ['disk-low@m2'] },
    });
  });

  test.each<readonly [string, () => readonly Look[]]>([
    [
      'trouble that one look saw',
      () => [[sight(0, { ...held(), ...down() })], [sight(1, { ...held(), out: [trouble('disk-low', 'm2')] })]],
    ],
    [
      'a refresh on its way',
      () => [[sight(0, { ...held(), ...refresh('m2') })], [sight(1, { ...held(), ...refresh('m2') })]],
    ],
    [
      'trouble that was told and is not over',
      () => [
        [sight(0, down())],
        [sight(1, down())],
        [sight(2, { ...held(), complete: false })],
        [sight(3, { ...held(), complete: false })],
      ],
    ],
    [
      'a run',
      () => [
        [sight(0, held()), RUN],
        [sight(1, held()), RUN],
      ],
    ],
  ])('is held back by %s', (_, looks) => {
    expect(wordsOf(...looks()).flat()).not.toContain('warning');
  });

  test('that goes on for days is told once', () => {
    const looks = Array.from({ length: 100 }, (_, hour): Look => [sight(hour * 3_600_000, held())]);
    expect(wordsOf(...looks).flat()).toEqual(['warning']);
  });

  test.each([
    [DAY - 1, []],
    [DAY, ['warning']],
  ])('that was gone for %i ms and comes back', (gone, words) => {
    const told: readonly Look[] = [[sight(0, held())], [sight(1, held())], [sight(2)]];
    expect(
      wordsOf(...told, [sight(2 + gone)], [sight(3 + gone, held())], [sight(4 + gone, held())])
        .flat()
        .slice(1),
    ).toEqual(words);
  });

  test('is not taken for gone by looks at which somebody did not answer', () => {
    const told: readonly Look[] = [[sight(0, held())], [sight(1, held())]];
    const silent = { complete: false };
    expect(after(...told, [sight(2, silent)], [sight(2 * DAY, silent)]).state.warned).toEqual({
      'auto-refresh-not-held@m1': null,
    });
    expect(after(...told, [sight(2)], [sight(2 * DAY, silent)]).state.warned).toEqual({
      'auto-refresh-not-held@m1': T0 + 2,
    });
    expect(after(...told, [sight(2)], [sight(3, held())]).state.warned).toEqual({ 'auto-refresh-not-held@m1': null });
  });
});
