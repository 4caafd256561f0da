/** `lockstep register`: puts the commands into Discord, only when the definitions changed, and says what it did. */
import { COMMANDS } from '../../commands/index.ts';
import type { RestOptions } from '../adapters/discord/api.ts';
import type { Synced } from '../adapters/discord/sync.ts';
import { visibleLine } from '../chat/visible.ts';
import type { Tokens } from '../config/tokens.ts';
import { complain, tell } from './complain.ts';
import { openWithoutClusters } from './open.ts';
import { parseOptionsAlone } from './options.ts';

const USAGE = 'lockstep register';

/** 1 when Discord did not take them. */
export async function registerCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptionsAlone(args, {} as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const opened = openWithoutClusters(undefined);
  if (!opened.ok) return opened.exitCode;
  const { discord } = opened.target.config;
  if (discord !== null) return registerIn(discord, {});
  return complain({
    text: 'There is no token for Discord in the environment or in .env; Slack needs no registration.',
    next: 'Set DISCORD_BOT_TOKEN (the developer portal, "Bot", "Reset Token").',
  });
}

/** `rest` leads to another Discord in tests. */
export async function registerIn(discord: NonNullable<Tokens['discord']>, rest: RestOptions): Promise<number> {
  const { registerCommands } = await import('../adapters/discord/index.ts');
  const registered = await registerCommands({ ...discord, commands: COMMANDS, rest });
  if (!registered.ok) {
    tell(`lockstep: ${visibleLine(registered.reason)}`);
    tell('Next: correct that, then: lockstep register');
    return 1;
  }
  process.stdout.write(`${describe(registered.synced, discord.guildId)}\n`);
  return 0;
}

function describe(synced: Synced, guildId: string | null): string {
  const where = guildId === null ? 'for every server' : `in server ${guildId}`;
  if (synced.kind === 'unchanged') return `Nothing changed: the ${synced.commands} commands ${where} are current.`;
  const slow =
    guildId === null ? ' It can take a while until every server shows them; with DISCORD_GUILD_ID it is at once.' : '';
  return `Registered ${where}: ${synced.names.join(', ')}.${slow}`;
}
