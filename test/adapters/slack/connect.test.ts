/** The connection: what happens while Slack is away, and that nothing of it ends the process. */
import { getEventListeners } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createSlackChat } from '../../../src/adapters/slack/index.ts';
import { createClock } from '../../../src/adapters/system/clock.ts';
import { createTimers } from '../../../src/adapters/system/timers.ts';
import type { Surface } from '../../../src/app/surface.ts';
import { startSlackServer } from '../../support/slack/server.ts';
import { createMemoryLog, HOME, RECOVER, startTalk, type Logged } from './support.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

const SURFACE: Surface = {
  commands: [RECOVER],
  handle: () => Promise.resolve({ kind: 'handled', runs: [], background: false }),
  suggest: () => Promise.resolve([]),
  home: () => Promise.resolve(HOME),
};

/** Takes connections and never answers. */
async function blackHole(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanup.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

test('with Slack out of reach, start answers within its limit and says why', async () => {
  const { server, port } = await blackHole();
  server.on('connection', (socket) => socket.destroy());
  const lines: Logged[] = [];
  const chat = createSlackChat({
    botToken: 'xoxb-test',
    receive: { kind: 'socket', appToken: 'xapp-test' },
    clusters: [],
    clock: createClock(),
    timers: createTimers(),
    log: createMemoryLog(lines),
    apiUrl: `http://127.0.0.1:${port}/api/`,
    readinessMs: 300,
  });
  const started = await chat.start(SURFACE);
  expect(started).toMatchObject({ kind: 'not-yet', reason: expect.stringContaining('can’t be reached') });
  await chat.stop();
  await chat.stop();
  expect(lines.some(({ message }) => message === 'Slack is not connected')).toBe(true);
});

test('a start that fails at first comes about by itself', async () => {
  const talk = await startTalk(cleanup, {});
  await talk.chat.stop();
  const lines: Logged[] = [];
  const chat = createSlackChat({
    botToken: talk.server.botToken,
    receive: { kind: 'socket', appToken: talk.server.appToken },
    clusters: [],
    clock: createClock(),
    timers: createTimers(),
    log: createMemoryLog(lines),
    apiUrl: talk.server.apiUrl,
    readinessMs: 5_000,
  });
  cleanup.push(() => chat.stop());
  talk.server.fail('apps.connections.open', { kind: 'status', status: 500 });
  expect(await chat.start(SURFACE)).toMatchObject({ kind: 'ready' });
  expect(lines.filter(({ message }) => message === 'Slack is not connected')).toHaveLength(1);
});

test('a token that is revoked while a socket falls leaves a log line, not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  cleanup.push(() => Promise.resolve(void process.off('unhandledRejection', note)));
  const talk = await startTalk(cleanup, {});
  talk.server.fail('apps.connections.open', { kind: 'error', error: 'invalid_auth' }, 2);
  const failed = new Promise<void>((resolve) => {
    const seen = talk.lines.push.bind(talk.lines);
    talk.lines.push = (...lines: Logged[]) => {
      if (lines.some(({ message }) => message === 'Slack is not connected')) resolve();
      return seen(...lines);
    };
  });
  talk.server.sockets.drop();
  await failed;
  await talk.chat.stop();
  expect(unhandled).toEqual([]);
});

test('a port that is taken is named', async () => {
  const { port } = await blackHole();
  const talk = await startTalk(cleanup, {});
  const chat = createSlackChat({
    botToken: talk.server.botToken,
    receive: { kind: 'http', signingSecret: talk.server.signingSecret, port },
    clusters: [],
    clock: createClock(),
    timers: createTimers(),
    log: createMemoryLog(),
    apiUrl: talk.server.apiUrl,
    readinessMs: 500,
  });
  cleanup.push(() => chat.stop());
  expect(await chat.start(SURFACE)).toMatchObject({ kind: 'not-yet', reason: expect.stringContaining('SLACK_PORT') });
});

test('sockets that fall leave no listener behind, however often', async () => {
  const server = await startSlackServer();
  cleanup.push(() => server.close());
  const timers = createTimers();
  /** At each pause between two connections. */
  const listeners: number[] = [];
  const chat = createSlackChat({
    botToken: server.botToken,
    receive: { kind: 'socket', appToken: server.appToken },
    clusters: [],
    clock: createClock(),
    timers: {
      sleep(ms, signal) {
        if (ms === 250 && signal !== undefined) listeners.push(getEventListeners(signal, 'abort').length);
        return timers.sleep(ms, signal);
      },
    },
    log: createMemoryLog(),
    apiUrl: server.apiUrl,
  });
  cleanup.push(() => chat.stop());
  await chat.start(SURFACE);
  for (let drop = 1; drop <= 4; drop += 1) {
    await server.sockets.connected(1);
    server.sockets.drop();
  }
  await server.sockets.connected(1);
  expect(listeners).toEqual([0, 0, 0, 0]);
});
