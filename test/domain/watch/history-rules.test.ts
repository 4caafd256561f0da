/** What counts as out of step in the timeline's history, entry by entry, and where its spans begin and end. */
import { describe, expect, test } from 'vitest';
import { FINDING_KINDS, type FindingKind } from '../../../src/domain/finding.ts';
import { requireMemberName } from '../../../src/domain/ids.ts';
import { MEMBER_STATES, type MemberState, type TimelineEntry } from '../../../src/domain/timeline.ts';
import { availabilityOf, type History, historyOf, type HistoryOptions } from '../../../src/domain/watch/history.ts';

/** Times are hours of a day, so that sums can be read. */
const DAY: HistoryOptions = { from: 0, to: 24, seenUntil: 24, members: ['m1', 'm2'] };

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

function state(happenedAt: number, member: string, now: MemberState, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return entry(happenedAt, { kind: 'member-state', member: requireMemberName(member), state: now, ...more });
}

function found(happenedAt: number, finding: FindingKind, ...names: readonly string[]): TimelineEntry {
  return entry(happenedAt, { kind: 'finding-appeared', finding, members: names.map(requireMemberName) });
}

function cleared(happenedAt: number, finding: FindingKind, ...names: readonly string[]): TimelineEntry {
  return { ...found(happenedAt, finding, ...names), kind: 'finding-cleared' };
}

function told(entries: readonly TimelineEntry[], options: Partial<HistoryOptions> = {}): History {
  return historyOf([state(0, 'm1', 'serving'), state(0, 'm2', 'serving'), ...entries], { ...DAY, ...options });
}

describe('out of step', () => {
  test('is the cluster while one of these findings holds, also when every member serves', () => {
    expect(FINDING_KINDS.filter((kind) => told([found(1, kind, 'm1')]).outMs > 0).toSorted()).toEqual([
      'dead-row-blocks',
      'latent-skew',
      'local-schema-newer',
      'mixed-binaries',
      'quorum-lost',
      'schema-inconsistent',
      'schema-newer',
      'self-healing-version',
      'stale-counter',
      'stale-counter-while-serving',
      'upgrade-waiting',
    ]);
  });

  test('or in step, or not known, is the cluster after the state of one member', () => {
    const verdicts = MEMBER_STATES.map((now) => {
      const { inStepMs, outMs, unknownMs } = told([state(12, 'm2', now)]);
      return `${now}: ${inStepMs - 12} in step, ${outMs} out, ${unknownMs} unknown`;
    });
    expect(verdicts).toEqual([
      'serving: 12 in step, 0 out, 0 unknown',
      'waiting: 0 in step, 12 out, 0 unknown',
      'crash-looping: 0 in step, 12 out, 0 unknown',
      'stopped: 0 in step, 12 out, 0 unknown',
      'patched: 0 in step, 12 out, 0 unknown',
      'unreachable: 0 in step, 0 out, 12 unknown',
      'unknown: 0 in step, 0 out, 12 unknown',
    ]);
  });

  test('ends with the same finding on the same members, and with no other', () => {
    const both = [found(2, 'mixed-binaries', 'm1', 'm23'), found(2, 'mixed-binaries', 'm12', 'm3')];
    expect(told([...both, cleared(5, 'mixed-binaries', 'm1', 'm23')]).outMs).toBe(22);
    expect(told([found(2, 'mixed-binaries', 'm1'), cleared(5, 'latent-skew', 'm1')]).outMs).toBe(22);
    expect(told([found(2, 'mixed-binaries', 'm1'), cleared(5, 'mixed-binaries', 'm2')]).outMs).toBe(22);
    expect(told([found(2, 'mixed-binaries', 'm1'), cleared(5, 'mixed-binaries', 'm1')]).outMs).toBe(3);
  });

  test('ends also when the entry of its beginning names nobody', () => {
    const { members: _, ...nobody } = found(2, 'quorum-lost');
    expect(told([nobody, cleared(5, 'quorum-lost')]).outages).toEqual([{ from: 2, to: 5 }]);
  });

  test('is nothing that a note says of a finding or of a member', () => {
    const skew = found(2, 'latent-skew', 'm1');
    expect(told([skew, { ...skew, happenedAt: 4, kind: 'note' }, cleared(6, 'latent-skew', 'm1')]).outMs).toBe(4);
    expect(told([{ ...state(3, 'm1', 'stopped'), kind: 'note' }]).outMs).toBe(0);
  });

  test('is nothing that an entry without its member or its state could tell', () => {
    const { state: _, ...stateless } = state(3, 'm1', 'stopped');
    expect(told([stateless]).inStepMs).toBe(24);
    expect(told([state(3, 'm1', 'stopped', { member: null })]).inStepMs).toBe(24);
  });
});

describe('what nobody saw', () => {
  test('is the time before a change that was seen, not that before a note', () => {
    expect(told([state(6, 'm1', 'stopped', { since: 4 })])).toMatchObject({ inStepMs: 4, unknownMs: 2, outMs: 18 });
    expect(told([entry(6, { since: 4 })])).toMatchObject({ inStepMs: 24, unknownMs: 0 });
  });

  test('stays unknown beside an entry whose times are the wrong way round', () => {
    const gap = entry(10, { kind: 'not-seen', since: 4 });
    expect(told([gap, state(5, 'm1', 'serving', { since: 8 })])).toMatchObject({ inStepMs: 18, unknownMs: 6 });
  });
});

describe('the span that is asked for', () => {
  test('cuts what began before it and what ends after it', () => {
    const entries = [state(-5, 'm1', 'stopped'), state(-5, 'm2', 'serving'), state(30, 'm1', 'serving')];
    expect(historyOf(entries, { ...DAY, seenUntil: 40 }).outages).toEqual([{ from: 0, to: 24 }]);
  });

  test('has no empty outage at its last moment', () => {
    expect(told([state(24, 'm1', 'stopped')], { seenUntil: 40 })).toMatchObject({ outages: [], inStepMs: 24 });
  });

  test('is one outage, not two, when its cause changes', () => {
    const entries = [found(2, 'mixed-binaries', 'm1'), state(4, 'm1', 'waiting'), cleared(6, 'mixed-binaries', 'm1')];
    expect(told([...entries, state(8, 'm1', 'serving')]).outages).toEqual([{ from: 2, to: 8 }]);
  });

  test('has the changes of revision from its first moment to its last, and no other entries', () => {
    const change = (at: number): TimelineEntry => entry(at, { kind: 'revision-changed', text: `at ${at}` });
    const entries = [change(4), change(5), entry(6, { text: 'a note' }), change(7), change(10), change(11)];
    expect(told(entries, { from: 5, to: 10 }).revisions.map(({ text }) => text)).toEqual(['at 5', 'at 7', 'at 10']);
  });
});

test('half of the time in step is an availability of a half', () => {
  expect(availabilityOf(told([state(12, 'm1', 'stopped')]))).toBe(0.5);
  expect(availabilityOf(told([state(0, 'm1', 'stopped')]))).toBe(0);
});
