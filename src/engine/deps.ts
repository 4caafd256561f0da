/** What the engine is given by the composition root. Types alone. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { ClusterName, MemberName, RunId } from '../domain/ids.ts';
import type { ClusterObservation } from '../domain/observation.ts';
import type { PlanStep } from '../domain/plan.ts';
import type { ReleaseTable } from '../domain/release.ts';
import type { Store } from '../ports/store.ts';
import type { Clock, Log, Timers } from '../ports/system.ts';
import type { Transport } from '../ports/transport.ts';
import type { Failpoints } from './failpoints.ts';
import type { Markers } from './markers.ts';

/** What a member's answer to a step means. */
export interface StepVerdict {
  readonly kind: 'done' | 'failed' | 'unknown';
  /** One line. */
  readonly note: string;
}

/** What a look at a member says of a step whose outcome was lost. */
export interface LookVerdict {
  readonly kind: 'done' | 'not-done' | 'unknown';
  readonly note: string;
}

/** The step catalogue as the engine needs it. The texts of steps themselves are in the run: what was approved is what is sent. */
export interface Catalogue {
  readStep(step: PlanStep, stdout: Uint8Array, exitCode: number): StepVerdict;
  /** Read-only text that tells whether the step's effect is there. */
  lookText(step: PlanStep): string;
  readLook(step: PlanStep, stdout: Uint8Array, exitCode: number): LookVerdict;
}

export interface RunnerDeps {
  readonly store: Store;
  readonly transport: Transport;
  readonly prober: { probe(cluster: ClusterConfig): Promise<ClusterObservation> };
  readonly catalogue: Catalogue;
  readonly markers: Markers;
  readonly releases: ReleaseTable;
  readonly findCluster: (name: ClusterName) => ClusterConfig | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly codeVersion: string;
  readonly failpoints: Failpoints;
  /** Called after each commit that changed what cards show. */
  readonly onChange: () => void;
}

export interface ResumeRequest {
  readonly run: RunId;
  readonly verdict: 'retry' | 'done';
  /** Null means every step that failed or is unknown. */
  readonly step: string | null;
  readonly member: MemberName | null;
  /** As described. */
  readonly by: string;
}
