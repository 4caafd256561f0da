/** Every limit and fault of the Slack test server is really enforced: what fits passes, one more is refused and recorded. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../chat-wire.ts';
import { checkMessage, checkView } from './check-message.ts';
import type { Finding } from './check-message.ts';

const STRICT = { allowsMention: () => false, allowsLink: (link: string) => !link.includes('evil') };

const x = (count: number): string => 'x'.repeat(count);
const plain = (text: string): Json => ({ type: 'plain_text', text });
const md = (text: string): Json => ({ type: 'mrkdwn', text });
const times = (count: number, make: (index: number) => Json): readonly Json[] =>
  Array.from({ length: count }, (_, i) => make(i));
const button = (more: Json, index = 0): Json => ({
  type: 'button',
  action_id: `a${index}`,
  text: plain('Go'),
  ...more,
});
const actions = (...elements: readonly Json[]): Json => ({ blocks: [{ type: 'actions', elements }], text: 't' });
const section = (more: Json): Json => ({ blocks: [{ type: 'section', ...more }], text: 't' });
const dialog = (title: number, text: number, deny: number): Json =>
  actions(
    button({ confirm: { title: plain(x(title)), text: plain(x(text)), confirm: plain('Y'), deny: plain(x(deny)) } }),
  );
const menu = (options: readonly Json[]): Json => actions({ type: 'static_select', action_id: 'm', options });
const option = (text: number, value: number, index = 0): Json => ({
  text: plain(x(text)),
  value: `${index}`.padEnd(value, 'x'),
});
const modal = (more: Json): Json => ({ type: 'modal', title: plain('T'), blocks: [{ type: 'divider' }], ...more });
const field = (label: number): readonly Json[] => [
  { type: 'input', label: plain(x(label)), element: { type: 'plain_text_input', action_id: 'i' } },
];

interface Row {
  readonly limit: string;
  readonly fits: Json;
  readonly breaks: Json;
  readonly error: string | null;
}

const row = (limit: string, error: string | null, fits: Json, breaks: Json): Row => ({ limit, error, fits, breaks });
const bad = (limit: string, fits: Json, breaks: Json): Row => row(limit, 'invalid_blocks', fits, breaks);

const MESSAGES: readonly Row[] = [
  row('text present', 'no_text', { text: 't' }, {}),
  row('text beside blocks', null, section({ text: md('a') }), { blocks: [{ type: 'divider' }] }),
  row('text 4000', 'msg_too_long', { text: x(4000) }, { text: x(4001) }),
  bad(
    '50 blocks',
    { text: 't', blocks: times(50, () => ({ type: 'divider' })) },
    { text: 't', blocks: times(51, () => ({ type: 'divider' })) },
  ),
  row(
    'about 13,200 characters in all',
    'msg_blocks_too_long',
    { text: 't', blocks: times(4, () => ({ type: 'section', text: md(x(3000)) })) },
    { text: 't', blocks: times(5, () => ({ type: 'section', text: md(x(3000)) })) },
  ),
  bad('section text 3000', section({ text: md(x(3000)) }), section({ text: md(x(3001)) })),
  bad('text not empty', section({ text: md('a') }), section({ text: md('') })),
  bad('10 fields', section({ fields: times(10, () => md('a')) }), section({ fields: times(11, () => md('a')) })),
  bad('field 2000', section({ fields: [md(x(2000))] }), section({ fields: [md(x(2001))] })),
  bad(
    'header 150',
    { text: 't', blocks: [{ type: 'header', text: plain(x(150)) }] },
    { text: 't', blocks: [{ type: 'header', text: plain(x(151)) }] },
  ),
  bad(
    'header is plain',
    { text: 't', blocks: [{ type: 'header', text: plain('a') }] },
    { text: 't', blocks: [{ type: 'header', text: md('a') }] },
  ),
  bad(
    'context 10',
    { text: 't', blocks: [{ type: 'context', elements: times(10, () => md('a')) }] },
    { text: 't', blocks: [{ type: 'context', elements: times(11, () => md('a')) }] },
  ),
  bad('25 actions', actions(...times(25, (i) => button({}, i))), actions(...times(26, (i) => button({}, i)))),
  bad('button text 75', actions(button({ text: plain(x(75)) })), actions(button({ text: plain(x(76)) }))),
  bad('button text is plain', actions(button({ text: plain('a') })), actions(button({ text: md('a') }))),
  bad('button value 2000', actions(button({ value: x(2000) })), actions(button({ value: x(2001) }))),
  bad('button style', actions(button({ style: 'danger' })), actions(button({ style: 'default' }))),
  bad('action_id 255', actions(button({ action_id: x(255) })), actions(button({ action_id: x(256) }))),
  bad('action_id unique', actions(button({}, 1), button({}, 2)), actions(button({}, 1), button({}, 1))),
  bad('block_id 255', section({ text: md('a'), block_id: x(255) }), section({ text: md('a'), block_id: x(256) })),
  bad('confirm title 100', dialog(100, 1, 1), dialog(101, 1, 1)),
  bad('confirm text 300', dialog(1, 300, 1), dialog(1, 301, 1)),
  bad('confirm button 30', dialog(1, 1, 30), dialog(1, 1, 31)),
  bad('100 options', menu(times(100, (i) => option(1, 5, i))), menu(times(101, (i) => option(1, 5, i)))),
  bad('option text 75', menu([option(75, 1)]), menu([option(76, 1)])),
  bad('option value 150', menu([option(1, 150)]), menu([option(1, 151)])),
  bad('known block types', section({ text: md('a') }), { text: 't', blocks: [{ type: 'fence' }] }),
  bad(
    'one table',
    { text: 't', blocks: [{ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }] },
    { text: 't', blocks: times(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] })) },
  ),
  row('no broadcast', null, { text: '&lt;!channel&gt;' }, { text: '<!channel>' }),
  row('no mention', null, section({ text: plain('<@U1>') }), section({ text: md('hello <@U1>') })),
  row('no mention in rich text', null, section({ text: md('a') }), {
    text: 't',
    blocks: [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'here' }] }],
      },
    ],
  }),
  row('no forbidden link', null, { text: '<https://good.example|a>' }, { text: '<https://evil.example|a>' }),
  row('no bare ampersand', null, { text: 'a &amp; b' }, { text: 'a & b' }),
  row('no bare bracket', null, { text: 'a &lt; b' }, { text: 'a < b' }),
  row('no link_names', null, { text: 'a' }, { text: 'a', link_names: true }),
];

const VIEWS: readonly Row[] = [
  row('title 24', 'invalid_arguments', modal({ title: plain(x(24)) }), modal({ title: plain(x(25)) })),
  row(
    'submit with inputs',
    'invalid_arguments',
    modal({ blocks: field(1), submit: plain('S') }),
    modal({ blocks: field(1) }),
  ),
  row('submit 24', 'invalid_arguments', modal({ submit: plain(x(24)) }), modal({ submit: plain(x(25)) })),
  row(
    '100 blocks',
    'invalid_arguments',
    modal({ blocks: times(100, () => ({ type: 'divider' })) }),
    modal({ blocks: times(101, () => ({ type: 'divider' })) }),
  ),
  row(
    'label 2000',
    'invalid_arguments',
    modal({ blocks: field(2000), submit: plain('S') }),
    modal({ blocks: field(2001), submit: plain('S') }),
  ),
  row('metadata 3000', 'invalid_arguments', modal({ private_metadata: x(3000) }), modal({ private_metadata: x(3001) })),
  row('callback_id 255', 'invalid_arguments', modal({ callback_id: x(255) }), modal({ callback_id: x(256) })),
];

const errorsOf = (findings: readonly Finding[]): readonly (string | null)[] => findings.map((finding) => finding.error);

describe('limits', () => {
  test.each(MESSAGES)('message: $limit', ({ fits, breaks, error }) => {
    expect(checkMessage({ text: 't', ...fits }, STRICT)).toEqual([]);
    expect(errorsOf(checkMessage(breaks, STRICT))).toContain(error);
  });

  test.each(VIEWS)('view: $limit', ({ fits, breaks, error }) => {
    expect(checkView(fits, STRICT)).toEqual([]);
    expect(errorsOf(checkView(breaks, STRICT))).toContain(error);
  });
});
