/**
 * The definitions of `commands` → Discord's registration JSON, through the builders' own validation: `/lxd` with one sub-command per
 * command, and the message command that keeps a message. Owns names and types of options; nothing is listed twice. Pure.
 */
import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  ContextMenuCommandBuilder,
  InteractionContextType,
  SlashCommandBuilder,
  type ApplicationCommandOptionBase,
  type RESTPostAPIApplicationCommandsJSONBody,
  type SlashCommandSubcommandBuilder,
} from 'discord.js';
import type { CommandShape } from '../../app/surface.ts';
import type { Param } from '../../app/registry.ts';
import { cut } from './escape.ts';
import { COMMAND } from './limits.ts';

export const SLASH_NAME = 'lxd';
export const NOTE_NAME = 'Add to LXD timeline';

/** A line has at most 2000 characters; what Discord would let in above this the parser refuses. */
const LONGEST_TEXT = 1500;
const LONGEST_NAME = 100;

export type CommandJson = RESTPostAPIApplicationCommandsJSONBody;

/** Throws for a definition that Discord would not take: a bug of ours, found by the tests. */
export function registrationJson(commands: readonly CommandShape[]): readonly CommandJson[] {
  const slash = new SlashCommandBuilder()
    .setName(SLASH_NAME)
    .setDescription('LXD clusters: status, recovery, approvals, timeline')
    .setContexts(InteractionContextType.Guild)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
  if (commands.length > COMMAND.options) throw new Error(`Discord takes ${COMMAND.options} sub-commands.`);
  for (const command of commands) slash.addSubcommand((sub) => buildSubcommand(sub, command));
  const note = new ContextMenuCommandBuilder()
    .setName(NOTE_NAME)
    .setType(ApplicationCommandType.Message)
    .setContexts(InteractionContextType.Guild)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
  return [slash.toJSON(), note.toJSON()];
}

function buildSubcommand(sub: SlashCommandSubcommandBuilder, command: CommandShape): SlashCommandSubcommandBuilder {
  sub.setName(command.name).setDescription(described(command.summary, command.name));
  for (const [name, param] of orderedParams(command)) addOption(sub, name, param, isRequired(command, param), command);
  return sub;
}

/** Discord wants required options first; arguments keep their order otherwise. */
function orderedParams(command: CommandShape): readonly (readonly [string, Param])[] {
  const all = Object.entries(command.params);
  return [
    ...all.filter(([, param]) => isRequired(command, param)),
    ...all.filter(([, param]) => !isRequired(command, param)),
  ];
}

/** A command with a form can be typed with nothing behind it, so Discord must not insist. */
function isRequired(command: CommandShape, param: Param): boolean {
  return param.required && command.form === undefined;
}

function addOption(
  sub: SlashCommandSubcommandBuilder,
  name: string,
  param: Param,
  required: boolean,
  command: CommandShape,
): void {
  const common = <T extends ApplicationCommandOptionBase>(option: T): T =>
    option.setName(name).setDescription(described(param.help, name)).setRequired(required);
  const { type } = param;
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- whatever else there is or will be is a name to be suggested
  switch (type.kind) {
    case 'flag':
      sub.addBooleanOption(common);
      return;
    case 'int':
      sub.addIntegerOption((option) => common(option).setMinValue(type.min).setMaxValue(type.max));
      return;
    case 'enum':
      sub.addStringOption((option) => {
        const named = common(option);
        if (type.values.length > COMMAND.choices) return named.setAutocomplete(true);
        return named.addChoices(...type.values.map((value) => ({ name: cut(value, COMMAND.choiceName), value })));
      });
      return;
    case 'text':
      // The about of a timeline is a cluster or a run: a text argument may be suggested as well.
      sub.addStringOption((option) =>
        common(option).setMaxLength(LONGEST_TEXT).setAutocomplete(suggestsText(command, param)),
      );
      return;
    case 'duration':
      sub.addStringOption((option) => common(option).setMaxLength(LONGEST_NAME));
      return;
    default:
      // Clusters, runs, incidents, commands: names that the app knows.
      sub.addStringOption((option) => common(option).setMaxLength(LONGEST_NAME).setAutocomplete(true));
  }
}

function suggestsText(command: CommandShape, param: Param): boolean {
  return param.place === 'argument' && command.role === 'view';
}

function described(text: string, fallback: string): string {
  const words = cut(text.trim(), COMMAND.description);
  return words === '' ? fallback : words;
}
