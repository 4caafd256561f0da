/**
 * What the diagnosis hands on: per member what was made of its facts, the table that was believed, and the findings. Types alone;
 * the status card, the planner and the JSON contract read them, so a fact that could not be known is null here, never a default.
 */
import type { Finding } from '../finding.ts';
import type { MemberName } from '../ids.ts';
import type { NodeRow, NodesTable } from '../observation.ts';

/**
 * `serving`: `/internal/ready` says 200. `waiting`: alive, not ready, not restarting (for other members' versions, or for a leader).
 * `crash-looping`: it fails and is started again. `stopped`: nothing runs and nothing will start it. `unknown`: the facts do not tell.
 */
export type DaemonPhase = 'serving' | 'waiting' | 'crash-looping' | 'stopped' | 'unknown';

/** Where the count of an installed binary comes from, best first: read out of it, said by it, read on a member with the same one, looked up. */
export type CountSource = 'binary' | 'api' | 'peer' | 'table';

export interface InstalledCount {
  readonly extensions: number;
  /** Global database schema; null when only the count could be found. */
  readonly schema: number | null;
  /** Extension names in order; null when unknown. */
  readonly names: readonly string[] | null;
  readonly source: CountSource;
  /** Other sources that say another number. The best source is believed all the same. */
  readonly disagreeing: readonly { readonly source: CountSource; readonly extensions: number }[];
}

export interface RunningCount {
  /** Without LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS, which counts in rows and checks only. */
  readonly extensions: number;
  readonly schema: number | null;
  readonly source: 'api' | 'process';
}

export interface MemberAssessment {
  readonly member: MemberName;
  /** It answered with facts. */
  readonly reachable: boolean;
  readonly phase: DaemonPhase;
  readonly installed: InstalledCount | null;
  readonly running: RunningCount | null;
  /** Its row in the chosen table, whoever read that. */
  readonly row: NodeRow | null;
  /** The word that `snap list` prints; remote text. */
  readonly version: string | null;
  readonly revision: string | null;
  readonly architecture: string | null;
  /** Whether the installed LXD waits and re-aligns by itself (canonical/lxd#15314); null when its release is not known. */
  readonly hasFix: boolean | null;
  /** Number of running instances. */
  readonly instances: number | null;
}

/** The `nodes` table that was believed, and who gave it. `at` is on Lockstep's clock, also for a dump. */
export type ChosenRows = NodesTable & { readonly member: MemberName };

export interface Diagnosis {
  /** Sorted, at least one; `in-step` only alone. */
  readonly findings: readonly Finding[];
  readonly rows: ChosenRows | null;
  /** In configuration order, one per configured member. */
  readonly members: readonly MemberAssessment[];
}
