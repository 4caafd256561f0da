import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { lineOf, type Given } from '../../../src/adapters/discord/lines.ts';
import { parseLine } from '../../../src/app/parse.ts';
import type { Command, Param } from '../../../src/app/registry.ts';
import { assertNever } from '../../../src/domain/assert-never.ts';
import { NASTY } from './support/any-message.ts';

/** What people may type into a field, apart from characters that the parser refuses as a whole. */
const free = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 60 }),
    fc.constantFrom(
      'risky',
      'r12',
      '--dry-run',
      '--',
      '-h',
      '&',
      '"',
      "'",
      'a" b\' c',
      '" --strategy=rollback "',
      "it's late",
      '=x',
      'help',
    ),
    fc.constantFrom(...NASTY.filter((text) => /^[\x20-\x7e]+$/.test(text))),
  )
  .filter((text) => text.trim() !== '');

function valueFor(param: Param): fc.Arbitrary<string | number | boolean> {
  switch (param.type.kind) {
    case 'flag':
      return fc.boolean();
    case 'int':
      return fc.integer({ min: param.type.min, max: Math.min(param.type.max, 999_999_999) });
    case 'enum':
      return fc.constantFrom(...param.type.values);
    case 'cluster':
      return fc.constant('prod');
    case 'run':
      return fc.constant('r4k2x9a');
    case 'command':
      return fc.constant('status');
    case 'duration':
      return fc.constant('7d');
    case 'incident':
      return fc.constant('i4k2x9a');
    case 'text':
      return free;
    default:
      return assertNever(param.type);
  }
}

const anyGiven: fc.Arbitrary<{ command: Command; given: Given }> = fc.constantFrom(...COMMANDS).chain((command) => {
  const fields = Object.fromEntries(
    Object.entries(command.params).map(([name, param]) => [
      name,
      param.required ? valueFor(param) : fc.option(valueFor(param)),
    ]),
  );
  return fc.record(fields).map((values) => ({
    command,
    given: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Given,
  }));
});

const squeeze = (text: string): string => text.replaceAll(/["\u201c\u201d\u201e\u201f\u00ab\u00bb]|''/g, '"').trim();

describe('typed options become a line', () => {
  test('that the parser reads back as those very values', () => {
    fc.assert(
      fc.property(anyGiven, ({ command, given }) => {
        const parsed = parseLine(lineOf(command, given), COMMANDS, ['prod']);
        if (!parsed.ok) throw new Error(`${lineOf(command, given)}: ${parsed.error.text}`);
        expect(parsed.value.command.name).toBe(command.name);
        for (const [name, param] of Object.entries(command.params)) {
          const value = parsed.value.values[name];
          const wanted = given[name] ?? (param.type.kind === 'flag' ? false : null);
          if (param.type.kind === 'duration') expect(value).toBe(wanted === null ? null : 7 * 86_400_000);
          else if (typeof wanted === 'string') expect(squeeze(String(value))).toBe(squeeze(wanted));
          else expect(value).toBe(wanted);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('free text injects no option, no other argument and no background mark', () => {
    const recover = COMMANDS.find(({ name }) => name === 'recover');
    if (recover === undefined) throw new Error('recover is gone');
    const line = lineOf(recover, { cluster: 'prod', reason: '" --strategy=rollback --dry-run &' });
    const parsed = parseLine(line, COMMANDS, ['prod']);
    expect(parsed).toMatchObject({ ok: true, value: { values: { strategy: null, 'dry-run': false } } });
  });

  test('a bare word behind an argument that was left out is not read as that argument', () => {
    const reject = COMMANDS.find(({ name }) => name === 'reject');
    if (reject === undefined) throw new Error('reject is gone');
    const parsed = parseLine(lineOf(reject, { why: 'risky' }), COMMANDS, ['prod']);
    expect(parsed).toMatchObject({ ok: true, value: { values: { run: null, why: 'risky' } } });
  });
});
