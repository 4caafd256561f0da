/**
 * The state of the workspace: people, channels, messages, views, files, triggers, response URLs, and what was recorded. Holds no
 * protocol: the Web API, the deliveries and the controls all read and write here.
 */
import { createSignal } from '../chat-wire.ts';
import type { Json, Signal } from '../chat-wire.ts';
import { LIMITS } from './limits.ts';
import type { MrkdwnPolicy } from './mrkdwn.ts';
import type {
  Call,
  SlackChannel,
  SlackFile,
  SlackGroup,
  SlackMessage,
  SlackUser,
  SlackView,
  Violation,
} from './types.ts';

export const TEAM = { id: 'T0TEAM', domain: 'example', name: 'Example' };
export const APP_ID = 'A0LOCKSTEP';
export const BOT = { user: 'U0BOT', bot: 'B0BOT', name: 'lockstep' };

interface ResponseUrl {
  readonly id: string;
  readonly channel: string;
  readonly user: string;
  readonly bornMs: number;
  /** ts of the message that the interaction came from. */
  readonly ts: string | null;
  uses: number;
}

export interface World {
  readonly nowMs: () => number;
  readonly users: Map<string, SlackUser>;
  readonly channels: Map<string, SlackChannel>;
  readonly groups: Map<string, SlackGroup>;
  readonly messages: SlackMessage[];
  readonly views: SlackView[];
  readonly files: Map<string, SlackFile>;
  readonly triggers: Map<string, { readonly user: string; readonly bornMs: number; used: boolean }>;
  readonly responseUrls: Map<string, ResponseUrl>;
  readonly calls: Call[];
  readonly violations: Violation[];
  readonly scopes: Set<string>;
  readonly signal: Signal;
  readonly policy: MrkdwnPolicy;
  readonly allowedMentions: (string | RegExp)[];
  readonly forbiddenLinks: (string | RegExp)[];
  nextId(prefix: string): string;
  nextTs(): string;
  violate(kind: string, where: string, detail: string): void;
  newTrigger(user: string): string;
  newResponseUrl(at: Pick<ResponseUrl, 'channel' | 'user' | 'ts'>): string;
}

function matches(patterns: readonly (string | RegExp)[], text: string): boolean {
  return patterns.some((pattern) => (typeof pattern === 'string' ? text === pattern : pattern.test(text)));
}

export function createWorld(nowMs: () => number, scopes: readonly string[]): World {
  const allowedMentions: (string | RegExp)[] = [];
  const forbiddenLinks: (string | RegExp)[] = [];
  let counter = 0;
  const world: World = {
    nowMs,
    users: new Map([[BOT.user, { id: BOT.user, name: BOT.name }]]),
    channels: new Map(),
    groups: new Map(),
    messages: [],
    views: [],
    files: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    calls: [],
    violations: [],
    scopes: new Set(scopes),
    signal: createSignal(),
    allowedMentions,
    forbiddenLinks,
    policy: {
      allowsMention: (construct) => matches(allowedMentions, construct),
      allowsLink: (construct) => !matches(forbiddenLinks, construct),
    },
    nextId(prefix) {
      counter += 1;
      return `${prefix}${String(counter).padStart(8, '0')}`;
    },
    nextTs() {
      counter += 1;
      return `${Math.floor(nowMs() / 1000)}.${String(counter).padStart(6, '0')}`;
    },
    violate(kind, where, detail) {
      world.violations.push({ kind, where, detail });
      world.signal.changed();
    },
    newTrigger(user) {
      const id = `${world.nextId('')}.${counter}.trigger`;
      world.triggers.set(id, { user, bornMs: nowMs(), used: false });
      return id;
    },
    newResponseUrl(at) {
      const id = world.nextId('r');
      world.responseUrls.set(id, { ...at, id, bornMs: nowMs(), uses: 0 });
      return id;
    },
  };
  return world;
}

/** The conversation of a person with the app: there is one, made when it is first needed. */
export function openDirect(world: World, user: string): SlackChannel {
  const known = [...world.channels.values()].find((channel) => channel.im && channel.members.has(user));
  if (known !== undefined) return known;
  const id = world.nextId('D');
  const direct = { id, name: '', members: new Set([user, BOT.user]), archived: false, im: true };
  world.channels.set(id, direct);
  return direct;
}

export function findMessage(world: World, channel: string, ts: string): SlackMessage | undefined {
  return world.messages.find((message) => message.channel === channel && message.ts === ts);
}

export interface NewMessage {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly Json[];
  readonly thread?: string | null;
  readonly ephemeralTo?: string | null;
}

/** Slack gives every block an id that has none (docs.slack.dev/reference/block-kit/blocks). */
export function withBlockIds(world: World, blocks: readonly Json[]): readonly Json[] {
  return blocks.map((block) => (block['block_id'] === undefined ? { ...block, block_id: world.nextId('b') } : block));
}

export function addMessage(world: World, from: NewMessage): SlackMessage {
  const blocks = withBlockIds(world, from.blocks ?? []);
  const message: SlackMessage = {
    channel: from.channel,
    ts: world.nextTs(),
    user: from.user,
    own: from.user === BOT.user,
    thread: from.thread ?? null,
    ephemeralTo: from.ephemeralTo ?? null,
    text: from.text,
    blocks,
    versions: [{ text: from.text, blocks }],
    files: [],
    deleted: false,
  };
  world.messages.push(message);
  world.signal.changed();
  return message;
}

export function changeMessage(world: World, message: SlackMessage, text: string, blocks: readonly Json[]): void {
  message.text = text;
  message.blocks = withBlockIds(world, blocks);
  message.versions.push({ text, blocks: message.blocks });
  world.signal.changed();
}

/** As in `ChatPostMessageResponse.message` of `@slack/web-api`. */
export function describeMessage(message: SlackMessage): Json {
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: TEAM.id,
    ...(message.own
      ? { bot_id: BOT.bot, app_id: APP_ID, bot_profile: { id: BOT.bot, app_id: APP_ID, name: BOT.name } }
      : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.thread === null ? {} : { thread_ts: message.thread, parent_user_id: BOT.user }),
    ...(message.versions.length > 1 ? { edited: { user: message.user, ts: message.ts } } : {}),
  };
}

export function isExpired(bornMs: number, world: World, limitMs: number): boolean {
  return world.nowMs() - bornMs > limitMs;
}

/** docs.slack.dev/reference/methods/views.open: `expired_trigger_id`, `exchanged_trigger_id`, `invalid_trigger_id`. */
export function useTrigger(world: World, id: string): { readonly user: string } | { readonly error: string } {
  const trigger = world.triggers.get(id);
  if (trigger === undefined) return { error: 'invalid_trigger_id' };
  if (trigger.used) return { error: 'exchanged_trigger_id' };
  if (isExpired(trigger.bornMs, world, LIMITS.triggerMs)) return { error: 'expired_trigger_id' };
  trigger.used = true;
  return { user: trigger.user };
}
