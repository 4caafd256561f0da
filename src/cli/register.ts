/** `lockstep register`: puts the commands into Discord, only when the definitions changed, and says what it did. */
import { COMMANDS } from '../../commands/index.ts';
import type { RestOptions } from '../adapters/discord/api.ts';
import type { Synced } from '../adapters/discord/sync.ts';
import { visibleLine } from '../chat/visible.ts';
import type { Tokens } from '../config/tokens.ts';
import { complain, tell } from './complain.ts';
import { openWithoutClusters } from './open.ts';
import { parseOptionsAlone } from './options.ts';

const USAGE = 'lockstep register [--clear global|SERVER-ID]';

const SERVER_ID = /^\d{1,20}$/;

/** 1 when Discord did not take them. */
export async function registerCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptionsAlone(args, { clear: 'string' } as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const opened = openWithoutClusters(undefined);
  if (!opened.ok) return opened.exitCode;
  const { discord } = opened.target.config;
  const { clear } = parsed.value;
  if (discord !== null) return clear === undefined ? registerIn(discord, {}) : clearIn(discord, clear, {});
  return complain({
    text: 'There is no token for Discord in the environment or in .env; Slack needs no registration.',
    next: 'Set DISCORD_BOT_TOKEN (the developer portal, "Bot", "Reset Token").',
  });
}

/** `rest` leads to another Discord in tests. */
export async function registerIn(discord: NonNullable<Tokens['discord']>, rest: RestOptions): Promise<number> {
  const { registerCommands } = await import('../adapters/discord/index.ts');
  const registered = await registerCommands({ ...discord, commands: COMMANDS, rest });
  if (!registered.ok) return refused(registered.reason, 'lockstep register');
  const { synced, twins } = registered.value;
  process.stdout.write(`${describe(synced, discord.guildId)}\n`);
  if (twins !== null) process.stdout.write(`${twins}\n`);
  return 0;
}

/** Takes the commands away where they stand beside the configured place; never from the configured place itself. */
export async function clearIn(
  discord: NonNullable<Tokens['discord']>,
  where: string,
  rest: RestOptions,
): Promise<number> {
  if (where !== 'global' && !SERVER_ID.test(where)) {
    const text = `--clear takes the word global or a server's id, not ${JSON.stringify(visibleLine(where).slice(0, 60))}.`;
    return complain({ text, next: `Usage: ${USAGE}` });
  }
  const scope = where === 'global' ? null : where;
  if (scope === discord.guildId) {
    const text = `${place(scope)} is where the commands belong: DISCORD_GUILD_ID ${scope === null ? 'is not set' : 'says so'}.`;
    return complain({ text, next: 'To move them, change DISCORD_GUILD_ID first.' });
  }
  const { clearCommands } = await import('../adapters/discord/index.ts');
  const cleared = await clearCommands({ ...discord, commands: COMMANDS, rest }, scope);
  if (!cleared.ok) return refused(cleared.reason, `lockstep register --clear ${where}`);
  const names = cleared.value.join(', ');
  process.stdout.write(
    cleared.value.length === 0
      ? `Nothing to take away: no command of Lockstep is registered for ${place(scope)}.\n`
      : `Taken away for ${place(scope)}: ${names}.\n`,
  );
  return 0;
}

function refused(reason: string, again: string): number {
  tell(`lockstep: ${visibleLine(reason)}`);
  tell(`Next: correct that, then: ${again}`);
  return 1;
}

function place(scope: string | null): string {
  return scope === null ? 'every server' : `server ${scope}`;
}

function describe(synced: Synced, guildId: string | null): string {
  const where = guildId === null ? 'for every server' : `in server ${guildId}`;
  if (synced.kind === 'unchanged') return `Nothing changed: the ${synced.commands} commands ${where} are current.`;
  const slow =
    guildId === null ? ' It can take a while until every server shows them; with DISCORD_GUILD_ID it is at once.' : '';
  return `Registered ${where}: ${synced.names.join(', ')}.${slow}`;
}
