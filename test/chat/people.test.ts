/** People on cards: as mentions where the platform knows them, in words where it does not. */
import { expect, test } from 'vitest';
import { renderMessage } from '../../src/adapters/slack/render.ts';
import { renderPayload } from '../../src/adapters/discord/render.ts';
import { refusalMessage } from '../../src/chat/views/answers.ts';
import { message, people, text } from '../../src/chat/build.ts';
import { requireClusterName } from '../../src/domain/ids.ts';

const NAMED = ['slack:U0123ABC', 'slack:group:S0456', 'discord:10000000001', 'discord:role:20000000002', 'console:bob'];

function onSlack(named: readonly string[], most?: number): string {
  return JSON.stringify(renderMessage(message('x', 'info', [text('From ', ...people(named, most), '.')])).blocks);
}

function onDiscord(named: readonly string[]): string {
  const shown = message('x', 'info', [text('From ', ...people(named), '.')]);
  return JSON.stringify(renderPayload({ message: shown, data: null }).embeds);
}

test('Slack’s own people and groups are mentions there, others are words', () => {
  expect(onSlack(NAMED)).toMatch(
    /From <@U0123ABC>, <!subteam\^S0456>, discord:10000000001, discord.role.20000000002 and console:bob\./,
  );
});

test('Discord’s own people and roles are mentions there, others are words', () => {
  expect(onDiscord(NAMED)).toContain('<@10000000001>');
  expect(onDiscord(NAMED)).toContain('<@&20000000002>');
  expect(onDiscord(NAMED)).toContain('U0123ABC');
  expect(onDiscord(NAMED)).not.toContain('(discord');
});

test.each([
  [['*'], 'From everybody.'],
  [['console:a', 'console:b'], 'From console:a and console:b.'],
])('%o is: %s', (named, words) => {
  expect(onSlack(named)).toContain(words);
});

test('of many the first are named', () => {
  expect(onSlack(['console:a', 'console:b', 'console:c', 'console:d'], 2)).toContain(
    'console:a, console:b and 2 more.',
  );
});

test('a refusal names who may in its body, not in the line that a phone shows', () => {
  const refused = refusalMessage('Not approving', {
    cluster: requireClusterName('prod'),
    reasons: [{ code: 'own-approval', text: 'Somebody else has to.', named: ['slack:U0123ABC'] }],
    next: 'Ask one of them to approve.',
  });
  const { text: summary, blocks } = renderMessage(refused);
  expect(summary).not.toContain('U0123ABC');
  expect(JSON.stringify(blocks)).toContain('Named for that: <@U0123ABC>.');
});
