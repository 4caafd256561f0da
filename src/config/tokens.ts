/** The credentials of the chat platforms: complete or absent, and in keeping with the channels that the clusters name. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { ConfigProblem } from './problem.ts';
import {
  checkVariable,
  parseDiscordToken,
  parsePort,
  parseSigningSecret,
  parseSlackToken,
  parseSnowflake,
  type VariableName,
  type Variables,
} from './variables.ts';

/** Socket Mode needs nothing but an app-level token; HTTP is for those whom Slack can reach. */
type SlackReceive =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number };

export interface Tokens {
  /** Null when Slack is not used. */
  readonly slack: { readonly botToken: string; readonly receive: SlackReceive } | null;
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
  const signingSecret = checkVariable(variables, 'SLACK_SIGNING_SECRET', parseSigningSecret, problems);
  const port = checkVariable(variables, 'SLACK_PORT', parsePort, problems);
  const token = checkVariable(variables, 'DISCORD_BOT_TOKEN', parseDiscordToken, problems);
  const guildId = checkVariable(variables, 'DISCORD_GUILD_ID', parseSnowflake, problems);
  checkSlack(variables, problems);
  const has = { slack: variables.has('SLACK_BOT_TOKEN'), discord: variables.has('DISCORD_BOT_TOKEN') };
  for (const cluster of clusters) problems.push(...findUnreachable(cluster, has));
  const receive = receiveOf({ appToken, signingSecret, port });
  return {
    slack: botToken === null || receive === null ? null : { botToken, receive },
    discord: token === null ? null : { token, guildId },
    secrets: [botToken, appToken, signingSecret, token].filter((secret) => secret !== null),
  };
}

interface SlackValues {
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  readonly port: number | null;
}

function receiveOf({ appToken, signingSecret, port }: SlackValues): SlackReceive | null {
  if (signingSecret !== null && port !== null) return { kind: 'http', signingSecret, port };
  return appToken === null ? null : { kind: 'socket', appToken };
}

const HTTP: readonly VariableName[] = ['SLACK_SIGNING_SECRET', 'SLACK_PORT'];

/** Bot token and app token, or bot token, signing secret and port; nothing by halves, and not both ways. */
function checkSlack(variables: Variables, problems: ConfigProblem[]): void {
  const set = (['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', ...HTTP] as const).filter((name) => variables.has(name));
  const first = set.find((name) => name === 'SLACK_BOT_TOKEN') ?? set[0];
  if (first === undefined) return;
  const isHttp = HTTP.some((name) => variables.has(name));
  const wanted: readonly VariableName[] = ['SLACK_BOT_TOKEN', ...(isHttp ? HTTP : (['SLACK_APP_TOKEN'] as const))];
  const report = (where: VariableName, text: string, next: string): void => {
    const variable = variables.get(where);
    problems.push({
      severity: 'error',
      file: variable?.file ?? 'environment',
      line: variable?.line ?? null,
      where,
      text,
      next,
    });
  };
  for (const lacks of wanted.filter((name) => !variables.has(name))) {
    const how = isHttp ? `Slack over HTTP needs ${wanted.join(', ')}` : 'Slack needs both';
    const others = set.length === 1 ? first : set.join(', ');
    report(first, `${first} is set, ${lacks} is not.`, `${how}: add ${lacks}, or remove ${others}.`);
  }
  if (isHttp && variables.has('SLACK_APP_TOKEN')) {
    const text =
      'Both ways to receive from Slack are set: an app token (Socket Mode) and a signing secret or port (HTTP).';
    report(
      'SLACK_APP_TOKEN',
      text,
      'Keep SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET and SLACK_PORT for HTTP.',
    );
  }
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
