/**
 * Keeps what the store offers the members: asks beside the looks, at a low rate and a few members at a time, and remembers in the
 * store, so that a restart asks and says nothing again. No look waits for it: an answer is there for the next one.
 */
import type { ClusterConfig } from '../../domain/cluster.ts';
import type { ClusterName } from '../../domain/ids.ts';
import type { ClusterObservation } from '../../domain/observation.ts';
import {
  dueFollowers,
  type Follower,
  type OfferMemory,
  parseOfferMemory,
  remember,
} from '../../domain/watch/offer-memory.ts';
import type { OfferReader } from '../deps.ts';
import type { WatchDeps } from './deps.ts';
import { createSlots } from './slots.ts';

export interface ChannelAsker {
  /** What is known, also from before a restart. */
  memoryOf(cluster: ClusterName): Promise<OfferMemory>;
  /** Begins to ask who is due, and does not wait; nothing while a question to that cluster is under way. */
  ask(cluster: ClusterConfig, observation: ClusterObservation): void;
  /** Resolves when no question is under way; soon after `stopping`. */
  idle(): Promise<void>;
}

type AskerDeps = Pick<WatchDeps, 'store' | 'clock' | 'log'>;

/** Members that are asked at the same time, over all clusters. */
const AT_ONCE = 4;

export function createChannelAsker(deps: AskerDeps, offers: OfferReader, stopping: AbortSignal): ChannelAsker {
  const { store, clock, log } = deps;
  const slots = createSlots(AT_ONCE);
  const memories = new Map<ClusterName, OfferMemory>();
  const underWay = new Map<ClusterName, Promise<void>>();

  async function memoryOf(cluster: ClusterName): Promise<OfferMemory> {
    const memory = memories.get(cluster) ?? parseOfferMemory(await store.getMeta(keyOf(cluster)));
    memories.set(cluster, memory);
    return memory;
  }

  async function askOne(cluster: ClusterConfig, follower: Follower): Promise<void> {
    const member = cluster.members.find(({ name }) => name === follower.member);
    if (member === undefined || stopping.aborted) return;
    const answer = await offers.read(cluster, member, stopping);
    if (stopping.aborted) return;
    if (answer.kind === 'unknown') {
      log.info('what the channel offers could not be read', {
        cluster: cluster.name,
        member: member.name,
        said: answer.text,
      });
    }
    const memory = remember(await memoryOf(cluster.name), follower, answer, clock.nowMs());
    memories.set(cluster.name, memory);
    await store.setMeta(keyOf(cluster.name), JSON.stringify(memory));
  }

  async function askDue(cluster: ClusterConfig, observation: ClusterObservation): Promise<void> {
    const due = dueFollowers(await memoryOf(cluster.name), observation, clock.nowMs());
    for (const follower of due) await slots.use(() => askOne(cluster, follower));
  }

  return {
    memoryOf,
    ask(cluster, observation) {
      if (stopping.aborted || underWay.has(cluster.name)) return;
      const work = askDue(cluster, observation)
        .catch((cause: unknown) => log.error('asking what the channel offers failed', { cluster: cluster.name }, cause))
        .finally(() => underWay.delete(cluster.name));
      underWay.set(cluster.name, work);
    },
    async idle() {
      await Promise.all(underWay.values());
    },
  };
}

function keyOf(cluster: ClusterName): string {
  return `offers:${cluster}`;
}
