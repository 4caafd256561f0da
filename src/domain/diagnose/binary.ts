/**
 * How many API extensions a member's installed binary has, and how many its running daemon has. They are different questions: a
 * refresh replaces the first at once and the second only at the restart. Versions are labels that do not determine the count
 * (lxd-facts §6), so the release table comes last, and whoever uses the number can see where it came from.
 */
import type { BinaryFacts, MemberFacts, MemberObservation } from '../observation.ts';
import { findRelease, type Release, type ReleaseTable } from '../release.ts';
import type { CountSource, InstalledCount, RunningCount } from './types.ts';

interface Claim {
  readonly source: CountSource;
  readonly extensions: number;
  readonly schema: number | null;
  readonly names: readonly string[] | null;
}

/** The count of the installed binary, the best source first; null when no source says anything. */
export function installedCount(
  own: MemberObservation,
  all: readonly MemberObservation[],
  releases: ReleaseTable,
): InstalledCount | null {
  const facts = own.facts;
  if (facts === null) return null;
  const claims = [
    claimOfBinary(facts),
    claimOfApi(facts, releases),
    claimOfPeers(own, all, releases),
    claimOfTable(facts, releases),
  ].filter((claim) => claim !== null);
  const best = claims[0];
  if (best === undefined) return null;
  const agreeing = claims.filter((claim) => claim.extensions === best.extensions);
  return {
    extensions: best.extensions,
    schema: agreeing.find((claim) => claim.schema !== null)?.schema ?? null,
    names: agreeing.find((claim) => claim.names !== null)?.names ?? null,
    source: best.source,
    disagreeing: claims
      .filter((claim) => claim.extensions !== best.extensions)
      .map(({ source, extensions }) => ({ source, extensions })),
  };
}

/** The binary that the next start will run: the entry of the current revision. */
function installedBinary(facts: MemberFacts): BinaryFacts | null {
  const revision = facts.snap?.revision ?? null;
  if (revision === null) return facts.binaries[0] ?? null;
  return facts.binaries.find((binary) => binary.revision === revision) ?? null;
}

/** The count of the process that runs now: what it says of itself, else what its executable holds. */
export function runningCount(facts: MemberFacts): RunningCount | null {
  const schema = runningBinary(facts)?.schema ?? null;
  if (facts.ready === 'ready' && facts.api !== null && facts.api.extensions.length > 0) {
    return { extensions: facts.api.extensions.length, schema, source: 'api' };
  }
  const counted = facts.process?.extensions ?? null;
  return counted === null ? null : { extensions: counted, schema, source: 'process' };
}

/** Whether the running process executes the installed binary; null when that can't be told. */
export function runsInstalled(facts: MemberFacts): boolean | null {
  const exe = facts.process?.exe ?? null;
  if (exe === null) return null;
  if (exe === installedBinary(facts)?.path) return true;
  const revision = revisionOfPath(exe);
  if (revision === null || facts.snap === null) return null;
  return revision === facts.snap.revision;
}

/** Whether that binary waits instead of failing (canonical/lxd#15314); null when the release can't be told from label and count. */
export function hasFix(facts: MemberFacts, installed: InstalledCount | null, releases: ReleaseTable): boolean | null {
  const labelled = facts.snap === null ? null : findRelease(releases, facts.snap.version);
  if (labelled === null) return null;
  if (installed === null || installed.extensions === labelled.extensions) return labelled.hasFix;
  return agreedFix(releases.releases.filter((one) => one.series === labelled.series && matches(one, installed)));
}

/** What releases of one count say of the fix, when they agree. */
export function agreedFix(candidates: readonly Release[]): boolean | null {
  const first = candidates[0];
  if (first === undefined) return null;
  return candidates.every((one) => one.hasFix === first.hasFix) ? first.hasFix : null;
}

function matches(release: Release, installed: InstalledCount): boolean {
  if (release.extensions !== installed.extensions) return false;
  return installed.schema === null || release.schema === installed.schema;
}

function claimOfBinary(facts: MemberFacts): Claim | null {
  const binary = installedBinary(facts);
  if (binary === null || binary.extensions === null) return null;
  return { source: 'binary', extensions: binary.extensions, schema: binary.schema, names: binary.names };
}

/** A daemon speaks for the installed binary only while it runs that very one. */
function claimOfApi(facts: MemberFacts, releases: ReleaseTable): Claim | null {
  if (facts.api === null || facts.api.extensions.length === 0 || runsInstalled(facts) !== true) return null;
  const extensions = facts.api.extensions.length;
  const release = facts.snap === null ? null : findRelease(releases, facts.snap.version);
  const schema = release !== null && release.extensions === extensions ? release.schema : null;
  return { source: 'api', extensions, schema, names: facts.api.extensions };
}

/** Revisions are per architecture: only a member of the same one has the same binary. */
function claimOfPeers(own: MemberObservation, all: readonly MemberObservation[], releases: ReleaseTable): Claim | null {
  const mine = own.facts;
  if (mine === null || mine.snap === null || mine.architecture === null) return null;
  const revision = mine.snap.revision;
  for (const peer of all) {
    const facts = peer.facts;
    if (peer.member === own.member || facts === null) continue;
    if (facts.snap?.revision !== revision || facts.architecture !== mine.architecture) continue;
    const claim = claimOfBinary(facts) ?? claimOfApi(facts, releases);
    if (claim !== null) return { ...claim, source: 'peer' };
  }
  return null;
}

function claimOfTable(facts: MemberFacts, releases: ReleaseTable): Claim | null {
  const release = facts.snap === null ? null : findRelease(releases, facts.snap.version);
  if (release === null) return null;
  const names = releases.extensionNames(release.version);
  return {
    source: 'table',
    extensions: release.extensions,
    schema: release.schema,
    names: names.length > 0 ? names : null,
  };
}

function runningBinary(facts: MemberFacts): BinaryFacts | null {
  const exe = facts.process?.exe ?? null;
  if (exe === null) return null;
  const revision = revisionOfPath(exe);
  return (
    facts.binaries.find((binary) => binary.path === exe) ??
    facts.binaries.find((binary) => revision !== null && binary.revision === revision) ??
    null
  );
}

/** `/snap/lxd/502/sbin/lxd` → `502`; null for `current` and for paths outside the snap. */
function revisionOfPath(path: string): string | null {
  const match = /\/snap\/lxd\/(x?\d+)\//.exec(path);
  return match?.[1] ?? null;
}
