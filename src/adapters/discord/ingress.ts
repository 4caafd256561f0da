/**
 * Interactions → what the app takes in. Owns the first answer, which comes before any work; the questions asked before a press counts;
 * and that each interaction is handed over once by this process (the store does the same for all). Knows no command by name.
 */
import {
  Events,
  MessageFlags,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  type Interaction,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { Inbound } from '../../app/inbound.ts';
import type { Surface } from '../../app/surface.ts';
import type { Action } from '../../chat/message.ts';
import type { Log, Timers } from '../../ports/system.ts';
import { ackOf, fieldsOf, givenOf, noteOf, type Answerable } from './ack.ts';
import { createBounded, type Bounded } from './bounded.ts';
import { confirmButton, readConfirmed, readStep, type Step } from './buttons.ts';
import { CODES, codeOf } from './errors.ts';
import { cut, escapeLine } from './escape.ts';
import { askedWords, askForm, commandForm, formLine, readSubmitted, wantsForm } from './forms.ts';
import { lineOf } from './lines.ts';
import { addressOf, personOf, type Where } from './people.ts';
import type { Replies, Reply } from './replies.ts';
import { choicesOf, suggestFields, suggestInTime } from './suggestions.ts';

export interface IngressDeps {
  readonly surface: Surface;
  readonly replies: Replies;
  readonly actions: Bounded<Action>;
  readonly log: Log;
  readonly timers: Timers;
  /** Fires at stop: nobody waits any more. */
  readonly stopping: AbortSignal;
  /** Whether commands from this server are taken. */
  acceptsGuild(guildId: string): boolean;
  /** The channel, and its parent where it is a thread. */
  where(channelId: string): Promise<Where>;
}

const ELSEWHERE = 'Lockstep works in the channels of its own server. Type the command there.';

/** What is left to do once the interaction has its first answer; null when that was all. */
type Job = () => Promise<void>;

export interface Listening {
  take(interaction: Interaction): void;
  /** Resolves when everything that was acknowledged has been handed to the app. */
  handedOver(): Promise<void>;
}

/** Each client of one start shares what was seen. */
export function listen(client: Pick<Client, 'on'>, listening: Listening): void {
  client.on(Events.InteractionCreate, (interaction) => listening.take(interaction));
}

export function createListening(deps: IngressDeps): Listening {
  const seen = createBounded<true>(1000);
  const underway = new Set<Promise<unknown>>();
  const take = async (interaction: Interaction): Promise<void> => {
    const acknowledging = takeIn(deps, interaction);
    underway.add(acknowledging);
    try {
      const job = await acknowledging;
      // Begins at once; from here on the app knows of it.
      await job?.();
    } catch (error) {
      logFailure(deps.log, error);
    } finally {
      underway.delete(acknowledging);
    }
  };
  return {
    take(interaction) {
      // Delivered twice, as after a resumed session.
      if (deps.stopping.aborted || seen.has(interaction.id)) return;
      seen.set(interaction.id, true);
      void take(interaction);
    },
    async handedOver() {
      await Promise.allSettled(underway);
    },
  };
}

function logFailure(log: Log, error: unknown): void {
  const code = codeOf(error);
  if (code === CODES.unknownInteraction)
    log.warn('an interaction could not be answered in time; nothing was done for it');
  else if (code === CODES.acknowledged) log.info('an interaction was answered already; nothing was done for it');
  else log.error('an interaction could not be taken in', { code }, error);
}

async function takeIn(deps: IngressDeps, interaction: Interaction): Promise<Job | null> {
  if (!isOurs(deps, interaction)) return refuseElsewhere(interaction);
  if (interaction.isAutocomplete()) {
    const command = interaction.options.getSubcommand(false) ?? '';
    const { name, value } = interaction.options.getFocused(true);
    const request = { person: actorOf(interaction), command, param: name, typed: value };
    await interaction.respond(choicesOf(await suggestInTime(deps, request)));
    return null;
  }
  if (interaction.isChatInputCommand()) return takeCommand(deps, interaction);
  if (interaction.isMessageContextMenuCommand()) {
    return handOver(deps, interaction, { kind: 'note', note: noteOf(interaction) }, 'defer');
  }
  if (interaction.isButton()) return takeClick(deps, interaction);
  if (interaction.isModalSubmit()) return takeForm(deps, interaction);
  return null;
}

function isOurs(deps: IngressDeps, interaction: Interaction): boolean {
  return interaction.guildId !== null && interaction.member !== null && deps.acceptsGuild(interaction.guildId);
}

async function refuseElsewhere(interaction: Interaction): Promise<null> {
  if (interaction.isAutocomplete()) await interaction.respond([]);
  else if (interaction.isRepliable()) await interaction.reply({ content: ELSEWHERE, flags: MessageFlags.Ephemeral });
  return null;
}

function actorOf(interaction: Pick<Interaction, 'user' | 'member' | 'guildId'>): ReturnType<typeof personOf> {
  const { user, member, guildId } = interaction;
  const roles = member === null ? [] : member.roles;
  return personOf({ userId: user.id, displayName: user.username, roles, guildId: guildId ?? '' });
}

async function takeCommand(deps: IngressDeps, interaction: ChatInputCommandInteraction): Promise<Job | null> {
  const name = interaction.options.getSubcommand(false) ?? '';
  const command = deps.surface.commands.find((each) => each.name === name);
  const given = givenOf(interaction.options.data);
  if (command !== undefined && wantsForm(command, given)) {
    const choices = await suggestFields(deps, command, actorOf(interaction));
    await interaction.showModal(commandForm(command, choices));
    return null;
  }
  // A command that was registered once and is gone: the parser says so, and what is near.
  const text = command === undefined ? name : lineOf(command, given);
  return handOver(deps, interaction, { kind: 'line', text }, 'defer');
}

async function takeClick(deps: IngressDeps, interaction: ButtonInteraction): Promise<Job | null> {
  const confirmed = readConfirmed(interaction.customId);
  if (confirmed !== null && confirmed.user !== interaction.user.id) {
    await interaction.reply({ content: 'That question was put to somebody else.', flags: MessageFlags.Ephemeral });
    return null;
  }
  const step = confirmed?.next ?? readStep(interaction.customId);
  const action = deps.actions.get(step.token);
  if (step.kind === 'confirm') return askAgain(interaction, step, action);
  if (step.kind === 'ask') {
    const label = labelOf(interaction) ?? 'Lockstep';
    await interaction.showModal(askForm(step, action?.ask ?? { title: label, label: 'Why?', required: step.required }));
    return null;
  }
  const body = { kind: 'press', token: step.token } as const;
  return handOver(deps, interaction, body, confirmed === null ? 'silent' : 'replace');
}

/** Only this person sees the question, and its button carries their id besides. */
async function askAgain(
  interaction: ButtonInteraction,
  step: Extract<Step, { kind: 'confirm' }>,
  action: Action | undefined,
): Promise<null> {
  const label = action?.label ?? labelOf(interaction) ?? 'Yes';
  const title = action?.confirm?.title ?? `${label}: are you sure?`;
  const lines = [`**${escapeLine(cut(title, 200))}**`, escapeLine(cut(action?.confirm?.text ?? '', 800))];
  await interaction.reply({
    content: lines.filter((line) => line !== '').join('\n'),
    components: [confirmButton(interaction.user.id, step, label)],
    flags: MessageFlags.Ephemeral,
    allowedMentions: { parse: [] },
  });
  return null;
}

function labelOf({ component }: ButtonInteraction): string | null {
  return 'label' in component ? (component.label ?? null) : null;
}

async function takeForm(deps: IngressDeps, interaction: ModalSubmitInteraction): Promise<Job> {
  const submitted = readSubmitted(interaction.customId);
  const fields = fieldsOf(interaction);
  if (submitted.kind === 'command') {
    const command = deps.surface.commands.find((each) => each.name === submitted.name);
    const text = command === undefined ? submitted.name : formLine(command, fields);
    return handOver(deps, interaction, { kind: 'line', text }, 'defer');
  }
  const token = submitted.kind === 'press' ? submitted.token : interaction.customId;
  // Asked after a confirmation: the question takes the first answer, and its button goes.
  const fromQuestion = interaction.isFromMessage() && interaction.message.flags.has(MessageFlags.Ephemeral);
  const body = { kind: 'press', token, text: askedWords(fields) } as const;
  return handOver(deps, interaction, body, fromQuestion ? 'replace' : 'defer');
}

/**
 * `defer`: a placeholder that only this person sees. `silent`: a click on a card, where nothing needs to be seen. `replace`: the
 * question that was asked becomes the placeholder.
 */
type First = 'defer' | 'silent' | 'replace';

async function handOver(deps: IngressDeps, interaction: Answerable, body: Inbound['body'], first: First): Promise<Job> {
  await answerFirst(interaction, first);
  const place = await deps.where(interaction.channelId ?? '');
  const reply = deps.replies.open(
    { user: interaction.user.id, channel: place.id },
    ackOf(interaction),
    first !== 'silent',
  );
  const inbound: Inbound = {
    deliveryId: interaction.id,
    person: actorOf(interaction),
    address: addressOf(place),
    body,
    detached: deps.stopping,
  };
  return async () => {
    const outcome = await deps.replies.within(reply, () => deps.surface.handle(inbound));
    if (outcome.kind !== 'duplicate') await conclude(reply, body);
  };
}

async function answerFirst(interaction: Answerable, first: First): Promise<void> {
  if (first === 'silent' && 'deferUpdate' in interaction) {
    await interaction.deferUpdate();
    return;
  }
  if (first === 'replace' && 'update' in interaction) {
    await interaction.update({ content: 'Pressed.', components: [] });
    return;
  }
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
}

/** What was kept in the timeline shows nowhere else; everything else has its card. */
async function conclude(reply: Reply, body: Inbound['body']): Promise<void> {
  if (body.kind !== 'note' || reply.said || !reply.isLive()) return reply.done();
  await reply.say({ content: 'Kept in the timeline.', embeds: [], components: [], files: [], fell: [] });
}
