/**
 * The gateway: one client at a time, from login to destroy. Owns the readiness limit, what is said when Discord refuses or is not
 * there, and trying again with a new client where the library gives up. Resuming a dropped session is the library's own.
 */
import { Client, Events, GatewayIntentBits, Options, type ClientOptions } from 'discord.js';
import type { Started } from '../../app/surface.ts';
import { visibleLine } from '../../chat/visible.ts';
import type { Log, Timers } from '../../ports/system.ts';
import { restOptions, type RestOptions } from './api.ts';
import { codeOf, statusOf, TOKEN_REFUSED } from './errors.ts';
import { cut } from './escape.ts';

export interface ConnectOptions {
  readonly token: string;
  readonly rest: RestOptions;
  readonly timers: Timers;
  readonly log: Log;
  /** How long `start` waits for Discord, in ms. */
  readonly readyLimitMs: number;
  /** A stand-in for tests. */
  readonly createClient?: (options: ClientOptions) => Client;
}

export interface Connection {
  /** `attach` gets each client before it logs in. */
  start(attach: (client: Client) => void): Promise<Started>;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 2_000;
const MOST_PAUSE_MS = 60_000;
/** A token that is refused is not asked about often: invalid requests count against this address. */
const REFUSED_PAUSE_MS = 5 * 60_000;

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
const CLOSED: Readonly<Record<number, string>> = {
  4004: TOKEN_REFUSED,
  4010: 'Discord refused the shard of this connection: this is an error of Lockstep.',
  4011: 'This bot is in too many servers for one connection: Lockstep is meant for one.',
  4012: 'Discord no longer speaks this version of the gateway: update Lockstep.',
  4013: 'Discord refused the intents: this is an error of Lockstep.',
  4014: 'Discord refused the intents: Lockstep asks for Guilds alone, so this is an error of Lockstep.',
};

/** Why an attempt ended, and how long to wait then; null for the growing pause. */
interface Ended {
  readonly reason: string;
  readonly pauseMs: number | null;
}

export function createConnection(options: ConnectOptions): Connection {
  const { timers, log } = options;
  const stopping = new AbortController();
  let loop: Promise<void> | null = null;
  let reason = 'Discord has not answered yet.';

  async function keepTrying(attach: (client: Client) => void, ready: (as: string) => void): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const client = makeClient(options);
      attach(client);
      const ended = await runClient(client, {
        token: options.token,
        log,
        stopping: stopping.signal,
        onReady: (as) => {
          pause = FIRST_PAUSE_MS;
          ready(as);
        },
      });
      await client.destroy();
      if (ended === null) return;
      reason = ended.reason;
      log.warn('Discord is not connected and is tried again', { reason });
      await timers.sleep(ended.pauseMs ?? pause, stopping.signal);
      pause = Math.min(pause * 2, MOST_PAUSE_MS);
    }
  }

  return {
    async start(attach) {
      const limit = new AbortController();
      const ready = new Promise<Started>((resolve) => {
        loop ??= keepTrying(attach, (as) => resolve({ kind: 'ready', as })).catch((error: unknown) => {
          log.error('the connection to Discord ended', {}, error);
        });
      });
      const late = timers.sleep(options.readyLimitMs, limit.signal).then((): Started => ({ kind: 'not-yet', reason }));
      const started = await Promise.race([ready, late]);
      limit.abort();
      return started;
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

function makeClient({ rest, createClient }: ConnectOptions): Client {
  const make = createClient ?? ((options: ClientOptions) => new Client(options));
  return make({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    rest: { ...restOptions(rest), timeout: 10_000, retries: 1 },
    // Messages are not kept: each interaction brings its own.
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, MessageManager: 0 }),
  });
}

interface Running {
  readonly token: string;
  readonly log: Log;
  readonly stopping: AbortSignal;
  readonly onReady: (as: string) => void;
}

/** Resolves when this client will do nothing more: null when it was told to stop. */
function runClient(client: Client, { token, log, stopping, onReady }: Running): Promise<Ended | null> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve(null);
    stopping.addEventListener('abort', () => resolve(null), { once: true });
    client.once(Events.ClientReady, ({ user }) => onReady(user.tag));
    client.on(Events.Error, (error) => log.error('the Discord client reported an error', {}, error));
    client.on(Events.Warn, (text) => log.warn('the Discord client warns', { text: cut(visibleLine(text), 500) }));
    client.on(Events.ShardError, (error) => log.warn('the connection to Discord broke', { error: describe(error) }));
    client.on(Events.ShardReconnecting, () => log.info('Discord is being connected again'));
    client.on(Events.ShardResume, () => log.info('Discord is connected again'));
    client.on(Events.ShardDisconnect, ({ code }) => {
      const known = CLOSED[code];
      resolve({ reason: known ?? `Discord closed the connection for good (${code}).`, pauseMs: REFUSED_PAUSE_MS });
    });
    client.on(Events.Invalidated, () => resolve({ reason: 'Discord ended the session.', pauseMs: null }));
    client.login(token).then(
      // A login that was under way at the stop would leave a socket behind.
      () => (stopping.aborted ? client.destroy() : undefined),
      (error: unknown) => resolve(readLoginFailure(error)),
    );
  });
}

function readLoginFailure(error: unknown): Ended {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'TokenInvalid' || statusOf(error) === 401) return { reason: TOKEN_REFUSED, pauseMs: REFUSED_PAUSE_MS };
  const status = statusOf(error);
  if (status !== null)
    return { reason: `Discord answered ${status} (code ${codeOf(error) ?? 'none'}).`, pauseMs: null };
  return { reason: `Discord can't be reached: ${describe(error)}`, pauseMs: null };
}

function describe(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cut(visibleLine(inner instanceof Error ? inner.message : String(inner)), 200);
}
