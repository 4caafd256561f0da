import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  confirmButton,
  readConfirmed,
  readStep,
  renderButtons,
  stepId,
  stepOf,
} from '../../../src/adapters/discord/buttons.ts';
import {
  askedWords,
  askForm,
  commandForm,
  formLine,
  readSubmitted,
  wantsForm,
} from '../../../src/adapters/discord/forms.ts';
import { addressOf, personOf } from '../../../src/adapters/discord/people.ts';
import { defineCommand, option, requiredArgument } from '../../../src/app/registry.ts';
import type { Action } from '../../../src/chat/message.ts';
import { anyText } from './support/any-message.ts';

const recover = defineCommand({
  name: 'recover',
  summary: 'Plans.',
  params: {
    cluster: requiredArgument({ kind: 'cluster' }, 'Which cluster.'),
    strategy: option({ kind: 'enum', values: ['patch-in-place', 'rollback'] }, 'Which way.'),
    reason: option({ kind: 'text', placeholder: 'why' }, 'Why.'),
    'dry-run': option({ kind: 'flag' }, 'Show alone.'),
  },
  role: 'operate',
  examples: [],
  form: ['cluster', 'strategy', 'reason', 'dry-run'],
  handle: () => Promise.resolve(),
});

const ACTION: Action = { label: 'Reject', style: 'plain', token: 'T', confirm: null };

describe('buttons', () => {
  test.each([
    [ACTION, { kind: 'press', token: 'T' }],
    [
      { ...ACTION, ask: { title: 'x', label: 'y', required: false } },
      { kind: 'ask', required: false, token: 'T' },
    ],
    [
      { ...ACTION, confirm: { title: 'x', text: 'y' } },
      { kind: 'confirm', asks: 'nothing', token: 'T' },
    ],
    [
      { ...ACTION, confirm: { title: 'x', text: 'y' }, ask: { title: 'x', label: 'y', required: true } },
      { kind: 'confirm', asks: 'required', token: 'T' },
    ],
  ])('what a click asks first survives a restart, in the id itself', (action, step) => {
    expect(stepOf(action)).toEqual(step);
    expect(readStep(stepId(stepOf(action)))).toEqual(step);
  });

  test('the second click carries the person that was asked, and what comes next', () => {
    const row = confirmButton('123456789012345678', { kind: 'confirm', asks: 'required', token: 'T' }, 'Stop');
    const [button] = row.components;
    const id = button !== undefined && 'custom_id' in button ? button.custom_id : '';
    expect(readConfirmed(id)).toEqual({
      user: '123456789012345678',
      next: { kind: 'ask', required: true, token: 'T' },
    });
    expect(readConfirmed('T')).toBeNull();
  });

  test('a button that Discord would refuse is left out and named', () => {
    const { rows, fell } = renderButtons([ACTION, ACTION, { ...ACTION, label: 'Long', token: 'x'.repeat(101) }]);
    expect(rows[0]?.components).toHaveLength(1);
    expect(fell).toEqual(['the button “Reject”', 'the button “Long”']);
  });
});

describe('forms', () => {
  test('a command asks by its form only when nothing was typed', () => {
    expect(wantsForm(recover, {})).toBe(true);
    expect(wantsForm(recover, { cluster: 'prod' })).toBe(false);
    expect(wantsForm({ ...recover, form: [] }, {})).toBe(false);
  });

  test('lists what is known and lets the rest be written', () => {
    const modal = commandForm(recover, { cluster: [{ label: 'prod (Rack A)', value: 'prod' }] }).toJSON();
    expect(modal).toMatchObject({
      custom_id: 'form:recover',
      title: '/lxd recover',
      components: [
        {
          label: 'cluster',
          component: {
            type: 3,
            custom_id: 'cluster',
            required: true,
            options: [{ label: 'prod (Rack A)', value: 'prod' }],
          },
        },
        { label: 'strategy', component: { type: 3, required: false, min_values: 0 } },
        { label: 'reason', component: { type: 4, style: 2, required: false } },
        { label: 'dry-run', component: { type: 3, options: [{ value: 'yes' }] } },
      ],
    });
    expect(commandForm(recover, {}).toJSON().components[0]).toMatchObject({
      component: { type: 4, custom_id: 'cluster' },
    });
  });

  test('what was written becomes a line for the parser', () => {
    const fields = new Map<string, string | readonly string[]>([
      ['cluster', ['prod']],
      ['strategy', []],
      ['reason', 'after the refresh\n--strategy rollback'],
      ['dry-run', ['yes']],
    ]);
    expect(formLine(recover, fields)).toBe('recover prod --reason="after the refresh --strategy rollback" --dry-run');
    expect(readSubmitted('form:recover')).toEqual({ kind: 'command', name: 'recover' });
  });

  test('the words of a button fit whatever the card says', () => {
    fc.assert(
      fc.property(anyText(), anyText(), fc.boolean(), (title, label, required) => {
        const step = { kind: 'ask', required, token: 'T' } as const;
        const modal = askForm(step, { title, label, required }).toJSON();
        expect(modal.title.length).toBeLessThanOrEqual(45);
        expect(readSubmitted(modal.custom_id)).toEqual({ kind: 'press', token: 'T' });
      }),
      { numRuns: 50 },
    );
    expect(askedWords(new Map([['words', '  not tonight ']]))).toBe('not tonight');
    expect(askedWords(new Map([['words', ' ']]))).toBeNull();
  });
});

describe('people and places', () => {
  test('roles are groups, and everyone’s role is none', () => {
    const actor = { userId: '5', displayName: 'alice', guildId: '900' };
    const groups = ['discord:role:42', 'discord:role:43'];
    expect(personOf({ ...actor, roles: ['42', '43'] })).toMatchObject({
      platform: 'discord',
      id: '5',
      groups,
      osUser: null,
    });
    const cache = new Map([
      ['900', {}],
      ['42', {}],
      ['43', {}],
    ]);
    expect(personOf({ ...actor, roles: { cache } }).groups).toEqual(groups);
  });

  test('a thread is its channel plus the thread', () => {
    expect(addressOf({ id: '42', parentId: null })).toEqual({
      platform: 'discord',
      channel: '42',
      user: null,
      thread: null,
    });
    expect(addressOf({ id: '43', parentId: '42' })).toEqual({
      platform: 'discord',
      channel: '42',
      user: null,
      thread: '43',
    });
  });
});
