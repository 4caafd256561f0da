/** What a remote text may look like on a screen: nothing that moves the cursor, nothing that can't be seen. */
import { describe, expect, test } from 'vitest';
import { visibleLine, visibleLines } from '../../src/domain/visible.ts';

/** Written as numbers, so that the file itself hides nothing. */
function chars(...codePoints: readonly number[]): string {
  return String.fromCodePoint(...codePoints);
}

describe('one visible line', () => {
  test('is the text itself where all of it is plain', () => {
    const plain = chars(...Array.from({ length: 0x7f - 0x20 }, (_, index) => 0x20 + index));
    expect(visibleLine(plain)).toBe(plain);
    expect(visibleLine('')).toBe('');
    expect(visibleLine('schöner Tag, ok ✓')).toBe('schöner Tag, ok ✓');
  });

  test('says where a line ended, and has a space for a tab', () => {
    expect(visibleLine('a\nb\r\nc\td\te')).toBe('a ⏎ b ⏎ c d e');
  });

  test('shows control characters as their pictures', () => {
    expect(visibleLine(`a${chars(0)}b${chars(0x1b)}[31m${chars(0x7f)}\r!`)).toBe('a␀b␛[31m␡␍!');
    expect(visibleLine(`${chars(0x1f)}${chars(0x1f)}`)).toBe('␟␟');
  });

  test.each([0x80, 0x9f, 0xad, 0x61c, 0x180e, 0x200b, 0x200f, 0x2028, 0x202e, 0x2060, 0x206f, 0xfeff, 0xfffb, 0xe0041])(
    'shows %d as its number',
    (codePoint) => {
      const number = codePoint.toString(16).toUpperCase().padStart(4, '0');
      expect(visibleLine(`x${chars(codePoint, codePoint)}y`)).toBe(`x<U+${number}><U+${number}>y`);
    },
  );

  test('has a replacement for half a character', () => {
    expect(visibleLine('a\ud800b')).toBe(`a${chars(0xfffd)}b`);
  });
});

describe('visible lines', () => {
  test('are cut where lines end, of either kind, and nowhere else', () => {
    expect(visibleLines('a\nb\r\nc\rd\n')).toEqual(['a', 'b', 'c␍d', '']);
  });

  test('have their tabs as spaces up to the next column of eight', () => {
    expect(visibleLines('\tx\na\tx\n1234567\tx\n12345678\tx')).toEqual([
      '        x',
      'a       x',
      '1234567 x',
      '12345678        x',
    ]);
  });

  test('hide nothing either', () => {
    expect(visibleLines(`a${chars(0x1b)}b${chars(0x202e)}`)).toEqual(['a␛b<U+202E>']);
  });
});
