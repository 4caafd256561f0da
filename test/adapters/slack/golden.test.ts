/** What a card is in Block Kit, as a whole: the one place where a rendered payload is kept. */
import { expect, test } from 'vitest';
import { renderMessage } from '../../../src/adapters/slack/render.ts';
import { checkMessage } from '../../support/slack/check-message.ts';
import {
  fields,
  foldedCode,
  heading,
  message,
  nextCommand,
  note,
  strong,
  table,
  text,
  time,
} from '../../../src/chat/build.ts';

const NOTHING = { allowsMention: (): boolean => false, allowsLink: (): boolean => false };

test('a status card', () => {
  const card = message('prod: needs attention', 'danger', [
    heading('prod: needs attention (1 critical)'),
    text('✗ ', strong('The database records 402 API extensions, LXD knows 387')),
    table(
      ['member', 'version', 'recorded', 'daemon'],
      [
        ['m1', '5.21.2-838e1b2', '402 ≠', '✗ crash-looping'],
        ['m2', 'no answer', '402', '? unknown'],
      ],
    ),
    note('Read at ', time(1_790_000_000_000), ', in 850 ms.'),
    nextCommand('explain prod', 'recover prod'),
  ]);
  expect(renderMessage(card)).toMatchSnapshot();
});

test('an approval card', () => {
  const card = message(
    'Recovery of prod: r4k2x9a waits for approval',
    'info',
    [
      heading('Recovery of prod: r4k2x9a waits for approval'),
      fields([
        ['Asked for by', 'ada'],
        ['Outage', 'None: nothing is stopped; the API comes back when the members find the corrected numbers.'],
      ]),
      table(
        ['', 'what', 'where', 'at most'],
        [['1', 'Write the guarded patch on one member and watch it being consumed', 'm1', '180 s']],
      ),
      foldedCode(Array.from({ length: 20 }, (_, at) => `line ${at}`).join('\n'), 'write-patch on m1, exactly:'),
      nextCommand('approve r4k2x9a', 'reject r4k2x9a'),
    ],
    [
      {
        label: 'Approve',
        style: 'danger',
        token: 'token-1',
        confirm: { title: 'Approve?', text: 'm1 gets the patch.' },
      },
      {
        label: 'Reject',
        style: 'plain',
        token: 'token-2',
        confirm: null,
        ask: { title: 'Reject the plan', label: 'Why?', required: false },
      },
    ],
  );
  const payload = renderMessage(card, {
    kind: 'run',
    run: 'r4k2x9a',
    cluster: 'prod',
    strategy: 'patch-in-place',
    state: 'awaiting-approval',
    steps: [],
  });
  expect(payload).toMatchSnapshot();
  expect(checkMessage({ ...payload }, NOTHING)).toEqual([]);
});
