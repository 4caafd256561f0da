/**
 * The background loop over all clusters: each at its own pace, a few at a time, until it is told to stop. Owns pace and concurrency;
 * what one look does is in `watch-once.ts`. A look that fails is logged and made again at the next turn.
 */
import { type ChannelAsker, createChannelAsker } from './ask-channel.ts';
import { setMaxListeners } from 'node:events';
import type { ClusterConfig } from '../../domain/cluster.ts';
import { waitUntilNext } from '../../domain/watch/schedule.ts';
import { createSlots, type Slots } from './slots.ts';
import { findWatchSetting, periodOf, scopeOf } from './settings.ts';
import type { WatchDeps } from './deps.ts';
import { findWatchState, watchOnce, type Watched } from './watch-once.ts';

export interface WatchOptions {
  /** Clusters that are asked at the same time. */
  readonly atOnce?: number;
  /** Called with how much later than planned a look began, in ms. */
  readonly onLook?: (cluster: ClusterConfig, lateMs: number) => void;
}

export interface Watch {
  /** Begins no other look; resolves when those under way have ended. Idempotent. */
  stop(): Promise<void>;
}

const AT_ONCE = 16;
/** How often a cluster that is not watched is asked whether it should be, in ms. */
const OFF_MS = 5_000;

interface Loop {
  readonly deps: WatchDeps;
  readonly options: WatchOptions;
  readonly slots: Slots;
  readonly stopping: AbortSignal;
  readonly channel: ChannelAsker | null;
}

export function startWatch(deps: WatchDeps, options: WatchOptions = {}): Watch {
  const stopping = new AbortController();
  // Every cluster sleeps on it.
  setMaxListeners(0, stopping.signal);
  const slots = createSlots(options.atOnce ?? AT_ONCE);
  const { signal } = stopping;
  const channel = deps.offers === undefined ? null : createChannelAsker(deps, deps.offers, signal);
  const loops = deps.clusters.map((cluster) =>
    keepLooking({ deps, options, slots, stopping: signal, channel }, cluster),
  );
  const ended = Promise.all(loops).then(() => channel?.idle());
  return {
    stop() {
      stopping.abort();
      return ended;
    },
  };
}

async function keepLooking(loop: Loop, cluster: ClusterConfig): Promise<void> {
  const { deps, stopping } = loop;
  const memory: Memory = { kept: null, wasOn: false, dueAt: deps.clock.monotonicMs() };
  while (!stopping.aborted) {
    let waitMs = OFF_MS;
    try {
      waitMs = await turn(loop, cluster, memory);
    } catch (cause) {
      deps.log.error('a look of the watch failed', { cluster: cluster.name }, cause);
    }
    memory.dueAt = deps.clock.monotonicMs() + waitMs;
    await deps.timers.sleep(waitMs, stopping);
  }
}

interface Memory {
  kept: Watched | null;
  wasOn: boolean;
  /** When this turn was to begin, by the monotonic clock. */
  dueAt: number;
}

/** One turn; returns the wait until the next, in ms. */
async function turn(loop: Loop, cluster: ClusterConfig, memory: Memory): Promise<number> {
  const { deps, options, slots, stopping, channel } = loop;
  const setting = await findWatchSetting(deps.store, cluster.name);
  const periodMs = periodOf(cluster, setting, scopeOf(deps.chats));
  if (periodMs === null) {
    memory.wasOn = false;
    return OFF_MS;
  }
  if (!memory.wasOn) {
    // The first looks are spread over a period, so that a start does not ask everybody at once.
    memory.wasOn = true;
    return periodMs * randomOf(deps);
  }
  const planned = deps.clock.monotonicMs();
  return slots.use(async () => {
    if (stopping.aborted) return 0;
    options.onLook?.(cluster, deps.clock.monotonicMs() - memory.dueAt);
    const before = memory.kept ?? { state: await findWatchState(deps.store, cluster.name), writtenAt: null };
    const { state, writtenAt, again } = await watchOnce(deps, cluster, setting, before, { stopping, channel });
    memory.kept = { state, writtenAt };
    const { silentLooks, told } = state;
    const inTrouble = told.length > 0;
    const wait = waitUntilNext({ periodMs, again, silentLooks, inTrouble, random: randomOf(deps) });
    return Math.max(0, wait - (deps.clock.monotonicMs() - planned));
  });
}

/** From 0 to 1, drawn from the port of random ids. */
function randomOf({ ids }: WatchDeps): number {
  let mixed = 2_166_136_261;
  for (const sign of ids.token()) mixed = Math.imul(mixed ^ sign.charCodeAt(0), 16_777_619) >>> 0;
  return mixed / 2 ** 32;
}
