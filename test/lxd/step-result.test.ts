import { describe, expect, test } from 'vitest';
import { parseLook, parseStepResult } from '../../src/lxd/step-result.ts';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('the result of a step', () => {
  test('is its last line, when the exit code agrees', () => {
    expect(parseStepResult('start', bytes('noise\nlockstep-result start status=done state=active\n'), 0)).toEqual({
      kind: 'said',
      status: 'done',
      values: { state: 'active' },
    });
  });

  test.each([
    ['another exit code', 'lockstep-result start status=done\n', 5],
    ['another step', 'lockstep-result back-up status=done\n', 0],
    ['an unknown word', 'lockstep-result start status=fine\n', 0],
    ['more after it', 'lockstep-result start status=done\nsegmentation fault\n', 0],
    ['nothing', '', 0],
    ['cut off', '', 124],
  ])('%s is unknown', (_, text, code) => {
    expect(parseStepResult('start', bytes(text), code).kind).toBe('unknown');
  });

  test('bytes that are no text are unknown', () => {
    expect(parseStepResult('start', new Uint8Array([0, 255, 254, 10]), 0).kind).toBe('unknown');
  });

  test.each([
    ['lockstep-result start status=done\n', 0, 'done'],
    ['lockstep-result start status=not-done state=failed\n', 0, 'not-done'],
    ['lockstep-result start status=unknown\n', 0, 'cannot-tell'],
    ['lockstep-result start status=done\n', 1, 'cannot-tell'],
    ['', 0, 'cannot-tell'],
  ])('a look that says %j with %i: %s', (text, code, verdict) => {
    expect(parseLook('start', bytes(text), code)).toBe(verdict);
  });
});
