import { expect, test } from 'vitest';
import { describeDuration } from '../../src/domain/duration.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [1.4, '1 ms'],
  [999, '999 ms'],
  [SECOND, '1 s'],
  [1_499, '1 s'],
  [1_500, '2 s'],
  [59 * SECOND, '59 s'],
  [59_500, '1 min'],
  [MINUTE, '1 min'],
  [MINUTE + 59 * SECOND, '1 min 59 s'],
  [59 * MINUTE + 59 * SECOND, '59 min 59 s'],
  [HOUR, '1 h'],
  [HOUR + 59 * SECOND, '1 h'],
  [HOUR + 2 * MINUTE, '1 h 2 min'],
  [DAY - SECOND, '23 h 59 min'],
  [DAY, '1 d'],
  [DAY + 59 * MINUTE, '1 d'],
  [3 * DAY + 5 * HOUR, '3 d 5 h'],
])('%d ms is said as %s', (ms, words) => {
  expect(describeDuration(ms)).toBe(words);
});
