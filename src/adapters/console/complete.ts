/** TAB: the commands, then clusters, options and their values, out of the definitions. Pure. */
import { assertNever } from '../../domain/assert-never.ts';
import type { Command, ParamType } from '../../app/registry.ts';

export interface CompletionSource {
  readonly commands: readonly Command[];
  readonly clusters: readonly string[];
}

/** What could stand in place of the last word, and that word, as `node:readline` wants it. */
export function complete(line: string, { commands, clusters }: CompletionSource): [string[], string] {
  const words = line
    .replace(/^\s*\/?lxd\s+/, '')
    .trimStart()
    .split(/\s+/);
  const word = words.at(-1) ?? '';
  const matching = (names: readonly string[]): [string[], string] => [
    names.filter((name) => name.startsWith(word)).map((name) => `${name} `),
    word,
  ];
  if (words.length <= 1) return matching([...commands.map((command) => command.name), '/as']);
  const command = commands.find((each) => each.name === words[0]);
  if (command === undefined) return [[], word];
  const before = words.at(-2) ?? '';
  const wanted = before.startsWith('--') ? command.params[before.slice(2)] : undefined;
  if (wanted !== undefined && wanted.type.kind !== 'flag') return matching(valuesOf(wanted.type, commands, clusters));
  if (word.startsWith('-')) return matching(optionsOf(command, words));
  const first = Object.values(command.params).find((param) => param.place === 'argument');
  return matching(first === undefined || words.length > 2 ? [] : valuesOf(first.type, commands, clusters));
}

function optionsOf(command: Command, words: readonly string[]): readonly string[] {
  return Object.entries(command.params)
    .filter(([name, param]) => param.place === 'option' && !words.slice(0, -1).includes(`--${name}`))
    .map(([name]) => `--${name}`);
}

function valuesOf(type: ParamType, commands: readonly Command[], clusters: readonly string[]): readonly string[] {
  switch (type.kind) {
    case 'cluster':
    case 'text':
      return clusters;
    case 'command':
      return commands.map((command) => command.name);
    case 'enum':
      return type.values;
    case 'run':
    case 'incident':
    case 'int':
    case 'duration':
    case 'flag':
      return [];
    default:
      return assertNever(type);
  }
}
