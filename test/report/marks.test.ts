/** The signs of the picture: every kind of entry has one, and the legend says what it means. */
import { expect, test } from 'vitest';
import { TIMELINE_KINDS, type TimelineKind } from '../../src/domain/timeline.ts';
import { shapeOf, signsOf } from '../../src/report/svg/marks.ts';
import { reportSvg } from '../../src/report/svg/picture.ts';
import { anEntry, aSubject, M1 } from './subjects.ts';

function pictureOf(kind: TimelineKind): string {
  const state = kind === 'member-state' ? { state: 'serving' as const, member: M1 } : {};
  return reportSvg(aSubject([anEntry({ kind, ...state })]), 'light');
}

// What a member does is the lane itself, which has its own colours in the legend.
test.each(TIMELINE_KINDS.filter((kind) => kind !== 'member-state'))(
  '%s has a sign that the legend explains',
  (kind) => {
    const [sign] = signsOf(new Set([kind]));
    expect(sign?.shape).toBe(shapeOf(kind));
    expect(pictureOf(kind)).toContain(`>${sign?.words ?? '?'}</text>`);
  },
);

test('one shape has one meaning, and one meaning one shape', () => {
  const signs = TIMELINE_KINDS.flatMap((kind) => signsOf(new Set([kind])));
  const pairs = new Set(signs.map(({ shape, words }) => `${shape} ${words}`));
  expect(pairs.size).toBe(new Set(signs.map(({ shape }) => shape)).size);
  expect(pairs.size).toBe(new Set(signs.map(({ words }) => words)).size);
});

test('the legend has what occurs, once', () => {
  expect(signsOf(new Set<TimelineKind>(['verified', 'note', 'approval-given'])).map(({ words }) => words)).toEqual([
    'approved, verified',
    'note',
  ]);
});

test('a kind that another version wrote is drawn, and not explained', () => {
  const kind = 'moon-phase' as TimelineKind;
  expect(shapeOf(kind)).toBe('tick');
  expect(signsOf(new Set([kind]))).toEqual([]);
  expect(pictureOf(kind)).toContain('data-entry="1"');
});
