/** What the judgement of a run's end is about: the question, what was seen on the way, and what is missing. Types alone. */
import type { Diagnosis } from '../diagnose/types.ts';
import type { MemberName } from '../ids.ts';
import type { ClusterObservation } from '../observation.ts';
import type { Plan } from '../plan.ts';

/** What was true when the run started and can't be read later; kept with the run. */
export interface StartRecord {
  /** Last heartbeat per member, ms on the cluster's clock. */
  readonly heartbeats: Readonly<Record<string, number | null>>;
  /** Process id of a daemon that was up. */
  readonly pids: Readonly<Record<string, number | null>>;
}

/** What the observations since the last step have shown together. */
export interface VerifyHistory {
  readonly start: StartRecord;
  /** When a probe that found every member ready had begun; null before that. */
  readonly allReadyAt: number | null;
  /** Distinct heartbeats per member, ascending, the one of the start first. */
  readonly heartbeats: Readonly<Record<string, readonly number[]>>;
  /** Heartbeats of the first observation in which all were ready: later ones count as "after all ready". */
  readonly heartbeatsAtReady: Readonly<Record<string, number | null>>;
  /** `NRestarts` per member when all were ready. */
  readonly restarts: Readonly<Record<string, number | null>>;
}

export interface Unmet {
  readonly code: string;
  readonly member: MemberName | null;
  /** One sentence. */
  readonly text: string;
  /** Waiting can't mend it. */
  readonly lasting: boolean;
}

export interface EndQuestion {
  readonly plan: Plan;
  readonly observation: ClusterObservation;
  readonly diagnosis: Diagnosis;
  /** This observation folded in already. */
  readonly history: VerifyHistory;
  /** The settings that the run changed for its time were put back, so they are asked for too. */
  readonly settingsAreBack?: boolean;
}
