/**
 * A plan: abstract steps in stages, with all that a person must know before approving. Steps of one stage run side by side,
 * stages one after the other. `lxd/compile` turns each step into the text that the member's shell runs; the digest covers that text.
 */
import type { ClusterName, MemberName, RunId } from './ids.ts';

export const STRATEGIES = [
  'sql-live',
  'patch-in-place',
  'stop-patch-start',
  'align-revision',
  'planned-downgrade',
  'rollback',
  'unblock-dead-row',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Whether only those who are named for break-glass may approve it, alone and with a reason. */
export function isBreakGlass(strategy: Strategy): boolean {
  return strategy === 'unblock-dead-row';
}

/** `read` may be repeated freely; `idempotent` may be repeated after a look; `once` only when verify is conclusive that it did not happen. */
export type StepEffect = 'read' | 'idempotent' | 'once';

/** The guarded statement's values (recovery rules, "The guarded statement"). */
export interface PatchParams {
  readonly target: number;
  readonly schema: number;
  /** `nodes.id` of every row to change. */
  readonly rowIds: readonly number[];
  /** Every count that those rows hold now, ascending. */
  readonly oldCounts: readonly number[];
  /** The counts may go up: only a dead member's row is ever raised by a file. */
  readonly mayRaise?: true;
  /** Life of the statement in s from the moment it is written, at most 900. */
  readonly lifetimeS: number;
  /** Also set `cluster.healing_threshold` to 0, only while it is this many s; for a file that is taken where nobody serves. */
  readonly healingS?: number;
}

export type StepCall =
  /** Hold refreshes of the snap. Only planned where no hold was there before. */
  | { readonly kind: 'hold-refreshes' }
  /** Release the hold that this run set. */
  | { readonly kind: 'release-hold' }
  /** Pack the database directory into the run's own folder, verify size and hash. `consistent` false: the daemon may be running, the copy is evidence only. */
  | { readonly kind: 'back-up'; readonly run: RunId; readonly consistent: boolean }
  /** P1: end a serving daemon with SIGTERM, instances stay. */
  | { readonly kind: 'stop-serving'; readonly waitS: number }
  /** P2: end a daemon that is not ready (crash loop, waiting). */
  | { readonly kind: 'stop-not-ready' }
  /** `snap stop lxd`: instances are shut down. Only with `--instances stop`. */
  | { readonly kind: 'stop-plain'; readonly waitS: number }
  /** Create `patch.global.sql` with the guarded statement; an existing file is a failure. */
  | { readonly kind: 'write-patch'; readonly run: RunId; readonly patch: PatchParams }
  /** Wait until the patch file is gone, at most `waitS`. Gone is not applied. */
  | { readonly kind: 'await-patch-consumed'; readonly waitS: number }
  /** Remove our own unconsumed patch (recognised by the run's mark) and assert that none is left. */
  | { readonly kind: 'remove-patch'; readonly run: RunId }
  /**
   * The guarded statements through this serving member's live database, each a transaction of its own. Their counts may go up as
   * well as down: each row gets what its own daemon has.
   */
  | { readonly kind: 'run-sql'; readonly run: RunId; readonly statements: readonly PatchParams[] }
  /**
   * `snap refresh --no-wait` to this revision, then wait until snapd has ended every change, at most `waitS`. A change that is under
   * way is waited for first. A hold that is there stays.
   */
  | { readonly kind: 'refresh'; readonly revision: string; readonly waitS: number }
  /** That revision is installed, snapd is at rest, and LXD does not serve; fails otherwise. */
  | { readonly kind: 'check-refreshed'; readonly revision: string }
  /** systemctl start --no-block of both sockets and the service. */
  | { readonly kind: 'start' }
  /** Wait until `/internal/ready` says 200, at most `waitS`. */
  | { readonly kind: 'await-ready'; readonly waitS: number }
  /** Through a serving member's API: `cluster.healing_threshold` from `thresholdS` to 0. Another value than these two is a refusal. */
  | { readonly kind: 'healing-off'; readonly thresholdS: number }
  /** And from 0 to `thresholdS` again, exactly what it was. */
  | { readonly kind: 'healing-back'; readonly thresholdS: number };

export type StepKind = StepCall['kind'];

export interface PlanStep {
  /** `1-back-up`, `2-write-patch`: the stage's number and the kind. The pair (id, member) is unique in a plan. */
  readonly id: string;
  readonly member: MemberName;
  readonly call: StepCall;
  readonly effect: StepEffect;
  /** Upper bound for the whole step in ms, as the member's own `timeout` and as the exec's. */
  readonly timeoutMs: number;
}

export interface PlanStage {
  /** What the card says while it runs: "Back up the database directory". */
  readonly title: string;
  readonly steps: readonly PlanStep[];
  /** Set for what may be done only once the end was verified; the verification then goes on and asks for this too. */
  readonly after?: 'verify';
}

export interface MemberTarget {
  readonly member: MemberName;
  readonly rowId: number;
  readonly extensions: number;
  readonly schema: number;
}

/** What verify holds the end against. */
export interface Baseline {
  readonly targets: readonly MemberTarget[];
  readonly databaseSchema: number;
  /** Instance pids per member before the run; each must live on unless the plan says that instances stop. */
  readonly instances: readonly { readonly member: MemberName; readonly pids: readonly number[] }[];
  readonly lxcfs: readonly { readonly member: MemberName; readonly pid: number | null }[];
  /** Ids of snap changes before the run. */
  readonly changes: readonly { readonly member: MemberName; readonly ids: readonly string[] }[];
}

/** A member that a person gives up: it is neither changed nor verified, and what has to become of it is said to the end. */
export interface GivenUp {
  readonly member: MemberName;
  readonly rowId: number;
  /** What its row is to hold. */
  readonly extensions: number;
  /** What a person has to do next, and what happens otherwise. */
  readonly followUp: string;
}

/** Instances that LXD will start on one member when it becomes ready, none of which runs now. */
export interface MemberStarts {
  readonly member: MemberName;
  /** `name`, or `project/name`. */
  readonly instances: readonly string[];
  /** So many more are known. */
  readonly more: number;
  /** The list of the cluster was cut when it was read: there may be others. */
  readonly cut: boolean;
}

/** The run that a rollback undoes. */
export interface Undo {
  readonly run: RunId;
  /** Highest count that its patch was to replace; null when it had none. */
  readonly count: number | null;
  /** The member that it gave up, where it did. */
  readonly givenUp?: GivenUp;
}

export interface Plan {
  readonly run: RunId | null;
  readonly cluster: ClusterName;
  readonly strategy: Strategy;
  /** The version or revision that was asked for, where one was. */
  readonly to?: string;
  /** `cluster.healing_threshold` in s, as it was read: 0 while the run lasts, and this again afterwards. Absent where it is off. */
  readonly healingS?: number;
  /** Only of a rollback. */
  readonly undoes?: Undo;
  /** Only of `unblock-dead-row`, and of the rollback of one. */
  readonly givenUp?: GivenUp;
  readonly instancesPolicy: 'keep' | 'stop';
  readonly stages: readonly PlanStage[];
  readonly baseline: Baseline;
  /** Whose API is down and about how long, in words. */
  readonly outage: string;
  /** What happens to instances, in words; names members that serve and how many instances run there. */
  readonly instances: string;
  /** What LXD starts by itself when it becomes ready; null when it could not be read. */
  readonly starts: readonly MemberStarts[] | null;
  /** Number of instances that the plan stops. */
  readonly instancesStopped: number;
  readonly irreversible: readonly string[];
  readonly rollback: string;
  readonly warnings: readonly string[];
  /** What every run leaves and removes on the members around its steps. Absent in plans from before it had its own place. */
  readonly around?: readonly string[];
  /** SHA-256 (hex) over the facts that the plan rests on; compared at the start of the run. */
  readonly fingerprint: string;
}

/** What a person has to know before approving. */
export type PlanWords = Pick<
  Plan,
  'outage' | 'instances' | 'instancesStopped' | 'irreversible' | 'rollback' | 'warnings' | 'around'
>;

/** What a step does, in the words of its stage; its id where the plan has no such step. */
export function stepTitle(plan: Pick<Plan, 'stages'>, id: string): string {
  return plan.stages.find(({ steps }) => steps.some((step) => step.id === id))?.title ?? id;
}

export interface Alternative {
  readonly strategy: Strategy;
  readonly possible: boolean;
  /** Why it is not possible, or why it is not the first choice. */
  readonly why: string;
}

export const REFUSAL_CODES = [
  'in-step',
  'mixed-binaries',
  'schema-newer',
  'schema-inconsistent',
  'local-schema-newer',
  'quorum-lost',
  'lxd-debug',
  'patch-left-over',
  'recovery-tarball',
  'crossing-tracks',
  'member-unreachable',
  'auth-failed',
  'host-key-changed',
  'sudo-refused',
  'unknown-version',
  'healing-on',
  'disk-low',
  'inventory-mismatch',
  'not-clustered',
  'lxd-missing',
  'not-a-snap',
  'upgrade-waiting',
  'latent-skew',
  'roll-forward',
  'self-healing-version',
  'crash-loop-other-cause',
  'refresh-in-progress',
  'member-pending',
  'running-differs-from-installed',
  'clock-skew',
  'probe-incomplete',
  'nobody-crash-loops',
  'somebody-serves',
  'somebody-waits',
  'stop-unsafe',
  'extension-bump-env',
  'held-elsewhere',
  'marker-unreadable',
  'raft-damaged',
  'own-row-missing',
  'strategy-not-available',
  'confirm-stop',
  'run-active',
  'not-allowed',
  'own-approval',
  'console-approval-disallowed',
  'already-decided',
  'expired',
  'stale',
  'outside-change-window',
  'no-pending-run',
  'ambiguous-run',
  'ambiguous-incident',
  'rollback-not-possible',
  'member-not-dead',
  'several-odd-rows',
  'break-glass-required',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface RefusalReason {
  readonly code: RefusalCode;
  readonly text: string;
  /** Principals who may, as the configuration names them; absent where it is not about who. */
  readonly named?: readonly string[];
}

/** Not an error: an answer. Always with a reason and a way forward. */
export interface Refusal {
  readonly cluster: ClusterName | null;
  readonly reasons: readonly RefusalReason[];
  /** The next command or act, in words. */
  readonly next: string;
}

export type Planned =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly recommended: boolean;
      readonly alternatives: readonly Alternative[];
    }
  | { readonly kind: 'refusal'; readonly refusal: Refusal; readonly alternatives: readonly Alternative[] };
