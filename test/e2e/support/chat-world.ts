/**
 * The real service with real SDKs against the strict test servers: two people, one channel on each platform. What goes through the
 * ports is recorded. Holds no expectation of its own.
 */
import { loadConfig } from '../../../src/config/load.ts';
import { startService, type Service } from '../../../src/cli/service.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import { startDiscordServer, type DiscordServer } from '../../support/discord/server.ts';
import { startSlackServer, type SlackServer } from '../../support/slack/server.ts';
import { createMemoryLog } from '../../support/ssh/system.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { createRecorder, type Recorder } from './recorded.ts';

export const SLACK = { ada: 'U01ADA', ben: 'U01BEN', channel: 'C01OPS' } as const;
export const DISCORD = {
  ada: '850000000000000001',
  ben: '850000000000000002',
  channel: '860000000000000001',
} as const;

export type Person = 'ada' | 'ben';
export type Cleanup = (() => Promise<unknown>)[];

/** The clusters of a configuration, with people and channels of the test servers. Ada asks and may approve what others ask. */
export function clustersFor(
  configPath: string,
  platforms: { readonly slack: boolean; readonly discord: boolean },
): readonly ClusterConfig[] {
  const loaded = loadConfig({ cwd: '/', env: {}, clusters: 'required', clustersPath: configPath });
  if (!loaded.ok) throw new Error(loaded.error.map(({ text }) => text).join('; '));
  const both = (person: Person): readonly string[] => [
    `slack:${SLACK[person]}`,
    `discord:${DISCORD[person]}`,
    `console:${person}`,
  ];
  return loaded.value.clusters.map((cluster) => ({
    ...cluster,
    roles: { viewers: ['*'], operators: both('ada'), approvers: [...both('ada'), ...both('ben')] },
    channels: {
      slack: platforms.slack ? SLACK.channel : null,
      discord: platforms.discord ? DISCORD.channel : null,
    },
  }));
}

export async function openSlack(cleanup: Cleanup, rates: 'record' | 'enforce' = 'enforce'): Promise<SlackServer> {
  const server = await startSlackServer({ rates });
  cleanup.push(() => server.close());
  server.addUser(SLACK.ada, 'ada');
  server.addUser(SLACK.ben, 'ben');
  server.addChannel(SLACK.channel, 'ops', [SLACK.ada, SLACK.ben]);
  server.allowMentions(`<@${SLACK.ada}>`, `<@${SLACK.ben}>`);
  return server;
}

export async function openDiscord(cleanup: Cleanup): Promise<DiscordServer> {
  const server = await startDiscordServer();
  cleanup.push(() => server.close());
  server.addUser(DISCORD.ada, 'ada');
  server.addUser(DISCORD.ben, 'ben');
  server.addChannel(DISCORD.channel, 'ops');
  return server;
}

export interface ServiceSetup {
  readonly clusters: readonly ClusterConfig[];
  readonly slack?: SlackServer;
  readonly discord?: DiscordServer;
  /** Slack over HTTP on this port; Socket Mode without it. */
  readonly slackPort?: number;
}

export interface Running {
  readonly service: Service;
  readonly recorder: Recorder;
  readonly said: readonly string[];
}

export async function openService(cleanup: Cleanup, setup: ServiceSetup): Promise<Running> {
  const { clusters, slack, discord, slackPort } = setup;
  const folder = makeTemporaryDirectory();
  cleanup.push(async () => folder.remove());
  const recorder = createRecorder();
  const said: string[] = [];
  const receive =
    slackPort === undefined
      ? { kind: 'socket' as const, appToken: slack?.appToken ?? '' }
      : { kind: 'http' as const, signingSecret: slack?.signingSecret ?? '', port: slackPort };
  const started = await startService({
    config: {
      clusters,
      slack: slack === undefined ? null : { botToken: slack.botToken, receive },
      discord: discord === undefined ? null : { token: discord.token, guildId: discord.guildId },
      agentSocket: null,
    },
    dataDir: folder.path,
    codeVersion: '0.0.0',
    command: 'test',
    log: createMemoryLog(),
    helpNotes: [],
    localChecks: () => Promise.resolve([]),
    say: (line) => said.push(line),
    endpoints: {
      ...(slack === undefined ? {} : { slackApiUrl: slack.apiUrl }),
      ...(discord === undefined ? {} : { discordRest: { api: discord.apiUrl, version: '10' } }),
    },
    around: (chat) => recorder.adapter(chat),
  });
  if (!started.ok) throw new Error(started.error.text);
  cleanup.push(() => started.value.stop());
  await started.value.greeted;
  return { service: started.value, recorder, said };
}

export async function closeAll(cleanup: Cleanup): Promise<void> {
  for (const close of cleanup.splice(0).toReversed()) await close();
}
