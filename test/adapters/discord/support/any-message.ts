/** Any message of the neutral model, with the worst text that somebody could put into one. */
import fc from 'fast-check';
import type { Action, Block, Inline, Message } from '../../../../src/chat/message.ts';
import type { FilePart, Rendered } from '../../../../src/ports/chat.ts';

export const NASTY = [
  '@everyone',
  '@here',
  '<@123456789012345678>',
  '<@&42424242>',
  '<#123456789>',
  '</lxd status:12345678>',
  '<t:1700000000:R>',
  '<:x:123456789012345678>',
  '[click](https://evil.example)',
  'https://evil.example/x',
  '<https://evil.example>',
  'discord.gg/abc',
  '```\n# owned\n```',
  '``',
  '`',
  '**bold** __u__ ~~s~~ ||spoiler||',
  '# heading',
  '-# small',
  '> quote',
  '>>> quote',
  '- item',
  '1. item',
  '\\',
  '\\`',
  '\u202egnp.exe',
  '\u0000\u001b[31m',
  '\ud83d',
  '🙂',
  '宽宽宽',
] as const;

export const anyText = (max = 400): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: max }),
    fc
      .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 20 })), { maxLength: 20 })
      .map((all) => all.join(' ')),
    fc.array(fc.constantFrom(...NASTY), { maxLength: 8 }).map((all) => all.join('')),
    fc.integer({ min: 0, max: 5000 }).map((length) => 'x*_`'.repeat(Math.ceil(length / 4))),
  );

/** Any bytes, as a member's output is read. */
export const anyBytes = fc.uint8Array({ maxLength: 3000 }).map((bytes) => new TextDecoder().decode(bytes));

const anyInline: fc.Arbitrary<Inline> = fc.oneof(
  anyText().map((text): Inline => ({ kind: 'plain', text })),
  anyText().map((text): Inline => ({ kind: 'strong', text })),
  anyText().map((text): Inline => ({ kind: 'mono', text })),
  fc.integer({ min: 0, max: 4_000_000_000_000 }).map((at): Inline => ({ kind: 'time', at })),
  fc
    .tuple(fc.constantFrom('discord:123456789012345678', 'console:bob', 'slack:U1', 'discord:x'), anyText(40))
    .map(([principal, name]): Inline => ({ kind: 'user', principal, name })),
  fc.tuple(anyText(40), fc.oneof(anyText(60), fc.webUrl())).map(([text, url]): Inline => ({ kind: 'link', text, url })),
);

const anyInlines = fc.array(anyInline, { maxLength: 4 });

const anyBlock: fc.Arbitrary<Block> = fc.oneof(
  anyText().map((text): Block => ({ kind: 'heading', text })),
  anyInlines.map((parts): Block => ({ kind: 'text', parts })),
  anyInlines.map((parts): Block => ({ kind: 'note', parts })),
  fc
    .array(fc.record({ label: anyText(60), value: anyInlines }), { maxLength: 30 })
    .map((fields): Block => ({ kind: 'fields', fields })),
  fc
    .tuple(
      fc.array(anyText(30), { maxLength: 9 }),
      fc.array(fc.array(anyText(60), { maxLength: 9 }), { maxLength: 20 }),
    )
    .map(([columns, rows]): Block => ({ kind: 'table', columns, rows })),
  fc
    .tuple(fc.oneof(anyText(), anyBytes), fc.option(anyText(80)), fc.boolean())
    .map(([text, title, fold]): Block => ({ kind: 'code', text, title, ...(fold ? { fold: true as const } : {}) })),
  fc.constant<Block>({ kind: 'divider' }),
  fc.constantFrom('a.png', 'b.png', 'none.png').map((file): Block => ({ kind: 'image', alt: 'a picture', file })),
);

const anyAction: fc.Arbitrary<Action> = fc
  .record({
    label: anyText(120),
    style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
    token: fc.string({ maxLength: 120 }),
    confirm: fc.option(fc.record({ title: anyText(120), text: anyText() })),
    ask: fc.option(fc.record({ title: anyText(120), label: anyText(120), required: fc.boolean() })),
  })
  .map(({ ask, ...action }) => (ask === null ? action : { ...action, ask }));

const anyMessage: fc.Arbitrary<Message> = fc.record({
  summary: anyText(),
  tone: fc.constantFrom('good' as const, 'info' as const, 'warning' as const, 'danger' as const, 'neutral' as const),
  blocks: fc.array(anyBlock, { maxLength: 25 }),
  actions: fc.array(anyAction, { maxLength: 30 }),
});

const file = (name: string): FilePart => ({ name, mime: 'image/png', bytes: new Uint8Array(8) });

export const anyRendered: fc.Arbitrary<Rendered> = fc
  .tuple(anyMessage, fc.subarray(['a.png', 'b.png', 'c.txt']))
  .map(([message, names]) => ({ message, data: null, files: names.map(file) }));
