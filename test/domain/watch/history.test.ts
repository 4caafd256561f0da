import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requireMemberName } from '../../../src/domain/ids.ts';
import { MEMBER_STATES, type MemberState, type TimelineEntry } from '../../../src/domain/timeline.ts';
import { availabilityOf, historyOf } from '../../../src/domain/watch/history.ts';

const HOUR = 3_600_000;
const MEMBERS = ['m1', 'm2'];
const DAY = { from: 0, to: 24 * HOUR, seenUntil: 24 * HOUR, members: MEMBERS };

function entry(happenedAt: number, parts: Partial<TimelineEntry>): TimelineEntry {
  return {
    sequence: 1,
    recordedAt: happenedAt,
    hash: '',
    previousHash: '',
    happenedAt,
    kind: 'note',
    cluster: null,
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text: '',
    evidence: null,
    ...parts,
  };
}

function state(happenedAt: number, member: string, now: MemberState, since?: number): TimelineEntry {
  const parts = { kind: 'member-state', member: requireMemberName(member), state: now } as const;
  return entry(happenedAt, { ...parts, ...(since === undefined ? {} : { since }) });
}

const UP = [state(0, 'm1', 'serving'), state(0, 'm2', 'serving')];

test('a member that does not serve makes the outage; the time between the looks around it is not known', () => {
  const history = historyOf(
    [...UP, state(2 * HOUR, 'm1', 'crash-looping', HOUR), state(5 * HOUR, 'm1', 'serving', 4 * HOUR)],
    DAY,
  );
  expect(history).toMatchObject({ outMs: 2 * HOUR, unknownMs: 2 * HOUR, inStepMs: 20 * HOUR });
  expect(history.outages).toEqual([{ from: 2 * HOUR, to: 4 * HOUR }]);
  expect(availabilityOf(history)).toBeCloseTo(20 / 22);
});

test('a skew with every member serving is out of step too, from the time of its log line', () => {
  const finding = { finding: 'latent-skew', members: [requireMemberName('m1')] } as const;
  const history = historyOf(
    [
      ...UP,
      entry(3 * HOUR, { kind: 'finding-appeared', ...finding }),
      entry(6 * HOUR, { kind: 'finding-cleared', ...finding }),
      // Its log line is older than the end that was seen.
      entry(1 * HOUR, { kind: 'finding-appeared', ...finding }),
      entry(8 * HOUR, { kind: 'finding-cleared', ...finding }),
    ],
    DAY,
  );
  expect(history.outages).toEqual([{ from: 3 * HOUR, to: 8 * HOUR }]);
});

test('before the first look, after the last one and while nobody looked, nothing is known', () => {
  const up = [state(2 * HOUR, 'm1', 'serving'), state(2 * HOUR, 'm2', 'serving')];
  const gap = entry(10 * HOUR, { kind: 'not-seen', since: 4 * HOUR });
  const history = historyOf([...up, gap], { ...DAY, seenUntil: 20 * HOUR });
  expect(history).toMatchObject({ inStepMs: 12 * HOUR, outMs: 0, unknownMs: 12 * HOUR });
  expect(availabilityOf(history)).toBe(1);
  expect(availabilityOf(historyOf([], { ...DAY, seenUntil: null }))).toBeNull();
});

test('a member that does not answer is neither in step nor out of step', () => {
  const history = historyOf([...UP, state(12 * HOUR, 'm2', 'unreachable')], DAY);
  expect(history).toMatchObject({ inStepMs: 12 * HOUR, outMs: 0, unknownMs: 12 * HOUR });
});

test('whatever was recorded, every moment counts once', () => {
  const anyEntry = fc
    .tuple(fc.integer({ min: -5, max: 30 }), fc.constantFrom(...MEMBERS), fc.constantFrom(...MEMBER_STATES), fc.nat(5))
    .map(([at, member, now, before]) => state(at * HOUR, member, now, (at - before) * HOUR));
  const anyEnd = fc.option(fc.integer({ min: -2, max: 26 }));
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 30 }), anyEnd, (entries, end) => {
      const history = historyOf(entries, { ...DAY, seenUntil: end === null ? null : end * HOUR });
      expect(history.inStepMs + history.outMs + history.unknownMs).toBe(24 * HOUR);
      for (const { from, to } of history.outages) expect(to).toBeGreaterThan(from);
    }),
  );
});
