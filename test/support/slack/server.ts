/**
 * A small strict Slack for tests: Web API, Socket Mode, signed HTTP deliveries, all on one loopback port. Puts the parts together
 * and owns no rule itself. Time is injected, so that the 3 s, 30 min and one-a-second limits need no waiting.
 */
import { listenOnLoopback } from '../chat-wire.ts';
import { createControls } from './controls.ts';
import type { Controls } from './controls.ts';
import { createHttpDelivery } from './http-delivery.ts';
import type { HttpDelivery } from './http-delivery.ts';
import { createSocketMode } from './socket-mode.ts';
import type { SocketMode } from './socket-mode.ts';
import type { Delivery, Fault, MessageRef, SlackMessage, Transport, Violation } from './types.ts';
import { createWebApi } from './web-api.ts';
import { BOT, createWorld, findMessage } from './world.ts';
import type { World } from './world.ts';

const ALL_SCOPES = [
  'commands',
  'chat:write',
  'app_mentions:read',
  'usergroups:read',
  'files:write',
  'users:read',
  'channels:read',
  'groups:read',
  'im:write',
] as const;

export interface SlackServerOptions {
  readonly nowMs?: () => number;
  readonly scopes?: readonly string[];
  readonly transport?: Transport;
  /** The slash command that people type. Default `/lxd`. */
  readonly commandName?: string;
  /** `record` (default) notes posts and edits over the rate as violations; `enforce` also answers 429. */
  readonly rates?: 'record' | 'enforce';
}

export interface SlackServer extends Controls {
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly botUser: string;
  /** Messages, channels, views, files, calls and all that is recorded. */
  readonly world: World;
  readonly sockets: Pick<SocketMode, 'connected' | 'count' | 'total' | 'drop' | 'recycle'>;
  /** What was recorded, and deliveries that have no acknowledgement 3 s after they were sent. */
  readonly violations: readonly Violation[];
  addUser(id: string, name: string): string;
  /** The bot is a member unless `bot` is false. */
  addChannel(id: string, name: string, members: readonly string[], at?: { readonly bot: boolean }): string;
  addGroup(id: string, handle: string, users: readonly string[]): string;
  archive(channel: string): void;
  removeBot(channel: string): void;
  deleteMessage(ref: MessageRef): void;
  revokeToken(): void;
  /** Where deliveries go from now on. */
  use(transport: Transport): void;
  /** The next `times` (default 1) calls of that method go wrong; also `upload`, `response_url` and `*`. */
  fail(method: string, fault: Fault, times?: number): void;
  /** Every delivery goes out this many times, to whatever sockets there are. */
  deliverTimes(copies: number): void;
  /** How requests are signed from now on: a wrong secret or an old timestamp must be refused. */
  sign(change: { readonly secret?: string; readonly skewSeconds?: number }): void;
  allowMentions(...constructs: (string | RegExp)[]): void;
  forbidLinks(...constructs: (string | RegExp)[]): void;
  message(ref: MessageRef): SlackMessage | undefined;
  /** What stands in the channel (and thread), oldest first, without what was deleted. Without `user`, ephemeral messages too. */
  messages(
    channel: string,
    only?: { readonly thread?: string | null; readonly user?: string },
  ): readonly SlackMessage[];
  /** Resolves as soon as the condition holds; looked at after every change. */
  until(holds: () => boolean): Promise<void>;
  close(): Promise<void>;
}

function listMessages(
  world: World,
  channel: string,
  only: { readonly thread?: string | null; readonly user?: string },
) {
  return world.messages.filter((message) => {
    if (message.channel !== channel || message.deleted) return false;
    if (only.thread !== undefined && message.thread !== only.thread) return false;
    return only.user === undefined || message.ephemeralTo === null || message.ephemeralTo === only.user;
  });
}

type Setup = Pick<
  SlackServer,
  'addUser' | 'addChannel' | 'addGroup' | 'archive' | 'removeBot' | 'deleteMessage' | 'allowMentions' | 'forbidLinks'
>;

function createSetup(world: World): Setup {
  return {
    addUser(id, name) {
      world.users.set(id, { id, name });
      return id;
    },
    addChannel(id, name, members, at = { bot: true }) {
      const all = new Set(at.bot ? [...members, BOT.user] : members);
      world.channels.set(id, { id, name, members: all, archived: false, im: id.startsWith('D') });
      return id;
    },
    addGroup(id, handle, users) {
      world.groups.set(id, { id, handle, users });
      return id;
    },
    archive(channel) {
      const found = world.channels.get(channel);
      if (found !== undefined) found.archived = true;
    },
    removeBot: (channel) => void world.channels.get(channel)?.members.delete(BOT.user),
    deleteMessage(ref) {
      const message = findMessage(world, ref.channel, ref.ts);
      if (message !== undefined) message.deleted = true;
    },
    allowMentions: (...constructs) => void world.allowedMentions.push(...constructs),
    forbidLinks: (...constructs) => void world.forbiddenLinks.push(...constructs),
  };
}

/** Tokens have the form of real ones, since SDKs look at the prefix; they open nothing. */
const TOKENS = { botToken: 'xoxb-test', appToken: 'xapp-test', signingSecret: 'signing-secret' };

export async function startSlackServer(options: SlackServerOptions = {}): Promise<SlackServer> {
  const world = createWorld(options.nowMs ?? Date.now, options.scopes ?? ALL_SCOPES);
  const socketMode = createSocketMode(world);
  const signing = { secret: TOKENS.signingSecret, skewSeconds: 0 };
  let http: HttpDelivery | undefined;
  let copies = 1;
  const origin = (): string => `http://127.0.0.1:${listener.port}`;
  const api = createWebApi(world, {
    ...TOKENS,
    rates: options.rates ?? 'record',
    origin,
    newSocketUrl: () => `ws://127.0.0.1:${listener.port}/link/?ticket=${socketMode.newTicket()}`,
  });
  const listener = await listenOnLoopback((request, response) => api.handle(request, response));
  listener.server.on('upgrade', (request, socket, head) => socketMode.upgrade(request, socket, head));
  const use = (transport: Transport): void => {
    http = transport.kind === 'http' ? createHttpDelivery(world, transport.url, () => signing) : undefined;
  };
  use(options.transport ?? { kind: 'socket' });
  const deliver = (kind: Delivery['kind'], payload: Delivery['payload']): Delivery =>
    (http ?? socketMode).deliver(kind, payload, copies);
  return {
    ...TOKENS,
    ...createSetup(world),
    ...createControls(world, { commandName: options.commandName ?? '/lxd', origin, deliver }),
    apiUrl: `${origin()}/api/`,
    botUser: BOT.user,
    world,
    sockets: socketMode,
    get violations() {
      const overdue = [...socketMode.listOverdue(), ...(http?.listOverdue() ?? [])];
      return [
        ...world.violations,
        ...overdue.map((id) => ({ kind: 'ack', where: id, detail: 'not acknowledged within 3 s' })),
      ];
    },
    revokeToken: () => api.revokeToken(),
    use,
    fail: (method, fault, times = 1) => api.fail(method, fault, times),
    deliverTimes(count) {
      copies = count;
    },
    sign: (change) => void Object.assign(signing, change),
    message: (ref) => findMessage(world, ref.channel, ref.ts),
    messages: (channel, only = {}) => listMessages(world, channel, only),
    until: (holds) => world.signal.until(holds),
    async close() {
      await socketMode.close();
      await listener.close();
    },
  };
}
