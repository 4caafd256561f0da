/** The real discord.js against the Discord test server: what one hand wrote, another reads. */
import {
  ActionRowBuilder,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  Client,
  ContextMenuCommandBuilder,
  EmbedBuilder,
  GatewayIntentBits,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import type { ButtonInteraction, ChatInputCommandInteraction, Interaction } from 'discord.js';
import { afterEach, describe, expect, test } from 'vitest';
import { asJson } from '../chat-wire.ts';
import { startDiscordServer } from './server.ts';
import type { DiscordServer, DiscordServerOptions } from './server.ts';

const ADA = '850000000000000001';
const BEN = '850000000000000002';
const OPS = '860000000000000001';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

const COMMANDS = [
  new SlashCommandBuilder()
    .setName('lxd')
    .setDescription('Clusters')
    .addSubcommand((sub) =>
      sub
        .setName('status')
        .setDescription('The state')
        .addStringOption((option) =>
          option.setName('cluster').setDescription('Which').setAutocomplete(true).setRequired(true),
        )
        .addIntegerOption((option) => option.setName('limit').setDescription('How many'))
        .addBooleanOption((option) => option.setName('all').setDescription('All of them')),
    )
    .toJSON(),
  new ContextMenuCommandBuilder().setName('Add to timeline').setType(ApplicationCommandType.Message).toJSON(),
];

function card(text: string) {
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('token-1').setLabel('Approve').setStyle(ButtonStyle.Danger),
    new ButtonBuilder().setCustomId('token-2').setLabel('Reject').setStyle(ButtonStyle.Secondary),
  );
  return { content: text, embeds: [new EmbedBuilder().setDescription('two members differ')], components: [row] };
}

function form(): ModalBuilder {
  const input = new TextInputBuilder().setCustomId('why').setLabel('Why?').setStyle(TextInputStyle.Paragraph);
  return new ModalBuilder()
    .setCustomId('reason')
    .setTitle('Reject')
    .addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(input));
}

async function onCommand(interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply();
  const { options } = interaction;
  const said = [options.getString('cluster', true), options.getInteger('limit'), options.getBoolean('all')].join(' ');
  await interaction.editReply(card(`status ${said}`));
}

async function onButton(interaction: ButtonInteraction): Promise<void> {
  if (interaction.customId === 'token-2') {
    await interaction.showModal(form());
    return;
  }
  await interaction.deferUpdate();
  // Later edits go by channel and message id with the bot's token.
  await interaction.message.edit({ content: `approved by ${interaction.user.id}`, components: [] });
  await interaction.message.startThread({ name: 'approved', autoArchiveDuration: 1440 });
}

async function onInteraction(interaction: Interaction): Promise<void> {
  if (interaction.isChatInputCommand()) await onCommand(interaction);
  else if (interaction.isButton()) await onButton(interaction);
  else if (interaction.isAutocomplete())
    await interaction.respond([{ name: 'prod', value: interaction.options.getFocused() }]);
  else if (interaction.isModalSubmit()) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const why = Buffer.from(interaction.fields.getTextInputValue('why'));
    const { channel } = interaction;
    if (channel?.isSendable() === true)
      await channel.send({ content: 'file', files: [{ attachment: why, name: 'why.txt' }] });
    await interaction.editReply('noted');
  } else if (interaction.isMessageContextMenuCommand()) {
    await interaction.reply({ content: `added: ${interaction.targetMessage.content}`, flags: MessageFlags.Ephemeral });
  }
}

async function start(options: DiscordServerOptions = {}): Promise<{ server: DiscordServer; client: Client<true> }> {
  const server = await startDiscordServer(options);
  cleanup.push(() => server.close());
  server.addUser(ADA, 'ada');
  server.addUser(BEN, 'ben');
  server.addChannel(OPS, 'ops');
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: server.apiUrl, version: '10', retries: 0 },
    allowedMentions: { parse: [] },
  });
  cleanup.push(() => client.destroy());
  client.on('error', (error) => server.world.violate('gateway', 'client error', String(error)));
  client.on('interactionCreate', (interaction) => {
    onInteraction(interaction).catch((error: unknown) => server.world.violate('gateway', 'listener', String(error)));
  });
  const ready = new Promise((resolve) => {
    client.once('clientReady', resolve);
  });
  await client.login(server.token);
  await ready;
  const known = client as Client<true>;
  await known.application.commands.set(COMMANDS, server.guildId);
  return { server, client: known };
}

async function postCard(server: DiscordServer): Promise<{ channel: string; id: string }> {
  const sent = server.slash(ADA, OPS, 'status', { cluster: 'prod', limit: 3, all: true });
  expect((await sent.response).kind).toBe('deferred');
  await server.until(() => server.messages(OPS).some((message) => message.content !== ''));
  return server.messages(OPS).at(-1) ?? { channel: '', id: '' };
}

describe('discord.js', () => {
  test('a command is deferred, filled, and edited when a second person clicks; a thread hangs on it', async () => {
    const { server } = await start();
    const posted = await postCard(server);
    expect(server.message(posted)?.content).toBe('status prod 3 true');
    expect((await server.click(BEN, posted, 'Approve').response).kind).toBe('deferred-update');
    await server.until(() => server.threads(OPS).length === 1);
    expect(server.message(posted)).toMatchObject({ content: `approved by ${BEN}`, thread: posted.id });
    expect(() => server.click(BEN, posted, 'Approve')).toThrow('no such button');
    expect(server.violations).toEqual([]);
  });

  test('a form opens and its text arrives as a file, the answer seen by one person', async () => {
    const { server } = await start();
    const posted = await postCard(server);
    expect((await server.click(BEN, posted, 'Reject').response).kind).toBe('modal');
    expect(() => server.submitModal(BEN, {})).toThrow('"Why?" is required');
    server.submitModal(BEN, { 'Why?': 'too early' });
    await server.until(() => server.messages(OPS).some((message) => message.content === 'noted'));
    const file = server.messages(OPS, { user: ADA }).find((message) => message.files.length > 0)?.files[0];
    expect({ name: file?.name, text: Buffer.from(file?.bytes ?? []).toString() }).toEqual({
      name: 'why.txt',
      text: 'too early',
    });
    expect(server.messages(OPS, { user: ADA }).some((message) => message.content === 'noted')).toBe(false);
    expect(server.violations).toEqual([]);
  });

  test('suggestions come while somebody types, and a message can be handed over', async () => {
    const { server } = await start();
    const { data } = await server.autocomplete(ADA, OPS, 'status', 'cluster', 'pr').response;
    expect(data).toEqual({ choices: [{ name: 'prod', value: 'pr' }] });
    const said = server.say(BEN, OPS, 'I see it too');
    const answer = await server.contextMenu(ADA, said, 'Add to timeline').response;
    expect(answer.data['content']).toBe('added: I see it too');
    expect(server.violations).toEqual([]);
  });

  test('after the socket is cut, the session is resumed and what happened meanwhile is replayed', async () => {
    const { server } = await start();
    server.gateway.drop();
    expect(server.gateway.count()).toBe(0);
    const sent = server.slash(ADA, OPS, 'status', { cluster: 'prod' });
    expect((await sent.response).kind).toBe('deferred');
    expect({ identifies: server.gateway.identifies(), resumes: server.gateway.resumes() }).toEqual({
      identifies: 1,
      resumes: 1,
    });
    server.gateway.askReconnect();
    await server.until(() => server.gateway.resumes() === 2);
    await server.until(() => server.messages(OPS).some((message) => message.content.startsWith('status')));
    expect(server.violations).toEqual([]);
  });

  test('a session that was called invalid but resumable is resumed', async () => {
    const { server } = await start();
    server.gateway.invalidate(true);
    await server.until(() => server.gateway.resumes() === 1);
    expect(server.gateway.identifies()).toBe(1);
    await postCard(server);
  });

  test('an interaction can come twice, and the second answer is refused', async () => {
    const { server } = await start();
    server.deliverTimes(2);
    await server.slash(ADA, OPS, 'status', { cluster: 'prod' }).response;
    await server.until(() => server.violations.some((one) => one.where === 'listener'));
    expect(server.violations.map((one) => one.detail)).toEqual([
      'a second first response',
      'DiscordAPIError[40060]: Interaction has already been acknowledged.',
    ]);
  });

  test('a wrong token and an intent that was not granted are told apart', async () => {
    const { server } = await start();
    const options = { rest: { api: server.apiUrl, version: '10' } };
    const wrong = new Client({ ...options, intents: [] });
    await expect(wrong.login('wrong.test.token')).rejects.toThrow('An invalid token was provided');
    const greedy = new Client({ ...options, intents: [GatewayIntentBits.GuildMembers] });
    await expect(greedy.login(server.token)).rejects.toThrow('Used disallowed intents');
    await greedy.destroy();
  });

  test('the SDK computes the same permissions that the server enforces', async () => {
    const { server, client } = await start();
    server.permit(OPS, ['viewChannel']);
    const channel = await client.channels.fetch(OPS, { force: true });
    if (channel === null || !channel.isSendable() || channel.isDMBased()) throw new Error('no channel');
    expect(channel.permissionsFor(client.user)?.has('SendMessages')).toBe(false);
    await expect(channel.send('a')).rejects.toThrow('Missing Permissions');
    const failed = asJson(await channel.send('a').catch((error: unknown) => error));
    expect(failed['code']).toBe(50_013);
  });
});
