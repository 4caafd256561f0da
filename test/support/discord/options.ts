/**
 * The options of a slash command as Discord sends them: found in the registration, converted to their types, refused where the
 * client would not let a person send them. Source: docs.discord.com/developers/interactions/application-commands.
 */
import { asId, asJson, asList, asText } from '../chat-wire.ts';
import type { Json } from '../chat-wire.ts';
import { GUILD_ID } from './world.ts';
import type { World } from './world.ts';

export type OptionValues = Readonly<Record<string, string | number | boolean>>;

interface Filling {
  readonly values: OptionValues;
  /** The option that is being typed; null when the command is sent. */
  readonly focused: string | null;
}

/** A guild's own commands come before the global ones. */
export function findCommand(world: World, type: number, name: string): Json {
  const all = [...(world.commands.get(GUILD_ID) ?? []), ...(world.commands.get('global') ?? [])];
  const found = all.find((command) => command['type'] === type && command['name'] === name);
  if (found === undefined) throw new Error(`no command ${name} is registered`);
  return found;
}

/** Values that people type into a string, an integer, a yes-or-no, a number: 3, 4, 5, 10. */
function fits(type: unknown, value: string | number | boolean): boolean {
  switch (type) {
    case 3:
      return typeof value === 'string' && value.length <= 6000;
    case 4:
      return typeof value === 'number' && Number.isInteger(value);
    case 5:
      return typeof value === 'boolean';
    case 10:
      return typeof value === 'number';
    default:
      return typeof value === 'string';
  }
}

function checkRange(option: Json, value: string | number | boolean): void {
  const name = asText(option['name']);
  const size = typeof value === 'string' ? value.length : Number(value);
  const [min, max] = typeof value === 'string' ? ['min_length', 'max_length'] : ['min_value', 'max_value'];
  if (typeof option[min ?? ''] === 'number' && size < Number(option[min ?? '']))
    throw new Error(`${name} is too small`);
  if (typeof option[max ?? ''] === 'number' && size > Number(option[max ?? ''])) throw new Error(`${name} is too big`);
  const choices = asList(option['choices']).map((choice) => asJson(choice)['value']);
  if (choices.length > 0 && !choices.includes(value))
    throw new Error(`${name}: ${String(value)} is none of ${choices.join(', ')}`);
}

function fillOption(option: Json, filling: Filling): readonly Json[] {
  const name = asText(option['name']);
  const value = filling.values[name];
  const focused = filling.focused === name;
  if (value === undefined) {
    if (option['required'] === true && filling.focused === null)
      throw new Error(`Discord would not send: ${name} is required`);
    return [];
  }
  if (focused) {
    if (option['autocomplete'] !== true) throw new Error(`${name} has no autocompletion`);
    // What is typed is a string, whatever the type of the option.
    return [{ name, type: option['type'], value: String(value), focused: true }];
  }
  if (!fits(option['type'], value))
    throw new Error(`${name}: ${JSON.stringify(value)} is not of type ${asId(option['type'])}`);
  checkRange(option, value);
  return [{ name, type: option['type'], value }];
}

function fill(options: readonly Json[], filling: Filling): readonly Json[] {
  const known = new Set(options.map((option) => option['name']));
  const unknown = Object.keys(filling.values).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`no option ${unknown.join(', ')}`);
  return options.flatMap((option) => fillOption(option, filling));
}

/** `sub` is empty for a command without sub-commands, and `group sub` for one inside a group. */
export function typedOptions(command: Json, sub: string, filling: Filling): readonly Json[] {
  const steps = sub.split(' ').filter((step) => step !== '');
  const descend = (options: readonly Json[], rest: readonly string[]): readonly Json[] => {
    const [step, ...more] = rest;
    if (step === undefined) return fill(options, filling);
    const found = options.find((option) => option['name'] === step && (option['type'] === 1 || option['type'] === 2));
    if (found === undefined) throw new Error(`no sub-command ${step}`);
    return [{ name: step, type: found['type'], options: descend(asList(found['options']).map(asJson), more) }];
  };
  return descend(asList(command['options']).map(asJson), steps);
}
