/** From sightings to the two moments that a recovery's end is measured from. Pure. */
import type { Watched } from './watch.ts';

/** LXD's default of `cluster.offline_threshold`. */
const FRESH_MS = 20_000;

export interface Healed {
  /** The last member was ready. */
  readonly readyAt: number;
  /** Every member was ready and LXD would list it as ONLINE. */
  readonly onlineAt: number;
  /** What the rules wait for was true: two advances of each heartbeat since `from`, the last of them since all were ready. */
  readonly ruleAt: number;
}

/** Throws when it never came to that. `from`: heartbeats of before don't count, ms. */
export function judge({ readyAt, sightings }: Watched, names: readonly string[], from: number): Healed {
  const ready = Math.max(...names.map((name) => readyAt[name] ?? Number.POSITIVE_INFINITY));
  const online = sightings.find(
    ({ at, heartbeats }) => at >= ready && names.every((name) => at - (heartbeats[name] ?? 0) < FRESH_MS),
  );
  const atReady = sightings.findLast(({ at }) => at <= ready)?.heartbeats ?? {};
  const ruleAt = Math.max(
    ...names.map((name) => {
      const moments = advancesOf(sightings, name, from);
      const two = moments[1]?.seenAt ?? Number.POSITIVE_INFINITY;
      const later = moments.find(({ heartbeat }) => heartbeat > (atReady[name] ?? ready))?.seenAt;
      return Math.max(two, later ?? Number.POSITIVE_INFINITY);
    }),
  );
  // Nothing new in the database since the last was ready: then it was ONLINE by what was there.
  const last = sightings.at(-1)?.heartbeats ?? {};
  const wasFresh = names.every((name) => ready - (atReady[name] ?? 0) < FRESH_MS);
  const onlineAt = wasFresh ? ready : online?.at;
  if (onlineAt === undefined || !Number.isFinite(ruleAt))
    throw new Error(`it was never seen to be in step: ready ${ready}, heartbeats ${JSON.stringify(last)}`);
  return { readyAt: ready, onlineAt, ruleAt };
}

interface Advance {
  readonly seenAt: number;
  readonly heartbeat: number;
}

function advancesOf(sightings: Watched['sightings'], name: string, from: number): readonly Advance[] {
  const found: Advance[] = [];
  for (const { at, heartbeats } of sightings) {
    const heartbeat = heartbeats[name] ?? 0;
    if (heartbeat > (found.at(-1)?.heartbeat ?? from)) found.push({ seenAt: at, heartbeat });
  }
  return found;
}
