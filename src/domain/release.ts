/**
 * LXD releases as values: counts, schemas and names of API extensions. The table itself comes in from `lxd/data`;
 * this file owns the questions that may be asked of it.
 */
export interface Release {
  /** `5.21.2` */
  readonly version: string;
  /** `5.21`, `5.0`, `6`: the track in which LXD supports a downgrade. */
  readonly series: string;
  readonly lts: boolean;
  readonly extensions: number;
  readonly schema: number;
  readonly localSchema: number | null;
  /** Whether a misaligned daemon of this release waits and re-aligns by itself (canonical/lxd#15314). */
  readonly hasFix: boolean;
}

export interface ReleaseTable {
  readonly releases: readonly Release[];
  /** Ordered extension names of that release; empty when unknown. */
  extensionNames(version: string): readonly string[];
}

/** `5.21.3-c5ae129`, `5.21.3 LTS`, `6.4`, `git-1a2b3c4` → `5.21.3`, `6.4`, or null when it names no release. */
export function releaseOf(snapVersion: string): string | null {
  const match = /^(\d+\.\d+(?:\.\d+)?)(?:[-+ ~].*)?$/.exec(snapVersion.trim());
  return match?.[1] ?? null;
}

export function findRelease(table: ReleaseTable, snapVersion: string): Release | null {
  const version = releaseOf(snapVersion);
  if (version === null) return null;
  return table.releases.find((release) => release.version === version) ?? null;
}
