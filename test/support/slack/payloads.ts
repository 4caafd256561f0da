/**
 * What Slack sends to an application. Sources: docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling,
 * docs.slack.dev/reference/interaction-payloads/{block_actions,view,shortcuts}, docs.slack.dev/reference/events/{app_mention,
 * app_home_opened}, and the types `SlashCommand`, `BlockAction`, `ViewSubmitAction`, `MessageShortcut` of `@slack/bolt`.
 */
import { asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { describeView } from './other-methods.ts';
import type { SlackMessage, SlackView } from './types.ts';
import { APP_ID, BOT, TEAM, describeMessage } from './world.ts';
import type { World } from './world.ts';

/** The verification token, deprecated and still sent. */
const TOKEN = 'verification-token';

function responseUrl(world: World, origin: string, at: { channel: string; user: string; ts: string | null }): string {
  return `${origin}/response/${world.newResponseUrl(at)}`;
}

function describePerson(world: World, id: string): Json {
  const name = world.users.get(id)?.name ?? id;
  return { id, username: name, name, team_id: TEAM.id };
}

function describePlace(world: World, id: string): Json {
  return { id, name: world.channels.get(id)?.name ?? 'directmessage' };
}

interface Ask {
  readonly world: World;
  readonly origin: string;
  readonly user: string;
}

export function slashCommand(ask: Ask, channel: string, command: string, text: string): Json {
  const { world, origin, user } = ask;
  return {
    token: TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel,
    channel_name: world.channels.get(channel)?.name ?? 'directmessage',
    user_id: user,
    user_name: world.users.get(user)?.name ?? user,
    command,
    text,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: responseUrl(world, origin, { channel, user, ts: null }),
    trigger_id: world.newTrigger(user),
  };
}

export interface FoundButton {
  readonly blockId: string;
  readonly element: Json;
}

/** The button as it stands in the blocks now, by the text a person reads. */
export function findButton(blocks: readonly Json[], label: string): FoundButton | undefined {
  for (const block of blocks) {
    const elements = [...asList(block['elements']), block['accessory']].map(asJson);
    for (const element of elements) {
      const isButton = element['type'] === 'button' && asJson(element['text'])['text'] === label;
      if (isButton) return { blockId: asText(block['block_id']), element };
    }
  }
  return undefined;
}

export function listButtons(blocks: readonly Json[]): readonly string[] {
  return blocks
    .flatMap((block) => [...asList(block['elements']), block['accessory']].map(asJson))
    .filter((element) => element['type'] === 'button')
    .map((element) => String(asJson(element['text'])['text']));
}

function describeAction(world: World, button: FoundButton): Json {
  const { element, blockId } = button;
  const { type, text, value, style, confirm } = element;
  const action_id = element['action_id'] ?? world.nextId('a');
  return { type, action_id, block_id: blockId, text, value, style, confirm, action_ts: world.nextTs() };
}

export function blockActions(ask: Ask, message: SlackMessage, button: FoundButton): Json {
  const { world, origin, user } = ask;
  const hidden = message.ephemeralTo !== null;
  const { channel, ts, thread } = message;
  return {
    type: 'block_actions',
    user: describePerson(world, user),
    api_app_id: APP_ID,
    token: TOKEN,
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: hidden,
      ...(thread === null ? {} : { thread_ts: thread }),
    },
    trigger_id: world.newTrigger(user),
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: describePlace(world, channel),
    // An ephemeral message is stored nowhere: its payload has the container alone.
    ...(hidden ? {} : { message: describeMessage(message) }),
    state: { values: {} },
    response_url: responseUrl(world, origin, { channel, user, ts }),
    actions: [describeAction(world, button)],
  };
}

/** A button on the App Home: no channel, no message, no response URL. */
export function homeActions(ask: Ask, view: SlackView, button: FoundButton): Json {
  return {
    type: 'block_actions',
    user: describePerson(ask.world, ask.user),
    api_app_id: APP_ID,
    token: TOKEN,
    container: { type: 'view', view_id: view.id },
    trigger_id: ask.world.newTrigger(ask.user),
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    view: describeView(view),
    actions: [describeAction(ask.world, button)],
  };
}

export function messageShortcut(ask: Ask, message: SlackMessage, callbackId: string): Json {
  const { world, origin, user } = ask;
  const { channel, ts } = message;
  return {
    type: 'message_action',
    token: TOKEN,
    action_ts: world.nextTs(),
    team: { id: TEAM.id, domain: TEAM.domain },
    user: describePerson(world, user),
    channel: describePlace(world, channel),
    is_enterprise_install: false,
    enterprise: null,
    callback_id: callbackId,
    trigger_id: world.newTrigger(user),
    response_url: responseUrl(world, origin, { channel, user, ts }),
    message_ts: ts,
    message: describeMessage(message),
  };
}

export function viewSubmission(ask: Ask, view: SlackView, values: Json): Json {
  return {
    type: 'view_submission',
    team: { id: TEAM.id, domain: TEAM.domain },
    user: describePerson(ask.world, ask.user),
    api_app_id: APP_ID,
    token: TOKEN,
    trigger_id: ask.world.newTrigger(ask.user),
    view: { ...describeView(view), state: { values } },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
}

function eventCallback(world: World, event: Json): Json {
  return {
    token: TOKEN,
    team_id: TEAM.id,
    api_app_id: APP_ID,
    event,
    type: 'event_callback',
    event_id: world.nextId('Ev'),
    event_time: Math.floor(world.nowMs() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: TEAM.id, user_id: BOT.user, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: world.nextId('EC'),
  };
}

export function appMention(world: World, message: SlackMessage): Json {
  return eventCallback(world, {
    type: 'app_mention',
    user: message.user,
    text: message.text,
    ts: message.ts,
    team: TEAM.id,
    channel: message.channel,
    event_ts: message.ts,
    ...(message.thread === null ? {} : { thread_ts: message.thread, parent_user_id: BOT.user }),
  });
}

export function appHomeOpened(world: World, user: string, channel: string): Json {
  const view = world.views.find((one) => one.kind === 'home' && one.user === user && one.open);
  return eventCallback(world, {
    type: 'app_home_opened',
    user,
    channel,
    tab: 'home',
    event_ts: world.nextTs(),
    ...(view === undefined ? {} : { view: describeView(view) }),
  });
}
