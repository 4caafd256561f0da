import { expect, test } from 'vitest';
import { parseUntil } from '../../../src/app/watch/until.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['2h', '2026-11-23T14:00:00Z'],
  ['30m', '2026-11-23T12:30:00Z'],
  ['18:00', '2026-11-23T18:00:00Z'],
  ['9:30', '2026-11-24T09:30:00Z'],
  ['12:00', '2026-11-24T12:00:00Z'],
  ['2026-11-25T01:00Z', '2026-11-25T01:00:00Z'],
])('%s ends at %s', (text, end) => {
  expect(parseUntil(text, NOW)).toEqual({ ok: true, value: Date.parse(end) });
});

test.each(['', 'tomorrow', '0h', '25:00', '2026-11-22T01:00Z', '2026-13-40T00:00Z', '90d', '2h; reboot'])(
  '%j is no end of a silence',
  (text) => {
    expect(parseUntil(text, NOW).ok).toBe(false);
  },
);
