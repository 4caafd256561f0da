/**
 * Registration of the commands with Discord: put in bulk, and only when what stands there differs from the definitions. Owns the
 * comparison, which knows what Discord adds by itself and leaves out.
 */
import type { Api } from './api.ts';
import type { CommandJson } from './registration.ts';

export type Synced =
  | { readonly kind: 'unchanged'; readonly commands: number }
  | { readonly kind: 'changed'; readonly names: readonly string[]; readonly commands: number };

/** Rejects with what the library throws. `guild` null: for every server. */
export async function syncCommands(
  api: Pick<Api, 'commands' | 'putCommands'>,
  application: string,
  guild: string | null,
  wanted: readonly CommandJson[],
): Promise<Synced> {
  const there = await api.commands(application, guild);
  const names = differingCommands(there, wanted);
  if (names.length === 0) return { kind: 'unchanged', commands: wanted.length };
  await api.putCommands(application, guild, wanted);
  return { kind: 'changed', names, commands: wanted.length };
}

/** Names of commands that are missing, differ, or should not be there. */
export function differingCommands(there: readonly object[], wanted: readonly object[]): readonly string[] {
  const known = new Map(there.map((command) => [keyOf(command), normalise(command)]));
  const ours = new Map(wanted.map((command) => [keyOf(command), normalise(command)]));
  const keys = new Set([...known.keys(), ...ours.keys()]);
  return [...keys].filter((key) => known.get(key) !== ours.get(key)).map((key) => key.replace(/^\d+:/, ''));
}

/** A slash command and a message command may share a name. */
export function keyOf(command: object): string {
  const { type, name } = record(command);
  return `${typeof type === 'number' ? type : 1}:${typeof name === 'string' ? name : ''}`;
}

/** What one says and Discord keeps; ids, versions, defaults and what an admin of the server changed are left out. */
const KEPT = [
  'name',
  'description',
  'type',
  'required',
  'autocomplete',
  'min_value',
  'max_value',
  'min_length',
  'max_length',
];

function normalise(command: object): string {
  return JSON.stringify(normaliseValue({ type: 1, ...command }));
}

function normaliseValue(value: object): Readonly<Record<string, unknown>> {
  const source = record(value);
  const kept: Record<string, unknown> = {};
  for (const key of KEPT) {
    const each = source[key];
    if (each !== undefined && each !== null && each !== false && each !== '') kept[key] = each;
  }
  if (isList(source['choices']) && source['choices'].length > 0) {
    kept['choices'] = source['choices'].map((choice) => [record(choice)['name'], record(choice)['value']]);
  }
  if (isList(source['options']) && source['options'].length > 0) {
    kept['options'] = source['options'].map((option) => normaliseValue(record(option)));
  }
  return kept;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
