/**
 * State of a simulated cluster: plain values that can be written as JSON and read back. Owns the shapes; the other files of
 * this folder change them. Times are ms since the epoch on the simulation's own clock, which is true time for every member.
 */
import type { SqlDatabase } from './sql-run.ts';

/** One build of the snap. */
export interface Build {
  readonly revision: string;
  /** The word that `snap list` prints. */
  readonly version: string;
  /** Release whose words and lists it has. */
  readonly release: string;
  readonly extensions: number;
  readonly schema: number;
  readonly localSchema: number;
  /** Waits in both directions and takes signals while it waits (canonical/lxd#15314, #15436). */
  readonly hasFix: boolean;
}

export type DaemonSignal = 'TERM' | 'PWR';

/**
 * `starting` has no leader yet or has not looked; `checking` holds the transaction; `waiting` is ahead (or, with the fix,
 * behind); `aligned` passed the check and gets ready; `stopping` is on its way out.
 */
type DaemonPhase = 'starting' | 'checking' | 'waiting' | 'aligned' | 'serving' | 'stopping';

export interface Daemon {
  pid: number;
  readonly revision: string;
  readonly startedAt: number;
  phase: DaemonPhase;
  /** The unix socket is answered from here on, and the dqlite node is up. */
  listening: boolean;
  dqliteUp: boolean;
  attempts: number;
  /** Signals that a not-ready daemon before the fix keeps for the moment when it is ready. */
  queued: DaemonSignal[];
  /** After SIGSTOP: what it would do happens after SIGCONT. */
  frozen?: boolean;
  /** It has passed the check in this life: signals shut instances down. */
  wasReady: boolean;
}

export interface StopJob {
  readonly reason: 'host shutdown' | 'snap refresh' | 'reload';
  /** `script` is the snap's own stop command, `sigterm` systemd's part after it. */
  deadline: number;
  startAfter: boolean;
}

interface Unit {
  active: 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';
  sub: string;
  result: string;
  restarts: number;
  enabled: boolean;
  mainPid: number;
  /** Moments of the last starts, for systemd's start limit. */
  starts: number[];
  stop: StopJob | null;
  changedAt: number;
}

interface SocketUnit {
  active: boolean;
  enabled: boolean;
  /** The file outlives the unit. */
  file: boolean;
}

export interface Instance {
  readonly name: string;
  pid: number | null;
  readonly kind: 'container' | 'virtual-machine';
  /** LXD starts it when it becomes ready: `boot.autostart`, or it ran last. */
  autostart: boolean;
}

export type ChangeStep =
  | { readonly kind: 'stop' }
  | { readonly kind: 'link'; readonly revision: string }
  | { readonly kind: 'start' }
  | { readonly kind: 'activate' }
  | { readonly kind: 'reload' }
  /** Stays until the scenario ends it. */
  | { readonly kind: 'stuck' };

export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  status: 'Doing' | 'Done' | 'Error';
  readonly spawn: number;
  ready: number | null;
  readonly steps: readonly ChangeStep[];
  step: number;
  /** The step under way was begun. */
  begun: boolean;
}

export interface JournalEntry {
  readonly at: number;
  readonly unit: string;
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
}

/** What a scenario breaks on a member. */
interface Faults {
  /** Cut off from the others and from Lockstep: connections are accepted and never answered. */
  partitioned: boolean;
  sudoRefused: boolean;
  /** The key in known_hosts is another one. */
  hostKeyChanged: boolean;
  /** How late everything starts that comes in over SSH, in ms. */
  delayMs: number;
  /** Member's clock minus true time, in ms. */
  clockOffsetMs: number;
  freeBytes: number;
  /** How the snap store answers snapd here; `hangs` is a network that swallows packets. */
  store: 'answers' | 'refuses' | 'hangs';
  /** False: a unit that does not restart a failed daemon. */
  restartOnFailure: boolean;
}

export interface MemberState {
  readonly name: string;
  readonly address: string;
  readonly role: 'voter' | 'stand-by' | 'spare';
  revision: string;
  /** Every installed revision. */
  installed: string[];
  tracking: string;
  held: boolean;
  cohort: boolean;
  changes: Change[];
  /** Daemon that the snap's activation talks to. */
  activatingPid: number | null;
  unit: Unit;
  socket: SocketUnit;
  userSocket: SocketUnit;
  userDaemonActive: boolean;
  daemon: Daemon | null;
  lxcfsPid: number | null;
  instances: Instance[];
  journal: JournalEntry[];
  /** What a repair cost: `instances-stopped …`, `lxcfs-died …`, `daemon-killed`. */
  impact: { readonly at: number; readonly event: string }[];
  local: SqlDatabase;
  faults: Faults;
  lastOutOfDateAt: number;
}

export type Happening =
  | { readonly kind: 'listen'; readonly member: string; readonly pid: number }
  | { readonly kind: 'connect'; readonly member: string; readonly pid: number }
  | { readonly kind: 'commit'; readonly member: string; readonly pid: number }
  | { readonly kind: 'ready'; readonly member: string; readonly pid: number }
  | { readonly kind: 'exit'; readonly member: string; readonly pid: number; readonly code: number }
  | { readonly kind: 'restart'; readonly member: string }
  | { readonly kind: 'stop-deadline'; readonly member: string; readonly deadline: number }
  | { readonly kind: 'change'; readonly member: string; readonly id: string }
  | { readonly kind: 'auto-refresh'; readonly member: string }
  | { readonly kind: 'elect' }
  | { readonly kind: 'heartbeat' };

export interface ClusterState {
  now: number;
  /** State of the pseudo-random numbers: same seed, same history. */
  random: number;
  readonly builds: readonly Build[];
  /** Revision that the tracked channel offers; null: what is installed. */
  channelHead: string | null;
  database: SqlDatabase;
  leader: string | null;
  /** The one write transaction that may be open. */
  transaction: { readonly member: string; readonly pid: number; readonly outcome: CheckOutcome } | null;
  agenda: { readonly at: number; readonly order: number; readonly what: Happening }[];
  order: number;
  nextPid: number;
  readonly members: MemberState[];
}

/** What the start-up check came to. `database` is what a commit would make true. */
export type CheckOutcome =
  | { readonly kind: 'aligned'; readonly database: SqlDatabase }
  | { readonly kind: 'wait'; readonly database: SqlDatabase; readonly direction: 'ahead' | 'behind' }
  /** Rolled back; the daemon ends with exit code 1. */
  | { readonly kind: 'fatal'; readonly cause: string };
