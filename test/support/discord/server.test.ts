/** State, time and faults of the Discord test server, seen through the library's own REST client and through a bare socket. */
import { REST } from 'discord.js';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, test } from 'vitest';
import { asId, asJson, asText, findJson } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { startDiscordServer } from './server.ts';
import type { DiscordServer, DiscordServerOptions } from './server.ts';

const ADA = '850000000000000001';
const OPS = '860000000000000001';
const MUTE = { allowed_mentions: { parse: [] } };
const POST = 'POST /channels/:id/messages';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

async function start(options: DiscordServerOptions = {}): Promise<{ server: DiscordServer; rest: REST }> {
  const server = await startDiscordServer(options);
  cleanup.push(() => server.close());
  server.addUser(ADA, 'ada');
  server.addChannel(OPS, 'ops');
  server.world.commands.set('global', [{ id: '1', type: 1, name: 'lxd', description: 'd', options: [] }]);
  const rest = new REST({
    api: server.apiUrl,
    version: '10',
    retries: 0,
    rejectOnRateLimit: () => true,
    globalRequestsPerSecond: 1000,
  });
  return { server, rest: rest.setToken(server.token) };
}

/** The answer, or Discord's code, or the HTTP status, or the name of what else went wrong. */
async function ask(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (answer) => answer,
    (error: unknown) => {
      const { code, status, name } = error as {
        readonly code?: unknown;
        readonly status?: unknown;
        readonly name?: unknown;
      };
      return code ?? status ?? asText(name).replace(/\[.*/, '');
    },
  );
}

const post = (rest: REST, body: Json, channel = OPS): Promise<unknown> =>
  ask(rest.post(`/channels/${channel}/messages`, { body }));

describe('state', () => {
  test.each([
    ['an unknown channel', 10_003, (server: DiscordServer) => server.removeChannel(OPS)],
    ['a channel that the bot does not see', 50_001, (server: DiscordServer) => server.permit(OPS, [])],
    ['a channel where the bot may not post', 50_013, (server: DiscordServer) => server.permit(OPS, ['viewChannel'])],
    ['a revoked token', 0, (server: DiscordServer) => server.revokeToken()],
  ])('%s is answered with %i', async (_name, code, arrange) => {
    const { server, rest } = await start();
    arrange(server);
    expect(await post(rest, { ...MUTE, content: 'a' })).toBe(code);
  });

  test('embeds and files need permissions of their own', async () => {
    const { server, rest } = await start();
    server.permit(OPS, ['viewChannel', 'sendMessages']);
    expect(await post(rest, { ...MUTE, embeds: [{ description: 'd' }] })).toBe(50_013);
    const files = [{ name: 'a.txt', data: Buffer.from('a') }];
    expect(await ask(rest.post(`/channels/${OPS}/messages`, { body: { ...MUTE, content: 'a' }, files }))).toBe(50_013);
  });

  test('a repeated nonce returns the first message', async () => {
    const { server, rest } = await start();
    const body = { ...MUTE, content: 'a', nonce: 'n1', enforce_nonce: true };
    const first = asJson(await post(rest, body));
    const second = asJson(await post(rest, body));
    expect(second['id']).toBe(first['id']);
    expect(server.messages(OPS)).toHaveLength(1);
  });

  test('deleted and foreign messages, empty ones and too long ones are refused', async () => {
    const { server, rest } = await start();
    const edit = (id: string): Promise<unknown> =>
      ask(rest.patch(`/channels/${OPS}/messages/${id}`, { body: { ...MUTE, content: 'b' } }));
    const { id } = asJson(await post(rest, { ...MUTE, content: 'a' }));
    server.deleteMessage({ channel: OPS, id: asId(id) });
    expect(await edit(asId(id))).toBe(10_008);
    expect(await edit(server.say(ADA, OPS, 'mine').id)).toBe(50_005);
    expect(await post(rest, MUTE)).toBe(50_006);
    expect(await post(rest, { ...MUTE, content: 'x'.repeat(2001) })).toBe(50_035);
    expect(server.violations.map((one) => one.kind)).toEqual(['message', 'message']);
  });

  test('an archived thread takes a post only after it was opened again', async () => {
    const { server, rest } = await start();
    const { id } = asJson(await post(rest, { ...MUTE, content: 'a' }));
    const root = `/channels/${OPS}/messages/${asId(id)}/threads` as const;
    const thread = asId(asJson(await ask(rest.post(root, { body: { name: 't' } })))['id']);
    expect(await ask(rest.post(root, { body: { name: 't' } }))).toBe(160_004);
    server.archiveThread(thread);
    expect(await post(rest, { ...MUTE, content: 'a' }, thread)).toBe(50_083);
    await rest.patch(`/channels/${thread}`, { body: { archived: false } });
    expect(await post(rest, { ...MUTE, content: 'a' }, thread)).toMatchObject({ content: 'a' });
    expect(await ask(rest.post(`/channels/${OPS}/threads`, { body: { name: 'u', auto_archive_duration: 61 } }))).toBe(
      50_035,
    );
  });
});

describe('time', () => {
  const callback = (rest: REST, sent: { id: string; token: string }, body: Json): Promise<unknown> =>
    ask(rest.post(`/interactions/${sent.id}/${sent.token}/callback`, { body, auth: false }));

  test('the first response may take 3 s, and a late or a missing one is a violation', async () => {
    let now = 1_800_000_000_000;
    const { server, rest } = await start({ nowMs: () => now });
    const sent = server.slash(ADA, OPS, '');
    now += 3001;
    expect(server.violations.map((one) => one.detail)).toEqual(['no first response within 3 s']);
    expect(await callback(rest, sent, { type: 5 })).toBe(10_062);
    expect(server.violations.map((one) => one.kind)).toEqual(['late', 'late']);
  });

  test('the token of an interaction lives 15 minutes; the message can be edited longer', async () => {
    let now = 1_800_000_000_000;
    const { server, rest } = await start({ nowMs: () => now });
    const sent = server.slash(ADA, OPS, '');
    const original = `/webhooks/${server.appId}/${sent.token}/messages/@original` as const;
    const edit = (content: string): Promise<unknown> =>
      ask(rest.patch(original, { body: { ...MUTE, content }, auth: false }));
    expect(await edit('too early')).toBe(10_015);
    await callback(rest, sent, { type: 5 });
    expect(await edit('in time')).toMatchObject({ content: 'in time' });
    now += 15 * 60_000 + 1;
    expect(await edit('too late')).toBe(50_027);
    const { id } = server.messages(OPS)[0] ?? { id: '' };
    const path = `/channels/${OPS}/messages/${id}` as const;
    expect(await ask(rest.patch(path, { body: { ...MUTE, content: 'by the bot' } }))).toMatchObject({
      content: 'by the bot',
    });
  });

  test('more than 50 requests in a second are recorded once', async () => {
    const { server, rest } = await start({ nowMs: () => 1_800_000_000_000 });
    for (let call = 0; call < 52; call += 1) await rest.get('/users/@me');
    expect(server.violations.map((one) => one.kind)).toEqual(['rate']);
  });
});

describe('faults', () => {
  test('each fault is what the SDK sees, once', async () => {
    const { server, rest } = await start();
    const send = (): Promise<unknown> => post(rest, { ...MUTE, content: 'a' });
    server.fail(POST, { kind: 'error', status: 403, code: 50_013, message: 'Missing Permissions' });
    server.fail('*', { kind: 'status', status: 503 });
    server.fail(POST, { kind: 'lost-answer' });
    server.fail(POST, { kind: 'rate-limited', retryAfterSeconds: 7 });
    expect(await send()).toBe(50_013);
    expect(await send()).toBe(503);
    expect(await send()).toBe('UND_ERR_SOCKET');
    expect(server.messages(OPS)).toHaveLength(1);
    expect(await send()).toBe('RateLimitError');
  });
});

describe('gateway', () => {
  interface Talk {
    readonly frames: Json[];
    send(frame: Json): void;
    next(): Promise<Json>;
    readonly closed: Promise<number>;
  }

  function talk(server: DiscordServer): Talk {
    const socket = new WebSocket(`${server.apiUrl.replace('http', 'ws').replace('/api', '')}/?v=10&encoding=json`);
    const frames: Json[] = [];
    const waiting: ((frame: Json) => void)[] = [];
    socket.on('message', (data) => {
      const frame = asJson(findJson((data as Buffer).toString('utf8')));
      const waiter = waiting.shift();
      if (waiter === undefined) frames.push(frame);
      else waiter(frame);
    });
    const closed = new Promise<number>((resolve) => {
      socket.once('close', resolve);
    });
    return {
      frames,
      closed,
      send: (frame) => socket.send(JSON.stringify(frame)),
      next() {
        const frame = frames.shift();
        return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame);
      },
    };
  }

  const identify = (token: string, intents: number): Json => ({ op: 2, d: { token, intents, properties: {} } });

  test('HELLO, READY and the guild come in order, a heartbeat is answered, a forgotten session can not be resumed', async () => {
    const { server } = await start();
    const line = talk(server);
    expect(await line.next()).toMatchObject({ op: 10, d: { heartbeat_interval: 41_250 } });
    line.send(identify(server.token, 1));
    const ready = await line.next();
    expect(ready).toMatchObject({ op: 0, t: 'READY', s: 1 });
    expect(await line.next()).toMatchObject({ t: 'GUILD_CREATE', s: 2 });
    line.send({ op: 1, d: 2 });
    expect(await line.next()).toMatchObject({ op: 11 });
    server.gateway.invalidate(false);
    expect(await line.next()).toMatchObject({ op: 9, d: false });
    const again = talk(server);
    await again.next();
    again.send({ op: 6, d: { token: server.token, session_id: asJson(ready['d'])['session_id'], seq: 2 } });
    expect(await again.next()).toMatchObject({ op: 9, d: false });
  });

  test.each([
    ['a wrong token', 4004, () => [identify('wrong', 1)]],
    ['an intent that was not granted', 4014, (token: string) => [identify(token, 1 << 15)]],
    ['an intent that does not exist', 4013, (token: string) => [identify(token, 1 << 30)]],
    ['a second IDENTIFY', 4005, (token: string) => [identify(token, 1), identify(token, 1)]],
    ['a presence before IDENTIFY', 4003, () => [{ op: 3, d: {} }]],
    ['an unknown opcode', 4001, () => [{ op: 99 }]],
  ])('%s closes the socket with %i', async (_name, code, frames) => {
    const { server } = await start();
    const line = talk(server);
    await line.next();
    for (const frame of frames(server.token)) line.send(frame);
    expect(await line.closed).toBe(code);
  });
});
