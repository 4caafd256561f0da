/**
 * What one probe saw: facts per member, each either known or null, never guessed. Owns the types alone; the probe script and its
 * parsers (`lxd/`) fill them, `diagnose` reads them. All times are ms since the epoch, UTC, on Lockstep's own clock unless said.
 */
import type { ClusterName, MemberName } from './ids.ts';
import type { Member } from './cluster.ts';

/** Whether the member answered, and if not, why. Only `answered` comes with facts. */
export type Reach =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unreachable'; readonly text: string }
  | { readonly kind: 'timed-out'; readonly text: string }
  | { readonly kind: 'lost'; readonly text: string }
  | { readonly kind: 'auth-failed'; readonly text: string }
  | {
      readonly kind: 'host-key-refused';
      readonly reason: 'unknown' | 'changed' | 'revoked' | 'known-hosts-unreadable';
      readonly text: string;
    }
  | { readonly kind: 'sudo-refused'; readonly text: string }
  /** It answered, but with something that is not a probe's answer (a login banner, truncated output, a forced command). */
  | { readonly kind: 'garbled'; readonly text: string };

export interface MemberObservation {
  readonly member: MemberName;
  readonly host: string;
  readonly port: number;
  readonly reach: Reach;
  /** When the answer, or the failure, was there. */
  readonly at: number;
  readonly facts: MemberFacts | null;
}

/** A part of the probe that gave no fact, and why. */
export interface FailedPart {
  readonly part: string;
  readonly reason: 'timed-out' | 'command-missing' | 'failed' | 'unparsable' | 'truncated';
  /** At most 500 characters of what the member said; hostile. */
  readonly text: string;
}

/** `snap list lxd`. */
export interface SnapFacts {
  /** The word that `snap list` prints, `5.0.2-838e1b2`. */
  readonly version: string;
  /** `"502"`, `"x1"`. Revisions are per architecture. */
  readonly revision: string;
  /** `5.0/stable`; may end in `…`. */
  readonly tracking: string | null;
  readonly held: boolean;
  readonly inCohort: boolean;
  readonly disabled: boolean;
  readonly broken: boolean;
}

export interface SnapChange {
  readonly id: string;
  /** `Done`, `Doing`, `Do`, `Error`, `Undoing`, `Hold`, … */
  readonly status: string;
  readonly summary: string;
  readonly spawn: string | null;
}

/** `systemctl show snap.lxd.daemon.service`, sampled twice at least 1 s apart: one sample is not a diagnosis. */
export interface UnitFacts {
  readonly activeState: string;
  readonly subState: string;
  readonly unitFileState: string | null;
  readonly result: string | null;
  readonly mainPid: number | null;
  readonly restarts: number | null;
  readonly restartsLater: number | null;
}

/** What stands in one lxd ELF binary, read without starting it (`shared` facts: extension list slice header, schema INSERT texts). */
export interface BinaryFacts {
  /** Snap revision that it belongs to; null for a binary outside the snap (running after its revision was replaced). */
  readonly revision: string | null;
  readonly path: string;
  readonly extensions: number | null;
  /** Global database schema. */
  readonly schema: number | null;
  readonly localSchema: number | null;
  /** Extension names in order, when they could be read. */
  readonly names: readonly string[] | null;
}

/** The process that runs now. */
export interface ProcessFacts {
  readonly pid: number;
  /** `/proc/PID/exe`, with ` (deleted)` removed. */
  readonly exe: string | null;
  /** Number of extensions of that very binary; null when it could not be read. */
  readonly extensions: number | null;
}

/** `GET /1.0` of this member's own daemon. */
export interface ApiFacts {
  readonly version: string | null;
  readonly extensions: readonly string[];
  readonly serverName: string | null;
  readonly clustered: boolean | null;
  readonly clusterAddress: string | null;
}

export interface ClusterListEntry {
  readonly name: string;
  readonly url: string | null;
  /** `Online`, `Offline`, `Blocked`, `Evacuated`, … as printed. */
  readonly status: string;
  readonly message: string;
}

export type RowState = 'created' | 'pending' | 'evacuated' | 'unknown';

export interface NodeRow {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly schema: number;
  readonly apiExtensions: number;
  /** ms since the epoch on the cluster's clock; null when the text could not be read. */
  readonly heartbeatMs: number | null;
  readonly state: RowState;
}

/** The `nodes` table as one member gave it. */
export interface NodesTable {
  readonly source: 'live' | 'disk';
  /** When it was true: the moment of the query, or for `disk` the time of the dump on the member's clock. */
  readonly at: number;
  readonly rows: readonly NodeRow[];
  /** Highest version in the `schema` table. */
  readonly databaseSchema: number | null;
}

/** `raft_nodes` of the member's local database. */
export interface RaftNode {
  readonly id: number;
  readonly address: string;
  readonly name: string | null;
  readonly role: 'voter' | 'stand-by' | 'spare' | 'unknown';
}

/** A recognised line of lxd.log or the journal. */
export interface LogFact {
  /** `id` of the pattern in `lxd/data/log-patterns`. */
  readonly pattern: string;
  readonly severity: string;
  /** The line's own time; null when it had none. */
  readonly at: number | null;
  /** The line, at most 500 characters; hostile. */
  readonly text: string;
  readonly captures: readonly string[];
  readonly source: 'lxd.log' | 'journal';
}

export interface InstanceFacts {
  /** One entry per running instance, found by its monitor or qemu process. */
  readonly running: readonly { readonly pid: number; readonly name: string }[];
}

/** The marker of a run on a member, by which installations of Lockstep keep out of each other's way. */
export type MarkerFacts =
  | {
      readonly kind: 'held';
      readonly installation: string;
      readonly run: string;
      /** Who asked for that run, as one word. */
      readonly by: string;
      /** Ours: another run's, or this one's. */
      readonly isOurs: boolean;
      /** Its deadline by the member's own clock, as a time of Lockstep's clock. */
      readonly until: number;
      readonly isOver: boolean;
    }
  /** Something lies there that is no marker. */
  | { readonly kind: 'unreadable' };

export interface Leftovers {
  /** Content (at most 4 KiB) of a `patch.global.sql`, null when there is none. */
  readonly patchGlobal: string | null;
  readonly patchLocal: boolean;
  readonly recoveryTarball: boolean;
  /** An executable `lxd.debug` that replaces the snap's binary. */
  readonly lxdDebug: boolean;
}

export interface DiskFacts {
  readonly databaseBytes: number;
  readonly freeBytes: number;
}

/** Settings of the cluster, from the live database. A key that is not set is null: LXD's default holds. */
export interface ClusterSettings {
  readonly offlineThresholdS: number | null;
  readonly healingThresholdS: number | null;
  readonly shutdownTimeoutMin: number | null;
}

export type ReadyAnswer =
  /** `/internal/ready` said 200. */
  | 'ready'
  /** It said 503: alive, not ready. */
  | 'not-ready'
  /** Asked, no answer (refused, EOF, hung). */
  | 'no-answer'
  /** Not asked, since the unit is not active: a connect to the socket would start LXD and its instances. */
  | 'not-asked';

/** An instance that LXD starts by itself when it becomes ready: `boot.autostart`, or running when LXD last wrote its state. */
interface AutostartRow {
  readonly member: string;
  readonly project: string;
  readonly name: string;
}

/** Of the whole cluster, as this member's database has it. Those that run now are among them. */
export interface AutostartFacts {
  readonly rows: readonly AutostartRow[];
  /** There are more than were read. */
  readonly more: boolean;
}

export interface MemberFacts {
  readonly hostname: string | null;
  readonly architecture: string | null;
  /** Member's clock minus ours, in ms, with half the round trip taken off. */
  readonly clockOffsetMs: number | null;
  /** `absent`: no `snap` command or no lxd snap. */
  readonly install: 'snap' | 'not-a-snap' | 'absent';
  readonly snap: SnapFacts | null;
  readonly changes: readonly SnapChange[] | null;
  readonly unit: UnitFacts | null;
  /** Content of `/var/snap/lxd/common/state`: `crashed`, `shutdown`, empty while running. */
  readonly stateFile: string | null;
  /** Installed revisions, the current one first. */
  readonly binaries: readonly BinaryFacts[];
  readonly process: ProcessFacts | null;
  readonly ready: ReadyAnswer;
  readonly api: ApiFacts | null;
  readonly clusterList: readonly ClusterListEntry[] | null;
  readonly nodes: NodesTable | null;
  readonly raft: readonly RaftNode[] | null;
  readonly settings: ClusterSettings | null;
  /** Own name and address from the local database; null when it could not be read or the server stands alone. */
  readonly clusterAddress: string | null;
  /** SHA-256 (hex) of the cluster's certificate on this member, as LXD prints fingerprints; never anything of its key. */
  readonly clusterCertificate: string | null;
  /** Null when it could not be read. */
  readonly autostart: AutostartFacts | null;
  /** False when LXD runs here without a cluster. */
  readonly clustered: boolean | null;
  /** Oldest first. */
  readonly log: readonly LogFact[];
  readonly instances: InstanceFacts | null;
  readonly lxcfsPid: number | null;
  /** Who says that they work on this member; null when nobody does, or it could not be read. */
  readonly marker: MarkerFacts | null;
  /** Commands that a probe or a run calls and that are not there; null when it was not looked. */
  readonly lacks: readonly string[] | null;
  readonly leftovers: Leftovers | null;
  readonly disk: DiskFacts | null;
  /** `daemon.stop` of the current revision has the `crashed` branch (needed to stop a not-ready daemon cleanly). */
  readonly stopKnowsCrashed: boolean | null;
  /** Value of LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS in the daemon's environment. */
  readonly extensionBump: number | null;
  readonly failedParts: readonly FailedPart[];
}

export interface ClusterObservation {
  readonly cluster: ClusterName;
  readonly configured: readonly Member[];
  readonly startedAt: number;
  readonly endedAt: number;
  /** In configuration order, one per configured member. */
  readonly members: readonly MemberObservation[];
}
