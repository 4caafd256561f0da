/**
 * What a person does in Discord, for tests: types a slash command, looks at its suggestions, clicks a button, submits a form, uses
 * a message's context menu. Everything acts on what is registered and visible now. Source of the payloads:
 * docs.discord.com/developers/interactions/receiving-and-responding; `APIInteraction` of discord-api-types v10.
 */
import { asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { listInputs } from './check-forms.ts';
import { findCommand, typedOptions } from './options.ts';
import type { OptionValues } from './options.ts';
import { describeChannel, describeMember, describeMessage } from './shapes.ts';
import type { DiscordChannel, DiscordMessage, FirstResponse, Interaction, MessageRef, Sent } from './types.ts';
import { APP_ID, GUILD_ID, addMessage, findMessage, permissionBits } from './world.ts';
import type { World } from './world.ts';

export interface Controls {
  slash(user: string, channel: string, sub: string, options?: OptionValues): Sent;
  /** What Discord suggests while `typed` stands in `option`; `others` were filled in before. */
  autocomplete(user: string, channel: string, sub: string, option: string, typed: string, others?: OptionValues): Sent;
  click(user: string, message: MessageRef, label: string): Sent;
  /** Submits the form that the last interaction of this person opened; `values` by custom_id or by label. */
  submitModal(user: string, values: Readonly<Record<string, string>>): Sent;
  contextMenu(user: string, message: MessageRef, name: string): Sent;
  /** A message of a person. */
  say(user: string, channel: string, content: string): MessageRef;
}

export interface ControlOptions {
  readonly commandName: string;
  copies(): number;
}

/** `APIBaseInteraction` and what every interaction in a guild has. */
function frame(world: World, interaction: Interaction, channel: DiscordChannel): Json {
  const parent =
    channel.type === 1 ? {} : { guild_id: GUILD_ID, guild: { id: GUILD_ID, locale: 'en-US', features: [] } };
  return {
    id: interaction.id,
    application_id: APP_ID,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    channel_id: channel.id,
    channel: { ...describeChannel(world, channel), permissions: String(permissionBits(world, channel)) },
    member: { ...describeMember(world, interaction.user), permissions: String(permissionBits(world, channel)) },
    app_permissions: String(permissionBits(world, channel)),
    locale: 'en-US',
    guild_locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: { 0: GUILD_ID },
    context: 0,
    attachment_size_limit: 10_485_760,
    ...parent,
  };
}

function findButton(message: DiscordMessage, label: string): Json {
  const buttons = message.components
    .flatMap((row) => asList(row['components']).map(asJson))
    .filter((one) => one['type'] === 2);
  const found = buttons.find((button) => button['label'] === label);
  const all = buttons.map((button) => asText(button['label'])).join(', ');
  if (found === undefined) throw new Error(`no such button; there are: ${all || 'none'}`);
  if (found['disabled'] === true) throw new Error(`${label} is disabled`);
  return found;
}

/** The components of a submission mirror those of the form, with values. */
function fillModal(modal: Json, values: Readonly<Record<string, string>>): readonly Json[] {
  const unused = new Set(Object.keys(values));
  const filled = listInputs(modal).map(({ label, input, holder }, index) => {
    const id = asText(input['custom_id']);
    const key = id in values ? id : label;
    const value = values[key] ?? asText(input['value']);
    unused.delete(key);
    if (value === '' && input['required'] !== false)
      throw new Error(`Discord would not submit: "${label}" is required`);
    const min = Number(input['min_length'] ?? 0);
    const max = Number(input['max_length'] ?? 4000);
    if (input['type'] === 4 && value !== '' && (value.length < min || value.length > max))
      throw new Error(`"${label}": length`);
    const content = input['type'] === 3 ? { values: value === '' ? [] : [value] } : { value };
    const component = { type: input['type'], id: index + 1, custom_id: id, ...content };
    return holder === 18
      ? { type: 18, id: index + 10, component }
      : { type: 1, id: index + 10, components: [component] };
  });
  if (unused.size > 0) throw new Error(`no input ${[...unused].join(', ')}`);
  return filled;
}

export function createControls(world: World, options: ControlOptions): Controls {
  function requireChannel(id: string): DiscordChannel {
    const channel = world.channels.get(id);
    if (channel === undefined) throw new Error(`no channel ${id}`);
    return channel;
  }

  function requireVisible(user: string, ref: MessageRef): DiscordMessage {
    const message = findMessage(world, ref.channel, ref.id);
    const hidden = message !== undefined && message.ephemeralTo !== null && message.ephemeralTo !== user;
    if (message === undefined || hidden) throw new Error(`${user} sees no message ${ref.id}`);
    return message;
  }

  function send(
    type: Interaction['type'],
    user: string,
    channelId: string,
    data: Json,
    source: DiscordMessage | null,
  ): Sent {
    if (!world.users.has(user)) throw new Error(`no user ${user}`);
    const channel = requireChannel(channelId);
    const id = world.nextId();
    const token = `token-${id}`;
    const response = new Promise<FirstResponse>((answer) => {
      const interaction: Interaction = {
        id,
        token,
        type,
        user,
        channel: channelId,
        bornMs: world.nowMs(),
        source: source?.id ?? null,
        answer,
        answered: null,
        original: null,
        pending: false,
        modal: null,
      };
      world.interactions.set(id, interaction);
      const message = source !== null && type !== 2 ? { message: describeMessage(world, source) } : {};
      const payload = { ...frame(world, interaction, channel), data, ...message };
      for (let copy = 0; copy < options.copies(); copy += 1) world.dispatch('INTERACTION_CREATE', payload);
    });
    return { id, token, response };
  }

  function commandData(command: Json, inner: readonly Json[]): Json {
    return {
      id: command['id'],
      name: command['name'],
      type: command['type'],
      guild_id: command['guild_id'],
      options: inner,
    };
  }

  return {
    slash(user, channel, sub, values = {}) {
      const command = findCommand(world, 1, options.commandName);
      return send(2, user, channel, commandData(command, typedOptions(command, sub, { values, focused: null })), null);
    },
    autocomplete(user, channel, sub, option, typed, others = {}) {
      const command = findCommand(world, 1, options.commandName);
      const values = { ...others, [option]: typed };
      return send(
        4,
        user,
        channel,
        commandData(command, typedOptions(command, sub, { values, focused: option })),
        null,
      );
    },
    click(user, ref, label) {
      const message = requireVisible(user, ref);
      const button = findButton(message, label);
      return send(3, user, ref.channel, { component_type: 2, custom_id: button['custom_id'], id: 1 }, message);
    },
    submitModal(user, values) {
      const opener = [...world.interactions.values()].findLast((one) => one.user === user && one.answered === 'modal');
      if (opener?.modal === undefined || opener.modal === null) throw new Error(`${user} has no open form`);
      const { modal } = opener;
      const data = { custom_id: modal['custom_id'], components: fillModal(modal, values) };
      opener.modal = null;
      const source = world.messages.find((message) => message.id === opener.source && !message.deleted) ?? null;
      return send(5, user, opener.channel, data, source);
    },
    contextMenu(user, ref, name) {
      const message = requireVisible(user, ref);
      const { id, type, guild_id } = findCommand(world, 3, name);
      const resolved = { messages: { [message.id]: describeMessage(world, message) } };
      return send(2, user, ref.channel, { id, name, type, guild_id, target_id: message.id, resolved }, message);
    },
    say(user, channel, content) {
      requireChannel(channel);
      const message = addMessage(world, { channel, author: user, content });
      world.dispatch('MESSAGE_CREATE', { ...describeMessage(world, message), guild_id: GUILD_ID });
      return { channel, id: message.id };
    },
  };
}
