/** The real Bolt against the Slack test server, in both of its modes, with its own checks on: what one hand wrote, another reads. */
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, describe, expect, test } from 'vitest';
import { startSlackServer } from './server.ts';
import type { SlackServer } from './server.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

const CARD = [
  { type: 'section', block_id: 'body', text: { type: 'mrkdwn', text: 'two members differ' } },
  {
    type: 'actions',
    block_id: 'buttons',
    elements: [
      {
        type: 'button',
        action_id: 'approve',
        style: 'danger',
        text: { type: 'plain_text', text: 'Approve' },
        value: 'token-1',
        confirm: {
          title: { type: 'plain_text', text: 'Really?' },
          text: { type: 'plain_text', text: 'Restarts a member' },
          confirm: { type: 'plain_text', text: 'Yes' },
          deny: { type: 'plain_text', text: 'No' },
        },
      },
      { type: 'button', action_id: 'reject', text: { type: 'plain_text', text: 'Reject' }, value: 'token-2' },
    ],
  },
];

const FORM = {
  type: 'modal' as const,
  callback_id: 'reason',
  title: { type: 'plain_text' as const, text: 'Reject' },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Why?' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
};

const SILENT = LogLevel.ERROR;

/** An application that does all that ours does: ack, post, edit, form, file, mention, shortcut, home. */
function listen(app: App): void {
  app.command('/lxd', async ({ ack, command, client }) => {
    await ack();
    await client.chat.postMessage({ channel: command.channel_id, text: `card: ${command.text}`, blocks: CARD });
  });
  app.action('approve', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || body.message === undefined) return;
    const text = `approved by ${body.user.id}`;
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text } }];
    await client.chat.update({ channel: body.channel?.id ?? '', ts: body.message.ts, text, blocks });
  });
  app.action('reject', async ({ ack, body, client }) => {
    await ack();
    if (body.type === 'block_actions') await client.views.open({ trigger_id: body.trigger_id, view: FORM });
  });
  app.view('reason', async ({ ack, view, client }) => {
    const why = view.state.values['why']?.['text']?.value ?? '';
    if (why === 'no') {
      await ack({ response_action: 'errors', errors: { why: 'Say more' } });
      return;
    }
    await ack();
    await client.files.uploadV2({ channel_id: 'C1', filename: 'why.txt', content: why, initial_comment: 'the reason' });
  });
  app.event('app_mention', async ({ event, client }) => {
    const thread = event.thread_ts ?? event.ts;
    await client.chat.postMessage({ channel: event.channel, thread_ts: thread, text: 'here' });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: CARD } });
  });
  app.shortcut('add', async ({ ack, respond, shortcut }) => {
    await ack();
    if (shortcut.type === 'message_action') await respond({ text: `noted: ${shortcut.message.text ?? ''}` });
  });
}

/** `pauseMs`: how long the SDK waits before it reconnects, and for a pong besides, so no less than a busy machine may take. */
async function startSocketApp(server: SlackServer, pauseMs?: number): Promise<void> {
  const { botToken, appToken, apiUrl } = server;
  const receiver = new SocketModeReceiver({
    appToken,
    logLevel: SILENT,
    ...(pauseMs === undefined ? {} : { clientPingTimeout: pauseMs }),
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
  });
  const app = new App({ token: botToken, receiver, logLevel: SILENT, clientOptions: { slackApiUrl: apiUrl } });
  listen(app);
  await app.start();
  cleanup.push(async () => {
    await app.stop();
    await server.until(() => server.sockets.count() === 0);
  });
}

async function startHttpApp(server: SlackServer): Promise<void> {
  const { botToken, signingSecret, apiUrl } = server;
  const receiver = new HTTPReceiver({ signingSecret, port: 0, logLevel: SILENT });
  const app = new App({ token: botToken, receiver, logLevel: SILENT, clientOptions: { slackApiUrl: apiUrl } });
  listen(app);
  const http = await receiver.start(0);
  const address = 'address' in http ? http.address() : null;
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.use({ kind: 'http', url: `http://127.0.0.1:${address.port}/slack/events` });
  cleanup.push(async () => {
    await app.stop();
  });
}

const MODES = [
  { mode: 'Socket Mode', start: (server: SlackServer) => startSocketApp(server) },
  { mode: 'HTTP', start: startHttpApp },
];

async function startServer(): Promise<SlackServer> {
  const server = await startSlackServer();
  cleanup.push(() => server.close());
  server.addUser('U1', 'ada');
  server.addUser('U2', 'ben');
  server.addChannel('C1', 'ops', ['U1', 'U2']);
  return server;
}

/** Types a command and waits for its card. */
async function postCard(server: SlackServer): Promise<{ channel: string; ts: string }> {
  const before = server.messages('C1').length;
  expect(await server.command('U1', 'C1', 'status prod').ack).toMatchObject({ kind: 'acked' });
  await server.until(() => server.messages('C1').length > before);
  return server.messages('C1').at(-1) ?? { channel: '', ts: '' };
}

describe.each(MODES)('Bolt in $mode', ({ start }) => {
  test('a command is acknowledged, its card posted, and edited when a second person confirms the button', async () => {
    const server = await startServer();
    await start(server);
    const card = await postCard(server);
    expect(server.click('U2', card, 'Approve', 'deny')).toMatchObject({ delivery: null });
    const click = server.click('U2', card, 'Approve');
    expect(click.confirm).toEqual({ title: 'Really?', text: 'Restarts a member', confirm: 'Yes', deny: 'No' });
    await server.until(() => server.message(card)?.text === 'approved by U2');
    expect(server.message(card)?.versions).toHaveLength(2);
    expect(() => server.click('U2', card, 'Approve')).toThrow('no such button');
    expect(server.violations).toEqual([]);
  });

  test('a form opens, refuses by its errors, closes when it is right, and its text arrives as a file', async () => {
    const server = await startServer();
    await start(server);
    const card = await postCard(server);
    server.click('U2', card, 'Reject');
    await server.until(() => server.world.views.some((view) => view.open));
    expect(() => server.submitView('U2', {})).toThrow('"Why?" is required');
    const refused = await server.submitView('U2', { 'Why?': 'no' }).ack;
    expect(refused).toMatchObject({ body: { response_action: 'errors', errors: { why: 'Say more' } } });
    await server.submitView('U2', { why: 'a long reason' }).ack;
    await server.until(() => server.messages('C1').some((message) => message.files.length > 0));
    const file = server.messages('C1').at(-1)?.files[0];
    expect(Buffer.from(file?.bytes ?? []).toString()).toBe('a long reason');
    expect(server.violations).toEqual([]);
  });

  test('a mention in a thread, the App Home and a message shortcut reach their listeners', async () => {
    const server = await startServer();
    await start(server);
    const root = server.say('U1', 'C1', 'prod is down');
    server.mention('U1', 'C1', 'status', root.ts);
    await server.until(() => server.messages('C1', { thread: root.ts }).some((message) => message.own));
    server.openHome('U1');
    await server.until(() => server.world.views.some((view) => view.kind === 'home'));
    await server.shortcut('U2', root, 'add').ack;
    await server.until(() => server.messages('C1').some((message) => message.text === 'noted: prod is down'));
    expect(server.messages('C1', { user: 'U1' }).some((message) => message.text.startsWith('noted'))).toBe(false);
    expect(server.violations).toEqual([]);
  });
});

describe('Socket Mode', () => {
  test('after the socket was dropped and after a recycling, commands arrive again', async () => {
    const server = await startServer();
    await startSocketApp(server, 1500);
    server.sockets.drop();
    expect(await server.command('U1', 'C1', 'lost').ack).toEqual({ kind: 'failed', reason: 'no socket' });
    await server.sockets.connected(1);
    await postCard(server);
    server.sockets.recycle('refresh_requested');
    await server.until(() => server.sockets.total() === 3 && server.sockets.count() === 1);
    await postCard(server);
    expect(server.violations).toEqual([]);
  });

  test('a delivery can come twice, and both copies are acknowledged without a complaint', async () => {
    const server = await startServer();
    await startSocketApp(server);
    server.deliverTimes(2);
    server.command('U1', 'C1', 'status');
    await server.until(() => server.messages('C1').length === 2);
    expect(server.violations).toEqual([]);
  });
});

describe('HTTP', () => {
  test.each([
    ['a wrong secret', { secret: 'another' }],
    ['a timestamp older than five minutes', { skewSeconds: -301 }],
  ])('Bolt refuses %s', async (_name, change) => {
    const server = await startServer();
    await startHttpApp(server);
    server.sign(change);
    expect(await server.command('U1', 'C1', 'status').ack).toEqual({ kind: 'failed', reason: 'HTTP 401' });
  });
});
