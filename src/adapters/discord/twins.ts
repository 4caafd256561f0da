/**
 * Commands that stand in Discord twice, for every server and for one: people then see each of them twice. Owns finding them and taking
 * one set away. What another program registered under other names is left alone.
 */
import type { APIApplicationCommand } from 'discord.js';
import type { Api } from './api.ts';
import type { CommandJson } from './registration.ts';
import { keyOf } from './sync.ts';

/** Every server, or one by its id. */
export type Scope = string | null;

type Ask = Pick<Api, 'commands' | 'deleteCommand'>;

/** Ours that stand in that scope. Rejects with what the library throws. */
export async function findOurs(
  api: Pick<Ask, 'commands'>,
  application: string,
  scope: Scope,
  wanted: readonly CommandJson[],
): Promise<readonly APIApplicationCommand[]> {
  const ours = new Set(wanted.map(keyOf));
  const there = await api.commands(application, scope);
  return there.filter((command) => ours.has(keyOf(command)));
}

/** Names of what was taken away. Rejects with what the library throws. */
export async function clearOurs(
  api: Ask,
  application: string,
  scope: Scope,
  wanted: readonly CommandJson[],
): Promise<readonly string[]> {
  const found = await findOurs(api, application, scope, wanted);
  for (const { id } of found) await api.deleteCommand(application, scope, id);
  return found.map(({ name }) => name);
}

/** What to do about commands that are registered for one server and for every server. */
export function twinsNext(names: readonly string[], server: string, configured: Scope): string {
  const seen = `${names.join(', ')}: registered for every server and for server ${server}, so people there see them twice.`;
  const clear = configured === null ? server : 'global';
  return `${seen} Run "lockstep register --clear ${clear}".`;
}
