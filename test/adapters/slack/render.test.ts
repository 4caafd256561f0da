/** Any message renders within Slack's limits and says what was cut; any remote text is shown and does nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText, fence, fenceLines, LOOK_ALIKE, unescapeInput } from '../../../src/adapters/slack/escape.ts';
import { renderMessage } from '../../../src/adapters/slack/render.ts';
import type { Action, Block, Inline, Message } from '../../../src/chat/message.ts';
import { visibleLine, visibleLines } from '../../../src/chat/visible.ts';
import { checkMessage } from '../../support/slack/check-message.ts';
import { readMrkdwn } from '../../support/slack/mrkdwn.ts';

const HOSTILE = [
  '<!channel>',
  '<@U1>',
  '```',
  '`',
  '*',
  '_x_',
  '~',
  '&amp;',
  '&',
  '<http://x|y>',
  ':fire:',
  '> ',
  '\u202e',
  '\n',
];
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 6 })), { maxLength: 12 })
    .map((all) => all.join('')),
  fc.constantFrom('', 'm1', 'x'.repeat(5000), '<&>'.repeat(1500), 'wide 漢字 '.repeat(300)),
);

const inline: fc.Arbitrary<Inline> = fc.oneof(
  fc.record({ kind: fc.constantFrom('plain', 'strong', 'mono'), text: words }),
  fc.record({ kind: fc.constant('time'), at: fc.integer({ min: 0, max: 4e12 }) }),
  fc.record({ kind: fc.constant('user'), principal: words, name: words }),
  fc.record({ kind: fc.constant('link'), text: words, url: words }),
);
const inlines = fc.array(inline, { maxLength: 6 });

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('heading'), text: words }),
  fc.record({ kind: fc.constantFrom('text', 'note'), parts: inlines }),
  fc.record({
    kind: fc.constant('fields'),
    fields: fc.array(fc.record({ label: words, value: inlines }), { maxLength: 14 }),
  }),
  fc.record({
    kind: fc.constant('table'),
    columns: fc.array(words, { maxLength: 9 }),
    rows: fc.array(fc.array(words, { maxLength: 9 }), { maxLength: 30 }),
  }),
  fc.record({ kind: fc.constant('code'), text: words, title: fc.option(words) }),
  fc.record({ kind: fc.constant('code'), text: words, title: fc.option(words), fold: fc.constant(true) }),
  fc.constant({ kind: 'divider' }),
  fc.record({ kind: fc.constant('image'), alt: words, file: words }),
);

const action: fc.Arbitrary<Action> = fc
  .record({
    label: words,
    style: fc.constantFrom('primary', 'danger', 'plain'),
    token: fc.oneof(fc.string({ minLength: 1, maxLength: 300 }), fc.constant('same')),
    confirm: fc.option(fc.record({ title: words, text: words })),
    ask: fc.option(fc.record({ title: words, label: words, required: fc.boolean() })),
  })
  .map(({ ask, ...rest }) => (ask === null ? rest : { ...rest, ask }));

const message: fc.Arbitrary<Message> = fc.record({
  summary: words,
  tone: fc.constantFrom('good', 'info', 'warning', 'danger', 'neutral'),
  blocks: fc.array(block, { maxLength: 70 }),
  actions: fc.array(action, { maxLength: 40 }),
});

const POLICY = { allowsMention: (): boolean => false, allowsLink: (): boolean => false };

/** Persons and links that we mean are no findings. */
function withoutMeant(each: Message): Message {
  const kept = (parts: readonly Inline[]): readonly Inline[] =>
    parts.filter((part) => part.kind !== 'link' || !/^https?:/i.test(part.url));
  return {
    ...each,
    blocks: each.blocks.map((one) =>
      one.kind === 'text' || one.kind === 'note' ? { ...one, parts: kept(one.parts) } : one,
    ),
  };
}

describe('a message', () => {
  test('whatever it says renders within every limit, mentions nobody and links nowhere', () => {
    fc.assert(
      fc.property(message, (each) => {
        const { text, blocks } = renderMessage(withoutMeant(each));
        expect(checkMessage({ text, blocks }, POLICY)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('that is too long says what is missing and which command shows it', () => {
    const code: Block = { kind: 'code', title: 'probe on m1', text: 'a line of output\n'.repeat(2000) };
    const data = {
      kind: 'run',
      run: 'r4k2x9a',
      cluster: 'prod',
      strategy: 'patch-in-place',
      state: 'running',
      steps: [],
    } as const;
    const shown = JSON.stringify(
      renderMessage({ summary: 'x', tone: 'info', blocks: [code, code, code, code, code], actions: [] }, data).blocks,
    );
    expect(shown).toMatch(/Not shown here: \d+ lines of “probe on m1”/);
    expect(shown).toContain('`/lxd runs r4k2x9a --text`');
  });

  test('of more blocks than Slack takes keeps the last one', () => {
    const blocks = Array.from({ length: 120 }, (_, at): Block => ({ kind: 'code', title: null, text: `block ${at}` }));
    const next: Block = { kind: 'text', parts: [{ kind: 'plain', text: 'Next: this' }] };
    const shown = renderMessage({ summary: 'x', tone: 'info', blocks: [...blocks, next], actions: [] }).blocks;
    expect(shown.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(shown)).toContain('Next: this');
    expect(JSON.stringify(shown)).toMatch(/\d+ parts/);
  });
});

/** As a reader sees it: entities resolved, look-alikes taken for what they stand for. */
function seen(mrkdwn: string): string {
  return fold(readMrkdwn(mrkdwn));
}

function fold(text: string): string {
  let folded = text;
  for (const [mark, alike] of Object.entries(LOOK_ALIKE)) folded = folded.replaceAll(alike, mark);
  return folded;
}

describe('remote text', () => {
  test('of any bytes reads as it is, in a text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = new TextDecoder().decode(bytes);
        expect(seen(escapeText(text))).toBe(fold(visibleLine(text)));
      }),
    );
  });

  test('of any bytes reads as it is in a fence, which ends where it should', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          words,
          fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
        ),
        (text) => {
          const lines = fenceLines(text);
          expect(seen(lines.join('\n'))).toBe(fold(visibleLines(text).join('\n')));
          expect(fence(lines).split('```')).toHaveLength(3);
          expect(lines.join('')).not.toMatch(/[<>]/);
        },
      ),
    );
  });

  test.each(['*bold*', '~gone~', '`code`', '_slanted_', '<!here>', '<@U1>', ':rotating_light:'])(
    '%s does nothing',
    (text) => {
      const shown = escapeText(`a ${text} b`);
      expect(shown).not.toMatch(/[*~`<>]|:rotating_light:|\b_|_\b(?!\w)/);
      expect(seen(shown)).toBe(`a ${text} b`);
    },
  );

  test('underscores and colons inside of words stay as they are', () => {
    expect(escapeText('api_extensions 01:02:03 fd00::3 m1:8443')).toBe('api_extensions 01:02:03 fd00::3 m1:8443');
  });
});

test('what Slack hands over of a typed text is what was meant', () => {
  expect(unescapeInput('a &lt;b&gt; &amp; <https://x.example/y> <https://x.example|x.example> <@U1|ada>')).toBe(
    'a <b> & https://x.example/y x.example ada',
  );
});
