/** Nearness of words. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance, suggest } from '../../src/app/suggest.ts';

describe('distance', () => {
  test.each([
    ['', '', 0],
    ['status', 'status', 0],
    ['statsu', 'status', 1],
    ['satus', 'status', 1],
    ['kitten', 'sitting', 3],
    ['abc', '', 3],
  ])('%j to %j is %i', (a, b, far) => {
    expect(distance(a, b)).toBe(far);
  });

  test('is the same both ways, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('suggest', () => {
  const names = ['status', 'explain', 'recover', 'reject', 'runs'];

  test.each([
    ['statsu', 'status'],
    ['stat', 'status'],
    ['exp', 'explain'],
    ['run', 'runs'],
    ['xyzzy', null],
    ['re', null],
    ['', null],
  ])('%j means %j', (word, name) => {
    expect(suggest(word, names)).toBe(name);
  });
});
