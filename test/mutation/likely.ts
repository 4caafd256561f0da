/**
 * Which tests are likely to notice a mutant, learnt from those that noticed others of the same file. Owns an order alone: which tests may
 * run at all is said by what passes the mutant's place.
 */
import type { SeenTest } from './protocol.ts';

/** Neighbours are mostly noticed by the same tests: so many of the latest are tried first. */
const RECENT = 6;

export interface Likely {
  /** Tests that noticed the last mutants of this file, of those that may run; null where all of them may. */
  recent(mutated: string, tests: readonly string[] | null): readonly string[];
  /** Of these files of tests, first those that noticed most mutants of this file, then the quick ones. */
  sorted(mutated: string, files: readonly string[]): readonly string[];
  noticed(mutated: string, by: SeenTest): void;
  took(file: string, ms: number): void;
}

export function createLikely(): Likely {
  const tests = new Map<string, readonly string[]>();
  const counts = new Map<string, Map<string, number>>();
  const costs = new Map<string, number>();
  return {
    recent(mutated, allowed) {
      const latest = (tests.get(mutated) ?? []).slice(-RECENT);
      return allowed === null ? latest : latest.filter((id) => allowed.includes(id));
    },
    sorted(mutated, files) {
      const kills = counts.get(mutated);
      return [...files].sort(
        (a, b) => (kills?.get(b) ?? 0) - (kills?.get(a) ?? 0) || (costs.get(a) ?? 0) - (costs.get(b) ?? 0),
      );
    },
    noticed(mutated, { id, file }) {
      const kills = counts.get(mutated) ?? new Map<string, number>();
      counts.set(mutated, kills.set(file, (kills.get(file) ?? 0) + 1));
      tests.set(mutated, [...(tests.get(mutated) ?? []).filter((other) => other !== id), id]);
    },
    took(file, ms) {
      costs.set(file, ms);
    },
  };
}
