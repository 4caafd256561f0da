/**
 * The state of one guild: people, roles, channels and threads, messages, interactions, commands, and what was recorded. Holds no
 * protocol. Shapes of what goes over the wire stand in `shapes.ts`.
 */
import { createSignal } from '../chat-wire.ts';
import type { Json, Signal } from '../chat-wire.ts';
import { PERMISSIONS } from './limits.ts';
import type { Permission } from './limits.ts';
import type {
  Call,
  DiscordChannel,
  DiscordFile,
  DiscordMessage,
  DiscordRole,
  DiscordUser,
  Interaction,
  Violation,
} from './types.ts';

export const GUILD_ID = '810000000000000001';
export const APP_ID = '820000000000000001';
export const BOT_ROLE = '830000000000000001';
/** Of an application, the user of its bot has the same id. */
export const BOT_ID = '820000000000000001';
/** 2015-01-01, the epoch of snowflakes. */
const EPOCH_MS = 1_420_070_400_000;

export interface World {
  readonly nowMs: () => number;
  readonly users: Map<string, DiscordUser>;
  readonly roles: Map<string, DiscordRole>;
  readonly channels: Map<string, DiscordChannel>;
  readonly messages: DiscordMessage[];
  readonly interactions: Map<string, Interaction>;
  /** Registered commands by scope: a guild's id or `global`. */
  readonly commands: Map<string, readonly Json[]>;
  readonly calls: Call[];
  readonly violations: Violation[];
  readonly allowedMentions: (string | RegExp)[];
  readonly signal: Signal;
  /** Set by the gateway. */
  dispatch: (type: string, data: Json) => void;
  nextId(): string;
  violate(kind: string, where: string, detail: string): void;
}

export function createWorld(nowMs: () => number): World {
  let counter = 0n;
  const world: World = {
    nowMs,
    users: new Map([[BOT_ID, { id: BOT_ID, name: 'lockstep', roles: [BOT_ROLE] }]]),
    roles: new Map([
      [GUILD_ID, { id: GUILD_ID, name: '@everyone' }],
      [BOT_ROLE, { id: BOT_ROLE, name: 'lockstep' }],
    ]),
    channels: new Map(),
    messages: [],
    interactions: new Map(),
    commands: new Map(),
    calls: [],
    violations: [],
    allowedMentions: [],
    signal: createSignal(),
    dispatch: () => undefined,
    nextId() {
      counter += 1n;
      return String((BigInt(Math.max(0, Math.floor(nowMs()) - EPOCH_MS)) << 22n) + counter);
    },
    violate(kind, where, detail) {
      world.violations.push({ kind, where, detail });
      world.signal.changed();
    },
  };
  return world;
}

export function findMessage(world: World, channel: string, id: string): DiscordMessage | undefined {
  return world.messages.find((message) => message.channel === channel && message.id === id && !message.deleted);
}

/** A thread takes the permissions of its parent. */
export function may(world: World, channel: DiscordChannel, permission: Permission): boolean {
  const own = channel.parent === null ? channel : (world.channels.get(channel.parent) ?? channel);
  return own.permissions.has(permission);
}

export function permissionBits(world: World, channel: DiscordChannel): bigint {
  return Object.entries(PERMISSIONS)
    .filter(([name]) => may(world, channel, name as Permission))
    .reduce((bits, [, bit]) => bits | bit, 0n);
}

export interface NewMessage {
  readonly channel: string;
  readonly author: string;
  readonly content: string;
  readonly embeds?: readonly Json[];
  readonly components?: readonly Json[];
  readonly files?: readonly DiscordFile[];
  readonly flags?: number;
  readonly nonce?: string | null;
  readonly ephemeralTo?: string | null;
}

export function addMessage(world: World, from: NewMessage): DiscordMessage {
  const { channel, author, content, embeds = [], components = [] } = from;
  const message: DiscordMessage = {
    id: world.nextId(),
    channel,
    author,
    own: author === BOT_ID,
    nonce: from.nonce ?? null,
    ephemeralTo: from.ephemeralTo ?? null,
    content,
    embeds,
    components,
    flags: from.flags ?? 0,
    files: from.files ?? [],
    thread: null,
    versions: [{ content, embeds, components }],
    deleted: false,
  };
  world.messages.push(message);
  world.signal.changed();
  return message;
}

export interface MessageChange {
  readonly content?: string;
  readonly embeds?: readonly Json[];
  readonly components?: readonly Json[];
  readonly files?: readonly DiscordFile[];
}

export function changeMessage(world: World, message: DiscordMessage, change: MessageChange): void {
  message.content = change.content ?? message.content;
  message.embeds = change.embeds ?? message.embeds;
  message.components = change.components ?? message.components;
  message.files = change.files ?? message.files;
  const { content, embeds, components } = message;
  message.versions.push({ content, embeds, components });
  world.signal.changed();
}
