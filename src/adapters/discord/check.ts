/**
 * What can be asked of Discord before anybody types: token, server, each channel's permissions, the registered commands. Each check
 * that fails says what to click. Owns the order; resolves, never rejects.
 */
import type { APIChannel, APIGuildMember, APIRole } from 'discord.js';
import type { DoctorCheck } from '../../app/deps.ts';
import type { Api } from './api.ts';
import { CODES, codeOf, failureOf, statusOf, TOKEN_REFUSED } from './errors.ts';
import { inviteUrl, missingPermissions } from './permissions.ts';
import type { CommandJson } from './registration.ts';
import { differingCommands } from './sync.ts';
import { findOurs, twinsNext } from './twins.ts';

export interface CheckDeps {
  readonly api: Api;
  readonly guildId: string | null;
  readonly channels: readonly ConfiguredChannel[];
  readonly commands: readonly CommandJson[];
}

export interface ConfiguredChannel {
  readonly cluster: string;
  readonly channel: string;
}

type State = DoctorCheck['state'];

interface Bot {
  readonly userId: string;
  readonly applicationId: string;
}

export async function checkDiscord(deps: CheckDeps): Promise<readonly DoctorCheck[]> {
  try {
    const [me, application] = await Promise.all([deps.api.me(), deps.api.application()]);
    const bot = { userId: me.id, applicationId: application.id };
    const guilds = new Guilds(deps.api, bot);
    const [guild, channels, commands] = await Promise.all([
      checkGuild(deps, bot),
      Promise.all(deps.channels.map((each) => checkChannel(deps, bot, guilds, each))),
      checkCommands(deps, bot),
    ]);
    return [
      check('discord-token', me.username, 'ok', null),
      check('discord-intents', 'Guilds', 'ok', null),
      ...guild,
      ...channels,
      commands,
      ...(await checkTwins(deps, bot, guilds.ids())),
    ];
  } catch (error) {
    if (statusOf(error) === 401) return [check('discord-token', 'DISCORD_BOT_TOKEN', 'fail', TOKEN_REFUSED)];
    return [check('discord-reachable', 'discord.com', 'fail', sayWhy(error, '-'))];
  }
}

async function checkGuild({ api, guildId }: CheckDeps, bot: Bot): Promise<readonly DoctorCheck[]> {
  if (guildId === null) return [];
  try {
    const guild = await api.guild(guildId);
    return [check('discord-server', guild.name, 'ok', null)];
  } catch (error) {
    const next =
      statusOf(error) === 404 || codeOf(error) === CODES.missingAccess
        ? `The bot is not in server ${guildId}: open ${inviteUrl(bot.applicationId)} and choose it, or correct DISCORD_GUILD_ID.`
        : sayWhy(error, guildId);
    return [check('discord-server', guildId, 'fail', next)];
  }
}

async function checkChannel(
  { api, guildId }: CheckDeps,
  bot: Bot,
  guilds: Guilds,
  { cluster, channel: id }: ConfiguredChannel,
): Promise<DoctorCheck> {
  const target = `${cluster} ${id}`;
  const failed = (next: string): DoctorCheck => check('discord-channel', target, 'fail', next);
  try {
    const channel = await api.getChannel(id);
    const home = guildOf(channel);
    if (home === null) return failed(`${id} is no channel of a server: put a text channel's id into channels.discord.`);
    if (guildId !== null && home !== guildId)
      return failed(`${id} is a channel of another server than DISCORD_GUILD_ID.`);
    const { member, roles, ownerId } = await guilds.find(home);
    const overwrites = 'permission_overwrites' in channel ? (channel.permission_overwrites ?? []) : [];
    const missing = missingPermissions({
      guildId: home,
      userId: bot.userId,
      isOwner: ownerId === bot.userId,
      roleIds: member.roles,
      roles,
      overwrites,
    });
    if (missing.length === 0) return check('discord-channel', target, 'ok', null);
    const name = 'name' in channel && channel.name !== null && channel.name !== undefined ? `#${channel.name}` : id;
    return failed(`In ${name}: "Edit Channel", "Permissions", the bot's role, and allow ${missing.join(', ')}.`);
  } catch (error) {
    if (codeOf(error) === CODES.unknownChannel) {
      return failed(
        `There is no channel ${id}: right-click the channel, "Copy Channel ID", and correct channels.discord.`,
      );
    }
    if (codeOf(error) === CODES.missingAccess) {
      return failed(
        `The bot may not see channel ${id}: "Edit Channel", "Permissions", add the bot's role and allow View Channel; or invite it: ${inviteUrl(bot.applicationId)}`,
      );
    }
    return failed(sayWhy(error, id));
  }
}

async function checkCommands({ api, guildId, commands }: CheckDeps, bot: Bot): Promise<DoctorCheck> {
  const target = guildId === null ? 'every server' : `server ${guildId}`;
  try {
    const differing = differingCommands(await api.commands(bot.applicationId, guildId), commands);
    if (differing.length === 0) return check('discord-commands', target, 'ok', null);
    return check('discord-commands', target, 'warn', `Not current: ${differing.join(', ')}. Run "lockstep register".`);
  } catch (error) {
    const next =
      codeOf(error) === CODES.missingAccess
        ? `Without the scope applications.commands nothing can be registered: open ${inviteUrl(bot.applicationId)}`
        : sayWhy(error, guildId ?? '-');
    return check('discord-commands', target, 'fail', next);
  }
}

/** The same commands for every server and for one are shown twice there. Silent when all is well, or when it can't be seen. */
async function checkTwins(
  { api, guildId, commands }: CheckDeps,
  bot: Bot,
  homes: readonly string[],
): Promise<readonly DoctorCheck[]> {
  const ours = async (scope: string | null): Promise<readonly string[]> => {
    const found = await findOurs(api, bot.applicationId, scope, commands).catch(() => []);
    return found.map(({ name }) => name);
  };
  const everywhere = await ours(null);
  if (everywhere.length === 0) return [];
  const servers = guildId === null ? homes : [guildId];
  const checks = await Promise.all(
    servers.map(async (server) => {
      const names = (await ours(server)).filter((name) => everywhere.includes(name));
      if (names.length === 0) return [];
      return [check('discord-commands-twice', `server ${server}`, 'warn', twinsNext(names, server, guildId))];
    }),
  );
  return checks.flat();
}

interface GuildFacts {
  readonly ownerId: string;
  readonly member: APIGuildMember;
  readonly roles: readonly APIRole[];
}

/** Each server is asked once, however many channels it has. */
class Guilds {
  readonly #known = new Map<string, Promise<GuildFacts>>();
  readonly #api: Api;
  readonly #bot: Bot;

  constructor(api: Api, bot: Bot) {
    this.#api = api;
    this.#bot = bot;
  }

  find(id: string): Promise<GuildFacts> {
    const facts = this.#known.get(id) ?? this.#ask(id);
    this.#known.set(id, facts);
    return facts;
  }

  ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  async #ask(id: string): Promise<GuildFacts> {
    const [guild, member, roles] = await Promise.all([
      this.#api.guild(id),
      this.#api.member(id, this.#bot.userId),
      this.#api.roles(id),
    ]);
    return { ownerId: guild.owner_id, member, roles };
  }
}

function guildOf(channel: APIChannel): string | null {
  return 'guild_id' in channel ? (channel.guild_id ?? null) : null;
}

function sayWhy(error: unknown, channel: string): string {
  return failureOf(error, { what: 'post', channel, thread: null }).reason;
}

function check(id: string, target: string, state: State, next: string | null): DoctorCheck {
  return { id, target, state, next };
}
