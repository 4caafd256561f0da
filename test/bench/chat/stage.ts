/**
 * Both strict test servers, a rehearsal, and a cluster whose three members are black holes: TCP is accepted and nothing is ever said.
 * Ten channels on each platform, so that what a command left behind can be told apart by its channel.
 */
import { join } from 'node:path';
import { requireClusterName, requireMemberName } from '../../../src/domain/ids.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import { openBlackHole } from '../../../src/rehearsal/host/ssh-server.ts';
import { runRehearsal } from '../../../src/rehearsal/run.ts';
import { clustersFor, openDiscord, openSlack, type Cleanup } from '../../e2e/support/chat-world.ts';
import type { DiscordServer } from '../../support/discord/server.ts';
import type { SlackServer } from '../../support/slack/server.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { startLockstep, type LockstepProcess } from './process.ts';

export const CHANNELS = 10;
/** Nobody's role: may look, and nothing else. */
export const VIEWER = { slack: 'U01VIEW', discord: '850000000000000009' } as const;
/** One platform as both parts of the benchmark see it. */
export interface Stage {
  readonly slack: SlackServer;
  readonly discord: DiscordServer;
  readonly lockstep: LockstepProcess;
  readonly clusters: readonly ClusterConfig[];
  readonly dataDir: string;
}

export function slackChannel(n: number): string {
  return `C02N${String(n).padStart(3, '0')}`;
}

export function discordChannel(n: number): string {
  return `8700000000000000${String(n).padStart(2, '0')}`;
}

const BLACK_HOLES = 3;

export async function openStage(cleanup: Cleanup): Promise<Stage> {
  const slack = await openSlack(cleanup, 'enforce');
  const discord = await openDiscord(cleanup);
  slack.addUser(VIEWER.slack, 'vera');
  discord.addUser(VIEWER.discord, 'vera');
  for (let n = 0; n < CHANNELS; n += 1) {
    slack.addChannel(slackChannel(n), `talk-${n}`, [VIEWER.slack]);
    discord.addChannel(discordChannel(n), `talk-${n}`);
  }
  const folder = makeTemporaryDirectory('lockstep-bench-chat-');
  cleanup.push(async () => folder.remove());
  const rehearsal = await runRehearsal({ scenario: 'downgraded-all', dir: join(folder.path, 'rehearsal'), idleMs: 0 });
  cleanup.push(() => rehearsal.close());
  const [real] = clustersFor(rehearsal.config, { slack: true, discord: true });
  if (real === undefined) throw new Error('the rehearsal has no cluster');
  const clusters = [real, await darken(cleanup, real)];
  slack.deliverTimes(2);
  discord.deliverTimes(2);
  const dataDir = join(folder.path, 'data');
  const { botToken, appToken, apiUrl } = slack;
  const { token, guildId } = discord;
  const lockstep = await startLockstep({
    clusters,
    dataDir,
    slack: { botToken, appToken, apiUrl },
    discord: { token, guildId, apiUrl: discord.apiUrl },
    level: 'error',
  });
  cleanup.push(() => lockstep.stop());
  return { slack, discord, lockstep, clusters, dataDir };
}

async function darken(cleanup: Cleanup, real: ClusterConfig): Promise<ClusterConfig> {
  const holes = [];
  for (let n = 1; n <= BLACK_HOLES; n += 1) {
    const hole = await openBlackHole('127.0.0.1', 0);
    cleanup.push(() => hole.close());
    holes.push({ name: requireMemberName(`dark${n}`), host: '127.0.0.1', port: hole.port });
  }
  const channels = { slack: null, discord: null };
  return { ...real, name: requireClusterName('dark'), members: holes, channels };
}
