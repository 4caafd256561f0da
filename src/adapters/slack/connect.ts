/**
 * The SDK's app and its connection: Socket Mode or signed HTTP. Owns when it counts as there, and that it is tried again for as long
 * as Lockstep runs. The SDK's own reconnecting is off: it waits 5 s after every recycled socket, and a refused token while it
 * reconnects is a rejection that nobody can catch and that would end the process.
 */
import { App, HTTPReceiver, SocketModeReceiver, webApi, type Logger } from '@slack/bolt';
import type { Started } from '../../app/surface.ts';
import type { Log, Timers } from '../../ports/system.ts';
import { clientOptions, type SlackApi } from './api.ts';
import { failureOf } from './errors.ts';
import { stringOf } from './json.ts';
import { EVENTS_PATH } from './registration.ts';

/** How Slack reaches us. */
export type Receive =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number };

export interface ConnectOptions {
  readonly botToken: string;
  readonly receive: Receive;
  readonly apiUrl: string | null;
  readonly api: SlackApi;
  readonly timers: Timers;
  readonly log: Log;
  readonly logger: Logger;
  /** How long `start` waits before it says `not-yet`, in ms. */
  readonly readinessMs: number;
}

export interface Connection {
  readonly app: App;
  /** The bot's own user id; null until Slack said it. */
  readonly botUser: () => string | null;
  readonly isUp: () => boolean;
  /** Asks Slack for the address of a socket; null in HTTP mode. */
  readonly openSocket: (() => Promise<unknown>) | null;
  start(): Promise<Started>;
  stop(): Promise<void>;
}

interface Self {
  readonly user: string;
  readonly bot: string | null;
  readonly as: string;
}

/** One way to receive: resolves `up` once connected, then `down` when the connection has ended. */
interface Link {
  open(): Promise<unknown>;
  /** Resolves when the open connection ends. */
  ended(): Promise<void>;
  close(): Promise<void>;
}

const OPEN_LIMIT_MS = 20_000;
const CLOSE_LIMIT_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 30_000;

export function createConnection(options: ConnectOptions): Connection {
  const { botToken, timers, log, api } = options;
  const stopping = new AbortController();
  const { receiver, link, openSocket } = receiverOf(options);
  let self: Self | null = null;
  let isUp = false;
  let loop: Promise<void> | null = null;
  let reason = 'Slack has not answered yet.';
  let announce: (started: Started) => void = () => undefined;
  const first = new Promise<Started>((resolve) => {
    announce = resolve;
  });
  const app = new App({
    receiver,
    logger: options.logger,
    clientOptions: clientOptions(options),
    convoStore: false,
    // No question to Slack between an event and its acknowledgement.
    authorize: () =>
      Promise.resolve({
        botToken,
        ...(self === null ? {} : { botUserId: self.user }),
        ...(self?.bot === null || self === null ? {} : { botId: self.bot }),
      }),
  });
  app.error((error) => {
    log.error('a Slack event could not be handled', {}, error);
    return Promise.resolve();
  });

  async function connectOnce(): Promise<void> {
    self ??= selfOf(await api.call('auth.test', {}));
    await openWithin(link, timers);
    isUp = true;
    log.info('connected to Slack', { as: self.as });
    announce({ kind: 'ready', as: self.as });
  }

  async function keepConnected(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await connectOnce();
        failures = 0;
        await endOf(link.ended(), stopping.signal);
        isUp = false;
        // Slack recycles sockets; one that falls at once is not asked for in a hurry.
        await timers.sleep(FIRST_PAUSE_MS, stopping.signal);
      } catch (error) {
        const failure = failureOf(error);
        reason = portReason(error) ?? failure.reason;
        failures += 1;
        log.warn('Slack is not connected', { reason, attempt: failures });
        await timers.sleep(pauseOf(failures, failure.kind === 'retry' ? failure.afterMs : 0), stopping.signal);
      }
      isUp = false;
    }
  }

  return {
    app,
    botUser: () => self?.user ?? null,
    isUp: () => isUp,
    openSocket,
    async start() {
      if (stopping.signal.aborted) return { kind: 'not-yet', reason: 'Lockstep is stopping.' };
      loop ??= keepConnected();
      const given = new AbortController();
      const late = timers.sleep(options.readinessMs, AbortSignal.any([given.signal, stopping.signal]));
      const started = await Promise.race([first, late.then((): Started => ({ kind: 'not-yet', reason }))]);
      given.abort();
      return started;
    },
    async stop() {
      stopping.abort();
      const closing = link.close().catch((error: unknown) => log.debug('closing Slack', { reason: String(error) }));
      // A peer that does not answer the closing is not waited for.
      const enough = new AbortController();
      await Promise.race([closing, timers.sleep(CLOSE_LIMIT_MS, enough.signal)]);
      enough.abort();
      await loop;
    },
  };
}

async function openWithin(link: Link, timers: Timers): Promise<void> {
  const enough = new AbortController();
  const opening = link.open().then(() => 'open' as const);
  try {
    const outcome = await Promise.race([opening, timers.sleep(OPEN_LIMIT_MS, enough.signal)]);
    if (outcome === 'open') return;
  } finally {
    enough.abort();
  }
  // Settled or not, nobody waits for it any more.
  opening.catch(() => undefined);
  await Promise.race([link.close().catch(() => undefined), timers.sleep(CLOSE_LIMIT_MS)]);
  throw new Error(`no connection within ${OPEN_LIMIT_MS / 1000} s`);
}

function portReason(error: unknown): string | null {
  const code = stringOf(error, 'code');
  if (code === 'EADDRINUSE') return 'SLACK_PORT is taken by another program: end it, or name another port.';
  if (code === 'EACCES') return 'This user may not listen on SLACK_PORT: take one above 1023.';
  return null;
}

interface Receiving {
  readonly receiver: SocketModeReceiver | HTTPReceiver;
  readonly link: Link;
  readonly openSocket: (() => Promise<unknown>) | null;
}

function receiverOf(options: ConnectOptions): Receiving {
  return options.receive.kind === 'socket'
    ? socketOf(options.receive.appToken, options)
    : httpOf(options.receive, options);
}

function socketOf(appToken: string, options: ConnectOptions): Receiving {
  const { logger } = options;
  const installerOptions = { clientOptions: clientOptions(options) };
  const receiver = new SocketModeReceiver({ appToken, logger, installerOptions, autoReconnectEnabled: false });
  const { client } = receiver;
  let end: () => void = () => undefined;
  let ended = Promise.resolve();
  client.on('connected', () => {
    ended = new Promise((resolve) => {
      end = resolve;
    });
  });
  client.on('disconnected', () => end());
  const appClient = new webApi.WebClient(appToken, clientOptions(options));
  return {
    receiver,
    openSocket: () => appClient.apiCall('apps.connections.open', {}),
    link: { open: () => client.start(), ended: () => ended, close: () => client.disconnect() },
  };
}

function httpOf({ signingSecret, port }: Extract<Receive, { kind: 'http' }>, { logger }: ConnectOptions): Receiving {
  const receiver = new HTTPReceiver({ signingSecret, logger, endpoints: EVENTS_PATH });
  let ended = Promise.resolve();
  let isOpen = false;
  return {
    receiver,
    openSocket: null,
    link: {
      async open() {
        const server = await receiver.start(port);
        isOpen = true;
        ended = new Promise((resolve) => {
          server.once('close', () => resolve());
        });
      },
      ended: () => ended,
      async close() {
        if (!isOpen) return;
        isOpen = false;
        await receiver.stop();
      },
    },
  };
}

function selfOf(answer: unknown): Self {
  const user = stringOf(answer, 'user_id') ?? '';
  const team = stringOf(answer, 'team') ?? 'Slack';
  return { user, bot: stringOf(answer, 'bot_id'), as: `@${stringOf(answer, 'user') ?? user} in ${team}` };
}

/** 0.25 s, 0.5 s, … 30 s; longer only when Slack asks for it. */
function pauseOf(failures: number, asked: number): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), MOST_PAUSE_MS);
  return asked > MOST_PAUSE_MS || pause > asked ? Math.max(pause, asked) : pause;
}

/** Of the connection or of Lockstep. Leaves no listener behind: Slack recycles sockets for as long as Lockstep runs. */
function endOf(connection: Promise<void>, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stopping.removeEventListener('abort', end);
      resolve();
    };
    stopping.addEventListener('abort', end, { once: true });
    if (stopping.aborted) end();
    else void connection.then(end);
  });
}
