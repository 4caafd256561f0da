/**
 * `chat.*` of the Web API. Sources: docs.slack.dev/reference/methods/chat.postMessage, chat.update, chat.postEphemeral,
 * chat.delete, chat.getPermalink (arguments and error codes), and `Chat*Response` of `@slack/web-api` (shapes of the answers).
 */
import { asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { checkMessage } from './check-message.ts';
import { refuse } from './method.ts';
import type { Method, MethodContext } from './method.ts';
import { BOT, addMessage, changeMessage, describeMessage, findMessage, openDirect } from './world.ts';
import type { World } from './world.ts';

function findChannelError(world: World, channelId: string): string | undefined {
  const channel = world.channels.get(channelId);
  if (channel === undefined) return 'channel_not_found';
  if (channel.archived) return 'is_archived';
  if (!channel.members.has(BOT.user) && !world.scopes.has('chat:write.public')) return 'not_in_channel';
  return undefined;
}

/** Records everything wrong with the message; the error that Slack would answer, if it would. */
function judgeMessage(context: MethodContext): Json | undefined {
  const findings = checkMessage(context.args, context.world.policy);
  for (const { kind, detail } of findings) context.world.violate(kind, context.method, detail);
  const fatal = findings.filter((finding) => finding.error !== null);
  const error = fatal[0]?.error;
  if (error === undefined || error === null) return undefined;
  return refuse(
    error,
    fatal.map((finding) => finding.detail),
  );
}

function listBlocks(args: Json): readonly Json[] {
  return asList(args['blocks']).map(asJson);
}

function findThreadError(world: World, channel: string, thread: string): string | undefined {
  if (thread === '') return undefined;
  const root = findMessage(world, channel, thread);
  if (root === undefined || root.deleted) return 'thread_not_found';
  if (root.thread !== null) return 'invalid_thread_ts';
  return undefined;
}

/** A user's id opens the direct messages with that user, as docs.slack.dev/reference/methods/chat.postMessage says of DMs. */
function resolveChannel(world: World, target: string): string {
  return world.users.has(target) ? openDirect(world, target).id : target;
}

function postMessage(context: MethodContext): Json {
  const { world, args } = context;
  const channel = resolveChannel(world, asText(args['channel']));
  const thread = asText(args['thread_ts']);
  const refused = findChannelError(world, channel) ?? findThreadError(world, channel, thread);
  if (refused !== undefined) return refuse(refused);
  const bad = judgeMessage(context);
  if (bad !== undefined) return bad;
  const late = context.rate('post', channel);
  if (late !== undefined) return late;
  const message = addMessage(world, {
    channel,
    user: BOT.user,
    text: asText(args['text']),
    blocks: listBlocks(args),
    thread: thread === '' ? null : thread,
  });
  return { ok: true, channel, ts: message.ts, message: describeMessage(message) };
}

function postEphemeral(context: MethodContext): Json {
  const { world, args } = context;
  const channel = asText(args['channel']);
  const user = asText(args['user']);
  const refused = findChannelError(world, channel);
  if (refused !== undefined) return refuse(refused);
  if (world.channels.get(channel)?.members.has(user) !== true) return refuse('user_not_in_channel');
  const bad = judgeMessage(context);
  if (bad !== undefined) return bad;
  const thread = asText(args['thread_ts']);
  const message = addMessage(world, {
    channel,
    user: BOT.user,
    text: asText(args['text']),
    blocks: listBlocks(args),
    thread: thread === '' ? null : thread,
    ephemeralTo: user,
  });
  return { ok: true, message_ts: message.ts };
}

function update(context: MethodContext): Json {
  const { world, args } = context;
  const channel = asText(args['channel']);
  const message = findMessage(world, channel, asText(args['ts']));
  if (!world.channels.has(channel)) return refuse('channel_not_found');
  if (message === undefined || message.deleted || message.ephemeralTo !== null) return refuse('message_not_found');
  if (!message.own) return refuse('cant_update_message');
  const refused = findChannelError(world, channel);
  if (refused !== undefined) return refuse(refused);
  const bad = judgeMessage(context);
  if (bad !== undefined) return bad;
  // "text without blocks removes the blocks": Slack does it, we take it for a mistake.
  if (args['blocks'] === undefined && message.blocks.length > 0) {
    world.violate('blocks', context.method, 'an edit without blocks removes the blocks');
  }
  const late = context.rate('update', channel);
  if (late !== undefined) return late;
  changeMessage(world, message, asText(args['text']), listBlocks(args));
  return { ok: true, channel, ts: message.ts, text: message.text, message: describeMessage(message) };
}

function remove(context: MethodContext): Json {
  const message = findMessage(context.world, asText(context.args['channel']), asText(context.args['ts']));
  if (message === undefined || message.deleted) return refuse('message_not_found');
  if (!message.own) return refuse('cant_delete_message');
  message.deleted = true;
  context.world.signal.changed();
  return { ok: true, channel: message.channel, ts: message.ts };
}

function getPermalink({ world, args }: MethodContext): Json {
  const channel = asText(args['channel']);
  if (!world.channels.has(channel)) return refuse('channel_not_found');
  const message = findMessage(world, channel, asText(args['message_ts']));
  if (message === undefined || message.deleted) return refuse('message_not_found');
  const thread = message.thread === null ? '' : `?thread_ts=${message.thread}&cid=${channel}`;
  const permalink = `https://example.slack.com/archives/${channel}/p${message.ts.replace('.', '')}${thread}`;
  return { ok: true, channel, permalink };
}

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': { scopes: ['chat:write'], run: postMessage },
  'chat.postEphemeral': { scopes: ['chat:write'], run: postEphemeral },
  'chat.update': { scopes: ['chat:write'], run: update },
  'chat.delete': { scopes: ['chat:write'], run: remove },
  'chat.getPermalink': { scopes: [], run: getPermalink },
};
