/** The watch's decisions, look after look: what is said, what never is, and what holds for every sequence of looks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FindingKind } from '../../../src/domain/finding.ts';
import { requireMemberName } from '../../../src/domain/ids.ts';
import { decide, REFRESH_GRACE_MS, type Surroundings, type Word } from '../../../src/domain/watch/decide.ts';
import type { Sight, Trouble } from '../../../src/domain/watch/sight.ts';
import { FIRST_STATE, isWorthKeeping, parseWatchState, type WatchState } from '../../../src/domain/watch/state.ts';

const MINUTE = 60_000;
const LOUD: Surroundings = { quiet: null, isMitigated: false };
const M1 = requireMemberName('m1');
const M2 = requireMemberName('m2');
const M3 = requireMemberName('m3');

function trouble(kind: FindingKind, ...names: readonly string[]): Trouble {
  const members = names.map(requireMemberName);
  return {
    key: `${kind}@${names.join(',')}`,
    kind,
    severity: 'critical',
    members,
    title: `${kind} on ${names.join()}`,
  };
}

function sight(at: number, parts: Partial<Sight> = {}): Sight {
  return { at, out: [], warnings: [], rolling: null, complete: true, anyServes: true, ...parts };
}

interface Told {
  readonly state: WatchState;
  readonly words: readonly Word[];
}

function look(sights: readonly Sight[], around: Surroundings = LOUD, from: WatchState = FIRST_STATE): Told {
  let state = from;
  const words: Word[] = [];
  for (const each of sights) {
    const decision = decide(state, each, around);
    state = parseWatchState(JSON.stringify(decision.state));
    words.push(...decision.words);
  }
  return { state, words };
}

const DOWN = { out: [trouble('mixed-binaries', 'm1')], anyServes: true };

describe('what is out of step', () => {
  test('is looked at again soon when it is first seen, and told at the second look with the interval of the first', () => {
    const good = decide(FIRST_STATE, sight(0), LOUD);
    const first = decide(good.state, sight(MINUTE, DOWN), LOUD);
    expect(first.words).toEqual([]);
    expect(first.again).toBe(true);
    const second = decide(first.state, sight(MINUTE + 15_000, DOWN), LOUD);
    expect(second.words).toMatchObject([{ kind: 'trouble', lastGood: 0, badSince: MINUTE, stuck: null }]);
    expect(second.again).toBe(false);
  });

  test('is a flap when the second look sees nothing: counted, not told', () => {
    const { state, words } = look([sight(0), sight(1, DOWN), sight(2), sight(3, DOWN), sight(4)]);
    expect(words).toEqual([]);
    expect(state.flaps).toBe(2);
  });

  test('is confirmed by another finding about the same member, since a crash loop has many faces', () => {
    const { words } = look([sight(1, { out: [trouble('daemon-down', 'm1')] }), sight(2, DOWN)]);
    expect(words).toHaveLength(1);
  });

  test('is not confirmed by trouble somewhere else', () => {
    const { words } = look([sight(1, { out: [trouble('daemon-down', 'm2')] }), sight(2, DOWN)]);
    expect(words).toEqual([]);
  });

  test('is told again only for what is new, after that too was confirmed', () => {
    const more = { out: [...DOWN.out, trouble('quorum-lost', 'm2', 'm3')] };
    const { words } = look([sight(1, DOWN), sight(2, DOWN), sight(3, more), sight(4, more), sight(5, more)]);
    expect(words.map((word) => (word.kind === 'trouble' ? word.troubles.map(({ kind }) => kind) : word.kind))).toEqual([
      ['mixed-binaries'],
      ['quorum-lost'],
    ]);
  });

  test('is over when two complete looks see none of it', () => {
    const { state, words } = look([
      sight(1, DOWN),
      sight(2, DOWN),
      sight(3, { complete: false }),
      sight(4),
      sight(5, { complete: false }),
      sight(6),
    ]);
    expect(words.slice(1)).toEqual([{ kind: 'over', badSince: 1, goodSince: 4 }]);
    expect(state.told).toEqual([]);
  });

  test('a run on the cluster is neither told nor taken for a sighting', () => {
    const { state } = look([sight(1, DOWN), sight(2, DOWN)], { ...LOUD, quiet: 'run' });
    expect(state.suspicion).toBeNull();
    expect(decide(state, sight(3, DOWN), LOUD).words).toEqual([]);
  });

  test('nothing is told while muted, and what still holds is told when the silence ends', () => {
    const { state, words } = look([sight(1, DOWN), sight(2, DOWN), sight(3, DOWN)], { ...LOUD, quiet: 'muted' });
    expect(words).toEqual([]);
    expect(decide(state, sight(4, DOWN), LOUD).words).toMatchObject([{ kind: 'trouble', badSince: 1 }]);
  });

  test('what a run mitigated is over after two looks, also when the watch had told nothing', () => {
    const { words } = look([sight(1), sight(2)], { ...LOUD, isMitigated: true });
    expect(words).toEqual([{ kind: 'over', badSince: null, goodSince: 1 }]);
  });
});

describe('a refresh that goes from member to member', () => {
  const rolling = {
    out: [trouble('upgrade-waiting', 'm2', 'm3')],
    rolling: { waiting: [M2, M3], waitingFor: [M1] },
  };

  test('is left in peace for a while, then told with who waits for whom and how long', () => {
    const minutes = Array.from({ length: 15 }, (_, index) => sight(index * MINUTE, index === 0 ? {} : rolling));
    const { words } = look(minutes);
    expect(words).toHaveLength(1);
    expect(words[0]).toMatchObject({
      kind: 'trouble',
      lastGood: 0,
      badSince: MINUTE,
      stuck: { waiting: ['m2', 'm3'], waitingFor: ['m1'], forMs: REFRESH_GRACE_MS },
    });
  });

  test('is no word at all when it ends in time', () => {
    const { words, state } = look([sight(0), sight(MINUTE, rolling), sight(5 * MINUTE, rolling), sight(6 * MINUTE)]);
    expect(words).toEqual([]);
    expect(state).toMatchObject({ aheadSince: null, flaps: 0, badSince: null });
  });

  test('has no grace for a member that is below its row', () => {
    const { words } = look([sight(1, rolling), sight(2, DOWN), sight(3, DOWN)]);
    expect(words).toHaveLength(1);
  });
});

describe('warnings', () => {
  const held = { warnings: [trouble('auto-refresh-not-held', 'm1')] };

  test('are told once, at the second sighting, and not again when they come back the same day', () => {
    const { words } = look([sight(0, held), sight(1, held), sight(2, held), sight(3), sight(4, held), sight(5, held)]);
    expect(words).toMatchObject([{ kind: 'warning' }]);
  });

  test('are told again when they come back after a day', () => {
    const day = 86_400_000;
    const { words } = look([
      sight(0, held),
      sight(1, held),
      sight(2),
      sight(day + 2),
      sight(day + 3, held),
      sight(day + 4, held),
    ]);
    expect(words).toHaveLength(2);
  });

  test('wait while there is trouble', () => {
    const both = { ...DOWN, ...held };
    const { words } = look([sight(0, both), sight(1, both), sight(2, both)]);
    expect(words.map(({ kind }) => kind)).toEqual(['trouble']);
  });
});

test('a state that can’t be read is a first one, and one that only moved on is not worth a write', () => {
  expect(parseWatchState('{"told": 3, "suspicion": []')).toEqual(FIRST_STATE);
  expect(parseWatchState('[]')).toEqual(FIRST_STATE);
  expect(isWorthKeeping(FIRST_STATE, { ...FIRST_STATE, lastGood: 5, silentLooks: 2 })).toBe(false);
  expect(isWorthKeeping(FIRST_STATE, { ...FIRST_STATE, flaps: 1 })).toBe(true);
});

const anyTrouble = fc.constantFrom(
  trouble('mixed-binaries', 'm1'),
  trouble('daemon-down', 'm2'),
  trouble('stale-counter', 'm1', 'm2', 'm3'),
  trouble('quorum-lost'),
);
const anyLook = fc.record({
  out: fc.uniqueArray(anyTrouble, { maxLength: 3, selector: ({ key }) => key }),
  warnings: fc.uniqueArray(fc.constantFrom(trouble('disk-low', 'm1'), trouble('clock-skew', 'm3')), {
    maxLength: 2,
    selector: ({ key }) => key,
  }),
  complete: fc.boolean(),
  isRolling: fc.boolean(),
  quiet: fc.constantFrom(null, null, null, 'muted' as const, 'run' as const),
  isMitigated: fc.boolean(),
  afterMs: fc.integer({ min: 1, max: 20 * MINUTE }),
});
const anyStory = fc.array(anyLook, { maxLength: 40 });

interface Moment {
  readonly seen: Sight;
  readonly around: Surroundings;
  readonly words: readonly Word[];
}

type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

function always(holds: (story: Story) => void): void {
  fc.assert(fc.property(anyStory, holds), { numRuns: 300 });
}

function play(story: Story): readonly Moment[] {
  let state = FIRST_STATE;
  let at = 0;
  return story.map(({ isRolling, quiet, isMitigated, afterMs, ...parts }) => {
    at += afterMs;
    const seen = sight(at, { ...parts, rolling: isRolling ? { waiting: [M3], waitingFor: [M1] } : null });
    const around = { quiet, isMitigated };
    const decision = decide(state, seen, around);
    state = parseWatchState(JSON.stringify(decision.state));
    return { seen, around, words: decision.words };
  });
}

describe('whatever the looks see', () => {
  test('nothing is said in silence', () => {
    always((story) => {
      for (const { around, words } of play(story)) if (around.quiet !== null) expect(words).toEqual([]);
    });
  });

  test('what is told holds at that very look, and an end only when every member answered', () => {
    always((story) => {
      for (const { seen, words } of play(story)) {
        for (const word of words) {
          if (word.kind === 'trouble') for (const each of word.troubles) expect(seen.out).toContainEqual(each);
          if (word.kind === 'warning') for (const each of word.warnings) expect(seen.warnings).toContainEqual(each);
          if (word.kind === 'over') expect(seen).toMatchObject({ complete: true, out: [], rolling: null });
        }
      }
    });
  });

  test('no trouble is told twice before its end was', () => {
    always((story) => {
      const told = new Set<string>();
      for (const word of play(story).flatMap(({ words }) => words)) {
        if (word.kind === 'over') told.clear();
        if (word.kind !== 'trouble') continue;
        for (const { key } of word.troubles) expect(told).not.toContain(key);
        for (const { key } of word.troubles) told.add(key);
      }
    });
  });

  test('nothing is told of what one look alone saw', () => {
    always((story) => {
      const moments = play(story);
      for (const [index, { seen, words }] of moments.entries()) {
        for (const word of words) {
          if (word.kind !== 'trouble') continue;
          expect(moments.slice(0, index).some((earlier) => isAbout(earlier, seen))).toBe(true);
          expect(word.badSince).toBeLessThan(seen.at);
        }
      }
    });
  });
});

function isAbout(earlier: Moment, now: Sight): boolean {
  if (earlier.seen.rolling !== null) return true;
  return earlier.seen.out.some((before) =>
    now.out.some(({ key, members }) => key === before.key || members.some((name) => before.members.includes(name))),
  );
}
