/**
 * Whether a cluster is watched, how often, and until when nothing is said of it: the configuration, and over it what people said.
 * Owns that order and the durable record of what they said.
 */
import type { ClusterConfig } from '../../domain/cluster.ts';
import type { ClusterName } from '../../domain/ids.ts';
import type { Platform } from '../../domain/person.ts';
import type { Store } from '../../ports/store.ts';

export interface WatchSetting {
  /** What a person said; null while the configuration decides. */
  readonly on: boolean | null;
  /** ms UTC. */
  readonly mutedUntil: number | null;
  /** Who said the last of it, as described. */
  readonly by: string | null;
}

/** Period of a cluster that is turned on and has none configured, in ms. */
const USUAL_PERIOD_MS = 60_000;

const NOTHING_SAID: WatchSetting = { on: null, mutedUntil: null, by: null };

/** `asked`: only clusters that a person turned on, whatever is configured. */
type WatchScope = 'configured' | 'asked';

/** A console alone is somebody's session and not the service: it watches only what was turned on. */
export function scopeOf(chats: ReadonlyMap<Platform, unknown>): WatchScope {
  return [...chats.keys()].every((platform) => platform === 'console') ? 'asked' : 'configured';
}

/** Period in ms, null for a cluster that is not watched. */
export function periodOf(
  { watchEveryMs }: Pick<ClusterConfig, 'watchEveryMs'>,
  { on }: WatchSetting,
  scope: WatchScope,
): number | null {
  if (on ?? (scope === 'configured' && watchEveryMs !== null)) return watchEveryMs ?? USUAL_PERIOD_MS;
  return null;
}

export function isMuted({ mutedUntil }: WatchSetting, now: number): boolean {
  return mutedUntil !== null && now < mutedUntil;
}

export async function findWatchSetting(store: Pick<Store, 'getMeta'>, cluster: ClusterName): Promise<WatchSetting> {
  const text = await store.getMeta(keyOf(cluster));
  if (text === null) return NOTHING_SAID;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return NOTHING_SAID;
    const { on, mutedUntil, by } = { on: null, mutedUntil: null, by: null, ...value } as Record<string, unknown>;
    return {
      on: typeof on === 'boolean' ? on : null,
      mutedUntil: typeof mutedUntil === 'number' ? mutedUntil : null,
      by: typeof by === 'string' ? by : null,
    };
  } catch {
    return NOTHING_SAID;
  }
}

export async function saveWatchSetting(
  store: Pick<Store, 'setMeta'>,
  cluster: ClusterName,
  setting: WatchSetting,
): Promise<void> {
  await store.setMeta(keyOf(cluster), JSON.stringify(setting));
}

function keyOf(cluster: ClusterName): string {
  return `watch-setting:${cluster}`;
}
