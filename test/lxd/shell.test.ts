import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellJoin, shellQuote } from '../../src/lxd/shell.ts';

const word = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.includes('\0') && text.isWellFormed());

/** The arguments that a real shell sees, NUL-separated so that none can pretend to be two. */
function argumentsSeenBySh(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`]);
  return stdout.toString('utf8').split('\0').slice(0, -1);
}

describe('shellQuote', () => {
  test('gives a word that a real sh reads back byte for byte', () => {
    fc.assert(
      fc.property(word, (text) => {
        expect(argumentsSeenBySh(shellQuote(text))).toEqual([text]);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['', "''"],
    ['plain', "'plain'"],
    ["it's", String.raw`'it'\''s'`],
    ['$(reboot); `id`', "'$(reboot); `id`'"],
  ])('quotes %j', (text, quoted) => {
    expect(shellQuote(text)).toBe(quoted);
  });

  test('refuses a NUL byte', () => {
    expect(() => shellQuote('a\0b')).toThrow('NUL');
  });
});

describe('shellJoin', () => {
  test('gives a line whose words a real sh reads back one for one', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (argv) => {
        expect(argumentsSeenBySh(shellJoin(argv))).toEqual(argv);
      }),
      { numRuns: 100 },
    );
  });

  test('leaves harmless words as they are, and quotes the rest', () => {
    expect(shellJoin(['snap', 'refresh', 'lxd', '--revision=502', '', '~', 'a b', '*'])).toBe(
      "snap refresh lxd --revision=502 '' '~' 'a b' '*'",
    );
  });

  test('quotes a first word that would be an assignment', () => {
    expect(shellJoin(['A=1', 'true'])).toBe("'A=1' true");
  });

  test('refuses a NUL byte', () => {
    expect(() => shellJoin(['true', '\0'])).toThrow('NUL');
  });
});
