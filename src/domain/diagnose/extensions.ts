/**
 * Which API extensions a lower binary lacks, by name. Names read from a binary come first, the release table second. Lists are
 * append-only within an LTS series alone, so the answer is a difference of sets, never a slice (lxd-facts §6).
 */
import { findRelease } from '../release.ts';
import type { ReachedView, Situation } from './situation.ts';

/** Names of the build that counts `higher` (and has `schema`), less those that `lower` has; empty when either list is unknown. */
export function missingNames(situation: Situation, lower: ReachedView, higher: number): readonly string[] {
  const have = lower.installed?.names ?? null;
  if (have === null || have.length === 0) return [];
  const want = namesWithCount(situation, lower, higher);
  const known = new Set(have);
  return want.filter((name) => !known.has(name));
}

function namesWithCount(situation: Situation, lower: ReachedView, count: number): readonly string[] {
  const schema = lower.installed?.schema ?? null;
  for (const view of situation.reached) {
    if (view.installed?.extensions === count && view.installed.names !== null) return view.installed.names;
    const api = view.facts.api?.extensions;
    if (api?.length === count) return api;
    const kept = view.facts.binaries.find((one) => one.extensions === count && one.names?.length === count);
    if (kept?.names) return kept.names;
  }
  const series = lower.version === null ? null : (findRelease(situation.releases, lower.version)?.series ?? null);
  const release = situation.releases.releases.find(
    (one) => one.extensions === count && one.series === series && (schema === null || one.schema === schema),
  );
  return release === undefined ? [] : situation.releases.extensionNames(release.version);
}
