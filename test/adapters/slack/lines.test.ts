/** Whatever a form holds comes out of the parser as that value. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOf } from '../../../src/adapters/slack/lines.ts';
import { parseLine } from '../../../src/app/parse.ts';
import { argument, defineCommand, restOfLine } from '../../../src/app/registry.ts';
import { RECOVER } from './support.ts';

const REJECT = defineCommand({
  name: 'reject',
  summary: 'Rejects.',
  params: { run: argument({ kind: 'run' }, 'Which.'), why: restOfLine('why', 'Why.') },
  role: null,
  examples: [],
  handle: () => Promise.resolve(),
});

const MARKS = ['"', "'", '“', '’', ' ', '--now', '=', 'a', '&', '\n', '-', 'prod'];
const text = fc.array(fc.constantFrom(...MARKS), { minLength: 1, maxLength: 12 }).map((all) => all.join(''));

/** Double marks next to single ones are the one thing that can't be quoted: they come out as two single ones. */
function folded(value: string): string {
  return value.replace(/\s+/g, ' ').trim().replace(/["“]/g, "''");
}

test('a reason is one value, never an option or another argument', () => {
  fc.assert(
    fc.property(text, (reason) => {
      fc.pre(reason.trim() !== '');
      const parsed = parseLine(lineOf(RECOVER, { cluster: 'prod', reason }), [RECOVER], ['prod']);
      if (!parsed.ok) throw new Error(parsed.error.text);
      expect(
        Object.keys(parsed.value.values)
          .filter((key) => parsed.value.values[key] !== null)
          .toSorted(),
      ).toEqual(['cluster', 'reason']);
      expect(folded(String(parsed.value.values['reason']))).toBe(folded(reason));
    }),
  );
});

test('a single word behind an argument that was left out is still the reason', () => {
  const parsed = parseLine(lineOf(REJECT, { why: 'risky' }), [REJECT], []);
  expect(parsed.ok && parsed.value.values).toMatchObject({ run: null, why: expect.stringMatching(/^risky/) });
});
