/** The adapter over the real library, against the strict test server, with an app that does what a test says. */
import { COMMANDS } from '../../../../commands/index.ts';
import { createDiscordChat, type DiscordOptions } from '../../../../src/adapters/discord/index.ts';
import { createClock } from '../../../../src/adapters/system/clock.ts';
import { createTimers } from '../../../../src/adapters/system/timers.ts';
import type { Inbound } from '../../../../src/app/inbound.ts';
import type { ChatAdapter, CommandShape, Surface } from '../../../../src/app/surface.ts';
import { message } from '../../../../src/chat/build.ts';
import { startDiscordServer, type DiscordServer } from '../../../support/discord/server.ts';
import { createListeningLog, type Told } from './stand-ins.ts';

export const ADA = '850000000000000001';
export const BEN = '850000000000000002';
export const OPS = '860000000000000001';
export const APPROVERS = '870000000000000001';

export interface Live {
  readonly server: DiscordServer;
  readonly chat: ChatAdapter;
  readonly told: readonly Told[];
  readonly inbound: readonly Inbound[];
  /** Resolves when so many events were handed to the app. */
  readonly handed: (count: number) => Promise<void>;
}

export interface LiveOptions {
  readonly handle?: (inbound: Inbound, chat: ChatAdapter) => Promise<void>;
  readonly suggest?: Surface['suggest'];
  readonly commands?: readonly CommandShape[];
  readonly discord?: Partial<DiscordOptions>;
  readonly start?: boolean;
}

const open: (() => Promise<void>)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).toReversed()) await close();
}

export async function startLive(options: LiveOptions = {}): Promise<Live> {
  const server = await startDiscordServer();
  open.push(() => server.close());
  server.addUser(ADA, 'ada', [APPROVERS]);
  server.addUser(BEN, 'ben');
  server.addRole(APPROVERS, 'approvers');
  server.addChannel(OPS, 'ops');
  const { log, told } = createListeningLog();
  const commands = options.commands ?? COMMANDS;
  const chat = createDiscordChat({
    token: server.token,
    guildId: server.guildId,
    channels: [{ cluster: 'prod', channel: OPS }],
    commands,
    clock: createClock(),
    timers: createTimers(),
    log,
    rest: { api: server.apiUrl, version: '10' },
    ...options.discord,
  });
  open.push(() => chat.stop());
  const inbound: Inbound[] = [];
  const surface: Surface = {
    commands,
    async handle(each) {
      const repeated = inbound.some(({ deliveryId }) => deliveryId === each.deliveryId);
      inbound.push(each);
      server.world.signal.changed();
      if (repeated) return { kind: 'duplicate', runs: [], background: false };
      await options.handle?.(each, chat);
      return { kind: 'handled', runs: [], background: false };
    },
    suggest: options.suggest ?? (() => Promise.resolve([])),
    home: () => Promise.resolve(message('home', 'info', [])),
  };
  if (options.start !== false) {
    const started = await chat.start(surface);
    if (started.kind !== 'ready') throw new Error(started.reason);
  }
  return { server, chat, told, inbound, handed: (count) => server.until(() => inbound.length >= count) };
}
