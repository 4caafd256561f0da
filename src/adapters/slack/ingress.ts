/**
 * What Slack sends → what happened, in our words. Pure normalisers over payloads of which nothing is taken for granted; null for what
 * is none of our business. Ids of deliveries come from Slack, so that a repeated delivery has the same one on every socket.
 */
import { unescapeInput } from './escape.ts';
import { readButton, type PressedButton } from './buttons.ts';
import { recordOf, stringOf, type Json } from './json.ts';

interface Happened {
  readonly deliveryId: string;
  readonly user: { readonly id: string; readonly name: string | null };
  readonly channel: string;
  /** `ts` of the thread's root message, or null for the channel itself. */
  readonly thread: string | null;
}

/** What can open a form and be answered where the bot is not a member. */
interface Interactive extends Happened {
  readonly triggerId: string;
  readonly responseUrl: string | null;
}

export interface Typed extends Interactive {
  readonly line: string;
}

/** https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling */
export function readCommand(body: unknown): Typed | null {
  const id = stringOf(body, 'user_id');
  const channel = stringOf(body, 'channel_id');
  const triggerId = stringOf(body, 'trigger_id');
  if (id === null || channel === null || triggerId === null) return null;
  return {
    deliveryId: `slack:command:${triggerId}`,
    user: { id, name: stringOf(body, 'user_name') },
    channel,
    thread: null,
    triggerId,
    responseUrl: stringOf(body, 'response_url'),
    line: orHelp(unescapeInput(stringOf(body, 'text') ?? '')),
  };
}

export interface Mentioned extends Happened {
  readonly line: string;
}

/** https://docs.slack.dev/reference/events/app_mention. A mention in the channel is answered in that message's thread. */
export function readMention(body: unknown, botUser: string | null): Mentioned | null {
  const event = recordOf(body, 'event');
  const id = stringOf(event, 'user');
  const channel = stringOf(event, 'channel');
  const ts = stringOf(event, 'ts');
  const eventId = stringOf(body, 'event_id');
  if (id === null || channel === null || ts === null || eventId === null) return null;
  if (stringOf(event, 'bot_id') !== null || event['edited'] !== undefined || id === botUser) return null;
  return {
    // Slack gives an event that it sends again the same event_id.
    deliveryId: `slack:event:${eventId}`,
    user: { id, name: null },
    channel,
    thread: stringOf(event, 'thread_ts') ?? ts,
    line: orHelp(unescapeInput(withoutMention(stringOf(event, 'text') ?? '', botUser))),
  };
}

function withoutMention(text: string, botUser: string | null): string {
  const mention = botUser === null ? /<@[A-Z0-9]+(?:\|[^>]*)?>/ : new RegExp(`<@${botUser}(?:\\|[^>]*)?>`);
  return text.replace(mention, ' ').trim();
}

function orHelp(line: string): string {
  return line.trim() === '' ? 'help' : line.trim();
}

export interface Clicked extends Interactive {
  readonly button: PressedButton;
  /** On the person's own page, not in a conversation. */
  readonly isHome: boolean;
}

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function readClick(body: unknown): Clicked | null {
  const user = recordOf(body, 'user');
  const id = stringOf(user, 'id');
  const triggerId = stringOf(body, 'trigger_id');
  const actions: unknown = recordOf({ body }, 'body')['actions'];
  const action: unknown = Array.isArray(actions) ? actions[0] : undefined;
  const actionId = stringOf(action, 'action_id');
  if (id === null || triggerId === null || actionId === null) return null;
  const button = readButton(actionId, stringOf(action, 'value') ?? undefined);
  if (button === null) return null;
  const container = recordOf(body, 'container');
  const channel = stringOf(recordOf(body, 'channel'), 'id') ?? stringOf(container, 'channel_id');
  return {
    deliveryId: `slack:action:${triggerId}`,
    user: { id, name: stringOf(user, 'username') ?? stringOf(user, 'name') },
    // A click on the person's own page is answered in the conversation with the app.
    channel: channel ?? id,
    thread: threadOf(recordOf(body, 'message'), container),
    triggerId,
    responseUrl: stringOf(body, 'response_url'),
    button,
    isHome: channel === null,
  };
}

/** The root of a thread names itself as its thread: that is the channel. */
function threadOf(message: Json, container: Json): string | null {
  const thread = stringOf(message, 'thread_ts') ?? stringOf(container, 'thread_ts');
  const ts = stringOf(message, 'ts') ?? stringOf(container, 'message_ts');
  return thread === ts ? null : thread;
}

export interface Noted extends Interactive {
  readonly text: string;
  readonly author: string;
  readonly messageTs: string;
  readonly writtenAt: number;
}

/** https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload: the message comes with it. */
export function readShortcut(body: unknown): Noted | null {
  const user = recordOf(body, 'user');
  const message = recordOf(body, 'message');
  const id = stringOf(user, 'id');
  const channel = stringOf(recordOf(body, 'channel'), 'id');
  const triggerId = stringOf(body, 'trigger_id');
  const ts = stringOf(message, 'ts') ?? stringOf(body, 'message_ts');
  if (id === null || channel === null || triggerId === null || ts === null) return null;
  return {
    deliveryId: `slack:shortcut:${triggerId}`,
    user: { id, name: stringOf(user, 'username') ?? stringOf(user, 'name') },
    channel,
    thread: stringOf(message, 'thread_ts') ?? ts,
    triggerId,
    responseUrl: stringOf(body, 'response_url'),
    text: unescapeInput(stringOf(message, 'text') ?? ''),
    author: stringOf(message, 'username') ?? stringOf(message, 'user') ?? stringOf(message, 'bot_id') ?? 'unknown',
    messageTs: ts,
    writtenAt: timeOf(ts),
  };
}

/** `1700000000.000100` → ms. */
function timeOf(ts: string): number {
  const seconds = Number.parseFloat(ts);
  return Number.isFinite(seconds) ? Math.floor(seconds * 1000) : 0;
}

export interface Sent {
  readonly deliveryId: string;
  readonly user: { readonly id: string; readonly name: string | null };
  readonly view: Json;
}

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export function readSubmission(body: unknown): Sent | null {
  const user = recordOf(body, 'user');
  const view = recordOf(body, 'view');
  const id = stringOf(user, 'id');
  const viewId = stringOf(view, 'id');
  if (id === null || viewId === null) return null;
  return {
    // One form is sent once: its id stands for it, however often it is delivered.
    deliveryId: `slack:view:${viewId}`,
    user: { id, name: stringOf(user, 'username') ?? stringOf(user, 'name') },
    view,
  };
}

/** Who opened the app's own page; null for its other tabs. */
export function readHomeOpened(body: unknown): string | null {
  const event = recordOf(body, 'event');
  return event['tab'] === 'home' ? stringOf(event, 'user') : null;
}
