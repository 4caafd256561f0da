/**
 * Discord as a chat of Lockstep: assembles the parts of this folder behind the contract of `app/surface`. Loaded only when a token is
 * configured. Owns what is done at start and stop, and in which order.
 */
import { Events } from 'discord.js';
import type { CommandShape, ChatAdapter, Surface } from '../../app/surface.ts';
import type { Action } from '../../chat/message.ts';
import type { Clock, Log, Timers } from '../../ports/system.ts';
import { createApi, type Api, type RestOptions } from './api.ts';
import { createBounded } from './bounded.ts';
import { checkDiscord, type ConfiguredChannel } from './check.ts';
import { createConnection, type ConnectOptions } from './connect.ts';
import { createDelivering } from './deliver.ts';
import { failureOf } from './errors.ts';
import { createListening, listen, type IngressDeps, type Listening } from './ingress.ts';
import { createReplies } from './replies.ts';
import { registrationJson } from './registration.ts';
import { syncCommands, type Synced } from './sync.ts';
import { clearOurs, findOurs, twinsNext, type Scope } from './twins.ts';
import { createWhereabouts } from './whereabouts.ts';

export interface DiscordOptions {
  readonly token: string;
  /** The one server that commands are taken from and registered in; null for every server that has a configured channel. */
  readonly guildId: string | null;
  readonly channels: readonly ConfiguredChannel[];
  /** The definitions, for registration and its check. */
  readonly commands: readonly CommandShape[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** How long `start` waits for Discord, in ms; 10 s when left out. */
  readonly readyLimitMs?: number;
  readonly rest?: RestOptions;
  /** A stand-in of the library's client, for tests. */
  readonly createClient?: ConnectOptions['createClient'];
  /** A stand-in of the routes, for tests. */
  readonly api?: Api;
}

const READY_LIMIT_MS = 10_000;

export function createDiscordChat(options: DiscordOptions): ChatAdapter {
  const { clock, timers, log, guildId } = options;
  const rest = options.rest ?? {};
  const api = options.api ?? createApi(options.token, rest);
  const replies = createReplies(clock, log);
  const actions = createBounded<Action>(1000);
  const delivering = createDelivering({ api, replies, actions, log });
  const stopping = new AbortController();
  const whereabouts = createWhereabouts({ api, guildId, channels: options.channels });
  const connection = createConnection({
    token: options.token,
    rest,
    timers,
    log,
    readyLimitMs: options.readyLimitMs ?? READY_LIMIT_MS,
    ...(options.createClient === undefined ? {} : { createClient: options.createClient }),
  });
  let listening: Listening | null = null;

  return {
    platform: 'discord',
    ...delivering,
    async start(surface: Surface) {
      const deps: IngressDeps = { surface, replies, actions, log, timers, stopping: stopping.signal, ...whereabouts };
      const shared = createListening(deps);
      listening = shared;
      let registering: Promise<void> | null = null;
      const started = await connection.start((client) => {
        whereabouts.attach(client);
        listen(client, shared);
        client.once(Events.ClientReady, () => {
          registering ??= registerAtStart(api, options);
        });
      });
      // oxlint-disable-next-line typescript/await-thenable -- set by the event
      if (started.kind === 'ready') await registering;
      return started;
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await listening?.handedOver();
      await connection.stop();
      // Posting goes on for whoever still has something to say: it needs no gateway.
      api.close();
    },
    check: () =>
      checkDiscord({ api, guildId, channels: options.channels, commands: registrationJson(options.commands) }),
  };
}

/** A failure is told and stops nothing: what is registered already goes on working. */
async function registerAtStart(api: Api, { guildId, commands, log }: DiscordOptions): Promise<void> {
  try {
    const { synced, twins } = await register(api, guildId, commands);
    if (synced.kind === 'changed')
      log.info('the commands were registered with Discord', { commands: synced.names.join(', ') });
    if (twins !== null) log.warn('commands stand in Discord twice', { next: twins });
  } catch (error) {
    const { reason } = failureOf(error, { what: 'post', channel: guildId ?? '-', thread: null });
    log.warn('the commands could not be registered with Discord', { reason });
  }
}

interface Registration {
  readonly synced: Synced;
  /** What to do about commands that people see twice; null when there are none. */
  readonly twins: string | null;
}

async function register(api: Api, guildId: Scope, commands: readonly CommandShape[]): Promise<Registration> {
  const application = await api.application();
  const wanted = registrationJson(commands);
  const synced = await syncCommands(api, application.id, guildId, wanted);
  if (guildId === null) return { synced, twins: null };
  const found = await findOurs(api, application.id, null, wanted);
  const names = found.map(({ name }) => name);
  return { synced, twins: names.length === 0 ? null : twinsNext(names, guildId, guildId) };
}

interface RegisterOptions {
  readonly token: string;
  readonly guildId: string | null;
  readonly commands: readonly CommandShape[];
  readonly rest?: RestOptions;
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** For `lockstep register`: without a gateway. Resolves, never rejects. */
export function registerCommands(options: RegisterOptions): Promise<Outcome<Registration>> {
  return withApi(options, (api) => register(api, options.guildId, options.commands));
}

/** For `lockstep register --clear`: names of what was taken away there. Resolves, never rejects. */
export function clearCommands(options: RegisterOptions, scope: Scope): Promise<Outcome<readonly string[]>> {
  return withApi(options, async (api) => {
    const application = await api.application();
    return clearOurs(api, application.id, scope, registrationJson(options.commands));
  });
}

async function withApi<T>(options: RegisterOptions, ask: (api: Api) => Promise<T>): Promise<Outcome<T>> {
  const api = createApi(options.token, options.rest ?? {});
  try {
    return { ok: true, value: await ask(api) };
  } catch (error) {
    const { reason } = failureOf(error, { what: 'post', channel: options.guildId ?? '-', thread: null });
    return { ok: false, reason };
  } finally {
    api.close();
  }
}
