/** Every limit of the Discord test server is really enforced: what fits passes, one more is refused. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../chat-wire.ts';
import { checkChoices, checkCommands, checkModal } from './check-forms.ts';
import { checkMessage } from './check-message.ts';
import type { Finding } from './check-message.ts';

const x = (count: number): string => 'x'.repeat(count);
const times = (count: number, make: (index: number) => Json): readonly Json[] =>
  Array.from({ length: count }, (_, i) => make(i));
const MUTE = { allowed_mentions: { parse: [] } };
const said = (content: string): Json => ({ ...MUTE, content });
const embed = (more: Json): Json => ({ ...MUTE, embeds: [{ description: 'd', ...more }] });
const embeds = (count: number, size: number): Json => ({
  ...MUTE,
  embeds: times(count, () => ({ description: x(size) })),
});
const field = (name: number, value: number): Json => ({ name: x(name), value: x(value) });
const button = (more: Json, index = 0): Json => ({ type: 2, style: 1, label: 'Go', custom_id: `id${index}`, ...more });
const row = (...components: readonly Json[]): Json => ({ type: 1, components });
const rows = (...components: readonly Json[]): Json => ({ ...MUTE, content: 'a', components });
const one = (more: Json): Json => rows(row(button(more)));

const CONTEXT = { files: ['a.png'], sizes: [1], allowsMention: (construct: string) => construct === '<@1>' };

const MESSAGES: readonly (readonly [string, Json, Json])[] = [
  ['content 2000', said(x(2000)), said(x(2001))],
  ['content counted in code points', said('😀'.repeat(2000)), said('😀'.repeat(2001))],
  ['10 embeds', embeds(10, 1), embeds(11, 1)],
  ['6000 characters together', embeds(2, 3000), embeds(3, 2001)],
  ['title 256', embed({ title: x(256) }), embed({ title: x(257) })],
  ['description 4096', embed({ description: x(4096) }), embed({ description: x(4097) })],
  ['25 fields', embed({ fields: times(25, () => field(1, 1)) }), embed({ fields: times(26, () => field(1, 1)) })],
  ['field name 256', embed({ fields: [field(256, 1)] }), embed({ fields: [field(257, 1)] })],
  ['field value 1024', embed({ fields: [field(1, 1024)] }), embed({ fields: [field(1, 1025)] })],
  ['field value not empty', embed({ fields: [field(1, 1)] }), embed({ fields: [field(1, 0)] })],
  ['footer 2048', embed({ footer: { text: x(2048) } }), embed({ footer: { text: x(2049) } })],
  ['author 256', embed({ author: { name: x(256) } }), embed({ author: { name: x(257) } })],
  [
    'attachment is there',
    embed({ image: { url: 'attachment://a.png' } }),
    embed({ image: { url: 'attachment://b.png' } }),
  ],
  ['5 rows', rows(...times(5, (i) => row(button({}, i)))), rows(...times(6, (i) => row(button({}, i))))],
  ['5 buttons in a row', rows(row(...times(5, (i) => button({}, i)))), rows(row(...times(6, (i) => button({}, i))))],
  ['label 80', one({ label: x(80) }), one({ label: x(81) })],
  ['custom_id 100', one({ custom_id: x(100) }), one({ custom_id: x(101) })],
  ['custom_id not empty', one({ custom_id: 'a' }), one({ custom_id: '' })],
  ['custom_id unique', rows(row(button({}, 1), button({}, 2))), rows(row(button({}, 1)), row(button({}, 1)))],
  ['nonce 25', { ...said('a'), nonce: x(25) }, { ...said('a'), nonce: x(26) }],
];

const MENTIONS: readonly (readonly [string, Json, Json])[] = [
  ['allowed_mentions present', said('a'), { content: 'a' }],
  ['nothing parsed', said('@everyone'), { content: '@everyone', allowed_mentions: { parse: ['everyone'] } }],
  [
    'nobody but whom a test allows',
    { content: '<@1>', allowed_mentions: { parse: [], users: ['1'] } },
    { content: '<@2>', allowed_mentions: { parse: [], users: ['2'] } },
  ],
];

const input = (more: Json): Json => ({ type: 4, custom_id: 'i', label: 'Why?', style: 2, ...more });
const modal = (more: Json, inputs: readonly Json[] = [input({})]): Json => ({
  custom_id: 'm',
  title: 'T',
  components: inputs.map((one_) => row(one_)),
  ...more,
});

const MODALS: readonly (readonly [string, Json, Json])[] = [
  ['title 45', modal({ title: x(45) }), modal({ title: x(46) })],
  ['custom_id 100', modal({ custom_id: x(100) }), modal({ custom_id: x(101) })],
  [
    '5 inputs',
    modal(
      {},
      times(5, (i) => input({ custom_id: `i${i}` })),
    ),
    modal(
      {},
      times(6, (i) => input({ custom_id: `i${i}` })),
    ),
  ],
  ['label 45', modal({}, [input({ label: x(45) })]), modal({}, [input({ label: x(46) })])],
  ['placeholder 100', modal({}, [input({ placeholder: x(100) })]), modal({}, [input({ placeholder: x(101) })])],
  ['max_length 4000', modal({}, [input({ max_length: 4000 })]), modal({}, [input({ max_length: 4001 })])],
  [
    'label block',
    modal({ components: [{ type: 18, label: x(45), component: input({}) }] }),
    modal({ components: [{ type: 18, label: x(46), component: input({}) }] }),
  ],
];

const choices = (count: number, name = 1, value = 1): Json => ({
  choices: times(count, (i) => ({ name: x(name), value: `${i}`.padEnd(value, 'x').slice(0, Math.max(value, 2)) })),
});

const CHOICES: readonly (readonly [string, Json, Json])[] = [
  ['25 choices', choices(25), choices(26)],
  ['choice name 100', choices(1, 100), choices(1, 101)],
  ['choice value 100', choices(1, 1, 100), choices(1, 1, 101)],
];

const option = (more: Json): Json => ({ type: 3, name: 'o', description: 'd', ...more });
const command = (more: Json): Json => ({ type: 1, name: 'lxd', description: 'd', ...more });
const withOptions = (...options: readonly Json[]): Json => command({ options });
const named = (i: number): Json => option({ name: `o${i}` });

const COMMANDS: readonly (readonly [string, Json, Json])[] = [
  ['name 32', command({ name: x(32) }), command({ name: x(33) })],
  ['name lower-case', command({ name: 'lxd' }), command({ name: 'Lxd' })],
  ['name without spaces', command({ name: 'a-b' }), command({ name: 'a b' })],
  ['description 100', command({ description: x(100) }), command({ description: x(101) })],
  ['description not empty', command({ description: 'd' }), command({ description: '' })],
  ['25 options', withOptions(...times(25, named)), withOptions(...times(26, named))],
  ['option names unique', withOptions(named(1), named(2)), withOptions(named(1), named(1))],
  ['25 choices in an option', withOptions(option(choices(25))), withOptions(option(choices(26)))],
  [
    'required before optional',
    withOptions(option({ name: 'a', required: true }), option({ name: 'b' })),
    withOptions(option({ name: 'a' }), option({ name: 'b', required: true })),
  ],
  [
    'sub-commands one level deep',
    withOptions(option({ type: 1, options: [option({})] })),
    withOptions(option({ type: 1, options: [option({ type: 1 })] })),
  ],
  [
    'choices or autocompletion',
    withOptions(option({ autocomplete: true })),
    withOptions(option({ autocomplete: true, ...choices(1) })),
  ],
  ['context menu without description', { type: 3, name: 'Add to X' }, { type: 3, name: 'Add to X', description: 'd' }],
  [
    '8000 characters together',
    withOptions(...times(25, (i) => option({ name: `o${i}`, description: x(100) }))),
    withOptions(...times(25, (i) => option({ name: `o${i}`, description: x(100), ...choices(25, 10, 10) }))),
  ],
];

const fatal = (findings: readonly Finding[]): readonly boolean[] => findings.map((finding) => finding.fatal);

describe('limits', () => {
  test.each(MESSAGES)('message: %s', (_limit, fits, breaks) => {
    expect(checkMessage(fits, CONTEXT)).toEqual([]);
    expect(fatal(checkMessage(breaks, CONTEXT))).toContain(true);
  });

  test.each(MENTIONS)('mentions: %s', (_limit, fits, breaks) => {
    expect(checkMessage(fits, CONTEXT)).toEqual([]);
    expect(fatal(checkMessage(breaks, CONTEXT))).toEqual([false]);
  });

  test.each(MODALS)('form: %s', (_limit, fits, breaks) => {
    expect(checkModal(fits)).toEqual([]);
    expect(fatal(checkModal(breaks))).toContain(true);
  });

  test.each(CHOICES)('suggestions: %s', (_limit, fits, breaks) => {
    expect(checkChoices(fits)).toEqual([]);
    expect(fatal(checkChoices(breaks))).toContain(true);
  });

  test.each(COMMANDS)('registration: %s', (_limit, fits, breaks) => {
    expect(checkCommands([fits])).toEqual([]);
    expect(fatal(checkCommands([breaks]))).toContain(true);
  });
});
