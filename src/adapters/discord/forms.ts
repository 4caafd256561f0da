/**
 * Modals ⇄ command lines: the form of a command typed with nothing behind it, and the words that a button asks for. Owns the ids of
 * forms and their fields. Pure; the choices of a list come in as values.
 */
import { LabelBuilder, ModalBuilder, StringSelectMenuBuilder, TextInputBuilder, TextInputStyle } from 'discord.js';
import type { Param } from '../../app/registry.ts';
import type { Choice, CommandShape } from '../../app/surface.ts';
import type { Ask } from '../../chat/message.ts';
import { visibleLine } from '../../chat/visible.ts';
import { stepId, readStep } from './buttons.ts';
import { cut } from './escape.ts';
import { COMPONENT } from './limits.ts';
import { lineOf, type Given } from './lines.ts';

const FORM = 'form:';
const WORDS_FIELD = 'words';
const LONGEST_TEXT = 1500;

/** What a submitted modal stands for. */
export type Submitted =
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'press'; readonly token: string }
  | { readonly kind: 'unknown' };

/** A command asks by its form when nothing at all was typed behind it. */
export function wantsForm(command: CommandShape, given: Given): boolean {
  return command.form !== undefined && command.form.length > 0 && Object.keys(given).length === 0;
}

/** `choices` by the parameter's name, for those whose values the app knows; without any a text is typed. */
export function commandForm(command: CommandShape, choices: Readonly<Record<string, readonly Choice[]>>): ModalBuilder {
  const fields = (command.form ?? []).slice(0, COMPONENT.modalParts).flatMap((name) => {
    const param = command.params[name];
    return param === undefined ? [] : [fieldOf(name, param, choices[name] ?? [])];
  });
  return new ModalBuilder()
    .setCustomId(`${FORM}${command.name}`)
    .setTitle(cut(`/lxd ${command.name}`, COMPONENT.modalTitle))
    .addLabelComponents(...fields);
}

function fieldOf(name: string, param: Param, choices: readonly Choice[]): LabelBuilder {
  const label = new LabelBuilder()
    .setLabel(cut(name, COMPONENT.label))
    .setDescription(cut(param.help, COMPONENT.labelDescription));
  const listed = listOf(param, choices);
  if (listed.length === 0) {
    const style = param.type.kind === 'text' ? TextInputStyle.Paragraph : TextInputStyle.Short;
    return label.setTextInputComponent(
      new TextInputBuilder().setCustomId(name).setStyle(style).setRequired(param.required).setMaxLength(LONGEST_TEXT),
    );
  }
  return label.setStringSelectMenuComponent(
    new StringSelectMenuBuilder()
      .setCustomId(name)
      .setRequired(param.required)
      .setMinValues(param.required ? 1 : 0)
      .setMaxValues(1)
      .addOptions(...listed),
  );
}

function listOf(
  param: Param,
  choices: readonly Choice[],
): readonly { readonly label: string; readonly value: string }[] {
  const all =
    param.type.kind === 'enum' ? param.type.values.map((value) => ({ label: value, value })) : uniqueChoices(choices);
  if (param.type.kind === 'flag') return [{ label: 'yes', value: 'yes' }];
  if (all.length > COMPONENT.selectOptions) return [];
  return all.map(({ label, value }) => ({
    label: cut(visibleLine(label), COMPONENT.selectOptionLabel) || value,
    value,
  }));
}

function uniqueChoices(choices: readonly Choice[]): readonly Choice[] {
  const fitting = choices.filter(({ value }) => value !== '' && value.length <= COMPONENT.selectOptionValue);
  return fitting.filter(({ value }, at) => fitting.findIndex((other) => other.value === value) === at);
}

export function askForm(
  step: { readonly kind: 'ask'; readonly required: boolean; readonly token: string },
  ask: Ask,
): ModalBuilder {
  const title = cut(visibleLine(ask.title).trim(), COMPONENT.modalTitle);
  const label = cut(visibleLine(ask.label).trim(), COMPONENT.label);
  return new ModalBuilder()
    .setCustomId(stepId(step))
    .setTitle(title === '' ? 'Lockstep' : title)
    .addLabelComponents(
      new LabelBuilder()
        .setLabel(label === '' ? 'Words' : label)
        .setTextInputComponent(
          new TextInputBuilder()
            .setCustomId(WORDS_FIELD)
            .setStyle(TextInputStyle.Paragraph)
            .setRequired(step.required)
            .setMaxLength(LONGEST_TEXT),
        ),
    );
}

export function readSubmitted(customId: string): Submitted {
  if (customId.startsWith(FORM)) return { kind: 'command', name: customId.slice(FORM.length) };
  const step = readStep(customId);
  return step.kind === 'ask' ? { kind: 'press', token: step.token } : { kind: 'unknown' };
}

/** Fields as submitted, by their id. A list gives its chosen values, a flag counts when it was chosen. */
export function formLine(command: CommandShape, fields: ReadonlyMap<string, string | readonly string[]>): string {
  const given: Record<string, string | boolean> = {};
  for (const [name, value] of fields) {
    const param = command.params[name];
    const text = typeof value === 'string' ? value : (value[0] ?? '');
    if (param === undefined || text === '') continue;
    given[name] = param.type.kind === 'flag' ? true : text.replace(/\s*\n\s*/g, ' ');
  }
  return lineOf(command, given);
}

export function askedWords(fields: ReadonlyMap<string, string | readonly string[]>): string | null {
  const value = fields.get(WORDS_FIELD);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
