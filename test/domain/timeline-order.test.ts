import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LATE_MS, lateBy, orderTimeline } from '../../src/domain/timeline-order.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { anEntry, T0 } from '../contract/store-fixtures.ts';

/** Late, simultaneous and correcting entries, as they were recorded. */
const RECORDED = fc
  .array(fc.record({ ago: fc.integer({ min: 0, max: 5 }), corrects: fc.option(fc.nat({ max: 12 })) }), {
    maxLength: 12,
  })
  .map((all) => all.map(({ ago, corrects }, index) => entryOf(index + 1, ago * LATE_MS, corrects)));

function entryOf(sequence: number, ago: number, corrects: number | null): TimelineEntry {
  const recordedAt = T0 + sequence * 10;
  return {
    ...anEntry(`entry ${sequence}`, { happenedAt: recordedAt - ago }),
    sequence,
    recordedAt,
    hash: String(sequence),
    previousHash: String(sequence - 1),
    ...(corrects === null ? {} : { corrects }),
  };
}

test('any interleaving, with entries twice, gives one order, with each entry once', () => {
  fc.assert(
    fc.property(
      RECORDED.chain((recorded) =>
        fc.tuple(
          fc.constant(recorded),
          fc.shuffledSubarray([...recorded, ...recorded], {
            minLength: recorded.length * 2,
            maxLength: recorded.length * 2,
          }),
        ),
      ),
      ([recorded, shuffled]) => {
        const ordered = orderTimeline(shuffled);
        expect(ordered).toEqual(orderTimeline(recorded));
        expect(ordered.map(({ entry }) => entry.sequence).sort((a, b) => a - b)).toEqual(
          recorded.map(({ sequence }) => sequence),
        );
      },
    ),
  );
});

test('it goes by when things happened, then by when they were recorded; more entries never turn two others around', () => {
  fc.assert(
    fc.property(RECORDED, fc.nat(), (recorded, left) => {
      const ordered = orderTimeline(recorded).map(({ entry }) => entry);
      for (const [index, entry] of ordered.entries()) {
        const next = ordered[index + 1];
        if (next === undefined) continue;
        expect(entry.happenedAt).toBeLessThanOrEqual(next.happenedAt);
        if (entry.happenedAt === next.happenedAt) expect(entry.sequence).toBeLessThan(next.sequence);
      }
      const without = recorded.filter((_, index) => index !== left % Math.max(1, recorded.length));
      const kept = new Set(without.map(({ sequence }) => sequence));
      expect(orderTimeline(without).map(({ entry }) => entry)).toEqual(
        ordered.filter(({ sequence }) => kept.has(sequence)),
      );
    }),
  );
});

test('a correction is named at what it corrects, which stays; nothing corrects what came after it', () => {
  const ordered = orderTimeline([entryOf(1, 0, 3), entryOf(2, 0, null), entryOf(3, 0, 2), entryOf(4, 0, 2)]);
  expect(ordered.map(({ correctedBy }) => correctedBy)).toEqual([[], [3, 4], [], []]);
});

test('a late entry says how late it was', () => {
  expect(lateBy({ happenedAt: T0, recordedAt: T0 + LATE_MS })).toBe(LATE_MS);
  expect(lateBy({ happenedAt: T0, recordedAt: T0 + LATE_MS - 1 })).toBeNull();
});
