import { afterEach, describe, expect, test } from 'vitest';
import { heading, message, text } from '../../../src/chat/build.ts';
import type { Rendered } from '../../../src/ports/chat.ts';
import { ADA, BEN, closeAll, OPS, startLive } from './support/live.ts';

afterEach(closeAll);

const HERE = { platform: 'discord', channel: OPS, user: null, thread: null } as const;
const POST = 'POST /channels/:id/messages';
const CARD: Rendered = {
  message: message('prod is in step', 'good', [heading('Status'), text('Nothing to do.')]),
  data: null,
};

describe('when Discord is in trouble', () => {
  test('a long rate limit is told instead of waited for', async () => {
    const { server, chat } = await startLive();
    server.fail(POST, { kind: 'rate-limited', retryAfterSeconds: 60 });
    expect(await chat.post(HERE, CARD, 'm1')).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('rate limit') as string,
    });
    expect(server.messages(OPS)).toEqual([]);
  });

  test('an answer that was lost on the way leaves one message, not two', async () => {
    const { server, chat } = await startLive();
    server.fail(POST, { kind: 'lost-answer' });
    const first = await chat.post(HERE, CARD, 'm1');
    const second = first.kind === 'delivered' ? first : await chat.post(HERE, CARD, 'm1');
    expect(second).toMatchObject({ kind: 'delivered' });
    expect(server.messages(OPS)).toHaveLength(1);
  });

  test('an outage is tried again later', async () => {
    const { server, chat } = await startLive();
    server.fail(POST, { kind: 'status', status: 503 }, 5);
    expect(await chat.post(HERE, CARD, 'm1')).toMatchObject({ kind: 'retry' });
  });

  test('a channel where the bot may not write is gone, and the doctor names what to allow', async () => {
    const { server, chat } = await startLive();
    server.permit(OPS, ['viewChannel', 'readMessageHistory']);
    expect(await chat.post(HERE, CARD, 'm1')).toMatchObject({
      kind: 'gone',
      reason: expect.stringContaining('Send Messages') as string,
    });
    const channel = (await chat.check()).find(({ id }) => id === 'discord-channel');
    expect(channel).toMatchObject({ state: 'fail', next: expect.stringContaining('Send Messages') as string });
  });

  test('a channel that was removed is gone, and says where its id stands', async () => {
    const { server, chat } = await startLive();
    server.removeChannel(OPS);
    expect(await chat.post(HERE, CARD, 'm1')).toMatchObject({
      kind: 'gone',
      reason: expect.stringContaining('clusters.yaml') as string,
    });
  });

  test('a card that was deleted is gone at its next edit', async () => {
    const { server, chat } = await startLive();
    const posted = await chat.post(HERE, CARD, 'm1');
    const id = posted.kind === 'delivered' ? posted.externalId : '';
    server.deleteMessage({ channel: OPS, id });
    expect(await chat.edit(HERE, id, CARD)).toMatchObject({
      kind: 'gone',
      reason: expect.stringContaining('deleted') as string,
    });
  });

  test('a token that is revoked meanwhile is told in words and tried later', async () => {
    const { server, chat } = await startLive();
    server.revokeToken();
    expect(await chat.post(HERE, CARD, 'm1')).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('DISCORD_BOT_TOKEN') as string,
    });
  });

  test('where threads may not be made the explanation goes under the card in the channel', async () => {
    const { server, chat } = await startLive();
    const root = await chat.post(HERE, CARD, 'm1');
    server.permit(OPS, ['viewChannel', 'sendMessages', 'embedLinks', 'attachFiles', 'readMessageHistory']);
    const thread = root.kind === 'delivered' ? root.externalId : '';
    expect(await chat.post({ ...HERE, thread }, CARD, 'm2')).toMatchObject({ kind: 'delivered' });
    expect(server.messages(OPS)).toHaveLength(2);
  });
});

describe('in a crowd', () => {
  test('a refusal of a click is seen by that person alone, and the card stays as it is', async () => {
    const { server, chat, handed } = await startLive({
      handle: async ({ address, person }, discord) =>
        void (await discord.post(
          { ...address, user: person.id },
          { ...CARD, message: message('Not approving', 'warning', []) },
          'r1',
        )),
    });
    const actions = [{ label: 'Approve', style: 'primary', token: 'T', confirm: null } as const];
    const posted = await chat.post(HERE, { ...CARD, message: { ...CARD.message, actions } }, 'm1');
    const id = posted.kind === 'delivered' ? posted.externalId : '';
    server.click(BEN, { channel: OPS, id }, 'Approve');
    await handed(1);
    await server.until(() =>
      server.messages(OPS, { user: BEN }).some(({ content }) => content.endsWith('Not approving')),
    );
    expect(server.messages(OPS, { user: ADA }).map((each) => each.content)).toEqual(['🟢 prod is in step']);
    expect(server.violations).toEqual([]);
  });

  test('fifty commands at once, each delivered twice over a socket that drops, are each answered once', async () => {
    const { server, inbound, handed } = await startLive({
      handle: async ({ address, deliveryId }, discord) =>
        void (await discord.post({ ...address, user: ADA }, CARD, deliveryId)),
    });
    server.deliverTimes(2);
    for (let at = 0; at < 50; at += 1) {
      if (at === 25) server.gateway.drop();
      server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    }
    await handed(50);
    await server.until(
      () =>
        server.messages(OPS, { user: ADA }).filter(({ content }) => content.endsWith('prod is in step')).length === 50,
    );
    expect(new Set(inbound.map(({ deliveryId }) => deliveryId)).size).toBe(50);
    expect(inbound).toHaveLength(50);
    expect(server.violations).toEqual([]);
  }, 20_000);
});
