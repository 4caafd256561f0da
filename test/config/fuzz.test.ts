import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEnvFile } from '../../src/config/env-file.ts';
import { formatConfigProblems } from '../../src/config/problem.ts';
import { goodYaml, load } from './support.ts';

/** Either it loads, or there is an error to show; the text for the terminal is one line each and harmless. */
function holds(loaded: Parameters<typeof load>[0]): void {
  const result = load(loaded);
  if (result.ok) return;
  expect(result.error.some((problem) => problem.severity === 'error')).toBe(true);
  const text = formatConfigProblems(result.error);
  expect(text.split('\n')).toHaveLength(result.error.length + 1);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
}

/** Words that reach deep into the readers. */
const WORDS = [
  'clusters',
  'prod',
  'members',
  'ssh',
  'roles',
  'name',
  'host',
  'key',
  ':',
  '\n',
  '  ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '&a',
  '*a',
  '!!x',
  '"',
  "'",
  '|',
  '\t',
  '1',
  'null',
  '<<',
  '? ',
];

describe('any text', () => {
  test('is an answer as clusters.yaml', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (yaml) => holds({ yaml })));
  });

  test('made of the words of the format is an answer', () => {
    const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(''));
    fc.assert(
      fc.property(text, (yaml) => holds({ yaml })),
      { numRuns: 500 },
    );
  });

  test('in place of one line of a good file is an answer', () => {
    const line = fc.integer({ min: 1, max: 16 });
    fc.assert(fc.property(line, fc.string({ maxLength: 40 }), (at, text) => holds({ yaml: goodYaml({ [at]: text }) })));
  });

  test('is an answer as .env', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (dotEnv) => holds({ dotEnv })));
  });

  test('that is written as a quoted value of .env comes back', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => !/['\r\n]/.test(text));
    fc.assert(
      fc.property(value, (text) => {
        const parsed = parseEnvFile('.env', `A='${text}'\nB=1\n`);
        expect(parsed.problems).toEqual([]);
        expect(parsed.values.get('A')).toBe(text);
        expect(parsed.lines.get('B')).toBe(2);
      }),
    );
  });
});
