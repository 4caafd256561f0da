import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPayload } from '../../../src/adapters/discord/render.ts';
import {
  code,
  fields,
  foldedCode,
  heading,
  message,
  mono,
  nextCommand,
  note,
  strong,
  table,
  text,
  time,
} from '../../../src/chat/build.ts';
import type { Message } from '../../../src/chat/message.ts';
import { anyBytes, anyRendered, anyText, NASTY } from './support/any-message.ts';
import { findActing, readMarkdown } from './support/read-markdown.ts';
import { findViolations } from './support/validate.ts';

const payloadOf = (content: Message) => renderPayload({ message: content, data: null });
const bodyOf = (content: Message): string =>
  payloadOf(content)
    .embeds.map(({ description }) => description ?? '')
    .join('\n');

describe('rendering for Discord', () => {
  test('any message fits every limit, and what fell off stands in the message', () => {
    fc.assert(
      fc.property(anyRendered, (rendered) => {
        const payload = renderPayload(rendered);
        expect(findViolations(payload)).toEqual([]);
        const shown = payload.embeds.map(({ description }) => description ?? '').join('\n');
        expect(shown.includes('-# Not shown here: ')).toBe(payload.fell.length > 0);
      }),
      { numRuns: 150 },
    );
  });

  test('no text of anybody formats, mentions, links, quotes or hides anything', () => {
    fc.assert(
      fc.property(anyRendered, (rendered) => {
        const payload = renderPayload(rendered);
        for (const words of [
          payload.content,
          ...payload.embeds.flatMap(({ title, description }) => [title, description]),
        ]) {
          if (words === undefined) continue;
          const { bare } = readMarkdown(words);
          expect(findActing(bare.replace(/^-# /gm, ''))).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('whatever a member prints stays inside its fence', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, anyText(2000)), (output) => {
        const payload = payloadOf(
          message('Output', 'info', [heading('Output of m1'), code(output, 'journal'), text('after')]),
        );
        const whole = payload.embeds.map(({ description }) => description ?? '').join('\n');
        expect(whole.split('```')).toHaveLength(3);
        expect(readMarkdown(whole).bare.split('\n').slice(-1)).toEqual(
          payload.fell.length === 0 ? ['after'] : [expect.stringContaining('Not shown')],
        );
      }),
      { numRuns: 150 },
    );
  });

  test.each(['1. item\\', '- item\\', '# item'])(
    'a long row that begins with %j is cut and acts on nothing',
    (head) => {
      const cells = Array<string>(12).fill('x*_`'.repeat(75));
      const payload = payloadOf(
        message('Members', 'info', [table(['name', ...cells.map(() => 'a')], [[head, ...cells]])]),
      );
      const shown = payload.embeds.map(({ description }) => description ?? '').join('\n');
      expect(payload.fell).not.toEqual([]);
      expect(findActing(readMarkdown(shown).bare.replace(/^-# /gm, ''))).toEqual([]);
    },
  );

  test.each(NASTY)('a summary of %j acts on nothing', (nasty) => {
    const { content } = payloadOf(message(nasty, 'info', []));
    expect(findActing(readMarkdown(content).bare)).toEqual([]);
  });

  test('a cut output says how many lines are missing and which command shows them', () => {
    const lines = Array.from({ length: 900 }, (_, at) => `line ${at} of the journal`).join('\n');
    const payload = renderPayload({
      message: message('Run r4k2x9a failed', 'danger', [code(lines, 'journal of m1:'), nextCommand('runs r4k2x9a')]),
      data: { kind: 'run', run: 'r4k2x9a', cluster: 'prod', strategy: 'patch-in-place', state: 'failed', steps: [] },
    });
    expect(payload.fell).toEqual([expect.stringMatching(/^\d+ lines of “journal of m1”$/)]);
    const shown = payload.embeds.map(({ description }) => description).join('\n');
    expect(shown).toContain('`/lxd runs r4k2x9a`');
    expect(shown).toContain('Next: ');
    const kept = shown.split('\n').filter((line) => line.startsWith('line ')).length;
    expect(payload.fell[0]).toBe(`${900 - kept} lines of “journal of m1”`);
  });

  test('a folded text is one line of small print that says how much it hides', () => {
    const payload = payloadOf(
      message('Plan', 'info', [foldedCode(Array.from({ length: 20 }, () => 'echo').join('\n'), '1-back-up, exactly:')]),
    );
    expect(payload.fell).toEqual(['20 lines of “1-back-up, exactly”']);
    expect(payload.embeds[0]?.description).toMatch(/^-# 1-back-up, exactly: 20 lines, folded\n/);
  });

  test('a heading that the summary says already is not said twice', () => {
    const payload = payloadOf(message('prod is in step', 'good', [heading('prod is in step'), text('Nothing to do.')]));
    expect(payload).toMatchObject({ content: '🟢 prod is in step', embeds: [{ description: 'Nothing to do.' }] });
    expect(payload.embeds[0]?.title).toBeUndefined();
  });

  test('a message without a body is one line and no card', () => {
    expect(payloadOf(message('Reading 3 members…', 'neutral', []))).toEqual({
      content: '⚪ Reading 3 members…',
      embeds: [],
      components: [],
      files: [],
      fell: [],
    });
  });

  test('files that are too large or too many fall off and are named', () => {
    const large = { name: 'big.html', mime: 'text/html', bytes: new Uint8Array(10 * 1024 * 1024 + 1) };
    const small = Array.from({ length: 11 }, (_, at) => ({
      name: `${at}.md`,
      mime: 'text/plain',
      bytes: new Uint8Array(1),
    }));
    const payload = renderPayload({ message: message('Export', 'info', []), data: null, files: [large, ...small] });
    expect(payload.files).toHaveLength(10);
    expect(payload.fell).toEqual([
      'the file big.html, 11 MiB (Discord takes 10)',
      'the file 10.md (Discord takes 10 at once)',
    ]);
  });

  test('a picture stands in the card, and where it is missing its words do', () => {
    const picture = { name: 'timeline.png', mime: 'image/png', bytes: new Uint8Array(3) };
    const content = message('Timeline', 'info', [
      text('All of it'),
      { kind: 'image', alt: 'timeline', file: 'timeline.png' },
    ]);
    expect(renderPayload({ message: content, data: null, files: [picture] }).embeds).toEqual([
      { color: 0x3b82f6, description: 'All of it', image: { url: 'attachment://timeline.png' } },
    ]);
    expect(bodyOf(content)).toBe('All of it\n\\[picture: timeline\\]');
  });
});

describe('cards as Discord gets them', () => {
  test('a status card', () => {
    const card = message('prod: needs attention (1 critical)', 'danger', [
      heading('prod: needs attention (1 critical)'),
      text('✗ Every member runs ', strong('5.21.2'), ', the database records 402'),
      fields([
        ['Health', 'critical'],
        ['Read at', [time(1_763_884_656_000)]],
      ]),
      table(
        ['member', 'version', 'rev', 'extensions', 'recorded', 'schema', 'daemon', 'instances'],
        ['m1', 'm2', 'm3'].map((name) => [
          name,
          '5.21.2-2f4ba6b',
          '30131',
          '387',
          '402 ≠',
          '73',
          '✗ crash-looping',
          '2',
        ]),
      ),
      note('Records from a copy on the disk of ', mono('m2')),
      nextCommand('explain prod'),
    ]);
    expect(payloadOf(card)).toMatchInlineSnapshot(`
      {
        "components": [],
        "content": "🔴 prod: needs attention (1 critical)",
        "embeds": [
          {
            "color": 14232864,
            "description": "✗ Every member runs **5.21.2**, the database records 402
      **Health** critical
      **Read at** 2025-11-23 07:57:36Z (<t:1763884656:R>)

      -# member · version · rev · extensions · recorded · schema · daemon · instances
      **m1**  5.21.2-2f4ba6b · rev 30131 · extensions 387 · recorded 402 ≠ · schema 73 · ✗ crash-looping · instances 2
      **m2**  5.21.2-2f4ba6b · rev 30131 · extensions 387 · recorded 402 ≠ · schema 73 · ✗ crash-looping · instances 2
      **m3**  5.21.2-2f4ba6b · rev 30131 · extensions 387 · recorded 402 ≠ · schema 73 · ✗ crash-looping · instances 2

      -# Records from a copy on the disk of \`m2\`

      Next: \`/lxd explain prod\`",
          },
        ],
        "fell": [],
        "files": [],
      }
    `);
  });

  test('an approval card with its buttons', () => {
    const card = message(
      'Recovery of prod: r4k2x9a waits for approval',
      'info',
      [text('patch-in-place'), nextCommand('approve r4k2x9a', 'reject r4k2x9a')],
      [
        { label: 'Approve', style: 'primary', token: 'T1', confirm: null },
        { label: 'Stop 4 instances', style: 'danger', token: 'T2', confirm: { title: 'Sure?', text: '4 stop' } },
        {
          label: 'Reject',
          style: 'plain',
          token: 'T3',
          confirm: null,
          ask: { title: 'Reject', label: 'Why', required: true },
        },
      ],
    );
    expect(payloadOf(card).components).toMatchInlineSnapshot(`
      [
        {
          "components": [
            {
              "custom_id": "T1",
              "label": "Approve",
              "style": 1,
              "type": 2,
            },
            {
              "custom_id": "sure:T2",
              "label": "Stop 4 instances",
              "style": 4,
              "type": 2,
            },
            {
              "custom_id": "ask!:T3",
              "label": "Reject",
              "style": 2,
              "type": 2,
            },
          ],
          "type": 1,
        },
      ]
    `);
  });
});
