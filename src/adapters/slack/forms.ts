/**
 * Modals ⇄ command lines: the form of a command typed with nothing behind it, and the words that a button asks for. Owns the ids of
 * forms and what they carry along. Pure; the choices of a list come in as values.
 */
import type { Param } from '../../app/registry.ts';
import type { Choice, CommandShape } from '../../app/surface.ts';
import type { Ask } from '../../chat/message.ts';
import { plain, wordsOr } from './buttons.ts';
import { plainText } from './escape.ts';
import { isRecord, recordOf, stringOf, type Json } from './json.ts';
import { MODAL } from './limits.ts';
import { lineOf, type Given } from './lines.ts';

export const FORM = 'lockstep-form';
export const ASK = 'lockstep-ask';
const WORDS = 'words';
const LONGEST_TEXT = 1500;

/** Where the answer goes; travels in the modal. */
export interface Origin {
  readonly channel: string;
  readonly thread: string | null;
}

/** A command asks by its form when nothing at all was typed behind it. */
export function findForm(commands: readonly CommandShape[], line: string): CommandShape | undefined {
  return commands.find(({ name, form }) => name === line.trim().toLowerCase() && form !== undefined && form.length > 0);
}

/** `choices` by the parameter's name; a parameter without any is typed. */
export function commandForm(
  command: CommandShape,
  choices: Readonly<Record<string, readonly Choice[]>>,
  origin: Origin,
): Json {
  const blocks = (command.form ?? []).flatMap((name) => {
    const param = command.params[name];
    return param === undefined ? [] : [inputOf(name, param, choices[name] ?? [])];
  });
  return modalOf(FORM, { ...origin, command: command.name }, `/lxd ${command.name}`, blocks);
}

export function askForm(token: string, ask: Ask, origin: Origin): Json {
  const element = { type: 'plain_text_input', action_id: WORDS, multiline: true, max_length: LONGEST_TEXT };
  const label = plain(wordsOr(plainText(ask.label, MODAL.label), 'Words'));
  const block = { type: 'input', block_id: WORDS, optional: !ask.required, label, element };
  return modalOf(ASK, { ...origin, token }, ask.title, [block]);
}

function modalOf(callback: string, carried: Json, title: string, blocks: readonly Json[]): Json {
  return {
    type: 'modal',
    callback_id: callback,
    private_metadata: JSON.stringify(carried),
    title: plain(wordsOr(plainText(title, MODAL.title), 'Lockstep')),
    submit: plain('Send'),
    close: plain('Not now'),
    blocks: blocks.slice(0, MODAL.blocks),
  };
}

function inputOf(name: string, param: Param, choices: readonly Choice[]): Json {
  return {
    type: 'input',
    block_id: name,
    optional: !param.required,
    label: plain(plainText(`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, MODAL.label)),
    hint: plain(wordsOr(plainText(param.help, MODAL.hint), name)),
    element: elementOf(name, param, choices),
  };
}

function elementOf(name: string, param: Param, choices: readonly Choice[]): Json {
  const options = optionsOf(param, choices);
  if (options.length > 0) {
    return { type: 'static_select', action_id: name, placeholder: plain('Choose…'), options };
  }
  return {
    type: 'plain_text_input',
    action_id: name,
    multiline: param.type.kind === 'text',
    max_length: LONGEST_TEXT,
  };
}

function optionsOf(param: Param, choices: readonly Choice[]): readonly Json[] {
  if (param.type.kind === 'flag') return [optionOf({ label: 'yes', value: 'yes' })];
  const all = param.type.kind === 'enum' ? param.type.values.map((value) => ({ label: value, value })) : choices;
  const usable = all.filter(({ value }) => value !== '' && value.length <= MODAL.optionValue);
  const once = usable.filter(({ value }, at) => usable.findIndex((other) => other.value === value) === at);
  return once.slice(0, MODAL.options).map(optionOf);
}

function optionOf({ label, value }: Choice): Json {
  return { text: plain(wordsOr(plainText(label, MODAL.optionText), value.slice(0, MODAL.optionText))), value };
}

export type Submitted =
  | { readonly kind: 'line'; readonly origin: Origin; readonly line: string }
  | { readonly kind: 'press'; readonly origin: Origin; readonly token: string; readonly words: string | null };

/** Null for a form that is none of ours, or of a command that is no more. */
export function readSubmitted(view: Json, commands: readonly CommandShape[]): Submitted | null {
  const carried = parseObject(stringOf(view, 'private_metadata') ?? '');
  const channel = stringOf(carried, 'channel');
  if (channel === null) return null;
  const origin = { channel, thread: stringOf(carried, 'thread') };
  const values = recordOf(recordOf(view, 'state'), 'values');
  if (view['callback_id'] === ASK) {
    const token = stringOf(carried, 'token');
    return token === null ? null : { kind: 'press', origin, token, words: valueOf(values, WORDS)?.trim() ?? null };
  }
  const command = commands.find(({ name }) => name === carried['command']);
  if (view['callback_id'] !== FORM || command === undefined) return null;
  return { kind: 'line', origin, line: lineOf(command, givenOf(values, command)) };
}

function givenOf(values: Json, command: CommandShape): Given {
  const given: Record<string, string | boolean> = {};
  for (const name of command.form ?? []) {
    const value = valueOf(values, name);
    if (value !== null) given[name] = command.params[name]?.type.kind === 'flag' ? true : value;
  }
  return given;
}

function valueOf(values: Json, name: string): string | null {
  const state = recordOf(recordOf(values, name), name);
  return stringOf(state, 'value') ?? stringOf(recordOf(state, 'selected_option'), 'value');
}

function parseObject(text: string): Json {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
