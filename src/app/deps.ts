/**
 * What the use cases are given by the composition root: ports, pure functions and values. Types alone. The shapes of the engine's
 * and the prober's functions are stated as this layer needs them.
 */
import type { CommandDoc } from '../chat/views/help.ts';
import type { ClusterConfig, Member } from '../domain/cluster.ts';
import type { DoctorData } from '../domain/data.ts';
import type { MemberName, RunId } from '../domain/ids.ts';
import type { ClusterObservation, MemberObservation } from '../domain/observation.ts';
import type { OfferAnswer } from '../domain/offer.ts';
import type { Platform } from '../domain/person.ts';
import type { ReleaseTable } from '../domain/release.ts';
import type { Run } from '../domain/run.ts';
import type { ChatPort } from '../ports/chat.ts';
import type { Picture } from '../ports/picture.ts';
import type { Store } from '../ports/store.ts';
import type { Clock, Ids, Log, Timers } from '../ports/system.ts';

interface Prober {
  /** Resolves, never rejects, for what a member or a network can do. */
  probe(
    cluster: ClusterConfig,
    options?: { readonly onMember?: (member: MemberObservation) => void },
  ): Promise<ClusterObservation>;
}

export interface OfferReader {
  /** Resolves, never rejects, for what a member, snapd or the store can do; soon after `stopping`, with `unknown`. */
  read(cluster: ClusterConfig, member: Member, stopping: AbortSignal): Promise<OfferAnswer>;
}

/** The runs of this process. */
export interface Runs {
  /** Takes an approved run and works on it, without being waited for. */
  begin(run: RunId): void;
  /** The run once it is not being worked on here; null when it doesn't exist. */
  settled(run: RunId): Promise<Run | null>;
  /** Takes the markers of a run away that a person ended while nobody worked on it; is not waited for. */
  release(run: RunId): void;
  /** A person's verdict on a paused run: send the step again, or take it as done. */
  resume(request: ResumeRequest): Promise<Run>;
}

interface ResumeRequest {
  readonly run: RunId;
  readonly verdict: 'retry' | 'done';
  /** Null means every step that failed or is unknown. */
  readonly step: string | null;
  readonly member: MemberName | null;
  readonly by: string;
}

export type DoctorCheck = DoctorData['checks'][number];

export interface AppDeps {
  readonly clusters: readonly ClusterConfig[];
  readonly releases: ReleaseTable;
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: Log;
  readonly prober: Prober;
  /** Absent where nobody asks what the members' channels offer. */
  readonly offers?: OfferReader;
  readonly runs: Runs;
  /** Cards that are due go out now, not at the next round. */
  readonly outbox: { kick(): void };
  readonly chats: ReadonlyMap<Platform, ChatPort>;
  /** Secret of this installation; the tokens of buttons are derived from it, so that they can be shown again after a restart. */
  readonly tokenKey: string;
  readonly codeVersion: string;
  /** Absent where no picture can be drawn. */
  readonly picture?: Picture;
  /** Configuration, data directory, disk, database: what can be checked without a member. */
  localChecks(): Promise<readonly DoctorCheck[]>;
  readonly docs: readonly CommandDoc[];
  /** Lines for the end of the help: clusters, rehearsal scenarios. */
  readonly helpNotes: readonly string[];
}
