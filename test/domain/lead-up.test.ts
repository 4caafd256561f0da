/** What stood on record before an incident was opened and belongs to it. */
import { describe, expect, test } from 'vitest';
import { requireIncidentId, requireMemberName } from '../../src/domain/ids.ts';
import { leadUpTo, LONGEST_LEAD_MS, type Because } from '../../src/domain/lead-up.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import { anEntry } from '../report/subjects.ts';
import { NOW } from '../support/observation.ts';

const MINUTE = 60_000;
const OWN = requireIncidentId('iaaaaaa');
const OTHER = requireIncidentId('ibbbbbb');
const [M1, M2] = ['m1', 'm2'].map(requireMemberName);

type Part = Partial<TimelineEntry>;

const appeared = (finding: NonNullable<TimelineEntry['finding']>, members = [M1!]): Part => ({
  kind: 'finding-appeared',
  finding,
  members,
});
const cleared = (finding: NonNullable<TimelineEntry['finding']>, members = [M1!]): Part => ({
  ...appeared(finding, members),
  kind: 'finding-cleared',
});
const does = (member: typeof M1, state: NonNullable<TimelineEntry['state']>): Part => ({
  kind: 'member-state',
  member: member!,
  state,
});

/** Each list is what one look wrote, a minute after the one before. */
function told(...looks: readonly (readonly Part[])[]): readonly TimelineEntry[] {
  return looks
    .flatMap((look, index) =>
      look.map((part) => ({ happenedAt: NOW + index * MINUTE, ...part, recordedAt: NOW + index * MINUTE })),
    )
    .map((part, index) => anEntry({ ...part, sequence: index + 1 }));
}

function led(
  entries: readonly TimelineEntry[],
  because: Because | null = null,
  at = NOW + 10 * MINUTE,
): readonly number[] {
  return leadUpTo(entries, { incident: OWN, at, because });
}

describe('what led to an incident', () => {
  test('is everything since the cluster was last as it should be', () => {
    const entries = told(
      [appeared('in-step'), does(M1, 'serving')],
      [appeared('stale-counter'), does(M1, 'waiting')],
      [{ kind: 'note' }],
      [does(M2, 'waiting')],
    );
    expect(led(entries)).toEqual([3, 4, 5, 6]);
  });

  test('begins anew after a time in which nothing was wrong', () => {
    const entries = told(
      [appeared('stale-counter')],
      [cleared('stale-counter'), appeared('in-step')],
      [appeared('member-unreachable'), does(M1, 'unreachable')],
    );
    expect(led(entries)).toEqual([4, 5]);
  });

  test('goes on where one look saw a finding in the place of another', () => {
    const entries = told(
      [appeared('stale-counter', [M1!])],
      [cleared('stale-counter', [M1!]), appeared('stale-counter', [M1!, M2!])],
    );
    expect(led(entries)).toEqual([1, 2, 3]);
  });

  test('is nothing where nothing is wrong, or only a remark stands', () => {
    expect(led(told([appeared('in-step')], [{ kind: 'note' }]))).toEqual([]);
    expect(led(told([appeared('auto-refresh-not-held')], [{ kind: 'note' }]))).toEqual([]);
    expect(led([])).toEqual([]);
  });

  test('is what the watch had in mind, from its first sighting', () => {
    const entries = told(
      [appeared('unknown-version')],
      [appeared('disk-low')],
      [{ kind: 'note' }],
      [appeared('stale-counter')],
    );
    expect(led(entries, { findings: ['stale-counter'], since: NOW + 2 * MINUTE })).toEqual([3, 4]);
    expect(led(entries, { findings: ['disk-low'], since: null })).toEqual([2, 3, 4]);
  });

  test('leaves out what belongs to another incident, but for what still holds', () => {
    const entries = told([appeared('stale-counter')], [{ kind: 'note' }]).map((entry) => ({
      ...entry,
      incident: OTHER,
    }));
    expect(led(entries)).toEqual([1]);
    expect(led(entries.map((entry) => ({ ...entry, incident: OWN })))).toEqual([]);
  });

  test.each(['waiting', 'crash-looping', 'stopped', 'patched', 'unreachable'] as const)(
    'is a member that is %s, until it serves again',
    (state) => {
      expect(led(told([does(M1, state)], [{ kind: 'note' }]))).toEqual([1, 2]);
      expect(led(told([does(M1, state)], [does(M1, 'serving')], [{ kind: 'note' }]))).toEqual([]);
    },
  );

  test.each(['serving', 'unknown'] as const)('is not a member that is %s', (state) => {
    expect(led(told([does(M1, state)], [{ kind: 'note' }]))).toEqual([]);
  });

  test('goes on while another member is down, or the same finding holds for another', () => {
    expect(led(told([does(M1, 'waiting')], [does(M2, 'waiting')], [does(M1, 'serving')]))).toEqual([1, 2, 3]);
    expect(
      led(
        told([appeared('stale-counter', [M1!])], [appeared('stale-counter', [M2!])], [cleared('stale-counter', [M1!])]),
      ),
    ).toEqual([1, 2, 3]);
    expect(
      led(told([appeared('stale-counter'), appeared('latent-skew')], [cleared('stale-counter')], [{ kind: 'note' }])),
    ).toEqual([1, 2, 3, 4]);
  });

  test('reads a state only where the entry is about one, and a finding only where it came or went', () => {
    expect(led(told([{ ...does(M1, 'waiting'), kind: 'note' }], [{ kind: 'note' }]))).toEqual([]);
    expect(led(told([{ kind: 'member-state', member: null, state: 'waiting' }], [{ kind: 'note' }]))).toEqual([]);
    expect(led(told([{ ...appeared('stale-counter'), kind: 'note' }], [{ kind: 'note' }]))).toEqual([]);
    expect(led(told([appeared('stale-counter')], [{ ...cleared('stale-counter'), kind: 'note' }]))).toEqual([1, 2]);
    expect(led(told([does(M1, 'waiting')], [{ ...does(M1, 'serving'), kind: 'note' }]))).toEqual([1, 2]);
  });

  test('is at most the newest two hundred', () => {
    const looks = Array.from({ length: 205 }, (): readonly Part[] => [{ kind: 'note' }]);
    const numbers = led(told([appeared('stale-counter')], ...looks));
    expect(numbers).toHaveLength(200);
    expect([numbers[0], numbers.at(-1)]).toEqual([7, 206]);
  });

  test('reaches back a day, and to the cause however old it is', () => {
    const entries = told([appeared('latent-skew')], [{ kind: 'note' }]);
    const late = NOW + LONGEST_LEAD_MS;
    expect(led(entries, null, late)).toEqual([1, 2]);
    expect(led(entries, null, late + 1)).toEqual([2]);
    expect(led(entries, { findings: ['latent-skew'], since: null }, late + 2 * MINUTE)).toEqual([1]);
    expect(
      led(told([does(M1, 'stopped')], [appeared('latent-skew')]), { findings: ['latent-skew'], since: null }, late + 1),
    ).toEqual([2]);
  });
});
