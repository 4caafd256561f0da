/** Who is asked what the store offers, when, and what is remembered of it. */
import { describe, expect, test } from 'vitest';
import type { OfferAnswer } from '../../../src/domain/offer.ts';
import {
  dueFollowers,
  findAsked,
  followersOf,
  type OfferMemory,
  parseOfferMemory,
  remember,
} from '../../../src/domain/watch/offer-memory.ts';
import type { MemberSpec } from '../../support/observation-spec.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';

const HOUR = 3_600_000;
const UP_TO_DATE: OfferAnswer = { kind: 'up-to-date' };
const UNKNOWN: OfferAnswer = { kind: 'unknown', text: 'no route to the store' };
const OFFERED: OfferAnswer = { kind: 'offered', version: '5.0.4-a3c1b2d', revision: '504' };

type Members = readonly MemberSpec[];
const ALIKE = three({});

function due(memory: OfferMemory, at: number, members: Members = ALIKE): readonly string[] {
  return dueFollowers(memory, observationOf({ members }), at).map(({ member }) => member);
}

function told(
  memory: OfferMemory,
  name: string,
  answer: OfferAnswer,
  at: number,
  members: Members = ALIKE,
): OfferMemory {
  const follower = followersOf(observationOf({ members }))
    .flat()
    .find(({ member }) => member === name);
  if (follower === undefined) throw new Error(`${name} follows no channel`);
  return remember(memory, follower, answer, at);
}

describe('who is asked', () => {
  test('one member of a channel, and nobody again for six hours; then the next one', () => {
    expect(due({}, NOW)).toEqual(['m1']);
    const first = told({}, 'm1', UP_TO_DATE, NOW);
    expect(due(first, NOW + 6 * HOUR - 1)).toEqual([]);
    expect(due(first, NOW + 6 * HOUR)).toEqual(['m2']);
    const second = told(first, 'm2', UP_TO_DATE, NOW + 6 * HOUR);
    const third = told(second, 'm3', UP_TO_DATE, NOW + 12 * HOUR);
    expect(due(third, NOW + 18 * HOUR)).toEqual(['m1']);
  });

  test('another member after an hour when one had no answer, and nobody sooner', () => {
    const failed = told({}, 'm1', UNKNOWN, NOW);
    expect(due(failed, NOW + HOUR - 1)).toEqual([]);
    expect(due(failed, NOW + HOUR)).toEqual(['m2']);
    const answered = told({}, 'm1', UP_TO_DATE, NOW - 6 * HOUR);
    expect(due(told(answered, 'm1', UNKNOWN, NOW), NOW + HOUR)).toEqual(['m2']);
  });

  test('one member of each channel, and of each architecture', () => {
    const members = three({}, { m2: { build: '5.21.3' }, m3: { facts: { architecture: 'aarch64' } } });
    expect(due({}, NOW, members)).toEqual(['m1', 'm2', 'm3']);
  });

  test('at once a member that has changed its revision since it was asked, and once', () => {
    const asked = told({}, 'm1', UP_TO_DATE, NOW);
    const moved = three({}, { m1: { build: '5.0.4' } });
    expect(due(asked, NOW + 1, moved)).toEqual(['m1']);
    const again = told(asked, 'm1', UNKNOWN, NOW + 1, moved);
    expect(due(again, NOW + 2, moved)).toEqual([]);
  });

  test('nobody who did not answer, has no snap, follows no channel, or whose snap is disabled', () => {
    const snap = {
      version: '5.0.2-838e1b2',
      revision: '502',
      tracking: '5.0/stable',
      held: true,
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const of = (change: Partial<typeof snap> | { readonly tracking: null }) => ({
      facts: { snap: { ...snap, ...change } },
    });
    expect(due({}, NOW, three({ reach: UNREACHABLE }))).toEqual([]);
    expect(due({}, NOW, three({ facts: { snap: null } }))).toEqual([]);
    expect(
      due({}, NOW, three(of({ disabled: true }), { m2: of({ broken: true }), m3: of({ tracking: null }) })),
    ).toEqual([]);
    expect(due({}, NOW, three(of({}), { m1: { reach: UNREACHABLE } }))).toEqual(['m2']);
  });
});

describe('what is remembered', () => {
  const [follower] = followersOf(observationOf({ members: ALIKE })).flat();

  test('an answer stays while later questions have none', () => {
    const memory = told(told({}, 'm1', OFFERED, NOW), 'm1', UNKNOWN, NOW + HOUR);
    expect(findAsked(memory, follower!)).toMatchObject({
      triedAt: NOW + HOUR,
      answer: { offer: OFFERED, at: NOW },
    });
  });

  test('an answer does not outlive the revision that it was given for', () => {
    const memory = told({}, 'm1', OFFERED, NOW);
    const moved = three({}, { m1: { build: '5.0.4' } });
    const [after] = followersOf(observationOf({ members: moved })).flat();
    expect(findAsked(memory, after!)).toBeNull();
    expect(findAsked(told(memory, 'm1', UNKNOWN, NOW + 1, moved), after!)?.answer).toBeNull();
  });

  test('it comes back from its text as it was, and a text that is none is nothing remembered', () => {
    const memory = told(told(told({}, 'm1', OFFERED, NOW), 'm2', UP_TO_DATE, NOW), 'm3', UNKNOWN, NOW);
    expect(parseOfferMemory(JSON.stringify(memory))).toEqual(memory);
    for (const text of [null, '', '[]', 'null', '{"m1":1}', '{"m1":{"tracking":"x"}}']) {
      expect(parseOfferMemory(text)).toEqual({});
    }
    const damaged = { m1: { ...memory['m1'], answer: { at: 1, offer: { kind: 'offered', version: 5 } } } };
    expect(parseOfferMemory(JSON.stringify(damaged))['m1']?.answer).toBeNull();
  });
});
