/** The real SDK over the strict server: what people do reaches the app once, and answers reach people. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Inbound } from '../../../src/app/inbound.ts';
import { SHORTCUT } from '../../../src/adapters/slack/registration.ts';
import { HOME, say, startTalk, type Talk } from './support.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The next delivery that the app gets, after `act`. */
async function heard(talk: Talk, act: () => unknown): Promise<Inbound> {
  const next = new Promise<Inbound>((resolve) => {
    talk.onInbound = (inbound) => {
      resolve(inbound);
      return Promise.resolve();
    };
  });
  act();
  return next;
}

async function postCard(talk: Talk, more: Parameters<typeof say>[1] = {}): Promise<string> {
  const address = { platform: 'slack', channel: 'C1', user: null, thread: null } as const;
  const delivery = await talk.chat.post(address, { message: say('a card', more), data: null }, `n${Math.random()}`);
  if (delivery.kind !== 'delivered') throw new Error(delivery.reason);
  return delivery.externalId;
}

const BUTTON = { style: 'plain', token: 't-1', confirm: null } as const;

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  const start = async (): Promise<Talk> => startTalk(cleanup, { mode, port: await freePort() });

  test('a command reaches the app with who and where, and is acknowledged', async () => {
    const talk = await start();
    const inbound = await heard(talk, () => talk.server.command('U1', 'C1', 'status prod'));
    expect(inbound.person).toMatchObject({ platform: 'slack', id: 'U1', displayName: 'ada', groups: [] });
    expect(inbound.address).toEqual({ platform: 'slack', channel: 'C1', user: null, thread: null });
    expect(inbound.body).toEqual({ kind: 'line', text: 'status prod' });
    expect(talk.server.violations).toEqual([]);
  });

  test('a button carries its token, and the confirm dialog is Slack’s own', async () => {
    const talk = await start();
    const ts = await postCard(talk, {
      actions: [{ ...BUTTON, label: 'Approve', style: 'danger', confirm: { title: 'Really?', text: 'Stops m1.' } }],
    });
    const inbound = await heard(talk, () => {
      const click = talk.server.click('U2', { channel: 'C1', ts }, 'Approve', 'confirm');
      expect(JSON.stringify(click)).toContain('Really?');
    });
    expect(inbound.body).toEqual({ kind: 'press', token: 't-1' });
    expect(inbound.address.thread).toBeNull();
    expect(talk.server.violations).toEqual([]);
  });

  test('a mention in a thread is answered in that thread', async () => {
    const talk = await start();
    const root = await postCard(talk);
    const inbound = await heard(talk, () => talk.server.mention('U1', 'C1', 'status prod', root));
    expect(inbound.body).toEqual({ kind: 'line', text: 'status prod' });
    expect(inbound.address.thread).toBe(root);
  });
});

test.each([
  ['a wrong secret', { secret: 'another-secret' }],
  ['an old timestamp', { skewSeconds: -600 }],
])('over HTTP, a request with %s is refused and reaches nobody', async (_, change) => {
  const talk = await startTalk(cleanup, { mode: 'http', port: await freePort() });
  talk.server.sign(change);
  const delivery = talk.server.command('U1', 'C1', 'status prod');
  expect(await delivery.ack).toMatchObject({ kind: 'failed', reason: expect.stringContaining('401') });
  expect(talk.inbounds).toEqual([]);
});

test('a delivery that comes twice has the same id', async () => {
  const talk = await startTalk(cleanup);
  talk.server.deliverTimes(2);
  await new Promise<void>((resolve) => {
    talk.onInbound = () => {
      if (talk.inbounds.length === 2) resolve();
      return Promise.resolve();
    };
    talk.server.command('U1', 'C1', 'status prod');
  });
  expect(new Set(talk.inbounds.map(({ deliveryId }) => deliveryId)).size).toBe(1);
});

test('a command with a form opens it once, and its submission becomes one quoted line', async () => {
  const talk = await startTalk(cleanup);
  talk.server.deliverTimes(2);
  talk.server.command('U1', 'C1', 'recover');
  await talk.server.until(() => talk.server.world.views.length > 0);
  const inbound = await heard(talk, () =>
    talk.server.submitView('U1', { Cluster: 'prod', Strategy: 'two', Reason: 'the "big" one --now' }),
  );
  expect(inbound.body).toEqual({
    kind: 'line',
    text: `recover prod --strategy=two --reason='the "big" one --now'`,
  });
  expect(talk.server.world.views).toHaveLength(1);
  expect(inbound.address.channel).toBe('C1');
  expect(talk.server.violations).toEqual([]);
});

test('a button that asks for words opens a form, and the words come with the token', async () => {
  const talk = await startTalk(cleanup);
  const ask = { title: 'Reject the plan', label: 'Why?', required: false };
  const ts = await postCard(talk, { actions: [{ ...BUTTON, label: 'Reject', ask }] });
  talk.server.click('U2', { channel: 'C1', ts }, 'Reject');
  await talk.server.until(() => talk.server.world.views.length > 0);
  const inbound = await heard(talk, () => talk.server.submitView('U2', { 'Why?': 'not at night' }));
  expect(inbound.body).toEqual({ kind: 'press', token: 't-1', text: 'not at night' });
});

test('the shortcut hands the message over with its author, time and link', async () => {
  const talk = await startTalk(cleanup);
  const said = talk.server.say('U2', 'C1', 'm1 is &lt;slow&gt;');
  const inbound = await heard(talk, () => talk.server.shortcut('U1', said, SHORTCUT));
  expect(inbound.body).toMatchObject({ kind: 'note', note: { text: 'm1 is <slow>', author: 'U2' } });
  expect(inbound.address.thread).toBe(said.ts);
  expect(JSON.stringify(inbound.body)).toContain('https://');
});

test('the home page is shown when it is opened', async () => {
  const talk = await startTalk(cleanup);
  talk.server.openHome('U1');
  await talk.server.until(() => talk.server.world.views.length > 0);
  expect(JSON.stringify(talk.server.world.views)).toContain('prod: in step');
  expect(talk.server.violations).toEqual([]);
});

test('a button on the home page is answered in the conversation with the app, and the page is shown anew', async () => {
  const button = { ...BUTTON, label: 'Approve' };
  const talk = await startTalk(cleanup, { home: { ...HOME, actions: [button] } });
  talk.server.addChannel('D1', 'directmessage', ['U1']);
  talk.server.openHome('U1');
  await talk.server.until(() => talk.server.world.calls.some(({ method }) => method === 'views.publish'));
  const inbound = await heard(talk, () => talk.server.clickHome('U1', 'Approve'));
  expect(inbound.body).toEqual({ kind: 'press', token: 't-1' });
  expect(inbound.address).toMatchObject({ channel: 'U1', thread: null });
  const published = (): number => talk.server.world.calls.filter(({ method }) => method === 'views.publish').length;
  await talk.server.until(() => published() === 2);
});

test('what comes while it stops is handed over or not acknowledged', async () => {
  const talk = await startTalk(cleanup);
  const inbound = await heard(talk, () => talk.server.command('U1', 'C1', 'status prod'));
  expect(inbound.detached.aborted).toBe(false);
  await talk.chat.stop();
  expect(inbound.detached.aborted).toBe(true);
});

test('a dropped socket is opened again, and the next command arrives', async () => {
  const talk = await startTalk(cleanup);
  for (let round = 0; round < 3; round += 1) {
    talk.server.sockets.drop();
    await talk.server.until(() => talk.server.sockets.count() === 1);
    const inbound = await heard(talk, () => talk.server.command('U1', 'C1', `status ${round}`));
    expect(inbound.body).toEqual({ kind: 'line', text: `status ${round}` });
  }
});
