/**
 * Where a case is played: a cluster that was brought into its scenario, simulated or real, with a data directory of its own. What the
 * matrix believes of it never comes from Lockstep. Types alone.
 */
import type { Situation } from './situations.ts';

export interface Heard {
  readonly at: number;
  readonly member: string;
  readonly text: string;
}

export interface Ground {
  /** As the configuration names it. */
  readonly cluster: string;
  /** Lockstep's data directory. */
  readonly home: string;
  /** Options of the console that lead here. */
  readonly options: readonly string[];
  /** The version of the release that a lower member is on, as a person types it. */
  readonly lower: string;
  /** Every text that reached a member so far, in order, with our own marks between them. */
  heard(): Promise<readonly Heard[]>;
  mark(text: string): void;
  /** What is true on the members now. */
  see(): Promise<Sight>;
  /** From here on a change is a change by the run. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

export interface MemberSight {
  readonly name: string;
  readonly serves: boolean;
  /** A process of LXD is there. */
  readonly runs: boolean;
  readonly revision: string;
  readonly held: boolean;
  readonly hasPatch: boolean;
  /** What Lockstep must not leave behind, by path; the patch file included. */
  readonly left: readonly string[];
}

export interface Sight {
  readonly members: readonly MemberSight[];
  /** Sentences about rows that are not those of the binaries. */
  readonly rows: readonly string[];
  /** What happened to instances and LXCFS since `begin`. */
  readonly harm: readonly string[];
  /** Sentences about holds that are not as they were at `begin`. */
  readonly holds: readonly string[];
  /** `cluster.healing_threshold` as it is recorded; null where it is not, or nobody reads it. */
  readonly healing: string | null;
  /** The revisions of the two releases. */
  readonly revisions: Readonly<Record<Situation['end'], string>>;
}
