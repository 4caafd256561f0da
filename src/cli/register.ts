/** `lockstep register`: puts the commands into Discord, only when the definitions changed, and says what it did. */
import { COMMANDS } from '../../commands/index.ts';
import type { RestOptions } from '../adapters/discord/api.ts';
import { visibleLine } from '../chat/visible.ts';
import { complain, tell } from './complain.ts';
import { openWithoutClusters } from './open.ts';
import { parseOptionsAlone } from './options.ts';

const USAGE = 'lockstep register';

/** 1 when Discord did not take them. */
export function registerCommand(args: readonly string[]): Promise<number> {
  return registerOver(args, {});
}

/** `rest` leads to another Discord in tests. */
export async function registerOver(args: readonly string[], rest: RestOptions): Promise<number> {
  const parsed = parseOptionsAlone(args, {} as const, USAGE);
  if (!parsed.ok) return complain(parsed.error);
  const opened = openWithoutClusters(undefined);
  if (!opened.ok) return opened.exitCode;
  const { discord } = opened.target.config;
  if (discord === null) {
    return complain({
      text: 'There is no token for Discord in the environment or in .env; Slack needs no registration.',
      next: 'Set DISCORD_BOT_TOKEN (the developer portal, "Bot", "Reset Token").',
    });
  }
  const { registerCommands } = await import('../adapters/discord/index.ts');
  const registered = await registerCommands({ ...discord, commands: COMMANDS, rest });
  if (!registered.ok) {
    tell(`lockstep: ${visibleLine(registered.reason)}`);
    tell('Next: correct that, then: lockstep register');
    return 1;
  }
  const where = discord.guildId === null ? 'for every server' : `in server ${discord.guildId}`;
  const { synced } = registered;
  process.stdout.write(
    synced.kind === 'unchanged'
      ? `Nothing changed: the ${synced.commands} commands ${where} are current.\n`
      : `Registered ${where}: ${synced.names.join(', ')}.${discord.guildId === null ? ' It can take a while until every server shows them; with DISCORD_GUILD_ID it is at once.' : ''}\n`,
  );
  return 0;
}
