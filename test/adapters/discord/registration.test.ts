import { SlashCommandBuilder } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { NOTE_NAME, registrationJson, SLASH_NAME } from '../../../src/adapters/discord/registration.ts';
import { differingCommands, syncCommands } from '../../../src/adapters/discord/sync.ts';
import { argument, defineCommand, option, requiredArgument, type Command } from '../../../src/app/registry.ts';

interface Option {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly options?: readonly Option[];
  readonly min_value?: number;
  readonly max_value?: number;
}

const optionsOf = (commands: readonly Command[]): readonly Option[] => {
  const [slash] = registrationJson(commands) as readonly { readonly options?: readonly Option[] }[];
  return slash?.options ?? [];
};

const shape = (params: Command['params'], more: Partial<Command> = {}): Command => ({
  ...defineCommand({
    name: 'sample',
    summary: 'A sample.',
    params,
    role: 'view',
    examples: [],
    handle: () => Promise.resolve(),
  }),
  ...more,
});

describe('registration', () => {
  test('is one slash command with one sub-command per command, and the message command', () => {
    const [slash, note] = registrationJson(COMMANDS);
    expect(slash).toMatchObject({ name: SLASH_NAME, type: 1, contexts: [0], integration_types: [0] });
    expect(optionsOf(COMMANDS).map(({ name }) => name)).toEqual(COMMANDS.map(({ name }) => name));
    expect(note).toMatchObject({ name: NOTE_NAME, type: 3 });
  });

  test('keeps the limits of names, descriptions, options and choices', () => {
    const subs = optionsOf(COMMANDS);
    expect(subs.length).toBeLessThanOrEqual(25);
    for (const each of subs.flatMap((sub) => [sub, ...(sub.options ?? [])])) {
      expect(each.name).toMatch(/^[-_a-z0-9]{1,32}$/);
      expect(each.description.length).toBeGreaterThan(0);
      expect(each.description.length).toBeLessThanOrEqual(100);
      expect((each.options ?? []).length).toBeLessThanOrEqual(25);
      expect((each.choices ?? []).length).toBeLessThanOrEqual(25);
      expect(each.autocomplete === true && each.choices !== undefined && each.choices.length > 0).toBe(false);
    }
  });

  test('types every option by its parameter, required ones first', () => {
    const [sub] = optionsOf([
      shape({
        run: argument({ kind: 'run' }, 'Which run.'),
        cluster: requiredArgument({ kind: 'cluster' }, 'Which cluster.'),
        count: option({ kind: 'int', min: 1, max: 9 }, 'How many.'),
        how: option({ kind: 'enum', values: ['keep', 'stop'] }, 'How.'),
        dry: option({ kind: 'flag' }, 'Show alone.'),
        since: option({ kind: 'duration' }, 'Since when.'),
        why: option({ kind: 'text', placeholder: 'why' }, 'Why.'),
      }),
    ]);
    expect(sub?.options).toMatchObject([
      { name: 'cluster', type: 3, required: true, autocomplete: true },
      { name: 'run', type: 3, required: false, autocomplete: true },
      { name: 'count', type: 4, min_value: 1, max_value: 9 },
      {
        name: 'how',
        type: 3,
        choices: [
          { name: 'keep', value: 'keep' },
          { name: 'stop', value: 'stop' },
        ],
      },
      { name: 'dry', type: 5 },
      { name: 'since', type: 3 },
      { name: 'why', type: 3, autocomplete: false },
    ]);
  });

  test('does not insist on options where a form can ask for them', () => {
    const command = shape({ cluster: requiredArgument({ kind: 'cluster' }, 'Which.') }, { form: ['cluster'] });
    expect(optionsOf([command])[0]?.options?.[0]?.required).toBe(false);
  });

  test('more values than Discord lists are suggested instead', () => {
    const values = Array.from({ length: 26 }, (_, at) => `v${at}`);
    const [sub] = optionsOf([shape({ which: option({ kind: 'enum', values }, 'Which.') })]);
    expect(sub?.options?.[0]).toMatchObject({ autocomplete: true });
  });

  test('a definition that Discord would not take throws here and not there', () => {
    expect(() => registrationJson([shape({}, { name: 'Not Lower' })])).toThrow();
    expect(() => registrationJson(Array.from({ length: 26 }, (_, at) => shape({}, { name: `c${at}` })))).toThrow();
  });
});

describe('comparison with what is registered', () => {
  /** What the API answers: ids, versions, defaults, and false flags left out. */
  const asAnswered = (json: readonly object[]): readonly object[] =>
    (JSON.parse(JSON.stringify(json), (key, value: unknown) => (value === false ? undefined : value)) as object[]).map(
      (each, at) => ({
        ...each,
        id: `${at}`,
        version: '7',
        application_id: '1',
        guild_id: '2',
        nsfw: false,
        default_member_permissions: null,
        name_localizations: null,
        contexts: null,
      }),
    );

  test('what the API adds and leaves out is no difference', () => {
    const wanted = registrationJson(COMMANDS);
    expect(differingCommands(asAnswered(wanted), wanted)).toEqual([]);
  });

  test('a changed help text, a missing and a foreign command are differences, by name', () => {
    const wanted = registrationJson(COMMANDS);
    const other = new SlashCommandBuilder().setName('old').setDescription('Old').toJSON();
    const changed = registrationJson(
      COMMANDS.map((each, at) => (at === 0 ? { ...each, summary: 'Other words' } : each)),
    );
    expect(differingCommands(asAnswered(changed), wanted)).toEqual([SLASH_NAME]);
    expect(differingCommands([...asAnswered(wanted), other], wanted)).toEqual(['old']);
    expect(differingCommands([], wanted)).toEqual([SLASH_NAME, NOTE_NAME]);
  });

  test('puts only when something differs', async () => {
    const wanted = registrationJson(COMMANDS);
    const puts: unknown[] = [];
    let there: readonly object[] = [];
    const api = {
      commands: () => Promise.resolve(there as never),
      putCommands: (...args: unknown[]) => {
        puts.push(args);
        there = asAnswered(wanted);
        return Promise.resolve();
      },
    };
    expect(await syncCommands(api, '1', '2', wanted)).toEqual({
      kind: 'changed',
      names: [SLASH_NAME, NOTE_NAME],
      commands: 2,
    });
    expect(await syncCommands(api, '1', '2', wanted)).toEqual({ kind: 'unchanged', commands: 2 });
    expect(puts).toEqual([['1', '2', wanted]]);
  });
});
