/** What members did, when the cluster was out, and the axis under it. */
import { describe, expect, test } from 'vitest';
import { requireMemberName } from '../../src/domain/ids.ts';
import type { MemberState, TimelineEntry } from '../../src/domain/timeline.ts';
import { lanesOf, outagesOf } from '../../src/report/lanes.ts';
import { ticksOf } from '../../src/report/svg/axis.ts';
import { picturedRange } from '../../src/report/svg/frame.ts';
import { reportSvg } from '../../src/report/svg/picture.ts';
import { theIncident } from '../support/incident-cast.ts';
import { NOW } from '../support/observation.ts';
import { anEntry, aSubject } from './subjects.ts';

const MINUTE = 60_000;

function seen(
  member: string,
  state: MemberState,
  min: number,
  sinceMin: number | null,
  sequence: number,
): TimelineEntry {
  const since = sinceMin === null ? {} : { since: NOW + sinceMin * MINUTE };
  return anEntry({
    kind: 'member-state',
    member: requireMemberName(member),
    state,
    happenedAt: NOW + min * MINUTE,
    text: `${member} ${state}`,
    sequence,
    ...since,
  });
}

const NIGHT = [
  seen('m1', 'serving', 0, null, 1),
  seen('m2', 'serving', 0, null, 2),
  seen('m2', 'crash-looping', 10, 9, 3),
  seen('m1', 'waiting', 20, 19, 4),
  seen('m1', 'serving', 30, 29, 5),
  seen('m2', 'serving', 40, 39, 6),
  anEntry({ sequence: 7, happenedAt: NOW + 60 * MINUTE }),
];
const SUBJECT = aSubject(NIGHT, { members: ['m2', 'm1'] });
const min = (at: number): number => (at - NOW) / MINUTE;

describe('lanes', () => {
  test('stand in configuration order; a state lasts until another is seen, and began between two looks', () => {
    const lanes = lanesOf(SUBJECT).map(({ member, segments }) => ({
      member,
      segments: segments.map(({ state, earliest, from, to }) => [state, min(earliest), min(from), min(to)]),
    }));
    expect(lanes).toEqual([
      {
        member: 'm2',
        segments: [
          ['serving', 0, 0, 10],
          ['crash-looping', 9, 10, 40],
          ['serving', 39, 40, 60],
        ],
      },
      {
        member: 'm1',
        segments: [
          ['serving', 0, 0, 20],
          ['waiting', 19, 20, 30],
          ['serving', 29, 30, 60],
        ],
      },
    ]);
  });

  test('what was seen before the first entry still holds at the beginning', () => {
    const late = aSubject(
      [
        anEntry({ sequence: 7, happenedAt: NOW + 15 * MINUTE }),
        anEntry({ sequence: 8, happenedAt: NOW + 25 * MINUTE }),
      ],
      {
        states: NIGHT,
        members: ['m1', 'm2'],
      },
    );
    expect(lanesOf(late).map(({ segments }) => segments.map(({ state, from }) => [state, min(from)]))).toEqual([
      [
        ['serving', 15],
        ['waiting', 20],
      ],
      [['crash-looping', 15]],
    ]);
  });

  test('a member that nobody looked at has an empty lane', () => {
    expect(lanesOf(aSubject(NIGHT, { members: ['m1', 'm2', 'm9'] })).at(-1)).toEqual({
      cluster: 'prod',
      member: 'm9',
      segments: [],
    });
  });
});

describe('the outage', () => {
  test('begins with the first member that does not serve and is whole while none does', () => {
    expect(outagesOf(lanesOf(SUBJECT)).map(({ from, to, whole }) => [min(from), min(to), whole])).toEqual([
      [10, 20, false],
      [20, 30, true],
      [30, 40, false],
    ]);
  });

  test('is none while every member serves, or nobody knows', () => {
    const calm = aSubject([
      seen('m1', 'serving', 0, null, 1),
      seen('m2', 'unknown', 0, null, 2),
      seen('m1', 'serving', 9, 8, 3),
    ]);
    expect(outagesOf(lanesOf(calm))).toEqual([]);
  });
});

describe('the axis', () => {
  test.each([
    [3 * MINUTE, ['04:40:00', '04:40:15', '04:40:30']],
    [3 * 60 * MINUTE, ['04:45', '05:00', '05:15']],
    [5 * 24 * 60 * MINUTE, ['12:00', '00:00', '12:00']],
    [90 * 24 * 60 * MINUTE, ['3 Dec 2026']],
  ])('has round moments over %i ms, no more than fit', (length, first) => {
    const ticks = ticksOf({ from: NOW, to: NOW + length }, 12);
    expect(ticks.length).toBeLessThanOrEqual(13);
    expect(ticks.length).toBeGreaterThan(4);
    expect(ticks.slice(0, first.length).map(({ label }) => label)).toEqual(first);
  });

  test('says the date at the first tick and where a day begins, not in between', () => {
    const ticks = ticksOf({ from: NOW, to: NOW + 30 * 60 * MINUTE }, 12);
    expect(ticks.filter(({ date }) => date !== null).map(({ date }) => date)).toEqual(['23 Nov 2026', '24 Nov 2026']);
  });
});

describe('the picture', () => {
  test('draws each state with its own pattern, and the soft edge between two', () => {
    const svg = reportSvg(SUBJECT, 'light');
    expect(svg).toMatch(/<path d="[^"]+" class="lt-l-crash-looping"/);
    expect(svg).toContain('url(#lt-g-serving-crash-looping)');
    expect(svg).toContain('no member serves, 10 min');
  });

  test('follows the reader’s setting only where it may', () => {
    expect(reportSvg(SUBJECT, 'auto')).toContain('prefers-color-scheme:dark');
    expect(reportSvg(SUBJECT, 'dark')).not.toContain('@media');
  });

  test('as pixels has every sign once, and no words that nobody could read', () => {
    const twice = [...NIGHT, anEntry({ sequence: 8, happenedAt: NOW + 60 * MINUTE, text: 'the same moment' })];
    const bare = reportSvg(aSubject(twice, { members: ['m1', 'm2'] }), 'light', 'bare');
    const signs = bare.split('M-5.5 -5.5H5.5V3.5H0L-3 6.5V3.5H-5.5Z').length - 1;
    expect(signs).toBe(2);
    expect(bare).not.toContain('the same moment');
  });

  test('gives what led to an incident at most half of it; what is older stands at the edge, and is told', () => {
    const incident = { ...theIncident(), opened: { at: NOW + 10 * MINUTE, by: 'lockstep' } };
    const old = anEntry({
      sequence: 9,
      happenedAt: NOW - 9 * 24 * 60 * MINUTE,
      kind: 'finding-appeared',
      text: 'skew',
    });
    const subject = aSubject([old, ...NIGHT], { members: ['m1', 'm2'], incident });
    const svg = reportSvg(subject);
    expect(picturedRange(subject)).toEqual({ from: NOW - 40 * MINUTE, to: NOW + 60 * MINUTE });
    expect(svg).toContain('One entry is older than this and at the left edge.');
    expect(svg).toContain('data-entry="9"');
    expect(svg).toContain('>04:30</text>');
  });

  test('of a whole outage that began before its edge has the whole length', () => {
    const incident = { ...theIncident(), opened: { at: NOW + 50 * MINUTE, by: 'lockstep' } };
    const night = [
      seen('m1', 'waiting', 0, null, 1),
      seen('m1', 'serving', 55, 54, 2),
      anEntry({ sequence: 3, happenedAt: NOW + 60 * MINUTE }),
    ];
    const svg = reportSvg(aSubject(night, { members: ['m1'], incident }));
    expect(svg).toContain('no member serves, 55 min');
  });

  test('names what it does not draw', () => {
    const many = Array.from({ length: 70 }, (_, index) => `m${index}`);
    expect(reportSvg(aSubject(NIGHT, { members: many }))).toContain('6 more members are not drawn.');
  });
});
