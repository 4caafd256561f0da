/** Markers in memory: who holds which member, for engines that share a cluster. Counts what was asked. */
import type { Markers } from '../../src/engine/markers.ts';
import type { Clock } from '../../src/ports/system.ts';

export interface FakeMarkers {
  /** Member to `installation run`. */
  readonly held: Map<string, { readonly owner: string; readonly until: number }>;
  /** Members that do not answer. */
  readonly silent: Set<string>;
  readonly asked: string[];
  of(installation: string): Markers;
}

const LIFE_MS = 1_800_000;

export function createFakeMarkers(clock: Clock): FakeMarkers {
  const world: Omit<FakeMarkers, 'of'> = { held: new Map(), silent: new Set(), asked: [] };
  return {
    ...world,
    of: (installation) => ({
      async take({ members, run, needMs, isOver }) {
        const owner = `${installation} ${run}`;
        world.asked.push(`take ${owner}`);
        const now = clock.nowMs();
        const until = now + Math.max(LIFE_MS, 2 * needMs);
        const answering = members.filter((name) => !world.silent.has(name));
        const ended = await endedOf(answering.map((name) => world.held.get(name)?.owner ?? ''));
        const isFree = (name: string): boolean => {
          const holder = world.held.get(name);
          if (holder === undefined || holder.owner === owner || holder.until <= now) return true;
          return ended.has(holder.owner);
        };
        const others = answering.filter((name) => !isFree(name));
        const isForeign = (by: string | undefined): boolean => by !== undefined && !by.startsWith(`${installation} `);
        const takenOver = answering.filter((name) => isFree(name) && isForeign(world.held.get(name)?.owner));
        for (const name of answering.filter(isFree)) world.held.set(name, { owner, until });

        /** Left behind by runs of this installation that ended. */
        async function endedOf(owners: readonly string[]): Promise<ReadonlySet<string>> {
          const over = new Set<string>();
          for (const one of new Set(owners)) {
            const [by, id] = one.split(' ');
            if (by === installation && id !== undefined && (await isOver(id)) !== null) over.add(one);
          }
          return over;
        }
        if (others.length > 0) {
          return {
            kind: 'refused',
            reasons: others.map((name) => `${name} is held by ${world.held.get(name)?.owner}.`),
          };
        }
        const silent = members.filter((name) => world.silent.has(name)).map((name) => `${name} did not answer.`);
        return { kind: 'held', until, takenOver, silent };
      },
      async prune(_cluster, _members, runs) {
        world.asked.push(`prune ${runs.join(' ')}`);
        return [];
      },
      async drop(_cluster, members, run) {
        world.asked.push(`drop ${installation} ${run}`);
        for (const name of members)
          if (world.held.get(name)?.owner === `${installation} ${run}`) world.held.delete(name);
        return [];
      },
    }),
  };
}
