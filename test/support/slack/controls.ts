/**
 * What a person does in Slack, for tests: types a command, mentions the bot, clicks a button with its native confirm, submits a
 * form, uses a shortcut, opens the App Home. Everything acts on what is visible now; what is not there can't be clicked.
 */
import { asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { checkMessage } from './check-message.ts';
import {
  appHomeOpened,
  appMention,
  blockActions,
  findButton,
  homeActions,
  listButtons,
  messageShortcut,
  slashCommand,
  viewSubmission,
} from './payloads.ts';
import type { FoundButton } from './payloads.ts';
import type { Delivery, MessageRef, SlackView } from './types.ts';
import { BOT, addMessage, findMessage } from './world.ts';
import type { World } from './world.ts';

interface ShownConfirm {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly deny: string;
}

interface Click {
  /** The dialog that Slack showed first; null when the button has none. */
  readonly confirm: ShownConfirm | null;
  /** Null when the person answered the dialog with "deny". */
  readonly delivery: Delivery | null;
}

export interface Controls {
  command(user: string, channel: string, text: string): Delivery;
  /** Posts `@bot text` as that person; `thread` is the ts of a root message. */
  mention(user: string, channel: string, text: string, thread?: string): Delivery & { readonly ts: string };
  click(user: string, message: MessageRef, label: string, answer?: 'confirm' | 'deny'): Click;
  clickHome(user: string, label: string, answer?: 'confirm' | 'deny'): Click;
  /** `values` by block id or by the label a person reads; the form must be open for that person. */
  submitView(user: string, values: Readonly<Record<string, string>>): Delivery;
  shortcut(user: string, message: MessageRef, callbackId: string): Delivery;
  openHome(user: string): Delivery;
  /** A message of a person; no event goes out (the bot has no history scope). */
  say(user: string, channel: string, text: string, thread?: string): MessageRef;
}

export interface ControlOptions {
  readonly commandName: string;
  origin(): string;
  deliver(kind: Delivery['kind'], payload: Json): Delivery;
}

function readConfirm(element: Json): ShownConfirm | null {
  if (element['confirm'] === undefined) return null;
  const dialog = asJson(element['confirm']);
  const read = (key: string): string => asText(asJson(dialog[key])['text']);
  return { title: read('title'), text: read('text'), confirm: read('confirm'), deny: read('deny') };
}

/** The state of one input as `ViewStateValue` has it. */
function stateOf(element: Json, value: string): Json {
  if (element['type'] === 'plain_text_input') return { type: 'plain_text_input', value: value === '' ? null : value };
  const options = asList(element['options']).map(asJson);
  const chosen = options.find((option) => option['value'] === value || asJson(option['text'])['text'] === value);
  if (chosen === undefined) throw new Error(`no option ${value}`);
  return { type: element['type'], selected_option: chosen };
}

function fillView(view: SlackView, values: Readonly<Record<string, string>>): Json {
  const inputs = asList(view.view['blocks'])
    .map(asJson)
    .filter((block) => block['type'] === 'input');
  const unused = new Set(Object.keys(values));
  const filled: Record<string, Json> = {};
  for (const input of inputs) {
    const blockId = asText(input['block_id']);
    const label = asText(asJson(input['label'])['text']);
    const element = asJson(input['element']);
    const key = blockId in values ? blockId : label;
    const value = values[key];
    unused.delete(key);
    if (value === undefined && input['optional'] !== true && element['initial_option'] === undefined) {
      throw new Error(`Slack would not submit: "${label}" is required`);
    }
    const initial = asText(asJson(element['initial_option'])['value']) || asText(element['initial_value']);
    const empty = {
      type: element['type'],
      ...(element['type'] === 'plain_text_input' ? { value: null } : { selected_option: null }),
    };
    const text = value ?? initial;
    filled[blockId] = { [asText(element['action_id'])]: text === '' ? empty : stateOf(element, text) };
  }
  if (unused.size > 0) throw new Error(`no input ${[...unused].join(', ')}`);
  return filled;
}

export function createControls(world: World, options: ControlOptions): Controls {
  const asked = (user: string): { world: World; origin: string; user: string } => {
    if (!world.users.has(user)) throw new Error(`no user ${user}`);
    return { world, origin: options.origin(), user };
  };

  function requireVisible(user: string, ref: MessageRef): NonNullable<ReturnType<typeof findMessage>> {
    const message = findMessage(world, ref.channel, ref.ts);
    const hidden = message !== undefined && message.ephemeralTo !== null && message.ephemeralTo !== user;
    if (message === undefined || message.deleted || hidden) throw new Error(`${user} sees no message ${ref.ts}`);
    return message;
  }

  function press(
    found: FoundButton | undefined,
    seen: readonly string[],
    answer: string,
    send: (b: FoundButton) => Json,
  ): Click {
    if (found === undefined) throw new Error(`no such button; there are: ${seen.join(', ') || 'none'}`);
    const confirm = readConfirm(found.element);
    if (confirm !== null && answer === 'deny') return { confirm, delivery: null };
    return { confirm, delivery: options.deliver('interactive', send(found)) };
  }

  /** What stands in the acknowledgement of a command is a message too. */
  async function showAck(delivery: Delivery, user: string, channel: string): Promise<void> {
    const ack = await delivery.ack;
    if (ack.kind !== 'acked' || ack.body['text'] === undefined) return;
    for (const { kind, detail } of checkMessage(ack.body, world.policy)) world.violate(kind, 'ack', detail);
    const ephemeralTo = ack.body['response_type'] === 'in_channel' ? null : user;
    const blocks = asList(ack.body['blocks']).map(asJson);
    addMessage(world, { channel, user: BOT.user, text: asText(ack.body['text']), blocks, ephemeralTo });
  }

  /** `response_action: errors` keeps the form open; its keys must be block ids of inputs. Anything else closes it. */
  async function closeAfter(delivery: Delivery, view: SlackView): Promise<void> {
    const ack = await delivery.ack;
    if (ack.kind !== 'acked') return;
    if (ack.body['response_action'] !== 'errors') view.open = false;
    const ids = asList(view.view['blocks']).map((block) => asJson(block)['block_id']);
    for (const key of Object.keys(asJson(ack.body['errors']))) {
      if (!ids.includes(key)) world.violate('view', 'ack', `errors for an unknown block ${key}`);
    }
    world.signal.changed();
  }

  function say(user: string, channel: string, text: string, thread?: string): MessageRef {
    if (!world.channels.has(channel)) throw new Error(`no channel ${channel}`);
    return addMessage(world, { channel, user, text, thread: thread ?? null });
  }

  return {
    command(user, channel, text) {
      const delivery = options.deliver('slash_commands', slashCommand(asked(user), channel, options.commandName, text));
      void showAck(delivery, user, channel);
      return delivery;
    },
    mention(user, channel, text, thread) {
      asked(user);
      const { ts } = say(user, channel, `<@${BOT.user}> ${text}`, thread);
      return { ...options.deliver('events_api', appMention(world, requireVisible(user, { channel, ts }))), ts };
    },
    click(user, ref, label, answer = 'confirm') {
      const message = requireVisible(user, ref);
      const found = findButton(message.blocks, label);
      return press(found, listButtons(message.blocks), answer, (button) => blockActions(asked(user), message, button));
    },
    clickHome(user, label, answer = 'confirm') {
      const view = world.views.find((one) => one.kind === 'home' && one.user === user && one.open);
      if (view === undefined) throw new Error(`${user} has no App Home`);
      const blocks = asList(view.view['blocks']).map(asJson);
      return press(findButton(blocks, label), listButtons(blocks), answer, (button) =>
        homeActions(asked(user), view, button),
      );
    },
    submitView(user, values) {
      const view = world.views.findLast((one) => one.kind === 'modal' && one.user === user && one.open);
      if (view === undefined) throw new Error(`${user} has no open form`);
      const delivery = options.deliver('interactive', viewSubmission(asked(user), view, fillView(view, values)));
      void closeAfter(delivery, view);
      return delivery;
    },
    shortcut(user, ref, callbackId) {
      return options.deliver('interactive', messageShortcut(asked(user), requireVisible(user, ref), callbackId));
    },
    openHome(user) {
      asked(user);
      return options.deliver('events_api', appHomeOpened(world, user, `D${user}`));
    },
    say,
  };
}
