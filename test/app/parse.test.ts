/** The parser: what is understood, what is refused, and that every refusal has a next step. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { parseLine, type ParsedLine } from '../../src/app/parse.ts';
import { MAX_LINE } from '../../src/app/tokenize.ts';
import type { Problem } from '../../src/domain/problem.ts';

const CLUSTERS = ['prod', 'lab-2'];

function read(line: string): { readonly name: string; readonly values: ParsedLine['values'] } {
  const parsed = parseLine(line, COMMANDS, CLUSTERS);
  if (!parsed.ok) throw new Error(`${parsed.error.code}: ${parsed.error.text}`);
  return { name: parsed.value.command.name, values: parsed.value.values };
}

function refuse(line: string): Problem {
  const parsed = parseLine(line, COMMANDS, CLUSTERS);
  if (parsed.ok) throw new Error(`understood as ${parsed.value.command.name}`);
  return parsed.error;
}

describe('a line that is understood', () => {
  test.each([
    ['status'],
    ['/lxd status'],
    ['lxd status'],
    ['  /LXD   STATUS  '],
    ['@lockstep status'],
    ['<@U0123ABC> status'],
    ['<@!99887766> /lxd status'],
    ['/status'],
  ])('%s is status of every cluster', (line) => {
    expect(read(line)).toEqual({ name: 'status', values: { cluster: null, since: null } });
  });

  test.each([
    ['recover prod --strategy patch-in-place --dry-run'],
    ['recover --dry-run --strategy=patch-in-place prod'],
    ['--dry-run recover prod --strategy PATCH-IN-PLACE'],
    ['recover prod \u2014strategy patch-in-place \u2013\u2013dry-run'.replace('\u2013\u2013', '\u2014')],
  ])('options stand anywhere: %s', (line) => {
    expect(read(line).values).toMatchObject({ cluster: 'prod', strategy: 'patch-in-place', 'dry-run': true });
  });

  test.each([
    ['recover prod --reason "two words"', 'two words'],
    ["recover prod --reason 'two words'", 'two words'],
    ['recover prod --reason \u201ctwo words\u201d', 'two words'],
    ['recover prod --reason=\u2018two words\u2019', 'two words'],
    ['recover prod --reason="it\'s late"', "it's late"],
    ['recover prod --reason "$(reboot); rm -rf / | `id` > /x"', '$(reboot); rm -rf / | `id` > /x'],
    ['recover prod --reason "--dry-run"', '--dry-run'],
  ])('quotation marks of every kind: %s', (line, reason) => {
    expect(read(line).values).toMatchObject({ reason, 'dry-run': false });
  });

  test('a trailing & is --no-wait', () => {
    expect(read('approve r4k2x9a &').values).toMatchObject({ run: 'r4k2x9a', 'no-wait': true });
    expect(read('approve &').values).toMatchObject({ run: null, 'no-wait': true });
    expect(read('approve --no-wait &').values).toMatchObject({ run: null, 'no-wait': true });
  });

  test('a reason without quotation marks goes to the end of the line', () => {
    expect(read("reject r4k it's too late").values).toEqual({ run: 'r4k', why: "it's too late" });
    expect(read('reject not tonight').values).toEqual({ run: null, why: 'not tonight' });
  });

  test('-- ends the options', () => {
    expect(read('reject -- --really').values).toEqual({ run: null, why: '--really' });
  });

  test('spans of time are read as ms', () => {
    expect(read('status prod --since 7d').values).toMatchObject({ since: 7 * 86_400_000 });
    expect(read('status --since=90S').values).toMatchObject({ since: 90_000 });
  });

  test('help is what one gets for nothing, for --help and for -h', () => {
    expect(read('/lxd')).toEqual({ name: 'help', values: { command: null } });
    expect(read('recover --help')).toEqual({ name: 'help', values: { command: 'recover' } });
    expect(read('status prod -h')).toEqual({ name: 'help', values: { command: 'status' } });
  });

  test('a non-breaking space is a space', () => {
    expect(read('status\u00a0prod').values).toMatchObject({ cluster: 'prod' });
  });
});

describe('a line that is refused', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['statsu', 'unknown-command'],
    ['frobnicate prod', 'unknown-command'],
    ['status prdo', 'unknown-cluster'],
    ['status prod; reboot', 'unknown-cluster'],
    ['status $(reboot)', 'unknown-cluster'],
    ['status prod lab-2', 'bad-argument'],
    ['status prod | sh', 'bad-argument'],
    ['status --sicne 7d', 'unknown-option'],
    ['status --since', 'bad-argument'],
    ['status --since soon', 'bad-argument'],
    ['status --since 0d', 'bad-argument'],
    ['status --since 1d --since 2d', 'bad-argument'],
    ['recover', 'missing-argument'],
    ['check prod', 'missing-argument'],
    ['recover prod --dry-run=yes', 'bad-argument'],
    ['recover prod --strategy ptach-in-place', 'bad-argument'],
    ['recover prod --reason ""', 'bad-argument'],
    ['recover prod --reason "never closed', 'bad-argument'],
    ['approve four', 'bad-argument'],
    ['approve --confirm-stop -1', 'bad-argument'],
    ['approve --confirm-stop 1e3', 'bad-argument'],
    ['help statsu', 'unknown-command'],
    ['status pr\u200bod', 'control-characters'],
    ['status \u202eprod', 'control-characters'],
    ['reject caf\ufffd', 'control-characters'],
    ['status pr\u0000od', 'control-characters'],
    ['status \u001b[31mprod', 'control-characters'],
    ['status --constructor x', 'unknown-option'],
    ['status --__proto__ x', 'unknown-option'],
  ])('%j is %s', (line, code) => {
    expect(refuse(line).code).toBe(code);
  });

  test('ten thousand characters are too many', () => {
    expect(refuse(`reject ${'x'.repeat(10_000)}`).code).toBe('line-too-long');
    expect(read(`reject ${'x'.repeat(MAX_LINE - 7)}`).name).toBe('reject');
  });

  test('it says what was probably meant', () => {
    expect(refuse('statsu')).toMatchObject({ next: 'status', text: expect.stringContaining('Did you mean status?') });
    expect(refuse('status prdo').text).toContain('Did you mean prod?');
    expect(refuse('status --sicne 7d').text).toContain('Did you mean --since?');
    expect(refuse('recover prod --strategy ptach-in-place').text).toContain('Did you mean patch-in-place?');
  });

  test('what it offers names a cluster that is there', () => {
    const missing = (line: string) => {
      const parsed = parseLine(line, COMMANDS, ['lab-2', 'lab-3']);
      return parsed.ok ? null : parsed.error.next;
    };
    expect(missing('recover')).toBe('recover lab-2');
    expect(missing('check lab-3')).toBe('check lab-3 --to 5.21.2');
  });

  test('an example of a choice is what one would type', () => {
    expect(refuse('recover prod --strategy sideways').next).toMatch(/^For example --strategy [a-z-]+\.$/);
    expect(refuse('resume sideways').next).toBe('For example retry.');
  });

  test('a shell’s signs are named as meaningless', () => {
    expect(refuse('status prod; reboot').text).toContain('not a shell');
    expect(refuse('status prod && reboot').text).toContain('not a shell');
  });
});

describe('any line at all', () => {
  const words = fc.constantFrom(
    'status',
    'recover',
    'approve',
    'prod',
    '--reason',
    '--dry-run',
    '=',
    '"',
    '“',
    "'",
    '--',
    '&',
    '@lockstep',
    '/lxd',
    'r1',
    '\u200b',
    '\u0007',
  );
  const lines = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(words).map((all) => all.join(' ')),
    fc.array(words).map((all) => all.join('')),
  );

  test('is understood or is refused with a code, a sentence and a next step, and never throws', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const parsed = parseLine(line, COMMANDS, CLUSTERS);
        if (parsed.ok) {
          expect(Object.keys(parsed.value.values).sort()).toEqual(Object.keys(parsed.value.command.params).sort());
        } else {
          expect(parsed.error.text).not.toBe('');
          expect(parsed.error.next).not.toBe('');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
