/**
 * REST of the application, the guild and its people. Sources: docs.discord.com/developers/resources/{application,guild,user} and
 * …/interactions/application-commands (bulk overwrite), …/events/gateway#get-gateway-bot.
 */
import { asId, asJson } from '../chat-wire.ts';
import type { Json, Reply } from '../chat-wire.ts';
import { checkCommands } from './check-forms.ts';
import { UNKNOWN_GUILD, UNKNOWN_MEMBER, judge, ok, refuse } from './route.ts';
import type { Route, RouteContext } from './route.ts';
import {
  describeApplication,
  describeChannel,
  describeGuild,
  describeMember,
  describeRole,
  describeUser,
} from './shapes.ts';
import type { DiscordChannel } from './types.ts';
import { APP_ID, BOT_ID, GUILD_ID } from './world.ts';
import type { World } from './world.ts';

const ALL = new Set([
  'viewChannel',
  'sendMessages',
  'embedLinks',
  'attachFiles',
  'readMessageHistory',
  'createPublicThreads',
  'sendMessagesInThreads',
] as const);

function listCommands({ world, ids }: RouteContext): Reply {
  if (ids[1] !== undefined && ids[1] !== GUILD_ID) return refuse(403, 50_001, 'Missing Access');
  return ok(world.commands.get(ids[1] ?? 'global') ?? []);
}

/** As `APIApplicationCommand`: what was sent, with ids, a version and defaults. */
function register(world: World, scope: string, command: Json): Json {
  const known = (world.commands.get(scope) ?? []).find((one) => one['name'] === command['name']);
  const guild = scope === 'global' ? {} : { guild_id: scope };
  return {
    type: 1,
    description: '',
    default_member_permissions: null,
    nsfw: false,
    ...command,
    id: known?.['id'] ?? world.nextId(),
    application_id: APP_ID,
    version: world.nextId(),
    ...guild,
  };
}

function putCommands(context: RouteContext): Reply {
  const { world, ids, route, list } = context;
  const scope = ids[1] ?? 'global';
  if (ids[0] !== APP_ID)
    return refuse(403, 20_012, 'You are not authorized to perform this action on this application');
  if (scope !== 'global' && scope !== GUILD_ID) return refuse(403, 50_001, 'Missing Access');
  const commands = list.map(asJson);
  const bad = judge(world, route, checkCommands(commands));
  if (bad !== undefined) return bad;
  world.commands.set(
    scope,
    commands.map((command) => register(world, scope, command)),
  );
  world.signal.changed();
  return ok(world.commands.get(scope));
}

/** docs.discord.com/developers/interactions/application-commands#delete-global-application-command */
function deleteCommand({ world, ids }: RouteContext): Reply {
  const [application, ...rest] = ids;
  const [command, guild] = rest.toReversed();
  const scope = guild ?? 'global';
  if (application !== APP_ID || (scope !== 'global' && scope !== GUILD_ID))
    return refuse(403, 50_001, 'Missing Access');
  const known = world.commands.get(scope) ?? [];
  const left = known.filter((one) => one['id'] !== command);
  if (left.length === known.length) return refuse(404, 10_063, 'Unknown application command');
  world.commands.set(scope, left);
  world.signal.changed();
  return { status: 204 };
}

function inGuild(run: (context: RouteContext) => Reply): (context: RouteContext) => Reply {
  return (context) => (context.ids[0] === GUILD_ID ? run(context) : UNKNOWN_GUILD);
}

function readMember({ world, ids }: RouteContext): Reply {
  const id = ids[1] === '@me' ? BOT_ID : (ids[1] ?? '');
  return world.users.has(id) ? ok(describeMember(world, id)) : UNKNOWN_MEMBER;
}

function openDirect({ world, body }: RouteContext): Reply {
  const user = asId(body['recipient_id']);
  if (!world.users.has(user)) return refuse(400, 50_033, 'Invalid Recipient(s)');
  const known = [...world.channels.values()].find((channel) => channel.type === 1 && channel.members.has(user));
  const channel: DiscordChannel = known ?? {
    id: world.nextId(),
    name: '',
    type: 1,
    parent: null,
    permissions: new Set(ALL),
    members: new Set([user, BOT_ID]),
    archived: false,
    locked: false,
    archiveMinutes: 1440,
  };
  world.channels.set(channel.id, channel);
  return ok(describeChannel(world, channel));
}

function readUser({ world, ids }: RouteContext): Reply {
  const id = ids[0] ?? '';
  return world.users.has(id) ? ok(describeUser(world, id)) : refuse(404, 10_013, 'Unknown User');
}

export function createAppRoutes(gatewayUrl: () => string): readonly Route[] {
  const session = { total: 1000, remaining: 1000, reset_after: 86_400_000, max_concurrency: 1 };
  const guildChannels = ({ world }: RouteContext): Reply =>
    ok(
      [...world.channels.values()]
        .filter((channel) => channel.type === 0)
        .map((channel) => describeChannel(world, channel)),
    );
  return [
    {
      method: 'GET',
      path: '/gateway/bot',
      run: () => ok({ url: gatewayUrl(), shards: 1, session_start_limit: session }),
    },
    { method: 'GET', path: '/gateway', open: true, run: () => ok({ url: gatewayUrl() }) },
    { method: 'GET', path: '/users/@me', run: ({ world }) => ok(describeUser(world, BOT_ID)) },
    {
      method: 'GET',
      path: '/users/@me/guilds',
      run: () => ok([{ id: GUILD_ID, name: 'Operations', owner: false, features: [] }]),
    },
    { method: 'POST', path: '/users/@me/channels', run: openDirect },
    { method: 'GET', path: '/users/:id', run: readUser },
    { method: 'GET', path: '/applications/@me', run: () => ok(describeApplication()) },
    { method: 'GET', path: '/oauth2/applications/@me', run: () => ok(describeApplication()) },
    { method: 'GET', path: '/guilds/:id', run: inGuild(({ world }) => ok(describeGuild(world))) },
    { method: 'GET', path: '/guilds/:id/channels', run: inGuild(guildChannels) },
    {
      method: 'GET',
      path: '/guilds/:id/roles',
      run: inGuild(({ world }) => ok([...world.roles.values()].map(describeRole))),
    },
    { method: 'GET', path: '/guilds/:id/members/:id', run: inGuild(readMember) },
    { method: 'GET', path: '/applications/:id/commands', run: listCommands },
    { method: 'PUT', path: '/applications/:id/commands', run: putCommands },
    { method: 'GET', path: '/applications/:id/guilds/:id/commands', run: listCommands },
    { method: 'PUT', path: '/applications/:id/guilds/:id/commands', run: putCommands },
    { method: 'DELETE', path: '/applications/:id/commands/:id', run: deleteCommand },
    { method: 'DELETE', path: '/applications/:id/guilds/:id/commands/:id', run: deleteCommand },
  ];
}
