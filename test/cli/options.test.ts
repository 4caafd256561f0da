/** Options of the command line: what is misspelt, incomplete or too much is answered with the next step. */
import { describe, expect, test } from 'vitest';
import { parseOptions, parseOptionsAlone } from '../../src/cli/options.ts';

const TYPES = { data: 'string', json: 'boolean' } as const;
const USAGE = 'lockstep demo [--data DIR] [--json]';

describe('options', () => {
  test('are read, and what is left out is undefined or false', () => {
    expect(parseOptions(['--data', 'd', 'word'], TYPES, USAGE)).toEqual({
      ok: true,
      value: { values: { data: 'd', json: false }, rest: ['word'] },
    });
    expect(parseOptionsAlone([], TYPES, USAGE)).toEqual({ ok: true, value: { data: undefined, json: false } });
  });

  test.each([
    [['--dta', 'x'], 'unknown-option', 'Did you mean --data?'],
    [['--data'], 'bad-argument', '--data'],
    [['--json=yes'], 'bad-argument', '--json'],
    [['word'], 'bad-argument', 'demo takes no argument "word".'],
  ])('%j is refused', (args, code, text) => {
    const parsed = parseOptionsAlone(args, TYPES, USAGE);
    expect(parsed).toMatchObject({ ok: false, error: { code, next: `Usage: ${USAGE}` } });
    expect(parsed.ok ? '' : parsed.error.text).toContain(text);
  });
});
