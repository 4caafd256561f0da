/**
 * The library's interactions behind the small faces that the rest of this folder uses: what was typed, chosen and written, and what can
 * be answered with the interaction's own token. Owns the translation of our payload for the library.
 */
import {
  ApplicationCommandOptionType,
  MessageFlags,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  type InteractionEditReplyOptions,
  type MessageComponentInteraction,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { ForeignNote } from '../../app/note.ts';
import type { Given } from './lines.ts';
import type { Payload } from './render.ts';
import type { Ack } from './replies.ts';

export type Answerable =
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | MessageComponentInteraction
  | ModalSubmitInteraction;

const EPHEMERAL = MessageFlags.Ephemeral;

export function ackOf(interaction: Answerable): Ack {
  return {
    editReply: async (payload) => (await interaction.editReply(forLibrary(payload))).id,
    followUp: async (payload) => (await interaction.followUp({ ...forLibrary(payload), flags: EPHEMERAL })).id,
    async editMessage(id, payload) {
      await interaction.webhook.editMessage(id, forLibrary(payload));
    },
    async deleteReply() {
      await interaction.deleteReply();
    },
  };
}

function forLibrary(
  payload: Payload,
): Pick<
  InteractionEditReplyOptions & { content: string },
  'content' | 'embeds' | 'components' | 'files' | 'allowedMentions'
> {
  return {
    content: payload.content,
    embeds: [...payload.embeds],
    components: [...payload.components],
    files: payload.files.map(({ name, bytes }) => ({ name, attachment: Buffer.from(bytes) })),
    allowedMentions: { parse: [] },
  };
}

/** Options of the sub-command as the library read them. */
export function givenOf(options: readonly CommandInteractionOption[]): Given {
  const [first] = options;
  const list = first?.type === ApplicationCommandOptionType.Subcommand ? (first.options ?? []) : options;
  return Object.fromEntries(
    list.flatMap(({ name, value }) => (value === undefined || value === null ? [] : [[name, value] as const])),
  );
}

/** A message that was handed over; without the message-content intent this is the only way to read one. */
export function noteOf({ targetMessage }: Pick<MessageContextMenuCommandInteraction, 'targetMessage'>): ForeignNote {
  const { author, content, embeds, attachments } = targetMessage;
  const body = [
    content,
    ...embeds.flatMap(({ title, description }) => [title, description]),
    ...attachments.map(({ name }) => `[file ${name}]`),
  ].filter((text): text is string => text !== null && text !== '');
  return {
    text: body.join('\n'),
    author: author.username,
    permalink: targetMessage.url,
    writtenAt: targetMessage.createdTimestamp,
    messageId: targetMessage.id,
  };
}

type Fields = ReadonlyMap<string, string | readonly string[]>;

/** What was written and chosen, by the field's id. */
export function fieldsOf({ fields }: Pick<ModalSubmitInteraction, 'fields'>): Fields {
  const read = new Map<string, string | readonly string[]>();
  for (const [id, field] of fields.fields) {
    if ('value' in field && typeof field.value === 'string') read.set(id, field.value);
    else if ('values' in field) read.set(id, [...field.values]);
  }
  return read;
}
