/** Messages as a terminal shows them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../../src/chat/columns.ts';
import { wrap } from '../../../src/adapters/console/columns.ts';
import { renderMessage } from '../../../src/adapters/console/render.ts';
import { COLOURED, PLAIN } from '../../../src/adapters/console/style.ts';
import { renderTable } from '../../../src/adapters/console/table.ts';
import { code, fields, foldedCode, heading, message, mono, note, table, text } from '../../../src/chat/build.ts';
import type { Message } from '../../../src/chat/message.ts';

const PLAIN_60 = { width: 60, style: PLAIN };

const CARD: Message = message(
  'prod: needs attention',
  'danger',
  [
    heading('prod: needs attention'),
    text('Run ', mono('explain'), ' for more; this sentence is long enough to be wrapped.'),
    table(
      ['member', 'version', 'note'],
      [
        ['m1', '5.21.2', 'short'],
        ['m2-with-a-name', '5.21.2', 'a longer remark that needs two lines or more'],
      ],
    ),
    fields([
      ['Outage', 'none'],
      ['Instances', 'keep running'],
    ]),
    code('first\n\u001b[2Jsecond\n', 'log'),
    note('small print'),
  ],
  [
    { label: 'Approve', style: 'primary', token: 'secret-token', confirm: null },
    { label: 'Reject', style: 'danger', token: 'other-token', confirm: null },
  ],
);

describe('a card', () => {
  test('is laid out in the width', () => {
    expect(`\n${renderMessage(CARD, PLAIN_60).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ● prod: needs attention
        Run explain for more; this sentence is long enough to be
        wrapped.

        member          version  note
        m1              5.21.2   short
        m2-with-a-name  5.21.2   a longer remark that needs two
                                 lines or more

        Outage     none
        Instances  keep running

        log
        │ first
        │ ␛[2Jsecond

        small print

        [1] Approve   [2] Reject
      "
    `);
  });

  test('shows no token', () => {
    expect(renderMessage(CARD, PLAIN_60).join('\n')).not.toContain('token');
  });

  test('says the same with colours as without', () => {
    const coloured = renderMessage(CARD, { width: 60, style: COLOURED }).join('\n');
    // oxlint-disable-next-line no-control-regex -- the colours that are taken off
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(renderMessage(CARD, PLAIN_60).join('\n'));
    expect(coloured).not.toContain('\u001b[2J');
  });

  test('without blocks is its summary', () => {
    expect(renderMessage(message('asking…', 'neutral', []), PLAIN_60)).toEqual(['asking…']);
  });

  test('folds a long block and says how much is missing', () => {
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const lines = renderMessage(message('m', 'neutral', [foldedCode(long, 'script')]), PLAIN_60);
    expect(lines).toEqual(['  script', '  │ line 0', '  ┊ … 39 more lines']);
  });
});

describe('wrapping', () => {
  test('never exceeds the width and loses no character but blanks', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), fc.integer({ min: 2, max: 40 }), (words, width) => {
        const lines = wrap(words, width);
        expect(lines.every((line) => widthOf(line) <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
      }),
    );
  });

  test('counts wide characters twice and combining ones not at all', () => {
    expect(widthOf('日本')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
  });
});

describe('a table', () => {
  test('keeps its columns aligned when it is too wide', () => {
    const lines = renderTable(['a', 'b'], [['x'.repeat(30), 'one two three four five six']], 40);
    expect(lines.every((line) => widthOf(line) <= 40)).toBe(true);
    const column = (lines[1] ?? '').indexOf('one');
    expect((lines[2] ?? '').slice(column)).not.toMatch(/^\s/);
  });
});
