/**
 * Port: durable state. Every method is one atomic commit; none does two things that could come apart in a crash. Mutations take
 * the timeline entries that belong to them. Whatever changes a run also raises the revision of its cards, which is the outbox.
 * Throws only when the store itself is broken (disk full, corrupt): that is a `StoreError`.
 */
import type { ClusterName, IncidentId, MemberName, RunId } from '../domain/ids.ts';
import type { Because } from '../domain/lead-up.ts';
import type { IncidentChange } from '../domain/incident-machine.ts';
import type { Incident, IncidentState, Moment, NewIncident } from '../domain/incident.ts';
import type { Problem } from '../domain/problem.ts';
import type { Result } from '../domain/result.ts';
import type { ApprovalRecord, Run, RunState, StepState } from '../domain/run.ts';
import type { NewTimelineEntry, TimelineEntry } from '../domain/timeline.ts';
import type { Address } from './chat.ts';

/** The store itself is broken: disk full, corrupt, not writable. What was asked for was not committed, as far as can be known. */
export class StoreError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(`${problem.code}: ${problem.text}`, options);
    this.name = 'StoreError';
    this.problem = problem;
  }
}

/** No room for a write: what is there can still be read. */
export function isFull(error: unknown): error is StoreError {
  return error instanceof StoreError && error.problem.code === 'data-full';
}

/** What a card shows; rendered at delivery. */
export type CardSubject =
  | { readonly kind: 'run'; readonly run: RunId }
  | { readonly kind: 'incident'; readonly incident: IncidentId }
  /** One line in the thread of a run's or an incident's card. */
  | { readonly kind: 'timeline-entry'; readonly sequence: number };

export interface Card {
  readonly id: string;
  readonly subject: CardSubject;
  readonly address: Address;
  /** Card that this one hangs under: its external id becomes the thread once known. */
  readonly parent: string | null;
  /** Null until first delivered. */
  readonly externalId: string | null;
  readonly revision: number;
  readonly deliveredRevision: number;
  readonly attempts: number;
  readonly notBefore: number;
}

export interface NewCard {
  readonly id: string;
  readonly subject: CardSubject;
  readonly address: Address;
  readonly parent: string | null;
}

/** What a button means. The token itself is never stored, only its SHA-256. */
export interface ActionRecord {
  readonly tokenHash: string;
  readonly kind: 'approve' | 'reject' | 'abort' | 'resume-retry' | 'resume-done';
  readonly run: RunId;
  readonly step: string | null;
  readonly member: MemberName | null;
  readonly consumedAt: number | null;
}

export interface OpenIncident {
  readonly incident: NewIncident;
  /** A resolved incident of the cluster is opened again when it was resolved at most this long ago, in ms. */
  readonly graceMs: number;
  /** What it is opened for, where that is known: with it the entries are found that led to it. Absent when a person opens it. */
  readonly because?: Because;
  /** Added unless the incident has a card for everybody in that channel already. */
  readonly card: { readonly id: string; readonly address: Address } | null;
  /** The same in channels of other platforms. */
  readonly mirrors?: readonly { readonly id: string; readonly address: Address }[];
}

export interface OpenedIncident {
  /** `joined`: the cluster had an open one, and nothing was changed but for its card. */
  readonly kind: 'opened' | 'joined' | 'reopened';
  readonly incident: Incident;
}

export type IncidentChanged =
  | { readonly kind: 'changed'; readonly incident: Incident }
  /** Its state does not allow that. */
  | { readonly kind: 'refused'; readonly incident: Incident }
  /** It can't be opened again while its cluster has another open one, the holder. */
  | { readonly kind: 'held'; readonly incident: Incident; readonly holder: Incident };

export interface DraftRun {
  /** Steps as `pending`, state `awaiting-approval`. */
  readonly run: Run;
  /**
   * Opened or joined in the same commit; the run is linked to it, and those of `cards` that everybody sees hang under the
   * incident's card of their channel.
   */
  readonly incident?: OpenIncident;
  readonly actions: readonly Omit<ActionRecord, 'consumedAt'>[];
  readonly cards: readonly NewCard[];
  readonly entries: readonly NewTimelineEntry[];
}

export type Decided =
  /** Recorded; more approvals are needed. */
  | { readonly kind: 'recorded'; readonly run: Run }
  /** Recorded, and the run is now `approved` or `rejected`. */
  | { readonly kind: 'decided'; readonly run: Run }
  | { readonly kind: 'not-pending'; readonly run: Run }
  | { readonly kind: 'already-by-you'; readonly run: Run }
  | { readonly kind: 'expired'; readonly run: Run };

export interface StepChange {
  readonly run: RunId;
  readonly step: string;
  readonly member: MemberName;
  readonly state: StepState;
  readonly at: number;
  readonly exitCode: number | null;
  readonly note: string | null;
  /** At most 2 kB. */
  readonly output: string | null;
  readonly entries: readonly NewTimelineEntry[];
}

export interface StateChange {
  readonly run: RunId;
  /** The change is refused when the run is in none of these. */
  readonly from: readonly RunState[];
  readonly to: RunState;
  readonly at: number;
  readonly explanation: string | null;
  readonly entries: readonly NewTimelineEntry[];
  /** Buttons that the new state offers. */
  readonly actions?: readonly Omit<ActionRecord, 'consumedAt'>[];
  /** Add one to `resumes`. */
  readonly countResume?: boolean;
  /** The run's incident becomes `mitigated` with it, for this reason, where its state allows that. */
  readonly mitigates?: string;
  /** Another run that this one undid: `rolled-back` in the same commit, where its state allows that; else nothing of it happens. */
  readonly undoes?: Undone;
}

export interface Undone {
  readonly run: RunId;
  readonly explanation: string;
  readonly entries: readonly NewTimelineEntry[];
}

export interface TimelineQuery {
  readonly cluster?: ClusterName;
  readonly run?: RunId;
  readonly incident?: IncidentId;
  readonly limit?: number;
}

export interface Store {
  /** Fails with the holder when the cluster has an active run (any state that is not ended). */
  draftRun(draft: DraftRun): Promise<Result<Run, Run>>;
  findRun(id: RunId): Promise<Run | null>;
  /** Newest first. */
  listRuns(query: {
    readonly cluster?: ClusterName;
    readonly states?: readonly RunState[];
    readonly limit?: number;
  }): Promise<readonly Run[]>;
  findActiveRun(cluster: ClusterName): Promise<Run | null>;
  /**
   * Records an approval or a rejection; the run becomes `approved` when `required` approvals of different people are there, and
   * `rejected` by one rejection, also of somebody who approved before. At or after `expiresAt` (by `record.at`) it becomes
   * `expired` instead. Entries are appended for `recorded` and `decided` alone; an expiry puts its own on record.
   */
  decide(input: {
    readonly run: RunId;
    readonly record: ApprovalRecord;
    readonly required: number;
    readonly entries: readonly NewTimelineEntry[];
    /** Consumed in the same commit when the run is decided; while approvals are missing, the next person presses the same button. */
    readonly tokenHash: string | null;
  }): Promise<Decided>;
  /** Every pending run whose time is over becomes `expired`, each with an entry of that kind. Returns them. */
  expireRuns(now: number): Promise<readonly Run[]>;
  /** Refused with the run as it is when it is in none of `from`; throws for a transition that the run machine doesn't know. */
  changeState(change: StateChange): Promise<Result<Run, Run>>;
  /**
   * Commit the intent: state `started`, attempts + 1. Must be durable before anything is sent. Refused, with the run as it is, once
   * an abort was asked for: in the same commit, so that none can come between. Throws when the run is not `running`.
   */
  recordIntent(change: Omit<StepChange, 'state' | 'exitCode' | 'note' | 'output'>): Promise<Result<Run, Run>>;
  /** Commit what became of it. */
  recordOutcome(change: StepChange): Promise<Run>;
  /** Keeps who asked first; a repeated request, or one for a run that has ended, changes and appends nothing. */
  requestAbort(input: {
    readonly run: RunId;
    readonly by: string;
    readonly at: number;
    readonly entries: readonly NewTimelineEntry[];
  }): Promise<Run>;
  findAction(tokenHash: string): Promise<ActionRecord | null>;

  /**
   * The cluster's open incident instead of a new one; or one that was resolved a moment ago, opened again. The entry of an opening
   * names those on record that led to it, in the same commit.
   */
  openIncident(open: OpenIncident): Promise<OpenedIncident>;
  /** The entry of the change is made and appended in the same commit, and its cards are raised. Throws for an unknown id. */
  changeIncident(input: {
    readonly incident: IncidentId;
    readonly change: IncidentChange;
    readonly moment: Moment;
  }): Promise<IncidentChanged>;
  findIncident(id: IncidentId): Promise<Incident | null>;
  /** The one of the cluster that is not resolved. */
  findOpenIncident(cluster: ClusterName): Promise<Incident | null>;
  /** Newest first. */
  listIncidents(query: {
    readonly cluster?: ClusterName;
    readonly states?: readonly IncidentState[];
    readonly limit?: number;
  }): Promise<readonly Incident[]>;

  /**
   * An entry without an incident gets that of its run, else the open one of its cluster, in the commit that appends it: here and
   * in every other method that takes entries.
   */
  appendTimeline(entries: readonly NewTimelineEntry[], recordedAt: number): Promise<readonly TimelineEntry[]>;
  findTimelineEntry(sequence: number): Promise<TimelineEntry | null>;
  /** Oldest first; with a limit, the newest so many. Those of an incident include what led to it. */
  listTimeline(query: TimelineQuery): Promise<readonly TimelineEntry[]>;
  /** Last sequence and hash, null when empty. */
  timelineHead(): Promise<{ readonly sequence: number; readonly hash: string } | null>;

  /** Revision 1, so due at once. A card whose id is already there stays as it is. */
  addCard(card: NewCard): Promise<Card>;
  findCard(id: string): Promise<Card | null>;
  listCards(subject: CardSubject): Promise<readonly Card[]>;
  /** The card that was delivered there as that message: what a thread belongs to. */
  findCardAt(place: {
    readonly platform: Address['platform'];
    readonly channel: string;
    readonly externalId: string;
  }): Promise<Card | null>;
  /** Cards whose delivered revision is behind, and whose `notBefore` has come; oldest first. */
  dueCards(now: number): Promise<readonly Card[]>;
  /** Number of cards that are behind, due or not. */
  pendingCards(): Promise<number>;
  /** Raise a card's revision without a run change (a click that only re-renders). */
  touchCard(id: string): Promise<void>;
  /** Sets attempts and `notBefore` back to 0; never lowers the delivered revision. */
  recordDelivery(input: {
    readonly card: string;
    readonly revision: number;
    readonly externalId: string;
  }): Promise<void>;
  /** A card that is `gone` is never due again. */
  recordDeliveryFailure(input: {
    readonly card: string;
    readonly notBefore: number;
    readonly gone: boolean;
    readonly reason: string;
  }): Promise<void>;

  /** True the first time a delivery id is seen, false ever after. Ids older than a day may be forgotten. */
  claimDelivery(id: string, now: number): Promise<boolean>;

  /** Small facts of the installation: id, caches. */
  getMeta(key: string): Promise<string | null>;
  setMeta(key: string, value: string): Promise<void>;
  close(): Promise<void>;
}
