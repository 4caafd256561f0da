/** One incident across platforms: asked for on one, approved on the other, on whatever cluster the configuration leads to. */
import { expect } from 'vitest';
import type { Platform } from '../../../src/domain/person.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import type { DiscordServer } from '../../support/discord/server.ts';
import type { SlackServer } from '../../support/slack/server.ts';
import { clustersFor, openDiscord, openService, openSlack, type Cleanup, type Running } from './chat-world.ts';
import { dataOf, finalOf, type Recorded } from './recorded.ts';
import { discordOver, slackOver, type Side } from './sides.ts';

export interface Both extends Running {
  readonly slack: SlackServer;
  readonly discord: DiscordServer;
  readonly on: Readonly<Record<'slack' | 'discord', Side>>;
  readonly clusters: readonly ClusterConfig[];
}

export async function openBoth(cleanup: Cleanup, configPath: string): Promise<Both> {
  const slack = await openSlack(cleanup, 'record');
  const discord = await openDiscord(cleanup);
  const clusters = clustersFor(configPath, { slack: true, discord: true });
  const running = await openService(cleanup, { clusters, slack, discord });
  const { recorder, service } = running;
  const on = {
    slack: slackOver(slack, ofPlatform(running, 'slack'), service.lockstep, 'socket'),
    discord: discordOver(discord, ofPlatform(running, 'discord'), service.lockstep),
  };
  return { ...running, recorder, slack, discord, on, clusters };
}

/** Of the shared record, what went to one platform. */
function ofPlatform({ recorder }: Running, platform: Platform): Running['recorder'] {
  return {
    ...recorder,
    get messages() {
      return recorder.messages.filter(({ address }) => address.platform === platform);
    },
  };
}

/** The run's cards, one per platform. */
export function runCards({ recorder }: Running): readonly Recorded[] {
  return recorder.messages.filter((each) => dataOf(each).some(({ kind }) => kind === 'plan'));
}

/** Asked for on one platform, approved on the other; both have the cards, in the incident's thread, and both see the end. */
export async function recoverAcross(both: Both, asked: 'slack' | 'discord', cluster: string): Promise<void> {
  const approved = asked === 'slack' ? 'discord' : 'slack';
  await both.on[asked].type('ada', { command: 'recover', options: { cluster } });
  const cards = runCards(both).slice(-2);
  expect(cards.map(({ address }) => address.platform).toSorted()).toEqual(['discord', 'slack']);
  expect(cards.every(({ address }) => address.thread !== null)).toBe(true);
  await both.on[approved].press('ben', 'Approve');
  for (const card of cards) {
    expect(dataOf(card).at(-1)).toMatchObject({ kind: 'run', state: 'succeeded' });
    expect(both.on[card.address.platform === 'slack' ? 'slack' : 'discord'].visible(card)).toContain('succeeded');
  }
  const run = await both.service.lockstep.store.listRuns({ limit: 1 });
  expect(run[0]?.approvals.map(({ by }) => by.split(':')[0])).toEqual([approved]);
  // What was said on the way stands in both threads.
  const inThreads = (['slack', 'discord'] as const).map((platform) =>
    both.recorder.messages
      .filter(({ address, states }) => address.platform === platform && address.thread !== null && states.length > 0)
      .map((each) => finalOf(each).message.summary)
      .filter((summary) => summary.includes(run[0]?.id ?? '?'))
      .toSorted(),
  );
  expect(inThreads[0]).toEqual(inThreads[1]);
  expect([...both.slack.violations, ...both.discord.violations]).toEqual([]);
}
