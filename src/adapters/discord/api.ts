/**
 * The bot-token routes that Lockstep uses, each by name. Owns its own REST client: posting works before the gateway is up, while it is
 * down, and after it was closed. Webhook routes are never called here: a 401 on one would wipe the token, so those go through the
 * library's interaction methods.
 */
import {
  REST,
  Routes,
  type APIApplication,
  type APIApplicationCommand,
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIMessage,
  type APIRole,
  type APIUser,
  type RawFile,
  type RESTPatchAPIChannelMessageJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js';
import type { FilePart } from '../../ports/chat.ts';
import { THREAD } from './limits.ts';
import type { CommandJson } from './registration.ts';

export interface RestOptions {
  /** Base URL; Discord's own when left out. */
  readonly api?: string;
  readonly version?: '10';
}

/** Rejects with the library's errors; `errors.ts` reads them. */
export interface Api {
  createMessage(
    channel: string,
    body: RESTPostAPIChannelMessageJSONBody,
    files: readonly FilePart[],
  ): Promise<APIMessage>;
  editMessage(
    channel: string,
    id: string,
    body: RESTPatchAPIChannelMessageJSONBody,
    files: readonly FilePart[],
  ): Promise<APIMessage>;
  getMessage(channel: string, id: string): Promise<APIMessage>;
  /** The thread's id is that of its first message. */
  startThread(channel: string, message: string, name: string): Promise<void>;
  unarchive(thread: string): Promise<void>;
  getChannel(id: string): Promise<APIChannel>;
  me(): Promise<APIUser>;
  application(): Promise<APIApplication>;
  guild(id: string): Promise<APIGuild>;
  member(guild: string, user: string): Promise<APIGuildMember>;
  roles(guild: string): Promise<readonly APIRole[]>;
  /** Those of one server, or with null those for all servers. */
  commands(application: string, guild: string | null): Promise<readonly APIApplicationCommand[]>;
  putCommands(application: string, guild: string | null, commands: readonly CommandJson[]): Promise<void>;
  deleteCommand(application: string, guild: string | null, command: string): Promise<void>;
  close(): void;
}

/** A wait above this is told to whoever asked instead of waited for. */
const LONGEST_WAIT_MS = 5_000;
const TIMEOUT_MS = 10_000;

export function restOptions(options: RestOptions): { readonly api?: string; readonly version: '10' } {
  return { ...(options.api === undefined ? {} : { api: options.api }), version: options.version ?? '10' };
}

export function createApi(token: string, options: RestOptions): Api {
  const rest = new REST({
    ...restOptions(options),
    timeout: TIMEOUT_MS,
    retries: 1,
    rejectOnRateLimit: ({ timeToReset, retryAfter }) => Math.max(timeToReset, retryAfter) > LONGEST_WAIT_MS,
  }).setToken(token);
  const commandsRoute = (application: string, guild: string | null): `/${string}` =>
    guild === null ? Routes.applicationCommands(application) : Routes.applicationGuildCommands(application, guild);
  /* oxlint-disable typescript/no-unsafe-type-assertion -- the library's types of what these routes answer */
  return {
    createMessage: async (channel, body, files) =>
      (await rest.post(Routes.channelMessages(channel), { body, files: raw(files) })) as APIMessage,
    editMessage: async (channel, id, body, files) =>
      (await rest.patch(Routes.channelMessage(channel, id), { body, files: raw(files) })) as APIMessage,
    getMessage: async (channel, id) => (await rest.get(Routes.channelMessage(channel, id))) as APIMessage,
    async startThread(channel, message, name) {
      await rest.post(Routes.threads(channel, message), {
        body: { name, auto_archive_duration: THREAD.archiveMinutes },
      });
    },
    async unarchive(thread) {
      await rest.patch(Routes.channel(thread), { body: { archived: false } });
    },
    getChannel: async (id) => (await rest.get(Routes.channel(id))) as APIChannel,
    me: async () => (await rest.get(Routes.user())) as APIUser,
    application: async () => (await rest.get(Routes.currentApplication())) as APIApplication,
    guild: async (id) => (await rest.get(Routes.guild(id))) as APIGuild,
    member: async (guild, user) => (await rest.get(Routes.guildMember(guild, user))) as APIGuildMember,
    roles: async (guild) => (await rest.get(Routes.guildRoles(guild))) as readonly APIRole[],
    commands: async (application, guild) =>
      (await rest.get(commandsRoute(application, guild))) as APIApplicationCommand[],
    async putCommands(application, guild, commands) {
      await rest.put(commandsRoute(application, guild), { body: commands });
    },
    async deleteCommand(application, guild, command) {
      await rest.delete(`${commandsRoute(application, guild)}/${command}`);
    },
    close() {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
  /* oxlint-enable typescript/no-unsafe-type-assertion */
}

function raw(files: readonly FilePart[]): RawFile[] {
  return files.map(({ name, mime, bytes }) => ({ name, contentType: mime, data: Buffer.from(bytes) }));
}
