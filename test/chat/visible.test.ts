/** The escaper: nothing that a terminal acts on gets through, and nothing is lost silently. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visibleLine, visibleLines } from '../../src/chat/visible.ts';

// oxlint-disable-next-line no-control-regex -- what must not be left
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

describe('visibleLine', () => {
  test.each([
    ['plain text, ünïcode, 日本', 'plain text, ünïcode, 日本'],
    ['\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['\u001b]0;title\u0007', '␛]0;title␇'],
    ['a\u0000b\u007f', 'a␀b␡'],
    ['two\nlines\r\nthree', 'two ⏎ lines ⏎ three'],
    ['over\rwritten', 'over␍written'],
    ['\u202egnp.exe', '<U+202E>gnp.exe'],
    ['zero\u200bwidth', 'zero<U+200B>width'],
    ['\u009b31m', '<U+009B>31m'],
    ['tag\u{e0041}', 'tag<U+E0041>'],
    ['lone \ud800 surrogate', 'lone \ufffd surrogate'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visibleLine(text)).toBe(shown);
  });

  test('leaves nothing active of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(ACTIVE.test(visibleLine(text))).toBe(false);
        expect(visibleLines(text).every((line) => !ACTIVE.test(line))).toBe(true);
      }),
    );
  });
});

describe('visibleLines', () => {
  test('keeps lines, and tabulators as blanks', () => {
    expect(visibleLines('a\tb\n\tc\r\nd')).toEqual(['a       b', '        c', 'd']);
  });
});
