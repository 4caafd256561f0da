import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/adapters/discord/api.ts';
import { createBounded } from '../../../src/adapters/discord/bounded.ts';
import { createDelivering, uniqueOf } from '../../../src/adapters/discord/deliver.ts';
import type { Payload } from '../../../src/adapters/discord/render.ts';
import { createReplies, type Ack } from '../../../src/adapters/discord/replies.ts';
import { heading, message, text } from '../../../src/chat/build.ts';
import type { Address, Rendered } from '../../../src/ports/chat.ts';
import { createFakeTime } from '../../support/fake-clock.ts';
import { apiError, createFakeApi, createListeningLog, httpError, type Asked } from './support/stand-ins.ts';

const HERE: Address = { platform: 'discord', channel: '42', user: null, thread: null };
const UNDER: Address = { ...HERE, thread: '1001' };
const CARD: Rendered = {
  message: message('prod is in step', 'good', [heading('Status'), text('@everyone')]),
  data: null,
};

function setUp(answers: Parameters<typeof createFakeApi>[0] = {}) {
  const { api, asked } = createFakeApi(answers);
  const { log, told } = createListeningLog();
  const time = createFakeTime();
  const replies = createReplies(time.clock, log);
  const chat = createDelivering({ api, replies, log, actions: createBounded(10) });
  return { api, asked, told, time, replies, chat };
}

const steps = (asked: readonly Asked[]): readonly string[] =>
  asked.map(([method, where]) => `${method} ${String(where)}`);
type Body = Parameters<Api['createMessage']>[1];
const bodyOf = (asked: Asked | undefined): Body => (asked?.[0] === 'editMessage' ? asked[3] : asked?.[2]) as Body;

describe('posting', () => {
  test('pings nobody and carries a nonce that Discord enforces', async () => {
    const { chat, asked } = setUp();
    expect(await chat.post(HERE, CARD, 'm0123456789abcdef01234567')).toEqual({ kind: 'delivered', externalId: '1001' });
    const body = bodyOf(asked[0]);
    expect(body).toMatchObject({ content: '🟢 prod is in step', allowed_mentions: { parse: [] }, enforce_nonce: true });
    expect(String(body.nonce).length).toBeLessThanOrEqual(25);
  });

  test('the nonce is the same for the same card and another for another', () => {
    expect(uniqueOf('a')).toEqual(uniqueOf('a'));
    expect(uniqueOf('a')).not.toEqual(uniqueOf('b'));
  });

  test('into the thread of a card of ours: the thread is started first, with the card’s words as its name', async () => {
    const { chat, asked } = setUp();
    await chat.post(HERE, CARD, 'a');
    await chat.post(UNDER, CARD, 'b');
    await chat.post(UNDER, CARD, 'c');
    expect(steps(asked)).toEqual(['createMessage 42', 'startThread 42', 'createMessage 1001', 'createMessage 1001']);
    expect(asked[1]).toEqual(['startThread', '42', '1001', 'prod is in step']);
  });

  test('into a thread of an earlier process: missing, it is started with the words of the root message', async () => {
    const { chat, asked } = setUp({ createMessage: [apiError(404, 10_003)] });
    expect(await chat.post(UNDER, CARD, 'b')).toMatchObject({ kind: 'delivered' });
    expect(steps(asked)).toEqual(['createMessage 1001', 'getMessage 42', 'startThread 42', 'createMessage 1001']);
    expect(asked[2]?.[3]).toBe('what the root said');
  });

  test('a thread that somebody else has started meanwhile is used', async () => {
    const { chat } = setUp({ createMessage: [apiError(404, 10_003)], startThread: [apiError(400, 160_004)] });
    expect(await chat.post(UNDER, CARD, 'b')).toMatchObject({ kind: 'delivered' });
  });

  test('an archived thread is woken first', async () => {
    const { chat, asked } = setUp({ createMessage: [apiError(400, 50_083)] });
    expect(await chat.post(UNDER, CARD, 'b')).toMatchObject({ kind: 'delivered' });
    expect(steps(asked)).toEqual(['createMessage 1001', 'unarchive 1001', 'createMessage 1001']);
  });

  test.each([
    ['locked', { createMessage: [apiError(400, 50_083)], unarchive: [apiError(403, 160_005)] }],
    ['not allowed', { createMessage: [apiError(404, 10_003)], startThread: [apiError(403, 50_013)] }],
    ['one too many', { createMessage: [apiError(404, 10_003)], startThread: [apiError(400, 160_006)] }],
  ])(
    'where a thread is %s the answer goes to the channel, under the root message, and the log says so',
    async (_, answers) => {
      const { chat, asked, told } = setUp(answers);
      expect(await chat.post(UNDER, CARD, 'b')).toMatchObject({ kind: 'delivered' });
      expect(asked.at(-1)?.slice(0, 2)).toEqual(['createMessage', '42']);
      expect(bodyOf(asked.at(-1)).message_reference).toEqual({ message_id: '1001', fail_if_not_exists: false });
      expect(told).toMatchObject([{ level: 'warn', fields: { thread: '1001' } }]);
    },
  );

  test('a deleted root message whose thread never began is gone', async () => {
    const { chat } = setUp({ createMessage: [apiError(404, 10_003)], startThread: [apiError(404, 10_008)] });
    expect(await chat.post(UNDER, CARD, 'b')).toMatchObject({
      kind: 'gone',
      reason: expect.stringContaining('deleted') as string,
    });
  });

  test('files that the server does not take are left out, and the message says so', async () => {
    const { chat, asked } = setUp({ createMessage: [apiError(413, 40_005)] });
    const files = [{ name: 'timeline.html', mime: 'text/html', bytes: new Uint8Array(9) }];
    expect(await chat.post(HERE, { ...CARD, files }, 'a')).toMatchObject({ kind: 'delivered' });
    expect(asked.map((each) => (each[3] as readonly unknown[]).length)).toEqual([1, 0]);
    expect(JSON.stringify(bodyOf(asked[1]).embeds)).toContain('timeline.html');
  });

  test('a refusal of the form is an error in the log', async () => {
    const { chat, told } = setUp({ createMessage: [apiError(400, 50_035)] });
    expect(await chat.post(HERE, CARD, 'a')).toMatchObject({ kind: 'gone' });
    expect(told).toMatchObject([{ level: 'error' }]);
  });

  test('an outage is tried again later', async () => {
    const { chat } = setUp({ createMessage: [httpError(502)] });
    expect(await chat.post(HERE, CARD, 'a')).toMatchObject({ kind: 'retry' });
  });
});

describe('editing', () => {
  test('goes to the place where the message was posted', async () => {
    const { chat, asked } = setUp();
    await chat.post(HERE, CARD, 'a');
    await chat.post(UNDER, CARD, 'b');
    await chat.edit(HERE, '1002', CARD);
    expect(asked.at(-1)?.slice(0, 3)).toEqual(['editMessage', '1001', '1002']);
  });

  test('after a restart finds what had to be said in the channel', async () => {
    const { chat, asked } = setUp({ editMessage: [apiError(404, 10_008)] });
    expect(await chat.edit(UNDER, '7', CARD)).toEqual({ kind: 'delivered', externalId: '7' });
    expect(steps(asked)).toEqual(['editMessage 1001', 'editMessage 42']);
  });

  test('wakes an archived thread', async () => {
    const { chat, asked } = setUp({ editMessage: [apiError(400, 50_083)] });
    expect(await chat.edit(UNDER, '7', CARD)).toMatchObject({ kind: 'delivered' });
    expect(steps(asked)).toEqual(['editMessage 1001', 'unarchive 1001', 'editMessage 1001']);
  });

  test('of a deleted message is gone', async () => {
    const { chat } = setUp({ editMessage: [apiError(404, 10_008)] });
    expect(await chat.edit(HERE, '7', CARD)).toMatchObject({
      kind: 'gone',
      reason: expect.stringContaining('deleted') as string,
    });
  });
});

describe('private answers', () => {
  const PRIVATE: Address = { ...HERE, user: '5' };

  function ackWith(said: string[], refuses = false): Ack {
    const say = (how: string) => (payload: Payload) => {
      said.push(`${how}: ${payload.content}`);
      return refuses ? Promise.reject(apiError(404, 10_015)) : Promise.resolve(`p${said.length}`);
    };
    return {
      editReply: say('first'),
      followUp: say('more'),
      editMessage: (id, payload) => say(`edit ${id}`)(payload).then(() => undefined),
      deleteReply: () => Promise.resolve(void said.push('removed')),
    };
  }

  test('the first fills the placeholder, later ones follow, and edits stay private', async () => {
    const { chat, replies, asked } = setUp();
    const said: string[] = [];
    const reply = replies.open({ user: '5', channel: '42' }, ackWith(said), true);
    const first = await chat.post(PRIVATE, CARD, 'a');
    await chat.post(PRIVATE, CARD, 'b');
    if (first.kind === 'delivered') await chat.edit(PRIVATE, first.externalId, CARD);
    await reply.done();
    expect(said).toEqual(['first: 🟢 prod is in step', 'more: 🟢 prod is in step', 'edit p1: 🟢 prod is in step']);
    expect(asked).toEqual([]);
  });

  test('when the token has died the person is named in the channel, and pinged alone', async () => {
    const { chat, replies, asked, time } = setUp();
    const said: string[] = [];
    replies.open({ user: '5', channel: '42' }, ackWith(said), true);
    time.advance(15 * 60_000);
    expect(await chat.post(PRIVATE, CARD, 'a')).toMatchObject({ kind: 'delivered' });
    expect(said).toEqual([]);
    expect(bodyOf(asked[0])).toMatchObject({
      content: '<@5> 🟢 prod is in step',
      allowed_mentions: { parse: [], users: ['5'] },
    });
  });

  test('when Discord refuses the token the answer is given in the channel', async () => {
    const { chat, replies, asked } = setUp();
    replies.open({ user: '5', channel: '42' }, ackWith([], true), true);
    expect(await chat.post(PRIVATE, CARD, 'a')).toMatchObject({ kind: 'delivered' });
    expect(bodyOf(asked[0]).content).toContain('<@5>');
  });

  test('goes to the interaction whose command is being handled, not to the latest one', async () => {
    const { chat, replies } = setUp();
    const [one, two]: [string[], string[]] = [[], []];
    const first = replies.open({ user: '5', channel: '42' }, ackWith(one), true);
    replies.open({ user: '5', channel: '42' }, ackWith(two), true);
    await replies.within(first, () => chat.post(PRIVATE, CARD, 'a'));
    expect([one.length, two.length]).toEqual([1, 0]);
  });

  test('nobody else’s interaction is ever used', async () => {
    const { chat, replies, asked } = setUp();
    const said: string[] = [];
    const other = replies.open({ user: '6', channel: '42' }, ackWith(said), true);
    await replies.within(other, () => chat.post(PRIVATE, CARD, 'a'));
    expect(said.filter((line) => line !== 'removed')).toEqual([]);
    expect(bodyOf(asked[0]).content).toContain('<@5>');
  });

  test('a placeholder goes as soon as the answer stands in the channel', async () => {
    const { chat, replies } = setUp();
    const said: string[] = [];
    const reply = replies.open({ user: '5', channel: '42' }, ackWith(said), true);
    await replies.within(reply, () => chat.post(HERE, CARD, 'a'));
    await reply.done();
    expect(said).toEqual(['removed']);
  });
});
