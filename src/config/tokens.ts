/** The credentials of the chat platforms: complete or absent, and in keeping with the channels that the clusters name. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { ConfigProblem } from './problem.ts';
import { checkVariable, parseDiscordToken, parseSlackToken, parseSnowflake, type Variables } from './variables.ts';

export interface Tokens {
  /** Socket mode: both tokens. Null when Slack is not used. */
  readonly slack: { readonly botToken: string; readonly appToken: string } | null;
  readonly discord: { readonly token: string; readonly guildId: string | null } | null;
  /** Every secret value, to be registered with the log before anything else happens. */
  readonly secrets: readonly string[];
}

export function readTokens(
  variables: Variables,
  clusters: readonly ClusterConfig[],
  problems: ConfigProblem[],
): Tokens {
  const botToken = checkVariable(variables, 'SLACK_BOT_TOKEN', parseSlackToken('xoxb-'), problems);
  const appToken = checkVariable(variables, 'SLACK_APP_TOKEN', parseSlackToken('xapp-'), problems);
  const token = checkVariable(variables, 'DISCORD_BOT_TOKEN', parseDiscordToken, problems);
  const guildId = checkVariable(variables, 'DISCORD_GUILD_ID', parseSnowflake, problems);
  checkPair(variables, problems);
  checkServer(variables, problems);
  const has = { slack: variables.has('SLACK_BOT_TOKEN'), discord: variables.has('DISCORD_BOT_TOKEN') };
  for (const cluster of clusters) problems.push(...findUnreachable(cluster, has));
  return {
    slack: botToken === null || appToken === null ? null : { botToken, appToken },
    discord: token === null ? null : { token, guildId },
    secrets: [botToken, appToken, token].filter((secret) => secret !== null),
  };
}

function checkPair(variables: Variables, problems: ConfigProblem[]): void {
  const bot = variables.get('SLACK_BOT_TOKEN');
  const app = variables.get('SLACK_APP_TOKEN');
  const only = bot ?? app;
  if (only === undefined || (bot !== undefined && app !== undefined)) return;
  const [has, lacks] =
    bot === undefined ? ['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN'] : ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'];
  const text = `${has} is set, ${lacks} is not.`;
  const next = `Slack needs both: add ${lacks}, or remove ${has}.`;
  problems.push({ severity: 'error', file: only.file, line: only.line, where: has, text, next });
}

function checkServer(variables: Variables, problems: ConfigProblem[]): void {
  const server = variables.get('DISCORD_GUILD_ID');
  if (server === undefined || variables.has('DISCORD_BOT_TOKEN')) return;
  problems.push({
    severity: 'error',
    file: server.file,
    line: server.line,
    where: 'DISCORD_GUILD_ID',
    text: 'DISCORD_GUILD_ID is set, DISCORD_BOT_TOKEN is not.',
    next: 'Add DISCORD_BOT_TOKEN, or remove DISCORD_GUILD_ID.',
  });
}

function findUnreachable(
  cluster: ClusterConfig,
  has: { readonly slack: boolean; readonly discord: boolean },
): readonly ConfigProblem[] {
  const platforms = [
    { channel: cluster.channels.slack, isSet: has.slack, variable: 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN' },
    { channel: cluster.channels.discord, isSet: has.discord, variable: 'DISCORD_BOT_TOKEN' },
  ];
  return platforms
    .filter(({ channel, isSet }) => channel !== null && !isSet)
    .map(({ channel, variable }) => ({
      severity: 'warning',
      file: 'environment',
      line: null,
      where: `clusters.${cluster.name}.channels`,
      text: `Nothing will be posted in channel ${channel ?? ''}: its platform has no token.`,
      next: `Set ${variable} in .env, or remove the channel.`,
    }));
}
