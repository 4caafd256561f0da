/**
 * REST of channels, messages and threads. Sources: docs.discord.com/developers/resources/{channel,message} (routes, permissions,
 * `enforce_nonce`) and …/topics/threads (archiving). Stricter than Discord where Discord is kind: an archived thread takes no post.
 */
import { asId, asText } from '../chat-wire.ts';
import type { Reply } from '../chat-wire.ts';
import { lengthOf } from './check-message.ts';
import { LIMITS } from './limits.ts';
import { changeFromPayload, createFromPayload } from './message-body.ts';
import {
  ARCHIVED,
  FOREIGN_MESSAGE,
  HAS_THREAD,
  MISSING_ACCESS,
  MISSING_PERMISSIONS,
  NO_CONTENT,
  UNKNOWN_CHANNEL,
  UNKNOWN_MESSAGE,
  judge,
  ok,
} from './route.ts';
import type { Route, RouteContext } from './route.ts';
import { describeChannel, describeMessage } from './shapes.ts';
import type { DiscordChannel, DiscordMessage } from './types.ts';
import { BOT_ID, findMessage, may } from './world.ts';
import type { World } from './world.ts';

type Found<T> = { readonly found: T } | { readonly refused: Reply };

function openChannel(world: World, id: string | undefined): Found<DiscordChannel> {
  const channel = world.channels.get(id ?? '');
  if (channel === undefined) return { refused: UNKNOWN_CHANNEL };
  return may(world, channel, 'viewChannel') ? { found: channel } : { refused: MISSING_ACCESS };
}

function openMessage({ world, ids }: RouteContext): Found<{ channel: DiscordChannel; message: DiscordMessage }> {
  const channel = openChannel(world, ids[0]);
  if ('refused' in channel) return channel;
  const message = findMessage(world, ids[0] ?? '', ids[1] ?? '');
  if (message === undefined || message.ephemeralTo !== null) return { refused: UNKNOWN_MESSAGE };
  return { found: { channel: channel.found, message } };
}

/** 50013 for each thing the payload needs and the bot may not. */
function findMissing(context: RouteContext, channel: DiscordChannel): Reply | undefined {
  const { world, body, parts } = context;
  const send = channel.type === 11 ? 'sendMessagesInThreads' : 'sendMessages';
  if (!may(world, channel, send)) return MISSING_PERMISSIONS;
  if (Array.isArray(body['embeds']) && body['embeds'].length > 0 && !may(world, channel, 'embedLinks'))
    return MISSING_PERMISSIONS;
  if (parts.some((part) => part.field.startsWith('files[')) && !may(world, channel, 'attachFiles'))
    return MISSING_PERMISSIONS;
  return undefined;
}

/** With `enforce_nonce`, a message of the same author with the same nonce in the last minutes is returned instead of a second one. */
function findTwin(context: RouteContext, channel: string): DiscordMessage | undefined {
  const { nonce } = context.body;
  if (context.body['enforce_nonce'] !== true || nonce === undefined || nonce === null) return undefined;
  return context.world.messages.find((one) => one.own && one.channel === channel && one.nonce === asId(nonce));
}

function createMessage(context: RouteContext): Reply {
  const { world } = context;
  const opened = openChannel(world, context.ids[0]);
  if ('refused' in opened) return opened.refused;
  const channel = opened.found;
  const missing = findMissing(context, channel);
  if (missing !== undefined) return missing;
  if (channel.archived) return ARCHIVED;
  const twin = findTwin(context, channel.id);
  if (twin !== undefined) return ok(describeMessage(world, twin));
  const made = createFromPayload(context, { channel: channel.id, ephemeralTo: null });
  if ('refused' in made) return made.refused;
  const shape = describeMessage(world, made.message);
  world.dispatch('MESSAGE_CREATE', shape);
  return ok(shape);
}

function editMessage(context: RouteContext): Reply {
  const opened = openMessage(context);
  if ('refused' in opened) return opened.refused;
  const { channel, message } = opened.found;
  if (!message.own) return FOREIGN_MESSAGE;
  if (channel.archived) return ARCHIVED;
  const refused = changeFromPayload(context, message);
  if (refused !== undefined) return refused;
  const shape = describeMessage(context.world, message);
  context.world.dispatch('MESSAGE_UPDATE', shape);
  return ok(shape);
}

function deleteMessage(context: RouteContext): Reply {
  const opened = openMessage(context);
  if ('refused' in opened) return opened.refused;
  opened.found.message.deleted = true;
  context.world.signal.changed();
  return NO_CONTENT;
}

function readMessage(context: RouteContext): Reply {
  const opened = openMessage(context);
  if ('refused' in opened) return opened.refused;
  if (!may(context.world, opened.found.channel, 'readMessageHistory')) return MISSING_ACCESS;
  return ok(describeMessage(context.world, opened.found.message));
}

function listMessages({ world, ids }: RouteContext): Reply {
  const opened = openChannel(world, ids[0]);
  if ('refused' in opened) return opened.refused;
  if (!may(world, opened.found, 'readMessageHistory')) return ok([]);
  const seen = world.messages.filter((one) => one.channel === ids[0] && !one.deleted && one.ephemeralTo === null);
  return ok(
    seen
      .toReversed()
      .slice(0, 50)
      .map((message) => describeMessage(world, message)),
  );
}

function findThreadProblem(context: RouteContext): Reply | undefined {
  const { body, world, route } = context;
  const findings: { kind: 'message'; at: string; detail: string; fatal: boolean }[] = [];
  const report = (at: string, detail: string): number => findings.push({ kind: 'message', at, detail, fatal: true });
  const { name, auto_archive_duration: minutes } = body;
  const length = lengthOf(name);
  if (name !== undefined && (length < 1 || length > LIMITS.threadName)) report('name', `${length} characters`);
  const known: readonly unknown[] = LIMITS.archiveMinutes;
  if (minutes !== undefined && minutes !== null && !known.includes(minutes))
    report('auto_archive_duration', asId(minutes));
  return judge(world, route, findings);
}

function createThread(context: RouteContext): Reply {
  const { world, ids, body } = context;
  const opened = openChannel(world, ids[0]);
  if ('refused' in opened) return opened.refused;
  if (!may(world, opened.found, 'createPublicThreads')) return MISSING_PERMISSIONS;
  const root = ids[1] === undefined ? undefined : findMessage(world, opened.found.id, ids[1]);
  if (ids[1] !== undefined && root === undefined) return UNKNOWN_MESSAGE;
  if (root?.thread !== undefined && root.thread !== null) return HAS_THREAD;
  const bad = findThreadProblem(context);
  if (bad !== undefined) return bad;
  const thread: DiscordChannel = {
    id: root?.id ?? world.nextId(),
    name: asText(body['name']),
    type: 11,
    parent: opened.found.id,
    permissions: opened.found.permissions,
    members: new Set([BOT_ID]),
    archived: false,
    locked: false,
    archiveMinutes: Number(body['auto_archive_duration'] ?? 1440),
  };
  world.channels.set(thread.id, thread);
  if (root !== undefined) root.thread = thread.id;
  world.signal.changed();
  const shape = describeChannel(world, thread);
  world.dispatch('THREAD_CREATE', { ...shape, newly_created: true });
  return { status: 201, body: shape };
}

function patchChannel(context: RouteContext): Reply {
  const { world, ids, body } = context;
  const opened = openChannel(world, ids[0]);
  if ('refused' in opened) return opened.refused;
  const channel = opened.found;
  if (channel.type !== 11) return MISSING_PERMISSIONS;
  if (!may(world, channel, 'sendMessagesInThreads')) return MISSING_PERMISSIONS;
  if (channel.archived && body['archived'] !== false) return ARCHIVED;
  // To un-archive a locked thread takes MANAGE_THREADS, which the bot is not given.
  if (channel.locked) return MISSING_PERMISSIONS;
  const bad = findThreadProblem(context);
  if (bad !== undefined) return bad;
  if (typeof body['archived'] === 'boolean') channel.archived = body['archived'];
  if (typeof body['auto_archive_duration'] === 'number') channel.archiveMinutes = body['auto_archive_duration'];
  world.signal.changed();
  const shape = describeChannel(world, channel);
  world.dispatch('THREAD_UPDATE', shape);
  return ok(shape);
}

function addThreadMember({ world, ids }: RouteContext): Reply {
  const opened = openChannel(world, ids[0]);
  if ('refused' in opened) return opened.refused;
  if (opened.found.archived) return ARCHIVED;
  opened.found.members.add(ids[1] === undefined || ids[1] === '@me' ? BOT_ID : ids[1]);
  return NO_CONTENT;
}

function readChannel({ world, ids }: RouteContext): Reply {
  const opened = openChannel(world, ids[0]);
  return 'refused' in opened ? opened.refused : ok(describeChannel(world, opened.found));
}

export const CHANNEL_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/channels/:id', run: readChannel },
  { method: 'PATCH', path: '/channels/:id', run: patchChannel },
  { method: 'GET', path: '/channels/:id/messages', run: listMessages },
  { method: 'POST', path: '/channels/:id/messages', run: createMessage },
  { method: 'GET', path: '/channels/:id/messages/:id', run: readMessage },
  { method: 'PATCH', path: '/channels/:id/messages/:id', run: editMessage },
  { method: 'DELETE', path: '/channels/:id/messages/:id', run: deleteMessage },
  { method: 'POST', path: '/channels/:id/messages/:id/threads', run: createThread },
  { method: 'POST', path: '/channels/:id/threads', run: createThread },
  { method: 'PUT', path: '/channels/:id/thread-members/:id', run: addThreadMember },
  { method: 'POST', path: '/channels/:id/typing', run: () => NO_CONTENT },
];
