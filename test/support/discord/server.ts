/**
 * A small strict Discord for tests: REST v10 and the gateway on one loopback port, one guild. Puts the parts together and owns no
 * rule itself. Time is injected, so that the 3 s and 15 min limits need no waiting.
 */
import { listenOnLoopback } from '../chat-wire.ts';
import { createAppRoutes } from './app-routes.ts';
import { CHANNEL_ROUTES } from './channel-routes.ts';
import { createControls } from './controls.ts';
import type { Controls } from './controls.ts';
import { createGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { INTERACTION_ROUTES } from './interaction-routes.ts';
import { LIMITS, PERMISSIONS } from './limits.ts';
import type { Permission } from './limits.ts';
import { createRest } from './rest.ts';
import { describeChannel, describeMember } from './shapes.ts';
import type { DiscordChannel, DiscordMessage, Fault, MessageRef, Violation } from './types.ts';
import { APP_ID, BOT_ID, GUILD_ID, createWorld } from './world.ts';
import type { World } from './world.ts';

export interface DiscordServerOptions {
  readonly nowMs?: () => number;
  /** The slash command that people type. Default `lxd`. */
  readonly commandName?: string;
  /** Bits of the privileged intents that are switched on in the portal. Default none: asking for one closes with 4014. */
  readonly privilegedIntents?: number;
}

export interface DiscordServer extends Controls {
  /** For `rest: {api, version: '10'}`. */
  readonly apiUrl: string;
  readonly token: string;
  readonly appId: string;
  readonly botId: string;
  readonly guildId: string;
  /** Messages, channels, interactions, commands, calls and all that is recorded. */
  readonly world: World;
  readonly gateway: Pick<
    Gateway,
    | 'connected'
    | 'count'
    | 'identifies'
    | 'resumes'
    | 'drop'
    | 'askReconnect'
    | 'invalidate'
    | 'closeWith'
    | 'ignoreHeartbeats'
  >;
  /** What was recorded, and interactions that have no first response 3 s after they were sent. */
  readonly violations: readonly Violation[];
  /** Ids are snowflakes: digits alone. */
  addUser(id: string, name: string, roles?: readonly string[]): string;
  addRole(id: string, name: string): string;
  setRoles(user: string, roles: readonly string[]): void;
  addChannel(id: string, name: string): string;
  /** What the bot may do there from now on; its threads follow. */
  permit(channel: string, permissions: readonly Permission[]): void;
  removeChannel(channel: string): void;
  archiveThread(thread: string, how?: { readonly locked: boolean }): void;
  deleteMessage(ref: MessageRef): void;
  revokeToken(): void;
  /** The next `times` (default 1) calls of that route, such as `POST /channels/:id/messages` or `*`, go wrong. */
  fail(route: string, fault: Fault, times?: number): void;
  /** Every interaction is dispatched this many times. */
  deliverTimes(copies: number): void;
  allowMentions(...constructs: (string | RegExp)[]): void;
  message(ref: MessageRef): DiscordMessage | undefined;
  /** What stands in a channel or thread, oldest first, without what was deleted. Without `user`, ephemeral messages too. */
  messages(channel: string, only?: { readonly user?: string }): readonly DiscordMessage[];
  /** Threads that hang in the channel. */
  threads(channel: string): readonly DiscordChannel[];
  until(holds: () => boolean): Promise<void>;
  close(): Promise<void>;
}

const TOKEN = `${Buffer.from(APP_ID).toString('base64url')}.test.token`;
const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

type Setup = Pick<
  DiscordServer,
  | 'addUser'
  | 'addRole'
  | 'setRoles'
  | 'addChannel'
  | 'permit'
  | 'removeChannel'
  | 'archiveThread'
  | 'deleteMessage'
  | 'allowMentions'
>;

function requireSnowflake(id: string): void {
  if (!/^\d{15,20}$/.test(id)) throw new Error(`${id} is no snowflake`);
}

function createSetup(world: World): Setup {
  const change = (id: string, apply: (channel: DiscordChannel) => void, event: string): void => {
    const channel = world.channels.get(id);
    if (channel === undefined) throw new Error(`no channel ${id}`);
    apply(channel);
    world.dispatch(event, describeChannel(world, channel));
    world.signal.changed();
  };
  return {
    addUser(id, name, roles = []) {
      requireSnowflake(id);
      world.users.set(id, { id, name, roles });
      return id;
    },
    addRole(id, name) {
      requireSnowflake(id);
      world.roles.set(id, { id, name });
      return id;
    },
    setRoles(user, roles) {
      const found = world.users.get(user);
      if (found === undefined) throw new Error(`no user ${user}`);
      found.roles = roles;
      world.dispatch('GUILD_MEMBER_UPDATE', { ...describeMember(world, user), guild_id: GUILD_ID });
    },
    addChannel(id, name) {
      requireSnowflake(id);
      const permissions = new Set(ALL_PERMISSIONS);
      const rest = { parent: null, members: new Set<string>(), archived: false, locked: false, archiveMinutes: 1440 };
      world.channels.set(id, { id, name, type: 0, permissions, ...rest });
      world.dispatch('CHANNEL_CREATE', describeChannel(world, world.channels.get(id) as DiscordChannel));
      return id;
    },
    permit(id, permissions) {
      const apply = (channel: DiscordChannel): void => {
        channel.permissions.clear();
        for (const permission of permissions) channel.permissions.add(permission);
      };
      change(id, apply, 'CHANNEL_UPDATE');
    },
    removeChannel(id) {
      change(id, () => world.channels.delete(id), 'CHANNEL_DELETE');
    },
    archiveThread(id, how = { locked: false }) {
      change(id, (thread) => Object.assign(thread, { archived: true, locked: how.locked }), 'THREAD_UPDATE');
    },
    deleteMessage(ref) {
      const message = world.messages.find((one) => one.id === ref.id);
      if (message !== undefined) message.deleted = true;
      world.dispatch('MESSAGE_DELETE', { id: ref.id, channel_id: ref.channel, guild_id: GUILD_ID });
    },
    allowMentions: (...constructs) => void world.allowedMentions.push(...constructs),
  };
}

/** What the person would see as "the application did not respond". */
function listUnanswered(world: World): readonly Violation[] {
  return [...world.interactions.values()]
    .filter((one) => one.answered === null && world.nowMs() - one.bornMs > LIMITS.responseMs)
    .map((one) => ({ kind: 'late', where: one.id, detail: 'no first response within 3 s' }));
}

export async function startDiscordServer(options: DiscordServerOptions = {}): Promise<DiscordServer> {
  const world = createWorld(options.nowMs ?? Date.now);
  const gatewayUrl = (): string => `ws://127.0.0.1:${listener.port}`;
  const gateway = createGateway(world, {
    token: TOKEN,
    privilegedIntents: options.privilegedIntents ?? 0,
    url: gatewayUrl,
  });
  const routes = [...createAppRoutes(gatewayUrl), ...CHANNEL_ROUTES, ...INTERACTION_ROUTES];
  const rest = createRest(world, { token: TOKEN, routes });
  const listener = await listenOnLoopback((request, response) => rest.handle(request, response));
  listener.server.on('upgrade', (request, socket, head) => gateway.upgrade(request, socket, head));
  let copies = 1;
  return {
    ...createSetup(world),
    ...createControls(world, { commandName: options.commandName ?? 'lxd', copies: () => copies }),
    apiUrl: `http://127.0.0.1:${listener.port}/api`,
    token: TOKEN,
    appId: APP_ID,
    botId: BOT_ID,
    guildId: GUILD_ID,
    world,
    gateway,
    get violations() {
      return [...world.violations, ...listUnanswered(world)];
    },
    revokeToken: () => rest.revokeToken(),
    fail: (route, fault, times = 1) => rest.fail(route, fault, times),
    deliverTimes(count) {
      copies = count;
    },
    message: (ref) => world.messages.find((one) => one.id === ref.id && one.channel === ref.channel),
    messages: (channel, only = {}) =>
      world.messages.filter((one) => {
        if (one.channel !== channel || one.deleted) return false;
        return only.user === undefined || one.ephemeralTo === null || one.ephemeralTo === only.user;
      }),
    threads: (channel) => [...world.channels.values()].filter((one) => one.type === 11 && one.parent === channel),
    until: (holds) => world.signal.until(holds),
    async close() {
      await gateway.close();
      await listener.close();
    },
  };
}
