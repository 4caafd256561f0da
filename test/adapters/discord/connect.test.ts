import { EventEmitter } from 'node:events';
import { Events, type Client, type ClientOptions } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { createConnection } from '../../../src/adapters/discord/connect.ts';
import { createTimers } from '../../../src/adapters/system/timers.ts';
import type { Timers } from '../../../src/ports/system.ts';
import { createListeningLog, httpError } from './support/stand-ins.ts';

/** A client of the library as far as the connection knows it. */
class FakeClient extends EventEmitter {
  readonly options: ClientOptions;
  readonly #login: (client: FakeClient) => Promise<string>;
  destroyed = 0;
  constructor(options: ClientOptions, login: (client: FakeClient) => Promise<string>) {
    super();
    this.options = options;
    this.#login = login;
  }
  login(): Promise<string> {
    return this.#login(this);
  }
  isReady(): boolean {
    return this.destroyed === 0;
  }
  destroy(): Promise<void> {
    this.destroyed += 1;
    return Promise.resolve();
  }
}

const ready = (client: FakeClient): Promise<string> => {
  client.emit(Events.ClientReady, { user: { tag: 'lockstep#1' } });
  return Promise.resolve('token');
};
const never = (): Promise<string> => new Promise(() => {});

/** Pauses are over at once; only the readiness limit never comes, unless it is asked for. */
function timersOf(sleeps: number[], limitMs: number | null): Timers {
  return {
    sleep: (ms, signal) => {
      sleeps.push(ms);
      if (signal?.aborted === true) return Promise.resolve('aborted');
      if (ms === 10_000 && limitMs === null) {
        return new Promise((resolve) => signal?.addEventListener('abort', () => resolve('aborted'), { once: true }));
      }
      return createTimers().sleep(0, signal);
    },
  };
}

function setUp(logins: ((client: FakeClient) => Promise<string>)[], limitMs: number | null = null) {
  const { log, told } = createListeningLog();
  const clients: FakeClient[] = [];
  const sleeps: number[] = [];
  const connection = createConnection({
    token: 't',
    rest: {},
    log,
    timers: timersOf(sleeps, limitMs),
    readyLimitMs: 10_000,
    createClient: (options) => {
      const client = new FakeClient(options, logins[clients.length] ?? never);
      clients.push(client);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of the client that is used
      return client as unknown as Client;
    },
  });
  return { connection, told, clients, sleeps };
}

describe('the connection', () => {
  test('asks for the intent Guilds alone, and for no pings', async () => {
    const { connection, clients } = setUp([ready]);
    expect(await connection.start(() => {})).toEqual({ kind: 'ready', as: 'lockstep#1' });
    expect(clients[0]?.options).toMatchObject({ intents: [1], allowedMentions: { parse: [] } });
    await connection.stop();
    expect(clients[0]?.destroyed).toBe(1);
  });

  test('always listens for errors, so that none ends the process', async () => {
    const { connection, clients, told } = setUp([ready]);
    await connection.start(() => {});
    clients[0]?.emit(Events.Error, new Error('a listener threw'));
    expect(told).toMatchObject([{ level: 'error' }]);
    await connection.stop();
  });

  test('Discord out of reach is not yet there, and is tried again with a new client', async () => {
    const { connection, clients, sleeps } = setUp([() => Promise.reject(httpError(503)), ready]);
    expect(await connection.start(() => {})).toMatchObject({ kind: 'ready' });
    expect(clients.map(({ destroyed }) => destroyed)).toEqual([1, 0]);
    expect(sleeps).toEqual([10_000, 2_000]);
    await connection.stop();
  });

  test('a token that is refused says so in words, and is asked about rarely', async () => {
    const refused = (): Promise<string> =>
      Promise.reject(Object.assign(new Error('invalid'), { code: 'TokenInvalid' }));
    const { connection, told, sleeps } = setUp([refused, ready]);
    await connection.start(() => {});
    expect(told[0]).toMatchObject({
      level: 'warn',
      fields: { reason: expect.stringContaining('DISCORD_BOT_TOKEN') as string },
    });
    expect(sleeps).toEqual([10_000, 300_000]);
    await connection.stop();
  });

  test('silence is not yet, within the limit', async () => {
    const { connection } = setUp([never], 1);
    expect(await connection.start(() => {})).toEqual({ kind: 'not-yet', reason: 'Discord has not answered yet.' });
    await connection.stop();
  });

  test('a connection that Discord closed for good gets a new client', async () => {
    const { connection, clients, told } = setUp([ready, never]);
    await connection.start(() => {});
    clients[0]?.emit(Events.ShardDisconnect, { code: 4014 }, 0);
    while (clients.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toMatchObject([{ fields: { reason: expect.stringContaining('intents') as string } }]);
    await connection.stop();
    expect(clients.map(({ destroyed }) => destroyed)).toEqual([1, 1]);
  });

  test('stopping twice, or before anything began, is fine', async () => {
    const { connection } = setUp([]);
    await connection.stop();
    await connection.stop();
  });
});
