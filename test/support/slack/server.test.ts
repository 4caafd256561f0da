/** State, time, rates and faults of the Slack test server, seen through the real Web API client. */
import { LogLevel, webApi } from '@slack/bolt';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, test } from 'vitest';
import { asJson, findJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { startSlackServer } from './server.ts';
import type { SlackServer, SlackServerOptions } from './server.ts';

const MODAL = {
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'T' },
  blocks: [{ type: 'divider' }],
};

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

async function start(options: SlackServerOptions = {}): Promise<{ server: SlackServer; client: webApi.WebClient }> {
  const server = await startSlackServer(options);
  cleanup.push(() => server.close());
  server.addUser('U1', 'ada');
  server.addUser('U2', 'ben');
  server.addChannel('C1', 'ops', ['U1']);
  const client = new webApi.WebClient(server.botToken, {
    slackApiUrl: server.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
  return { server, client };
}

/** What Slack answers: `ok`, or its error. */
async function ask(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'ok',
    (error: unknown) =>
      asJson((error as { readonly data?: unknown }).data)['error'] ?? (error as { readonly code?: unknown }).code,
  );
}

describe('state', () => {
  test('what breaks a limit is refused with its error and recorded, on posting and on editing', async () => {
    const { server, client } = await start();
    const posted = await client.chat.postMessage({ channel: 'C1', text: 'a', blocks: [{ type: 'divider' }] });
    expect(await ask(client.chat.postMessage({ channel: 'C1', text: 'a', blocks: [{ type: 'fence' }] }))).toBe(
      'invalid_blocks',
    );
    expect(server.violations.map((one) => one.kind)).toEqual(['blocks']);
    await client.chat.update({ channel: 'C1', ts: posted.ts ?? '', text: 'b' });
    expect(server.violations[1]?.detail).toBe('an edit without blocks removes the blocks');
  });

  test.each([
    ['an unknown channel', 'channel_not_found', (server: SlackServer) => void server.world.channels.delete('C1')],
    ['an archived channel', 'is_archived', (server: SlackServer) => server.archive('C1')],
    ['a channel that the bot has left', 'not_in_channel', (server: SlackServer) => server.removeBot('C1')],
    ['a revoked token', 'invalid_auth', (server: SlackServer) => server.revokeToken()],
    ['a missing scope', 'missing_scope', (server: SlackServer) => void server.world.scopes.delete('chat:write')],
  ])('%s is answered with %s', async (_name, error, arrange) => {
    const { server, client } = await start();
    arrange(server);
    expect(await ask(client.chat.postMessage({ channel: 'C1', text: 'a' }))).toBe(error);
  });

  test("a deleted message, another's message and an absent person are refused", async () => {
    const { server, client } = await start();
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'a' });
    server.deleteMessage({ channel: 'C1', ts });
    expect(await ask(client.chat.update({ channel: 'C1', ts, text: 'b' }))).toBe('message_not_found');
    const foreign = server.say('U1', 'C1', 'hello');
    expect(await ask(client.chat.update({ ...foreign, text: 'b' }))).toBe('cant_update_message');
    expect(await ask(client.chat.postEphemeral({ channel: 'C1', user: 'U2', text: 'b' }))).toBe('user_not_in_channel');
  });

  test('auth.test tells the scopes in its headers', async () => {
    const { client } = await start({ scopes: ['commands', 'chat:write'] });
    const { response_metadata, user_id } = await client.auth.test();
    expect({ scopes: response_metadata?.scopes, user_id }).toEqual({
      scopes: ['commands', 'chat:write'],
      user_id: 'U0BOT',
    });
  });
});

describe('time and rates', () => {
  test('a trigger lives 3 s and opens one form', async () => {
    let now = 1_000_000;
    const { server, client } = await start({ nowMs: () => now });
    const view = MODAL;
    const open = (trigger_id: string): Promise<unknown> => ask(client.views.open({ trigger_id, view }));
    const first = server.world.newTrigger('U1');
    const second = server.world.newTrigger('U1');
    expect(await open(first)).toBe('ok');
    expect(await open(first)).toBe('exchanged_trigger_id');
    now += 3001;
    expect(await open(second)).toBe('expired_trigger_id');
  });

  test('a response URL works five times and for 30 minutes', async () => {
    let now = 1_000_000;
    const { server } = await start({ nowMs: () => now });
    const respond = async (id: string): Promise<number> => {
      const url = new URL(`/response/${id}`, server.apiUrl);
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"a"}' };
      return (await fetch(url, init)).status;
    };
    const at = { channel: 'C1', user: 'U1', ts: null };
    const url = server.world.newResponseUrl(at);
    for (let use = 0; use < 5; use += 1) expect(await respond(url)).toBe(200);
    expect(await respond(url)).toBe(404);
    const late = server.world.newResponseUrl(at);
    now += 30 * 60_000 + 1;
    expect(await respond(late)).toBe(404);
    expect(server.violations.map((one) => one.detail)).toEqual(['used_url', 'expired_url']);
  });

  test('posts over one a second and edits over 50 a minute are recorded, and answered with 429 where asked', async () => {
    const { server, client } = await start({ nowMs: () => 1_000_000, rates: 'enforce' });
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'a' });
    for (let post = 1; post < 20; post += 1) await client.chat.postMessage({ channel: 'C1', text: 'a' });
    expect(await ask(client.chat.postMessage({ channel: 'C1', text: 'a' }))).toBe('slack_webapi_rate_limited_error');
    for (let edit = 0; edit < 50; edit += 1) await client.chat.update({ channel: 'C1', ts, text: 'b' });
    expect(await ask(client.chat.update({ channel: 'C1', ts, text: 'b' }))).toBe('slack_webapi_rate_limited_error');
    expect(server.violations.map((one) => one.kind)).toEqual(['rate', 'rate']);
  });

  test('a late acknowledgement and a missing one are violations', async () => {
    let now = 1_000_000;
    const { server } = await start({ nowMs: () => now });
    const answer = await new webApi.WebClient(server.appToken, { slackApiUrl: server.apiUrl }).apps.connections.open();
    const socket = new WebSocket(answer.url ?? '');
    await new Promise((resolve) => {
      socket.once('message', resolve);
    });
    const late = server.command('U1', 'C1', 'late');
    now += 3001;
    expect(server.violations.map((one) => one.detail)).toEqual(['not acknowledged within 3 s']);
    socket.send(JSON.stringify({ envelope_id: late.id }));
    expect(await late.ack).toMatchObject({ kind: 'acked', afterMs: 3001 });
    expect(server.violations.map((one) => one.detail)).toEqual(['acknowledged after 3001 ms']);
  });
});

describe('sockets', () => {
  /** A bare socket and the frames that it got. */
  async function openSocket(server: SlackServer): Promise<Json[]> {
    const client = new webApi.WebClient(server.appToken, { slackApiUrl: server.apiUrl });
    const { url = '' } = await client.apps.connections.open();
    const socket = new WebSocket(url);
    const frames: Json[] = [];
    await new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        frames.push(asJson(findJson((data as Buffer).toString('utf8'))));
        resolve();
      });
    });
    return frames;
  }

  test('ten sockets are open at most, and deliveries go to one after the other', async () => {
    const { server } = await start();
    const lines: Json[][] = [];
    for (let socket = 0; socket < 11; socket += 1) lines.push(await openSocket(server));
    expect(lines.map((frames) => frames[0]?.['type'])).toEqual([...Array<string>(10).fill('hello'), 'disconnect']);
    const sent = Array.from({ length: 10 }, () => server.openHome('U1').id);
    await expect.poll(() => lines.slice(0, 10).map((frames) => frames[1]?.['envelope_id'])).toEqual(sent);
  });

  test('a ticket opens one socket', async () => {
    const { server, client } = await start();
    expect(await ask(client.apps.connections.open())).toBe('not_allowed_token_type');
    const socket = new WebSocket(`${server.apiUrl.replace('http', 'ws').replace('/api/', '')}/link/?ticket=none`);
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    expect(status).toBe(401);
  });
});

describe('faults', () => {
  test('each fault is what the SDK sees, once', async () => {
    const { server, client } = await start();
    const post = (): Promise<unknown> => ask(client.chat.postMessage({ channel: 'C1', text: 'a' }));
    server.fail('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 7 });
    server.fail('*', { kind: 'error', error: 'fatal_error' });
    server.fail('chat.postMessage', { kind: 'status', status: 503 });
    server.fail('chat.postMessage', { kind: 'cut' });
    server.fail('chat.postMessage', { kind: 'lost-answer' });
    const seen = [await post(), await post(), await post(), await post(), await post(), await post()];
    expect(seen).toEqual([
      'slack_webapi_rate_limited_error',
      'fatal_error',
      'slack_webapi_http_error',
      'slack_webapi_request_error',
      'slack_webapi_request_error',
      'ok',
    ]);
    expect(server.messages('C1')).toHaveLength(2);
  });

  test('a slow call waits for its gate', async () => {
    const { server, client } = await start();
    let open = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    server.fail('auth.test', { kind: 'slow', until });
    const answer = client.auth.test();
    await client.chat.postMessage({ channel: 'C1', text: 'meanwhile' });
    expect(server.world.calls.map((call) => call.method)).toEqual(['chat.postMessage']);
    open();
    expect((await answer).ok).toBe(true);
  });
});
