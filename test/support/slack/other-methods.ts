/**
 * The Web API beside `chat.*`: auth, people, groups, channels, views, files, sockets. Sources: docs.slack.dev/reference/methods/<name>
 * for arguments and errors, `<Name>Response` of `@slack/web-api` for the shapes.
 */
import { asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { checkView } from './check-message.ts';
import { refuse } from './method.ts';
import type { Method, MethodContext } from './method.ts';
import type { SlackChannel, SlackGroup, SlackUser, SlackView } from './types.ts';
import { APP_ID, BOT, TEAM, addMessage, openDirect, useTrigger, withBlockIds } from './world.ts';
import type { World } from './world.ts';

function authTest(): Json {
  return {
    ok: true,
    url: 'https://example.slack.com/',
    team: TEAM.name,
    user: BOT.name,
    team_id: TEAM.id,
    user_id: BOT.user,
    bot_id: BOT.bot,
    app_id: APP_ID,
    is_enterprise_install: false,
  };
}

function describeUser(user: SlackUser): Json {
  const profile = { display_name: user.name, real_name: user.name };
  return { id: user.id, team_id: TEAM.id, name: user.name, deleted: false, is_bot: user.id === BOT.user, profile };
}

function describeChannel(channel: SlackChannel): Json {
  const rest = channel.im ? { user: [...channel.members].find((id) => id !== BOT.user) } : { name: channel.name };
  return {
    id: channel.id,
    is_channel: !channel.im,
    is_im: channel.im,
    is_private: false,
    is_archived: channel.archived,
    is_member: channel.members.has(BOT.user),
    ...rest,
  };
}

function describeGroup(group: SlackGroup): Json {
  return {
    id: group.id,
    team_id: TEAM.id,
    is_usergroup: true,
    name: group.handle,
    handle: group.handle,
    date_delete: 0,
    user_count: group.users.length,
  };
}

function usersInfo({ world, args }: MethodContext): Json {
  const user = world.users.get(asText(args['user']));
  return user === undefined ? refuse('user_not_found') : { ok: true, user: describeUser(user) };
}

function conversationsInfo({ world, args }: MethodContext): Json {
  const channel = world.channels.get(asText(args['channel']));
  return channel === undefined ? refuse('channel_not_found') : { ok: true, channel: describeChannel(channel) };
}

function conversationsOpen({ world, args }: MethodContext): Json {
  const user = asText(args['users']);
  if (!world.users.has(user)) return refuse('user_not_found');
  return { ok: true, channel: { id: openDirect(world, user).id } };
}

function groupUsers({ world, args }: MethodContext): Json {
  const group = world.groups.get(asText(args['usergroup']));
  return group === undefined ? refuse('no_such_subteam') : { ok: true, users: group.users };
}

function judgeView(context: MethodContext): Json | undefined {
  const findings = checkView(asJson(context.args['view']), context.world.policy);
  for (const { kind, detail } of findings) context.world.violate(kind, context.method, detail);
  const fatal = findings.filter((finding) => finding.error !== null).map((finding) => finding.detail);
  return fatal.length === 0 ? undefined : refuse('invalid_arguments', fatal);
}

function identifyBlocks(world: World, value: unknown): Json {
  const view = asJson(value);
  return { ...view, blocks: withBlockIds(world, asList(view['blocks']).map(asJson)) };
}

/** As `ViewsOpenResponse.view`. */
export function describeView(view: SlackView): Json {
  return {
    ...view.view,
    id: view.id,
    team_id: TEAM.id,
    app_id: APP_ID,
    bot_id: BOT.bot,
    hash: view.hash,
    state: { values: {} },
    private_metadata: asText(view.view['private_metadata']),
    callback_id: asText(view.view['callback_id']),
    root_view_id: view.id,
    previous_view_id: null,
  };
}

function viewsOpen(context: MethodContext): Json {
  const { world, args } = context;
  const trigger = useTrigger(world, asText(args['trigger_id']));
  if ('error' in trigger) {
    world.violate('view', context.method, trigger.error);
    return refuse(trigger.error);
  }
  const bad = judgeView(context);
  if (bad !== undefined) return bad;
  const view: SlackView = {
    id: world.nextId('V'),
    user: trigger.user,
    kind: 'modal',
    view: identifyBlocks(world, args['view']),
    hash: world.nextTs(),
    channel: null,
    open: true,
  };
  world.views.push(view);
  world.signal.changed();
  return { ok: true, view: describeView(view) };
}

function viewsUpdate(context: MethodContext): Json {
  const { world, args } = context;
  const view = world.views.find((one) => one.id === args['view_id'] && one.open);
  if (view === undefined) return refuse('not_found');
  if (args['hash'] !== undefined && args['hash'] !== view.hash) return refuse('hash_conflict');
  const bad = judgeView(context);
  if (bad !== undefined) return bad;
  view.view = identifyBlocks(world, args['view']);
  view.hash = world.nextTs();
  world.signal.changed();
  return { ok: true, view: describeView(view) };
}

function viewsPublish(context: MethodContext): Json {
  const { world, args } = context;
  const user = asText(args['user_id']);
  if (!world.users.has(user)) return refuse('invalid_arguments', [`user_id ${user}`]);
  const bad = judgeView(context);
  if (bad !== undefined) return bad;
  for (const old of world.views) if (old.kind === 'home' && old.user === user) old.open = false;
  const hash = world.nextTs();
  const home = {
    id: world.nextId('V'),
    user,
    kind: 'home' as const,
    view: identifyBlocks(world, args['view']),
    hash,
    channel: null,
    open: true,
  };
  world.views.push(home);
  world.signal.changed();
  return { ok: true, view: describeView(home) };
}

function getUploadUrl({ world, args, origin }: MethodContext): Json {
  const length = Number(args['length']);
  const name = asText(args['filename']);
  if (name === '' || !Number.isInteger(length) || length <= 0) return refuse('invalid_arguments');
  const id = world.nextId('F');
  world.files.set(id, { id, name, title: name, length, bytes: null, shared: null });
  return { ok: true, file_id: id, upload_url: `${origin}/upload/v1/${id}` };
}

function completeUpload({ world, args, method }: MethodContext): Json {
  const channelId = asText(args['channel_id']);
  const thread = asText(args['thread_ts']) || null;
  const files = asList(args['files']).map((entry) => ({
    entry: asJson(entry),
    file: world.files.get(asText(asJson(entry)['id'])),
  }));
  if (files.length === 0) return refuse('invalid_arguments');
  if (files.some(({ file }) => file === undefined || file.bytes === null)) return refuse('file_not_found');
  const channel = world.channels.get(channelId);
  if (channelId !== '' && channel === undefined) return refuse('channel_not_found');
  if (channel?.archived === true) return refuse('is_archived');
  if (channel !== undefined && !channel.members.has(BOT.user)) return refuse('not_in_channel');
  const comment = asText(args['initial_comment']);
  if (comment.length > 4000) world.violate('file', method, 'initial_comment over 4000');
  const known = files.flatMap(({ entry, file }) => (file === undefined ? [] : [{ entry, file }]));
  for (const { entry, file } of known) {
    file.title = asText(entry['title']) || file.name;
    if (channelId !== '') file.shared = { channel: channelId, thread };
  }
  if (channelId !== '') {
    const message = addMessage(world, { channel: channelId, user: BOT.user, text: comment, thread });
    message.files.push(...known.map(({ file }) => file));
  }
  return { ok: true, files: known.map(({ file }) => ({ id: file.id, title: file.title, name: file.name })) };
}

function openConnection(context: MethodContext): Json {
  return { ok: true, url: context.newSocketUrl() };
}

export const OTHER_METHODS: Readonly<Record<string, Method>> = {
  'auth.test': { scopes: [], run: authTest },
  'users.info': { scopes: ['users:read'], run: usersInfo },
  'conversations.info': { scopes: ['channels:read', 'groups:read', 'im:read'], run: conversationsInfo },
  'conversations.open': { scopes: ['im:write'], run: conversationsOpen },
  'usergroups.list': {
    scopes: ['usergroups:read'],
    run: ({ world }) => ({ ok: true, usergroups: [...world.groups.values()].map(describeGroup) }),
  },
  'usergroups.users.list': { scopes: ['usergroups:read'], run: groupUsers },
  'views.open': { scopes: [], run: viewsOpen },
  'views.update': { scopes: [], run: viewsUpdate },
  'views.publish': { scopes: [], run: viewsPublish },
  'files.getUploadURLExternal': { scopes: ['files:write'], run: getUploadUrl },
  'files.completeUploadExternal': { scopes: ['files:write'], run: completeUpload },
  'apps.connections.open': { scopes: ['connections:write'], appToken: true, run: openConnection },
};
