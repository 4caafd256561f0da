/** What only some entries of the timeline have, in which order entries are read, and how their numbers are said. */
import { describe, expect, test } from 'vitest';
import { requireMemberName } from '../../src/domain/ids.ts';
import { entryHash, GENESIS_HASH, verifyChain } from '../../src/domain/timeline-chain.ts';
import { describeEntries, orderTimeline } from '../../src/domain/timeline-order.ts';
import { BREAK_GLASS_MARK, extrasOf, type TimelineEntry, type TimelineExtras } from '../../src/domain/timeline.ts';

function entry(sequence: number, parts: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    sequence,
    happenedAt: 1_000,
    recordedAt: 1_000,
    kind: 'note',
    cluster: null,
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text: '',
    evidence: null,
    hash: '',
    previousHash: '',
    ...parts,
  };
}

const EXTRAS: TimelineExtras = {
  since: 0,
  corrects: 3,
  state: 'stopped',
  finding: 'latent-skew',
  members: [],
  includes: [1],
  author: '',
  link: 'https://chat.example/1',
};

describe('what only some entries have', () => {
  test('is absent where there is none, and never undefined', () => {
    expect(Object.keys(extrasOf(entry(1)))).toEqual([]);
    for (const [key, value] of Object.entries(EXTRAS)) {
      expect(Object.entries(extrasOf({ [key]: value })), key).toEqual([[key, value]]);
    }
  });

  test('is there as it is, also a zero, an empty list and an empty text', () => {
    expect(extrasOf({ ...entry(1), ...EXTRAS })).toStrictEqual(EXTRAS);
  });

  test.each(Object.entries(EXTRAS))('is covered by the chain: %s', (key, value) => {
    const plain = entry(1, { members: [requireMemberName('m1')] });
    expect(entryHash(GENESIS_HASH, { ...plain, [key]: value })).not.toBe(entryHash(GENESIS_HASH, plain));
  });

  test('that a person wrote is made of whole characters', () => {
    const broken = `x\ud800`;
    expect(extrasOf({ author: broken, link: broken })).toEqual({ author: 'x\ufffd', link: 'x\ufffd' });
  });
});

describe('the chain', () => {
  test('begins with sixty-four zeros, and an empty one contains that head', () => {
    expect(GENESIS_HASH).toBe('0000000000000000000000000000000000000000000000000000000000000000');
    expect(verifyChain([], GENESIS_HASH)).toEqual({ kind: 'intact', entries: 0, head: GENESIS_HASH });
    expect(verifyChain([], 'f'.repeat(64))).toEqual({ kind: 'broken', sequence: 0, reason: 'head' });
  });
});

describe('the order of reading', () => {
  test('of equal moments is that of their numbers', () => {
    const read = orderTimeline([entry(3), entry(1), entry(2), entry(4, { happenedAt: 500 })]);
    expect(read.map(({ entry: { sequence } }) => sequence)).toEqual([4, 1, 2, 3]);
  });

  test('names corrections in the order in which they were written, whenever what they tell happened', () => {
    const corrections = [entry(2, { happenedAt: 900, corrects: 1 }), entry(3, { happenedAt: 100, corrects: 1 })];
    const read = orderTimeline([entry(1), ...corrections]);
    expect(read.find(({ entry: { sequence } }) => sequence === 1)?.correctedBy).toEqual([2, 3]);
  });

  test('knows no entry that corrects itself or a later one', () => {
    const read = orderTimeline([entry(1, { corrects: 2 }), entry(2, { corrects: 2 })]);
    expect(read.map(({ correctedBy }) => correctedBy)).toEqual([[], []]);
  });
});

test.each([
  [[4], 'entry 4'],
  [[4, 5], 'entries 4…5'],
  [[4, 6], 'entries 4 and 6'],
  [[4, 5, 6, 7, 9], 'entries 4…7 and 9'],
  [[1, 3, 4, 6, 9, 10], 'entries 1, 3…4, 6 and 9…10'],
])('the numbers %j are said as "%s"', (numbers, words) => {
  expect(describeEntries(numbers)).toBe(words);
});

test('a break-glass approval is marked so that nobody overlooks it', () => {
  expect(BREAK_GLASS_MARK).toBe('BREAK-GLASS');
});
