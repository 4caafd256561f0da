/**
 * The `data` of an outgoing message: the contract that other programs rely on (console `--json`). Anything unknown is null,
 * never absent. Integers are counts; `at` and `expiresAt` are ISO-8601 UTC with ms.
 */
import type { FindingKind, Severity } from './finding.ts';
import type { IncidentOrigin, IncidentSeverity, IncidentState } from './incident.ts';
import type { RefusalCode, Strategy, StepEffect } from './plan.ts';
import type { ProblemCode } from './problem.ts';
import type { RunState, StepState } from './run.ts';
import type { MemberState, TimelineKind } from './timeline.ts';

export type DaemonWord = 'serving' | 'waiting' | 'crash-looping' | 'stopped' | 'unknown';

export interface StatusData {
  readonly kind: 'status';
  readonly cluster: string;
  readonly findings: readonly {
    readonly kind: FindingKind;
    readonly severity: Severity;
    readonly members: readonly string[];
    readonly title: string;
  }[];
  readonly rows: { readonly source: 'live' | 'disk'; readonly member: string; readonly at: string } | null;
  readonly members: readonly {
    readonly name: string;
    readonly reachable: boolean;
    readonly version: string | null;
    readonly revision: string | null;
    /** Of the installed binary, never the row's. */
    readonly extensions: number | null;
    readonly schema: number | null;
    readonly row: { readonly schema: number; readonly apiExtensions: number } | null;
    readonly daemon: DaemonWord;
    readonly instances: number | null;
  }[];
}

export interface ExplanationData {
  readonly kind: 'explanation';
  readonly cluster: string;
  readonly findings: readonly {
    readonly kind: FindingKind;
    readonly severity: Severity;
    readonly members: readonly string[];
    readonly title: string;
    readonly cause: string;
    readonly evidence: readonly {
      readonly member: string;
      readonly source: 'log' | 'row' | 'binary' | 'api' | 'snap' | 'ssh';
      readonly at: string | null;
      readonly text: string;
    }[];
    readonly extensionsMissing: readonly string[];
    readonly next: string;
  }[];
}

export interface CheckData {
  readonly kind: 'check';
  readonly cluster: string;
  readonly to: string;
  readonly verdict: 'safe' | 'unsafe' | 'unknown';
  readonly count: number | null;
  readonly schema: number | null;
  readonly fixedIn: string | null;
  readonly order: readonly string[];
  readonly reasons: readonly string[];
}

export interface PlanData {
  readonly kind: 'plan';
  /** Null with `--dry-run`. */
  readonly run: string | null;
  readonly cluster: string;
  readonly strategy: Strategy;
  readonly digest: string;
  readonly expiresAt: string | null;
  readonly recommended: boolean;
  readonly alternatives: readonly { readonly strategy: Strategy; readonly possible: boolean; readonly why: string }[];
  readonly steps: readonly {
    readonly id: string;
    readonly member: string;
    readonly text: string;
    readonly effect: StepEffect;
  }[];
  /** Instances that LXD will start by itself when it becomes ready; null when that could not be read. */
  readonly starts:
    | readonly {
        readonly member: string;
        readonly instances: readonly string[];
        /** So many more are known. */
        readonly more: number;
        /** There may be others. */
        readonly cut: boolean;
      }[]
    | null;
}

export interface RefusalData {
  readonly kind: 'refusal';
  readonly cluster: string | null;
  readonly reasons: readonly {
    readonly code: RefusalCode;
    readonly text: string;
    /** Principals who may. */
    readonly named?: readonly string[];
  }[];
  readonly next: string;
}

/** A copy of a member's database directory, as the step that made it said. */
export interface BackupData {
  readonly member: string;
  /** On that member. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** False: made while the daemon may have been running, evidence only. */
  readonly restorable: boolean;
  /** When it was made. */
  readonly at: string | null;
  /** When policy took it away. */
  readonly prunedAt: string | null;
}

export interface RunData {
  readonly kind: 'run';
  readonly run: string;
  readonly cluster: string;
  readonly strategy: Strategy;
  readonly state: RunState;
  readonly steps: readonly { readonly id: string; readonly member: string; readonly state: StepState }[];
  /** Only for `runs <id>`. */
  /** Of `runs <id>`: copies that its steps made. */
  readonly backups?: readonly BackupData[];
  readonly outputs?: readonly { readonly id: string; readonly member: string; readonly text: string | null }[];
}

export interface RunsData {
  readonly kind: 'runs';
  readonly runs: readonly {
    readonly run: string;
    readonly cluster: string;
    readonly strategy: Strategy;
    readonly state: RunState;
    readonly at: string;
  }[];
}

export interface DoctorData {
  readonly kind: 'doctor';
  readonly checks: readonly {
    readonly id: string;
    readonly target: string;
    readonly state: 'ok' | 'warn' | 'fail';
    readonly next: string | null;
  }[];
}

export interface ProblemData {
  readonly kind: 'problem';
  readonly code: ProblemCode;
  readonly text: string;
  readonly next: string;
}

export interface HelpData {
  readonly kind: 'help';
  readonly commands: readonly { readonly name: string; readonly usage: string; readonly summary: string }[];
}

export interface IncidentData {
  readonly kind: 'incident';
  readonly incident: string;
  readonly cluster: string;
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  readonly lead: string | null;
  readonly origin: IncidentOrigin;
  readonly openedAt: string;
  readonly openedBy: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly mitigatedAt: string | null;
  readonly mitigatedBy: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  /** How often it was opened again. */
  readonly reopens: number;
  readonly summary: string | null;
  readonly runs: readonly string[];
}

export interface IncidentsData {
  readonly kind: 'incidents';
  /** Newest first. */
  readonly incidents: readonly Omit<IncidentData, 'kind'>[];
}

export interface TimelineData {
  readonly kind: 'timeline';
  /** By when they happened; a late one stands where it belongs. */
  readonly entries: readonly {
    readonly sequence: number;
    readonly happenedAt: string;
    /** Last seen not to be so yet, where a probe tells; null where the moment itself is known. */
    readonly since: string | null;
    readonly recordedAt: string;
    readonly kind: TimelineKind;
    readonly cluster: string | null;
    readonly run: string | null;
    readonly incident: string | null;
    readonly member: string | null;
    readonly actor: string;
    readonly text: string;
    readonly state: MemberState | null;
    readonly finding: FindingKind | null;
    readonly members: readonly string[] | null;
    readonly corrects: number | null;
    readonly correctedBy: readonly number[];
    /** Of an entry that opens an incident: numbers of those before it that led to it. */
    readonly includes: readonly number[] | null;
    readonly author: string | null;
    readonly link: string | null;
    readonly hash: string;
  }[];
}

export interface WatchData {
  readonly kind: 'watch';
  /** In the order of the configuration. */
  readonly clusters: readonly {
    readonly cluster: string;
    readonly on: boolean;
    /** Null when off. */
    readonly everySeconds: number | null;
    /** Who said so; null while the configuration decides. */
    readonly setBy: string | null;
    /** Null when nothing is muted. */
    readonly mutedUntil: string | null;
    readonly lastLookAt: string | null;
    /** Something was told and is not over. */
    readonly inTrouble: boolean;
    /** Sightings that the second look did not confirm. */
    readonly flaps: number;
    /** The cluster's open incident. */
    readonly incident: string | null;
  }[];
}

export type Data =
  | StatusData
  | ExplanationData
  | CheckData
  | PlanData
  | RefusalData
  | RunData
  | RunsData
  | DoctorData
  | ProblemData
  | HelpData
  | IncidentData
  | IncidentsData
  | TimelineData
  | WatchData;
