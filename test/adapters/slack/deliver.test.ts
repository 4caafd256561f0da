/** Posting, editing and every other way to tell people, over the strict server. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Address, Rendered } from '../../../src/ports/chat.ts';
import { say, startTalk, type Talk, type TalkOptions } from './support.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

const CHANNEL: Address = { platform: 'slack', channel: 'C1', user: null, thread: null };
const CARD: Rendered = { message: say('prod: in step', { tone: 'good' }), data: null };

function start(options: TalkOptions = {}): Promise<Talk> {
  return startTalk(cleanup, options);
}

async function post(talk: Talk, address = CHANNEL, rendered = CARD, nonce = 'n1'): Promise<string> {
  const delivery = await talk.chat.post(address, rendered, nonce);
  if (delivery.kind !== 'delivered') throw new Error(`${delivery.kind}: ${delivery.reason}`);
  return delivery.externalId;
}

/** Types a command, so that there is a response_url to answer to. */
async function typed(talk: Talk, user: string): Promise<void> {
  const next = new Promise<void>((resolve) => {
    talk.onInbound = () => {
      resolve();
      return Promise.resolve();
    };
  });
  talk.server.command(user, 'C1', 'status prod');
  await next;
}

test('a card is posted, edited in place, and posted once for a nonce', async () => {
  const talk = await start();
  const ts = await post(talk);
  expect(await talk.chat.edit(CHANNEL, ts, { message: say('prod: recovering'), data: null })).toEqual({
    kind: 'delivered',
    externalId: ts,
  });
  expect(await post(talk)).toBe(ts);
  expect(talk.server.messages('C1')).toHaveLength(1);
  expect(talk.server.violations).toEqual([]);
});

test('an answer for one person is seen by that person alone', async () => {
  const talk = await start();
  await post(talk, { ...CHANNEL, user: 'U1' });
  expect(talk.server.messages('C1', { user: 'U2' })).toEqual([]);
  expect(talk.server.messages('C1', { user: 'U1' })).toHaveLength(1);
});

test('where the bot is not a member, the command itself is answered, and says how to invite the bot', async () => {
  const talk = await start();
  talk.server.removeBot('C1');
  await typed(talk, 'U1');
  await post(talk);
  const [message] = talk.server.messages('C1');
  expect(JSON.stringify(message)).toContain('/invite @lockstep');
  expect(talk.server.violations).toEqual([]);
});

test('a private answer reaches its person where the bot is not a member', async () => {
  const talk = await start();
  talk.server.removeBot('C1');
  await typed(talk, 'U1');
  await post(talk, { ...CHANNEL, user: 'U1' });
  expect(talk.server.messages('C1', { user: 'U1' })).toHaveLength(1);
  expect(talk.server.messages('C1', { user: 'U2' })).toHaveLength(0);
});

test('without another way, a channel where the bot may not write is gone, and says what to do', async () => {
  const talk = await start();
  talk.server.removeBot('C1');
  const delivery = await talk.chat.post(CHANNEL, CARD, 'n1');
  expect(delivery).toMatchObject({ kind: 'gone', reason: expect.stringContaining('/invite') });
});

test('a card whose thread is gone goes to the channel', async () => {
  const talk = await start();
  talk.server.fail('chat.postMessage', { kind: 'error', error: 'thread_not_found' });
  const ts = await post(talk, { ...CHANNEL, thread: '1.1' });
  expect(talk.server.message({ channel: 'C1', ts })?.thread ?? null).toBeNull();
});

test('an edit of a deleted message is gone', async () => {
  const talk = await start();
  const ts = await post(talk);
  talk.server.deleteMessage({ channel: 'C1', ts });
  expect(await talk.chat.edit(CHANNEL, ts, CARD)).toMatchObject({ kind: 'gone', reason: 'The message was deleted.' });
});

describe('what Slack answers', () => {
  test('a refused form is sent smaller', async () => {
    const talk = await start();
    talk.server.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' }, 2);
    await post(talk);
    expect(JSON.stringify(talk.server.messages('C1'))).toContain('everything but this line');
  });

  test('a rate limit is tried again when Slack says', async () => {
    const talk = await start();
    talk.server.fail('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 7 });
    expect(await talk.chat.post(CHANNEL, CARD, 'n1')).toMatchObject({ kind: 'retry', afterMs: 7000 });
  });

  test('a server error is tried again', async () => {
    const talk = await start();
    talk.server.fail('chat.postMessage', { kind: 'status', status: 503 });
    expect(await talk.chat.post(CHANNEL, CARD, 'n1')).toMatchObject({ kind: 'retry' });
  });

  test('a refused token is tried again after a while, and names where to get one', async () => {
    const talk = await start();
    talk.server.revokeToken();
    expect(await talk.chat.post(CHANNEL, CARD, 'n1')).toMatchObject({
      kind: 'retry',
      afterMs: 60_000,
      reason: expect.stringContaining('SLACK_BOT_TOKEN'),
    });
  });
});

describe('files', () => {
  const file = { name: 'timeline.md', mime: 'text/markdown', bytes: new TextEncoder().encode('# prod') };

  test('go into the thread of their card', async () => {
    const talk = await start();
    await post(talk, CHANNEL, { ...CARD, files: [file] });
    expect(JSON.stringify([...talk.server.world.files.values()])).toContain('timeline.md');
    expect(talk.server.violations).toEqual([]);
  });

  test('that can’t be sent are named in the thread, with the scope', async () => {
    const talk = await start({ server: { scopes: ['commands', 'chat:write', 'app_mentions:read'] } });
    const ts = await post(talk, CHANNEL, { ...CARD, files: [file] });
    const said = talk.server.messages('C1', { thread: ts });
    expect(JSON.stringify(said)).toContain('files:write');
  });

  const said = (talk: Talk, user: string, channel = 'C1'): string =>
    JSON.stringify(talk.server.messages(channel, { user }));
  const given = (talk: Talk) => [...talk.server.world.files.values()].map(({ name, shared }) => ({ name, shared }));
  const direct = (talk: Talk): string => [...talk.server.world.channels.values()].find(({ im }) => im)?.id ?? 'none';

  test('of an answer for one person come as a direct message, and the answer says so', async () => {
    const talk = await start();
    await post(talk, { ...CHANNEL, user: 'U1' }, { ...CARD, files: [file] });
    expect(given(talk)).toMatchObject([{ name: 'timeline.md', shared: { channel: direct(talk) } }]);
    expect(said(talk, 'U1')).toContain('`timeline.md` comes as a direct message, since only you see this answer.');
    expect(said(talk, 'U2')).not.toContain('timeline.md');
    expect(talk.server.violations).toEqual([]);
  });

  test('where the bot is not a member come to whoever asked, once, and the answer says to whom', async () => {
    const talk = await start();
    talk.server.allowMentions('<@U1>');
    talk.server.removeBot('C1');
    await typed(talk, 'U1');
    const picture = { kind: 'image', alt: 'The timeline', file: 'timeline.md' } as const;
    await post(talk, CHANNEL, { ...CARD, message: say('prod', { blocks: [picture] }), files: [file] });
    expect(given(talk)).toMatchObject([{ name: 'timeline.md', shared: { channel: direct(talk) } }]);
    expect(said(talk, 'U2')).toContain(
      '`timeline.md` comes as a direct message to <@U1>, since the bot is not in this channel.',
    );
    expect(said(talk, 'U2')).not.toContain('in the thread');
    expect(talk.server.violations).toEqual([]);
  });

  test('that can’t come as a direct message are said to be missing, with the reason and the next step', async () => {
    const talk = await start();
    talk.server.allowMentions('<@U1>');
    talk.server.removeBot('C1');
    await typed(talk, 'U1');
    talk.server.fail('chat.postMessage', { kind: 'error', error: 'not_in_channel' });
    talk.server.fail('chat.postMessage', { kind: 'error', error: 'messages_tab_disabled' });
    await post(talk, CHANNEL, { ...CARD, files: [file] });
    expect(given(talk)).toEqual([]);
    expect(said(talk, 'U1')).toContain('Could not send `timeline.md` directly: Direct messages to the app are off');
    expect(said(talk, 'U1')).toContain('/invite @lockstep');
    expect(said(talk, 'U1')).toContain('console on Lockstep’s own host');
    expect(said(talk, 'U2')).not.toContain('Could not send');
  });

  test('of an answer that reaches its person in no other way than directly stand below it', async () => {
    const talk = await start();
    talk.server.removeBot('C1');
    await post(talk, { ...CHANNEL, user: 'U1' }, { ...CARD, files: [file] });
    expect(given(talk)).toMatchObject([{ shared: { channel: direct(talk), thread: expect.any(String) } }]);
    expect(said(talk, 'U1', direct(talk))).toContain('prod: in step');
  });
});
