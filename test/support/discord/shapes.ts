/**
 * Discord's objects as they go over the wire: `APIUser`, `APIGuildMember`, `APIRole`, `APIChannel`, `APIMessage`, `APIGuild` of
 * discord-api-types v10 (docs.discord.com/developers/resources/{user,guild,channel,message}).
 */
import type { Json } from '../chat-wire.ts';
import { FLAGS, PERMISSIONS } from './limits.ts';
import type { DiscordChannel, DiscordMessage, DiscordRole } from './types.ts';
import { APP_ID, BOT_ID, BOT_ROLE, GUILD_ID, permissionBits } from './world.ts';
import type { World } from './world.ts';

const JOINED = '2026-01-01T00:00:00.000000+00:00';
const ALL_BITS = Object.values(PERMISSIONS).reduce((bits, bit) => bits | bit, 0n);

export function describeUser(world: World, id: string): Json {
  const username = world.users.get(id)?.name ?? 'deleted-user';
  const bot = id === BOT_ID ? { bot: true } : {};
  return { id, username, discriminator: '0', global_name: null, avatar: null, public_flags: 0, flags: 0, ...bot };
}

export function describeMember(world: World, id: string): Json {
  return {
    user: describeUser(world, id),
    nick: null,
    avatar: null,
    roles: world.users.get(id)?.roles ?? [],
    joined_at: JOINED,
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
  };
}

export function describeRole(role: DiscordRole, position: number): Json {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: role.id === BOT_ROLE ? String(ALL_BITS) : '0',
    managed: role.id === BOT_ROLE,
    mentionable: false,
    flags: 0,
  };
}

function timestamp(world: World): string {
  return new Date(world.nowMs()).toISOString();
}

function describeThread(world: World, thread: DiscordChannel): Json {
  return {
    id: thread.id,
    type: thread.type,
    guild_id: GUILD_ID,
    parent_id: thread.parent,
    owner_id: BOT_ID,
    name: thread.name,
    last_message_id: null,
    rate_limit_per_user: 0,
    message_count: world.messages.filter((message) => message.channel === thread.id).length,
    member_count: thread.members.size,
    flags: 0,
    thread_metadata: {
      archived: thread.archived,
      auto_archive_duration: thread.archiveMinutes,
      archive_timestamp: timestamp(world),
      locked: thread.locked,
      create_timestamp: timestamp(world),
    },
    member: { id: thread.id, user_id: BOT_ID, join_timestamp: timestamp(world), flags: 0 },
  };
}

export function describeChannel(world: World, channel: DiscordChannel): Json {
  if (channel.type === 11) return describeThread(world, channel);
  if (channel.type === 1) {
    const recipients = [...channel.members].filter((id) => id !== BOT_ID).map((id) => describeUser(world, id));
    return { id: channel.id, type: 1, recipients, last_message_id: null, flags: 0 };
  }
  // What the bot lacks here is denied to it by an overwrite, so that the SDK computes the same.
  const denied = ALL_BITS & ~permissionBits(world, channel);
  return {
    id: channel.id,
    type: 0,
    guild_id: GUILD_ID,
    name: channel.name,
    position: 0,
    topic: null,
    nsfw: false,
    parent_id: null,
    last_message_id: null,
    rate_limit_per_user: 0,
    flags: 0,
    permission_overwrites: denied === 0n ? [] : [{ id: BOT_ID, type: 1, allow: '0', deny: String(denied) }],
  };
}

export function describeMessage(world: World, message: DiscordMessage): Json {
  const thread = message.thread === null ? undefined : world.channels.get(message.thread);
  return {
    id: message.id,
    channel_id: message.channel,
    author: describeUser(world, message.author),
    content: message.content,
    timestamp: timestamp(world),
    edited_timestamp: message.versions.length > 1 ? timestamp(world) : null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: message.files.map((file) => ({
      id: file.id,
      filename: file.name,
      size: file.bytes.length,
      url: `https://cdn.discordapp.com/attachments/${message.channel}/${file.id}/${file.name}`,
      proxy_url: `https://media.discordapp.net/attachments/${message.channel}/${file.id}/${file.name}`,
    })),
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: message.components,
    pinned: false,
    type: 0,
    flags: message.flags | (thread === undefined ? 0 : FLAGS.hasThread),
    ...(message.nonce === null ? {} : { nonce: message.nonce }),
    ...(message.own ? { application_id: APP_ID } : {}),
    ...(thread === undefined ? {} : { thread: describeThread(world, thread) }),
  };
}

export function describeApplication(): Json {
  return {
    id: APP_ID,
    name: 'lockstep',
    description: '',
    icon: null,
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0,
    team: null,
    owner: null,
    install_params: null,
    integration_types_config: {},
    approximate_guild_count: 1,
  };
}

/** What `GET /guilds/{id}` answers; GUILD_CREATE adds to it. */
export function describeGuild(world: World): Json {
  return {
    id: GUILD_ID,
    name: 'Operations',
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: '840000000000000001',
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [...world.roles.values()].map(describeRole),
    emojis: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: 0,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    nsfw_level: 0,
    stickers: [],
    premium_progress_bar_enabled: false,
    safety_alerts_channel_id: null,
  };
}

export function describeGuildCreate(world: World): Json {
  const channels = [...world.channels.values()];
  return {
    ...describeGuild(world),
    joined_at: JOINED,
    large: false,
    unavailable: false,
    member_count: world.users.size,
    voice_states: [],
    members: [describeMember(world, BOT_ID)],
    channels: channels.filter((channel) => channel.type === 0).map((channel) => describeChannel(world, channel)),
    threads: channels.filter((one) => one.type === 11 && !one.archived).map((one) => describeChannel(world, one)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
