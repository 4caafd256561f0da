/**
 * Timeline entries: append-only, each with when it happened and when it was recorded, chained by hash. Owns the types;
 * `timeline-chain.ts` computes and checks the chain.
 */
import type { FindingKind } from './finding.ts';
import type { ClusterName, IncidentId, MemberName, RunId } from './ids.ts';

export const TIMELINE_KINDS = [
  'finding-appeared',
  'finding-cleared',
  'status-read',
  'plan-drafted',
  'plan-refused',
  'approval-asked',
  'approval-given',
  'approval-refused',
  'rejected',
  'expired',
  'run-started',
  'run-stale',
  'step-started',
  'step-done',
  'step-failed',
  'step-unknown',
  'verified',
  'verify-failed',
  'run-paused',
  'run-resumed',
  'run-ended',
  'abort-asked',
  'lockstep-started',
  'incident-opened',
  'incident-acknowledged',
  'incident-mitigated',
  'incident-resolved',
  'incident-reopened',
  'incident-lead',
  'member-state',
  'revision-changed',
  'not-seen',
  'watch-said',
  'note',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** How the text of a break-glass approval begins, so that nobody overlooks it. */
export const BREAK_GLASS_MARK = 'BREAK-GLASS';

/** What a member does, as a look saw it. `patched`: a correction waits in its directory and LXD has not started since. */
export const MEMBER_STATES = [
  'serving',
  'waiting',
  'crash-looping',
  'stopped',
  'patched',
  'unreachable',
  'unknown',
] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** What only some entries have: absent, never null, where there is none, so that older entries keep their hash. */
export interface TimelineExtras {
  /**
   * The last moment, ms UTC, at which it was seen not to be so yet: what a probe tells happened between `since` and `happenedAt`.
   * Absent where the moment itself is known (a log line, something that Lockstep or a person did) or nothing was seen before.
   */
  readonly since?: number;
  /** Sequence of the entry that this one corrects. */
  readonly corrects?: number;
  /** Of `member-state`: what `member` does from now on. */
  readonly state?: MemberState;
  /** Of `finding-appeared` and `finding-cleared`, with `members`. */
  readonly finding?: FindingKind;
  readonly members?: readonly MemberName[];
  /** Of `incident-opened` and `incident-reopened`: entries that were there before it and led to it; its timeline has them too. */
  readonly includes?: readonly number[];
  /** Who wrote the message that a note quotes; hostile. */
  readonly author?: string;
  /** Where that message stands; hostile. */
  readonly link?: string;
}

export interface NewTimelineEntry extends TimelineExtras {
  /** When it happened, ms UTC. */
  readonly happenedAt: number;
  readonly kind: TimelineKind;
  readonly cluster: ClusterName | null;
  readonly run: RunId | null;
  readonly incident: IncidentId | null;
  readonly member: MemberName | null;
  /** Who: a principal as described, or `lockstep`. */
  readonly actor: string;
  /** One or two sentences. */
  readonly text: string;
  /** Remote output or a quotation, at most 2 kB; hostile. */
  readonly evidence: string | null;
}

export interface TimelineEntry extends NewTimelineEntry {
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  readonly recordedAt: number;
  /** SHA-256 (hex) over the previous hash and the canonical form of this entry. */
  readonly hash: string;
  readonly previousHash: string;
}

/** The extras of an entry, those that it has. */
export function extrasOf(entry: TimelineExtras): TimelineExtras {
  const { since, corrects, state, finding, members, includes, author, link } = entry;
  return {
    ...(since === undefined ? {} : { since }),
    ...(corrects === undefined ? {} : { corrects }),
    ...(state === undefined ? {} : { state }),
    ...(finding === undefined ? {} : { finding }),
    ...(members === undefined ? {} : { members }),
    ...(includes === undefined ? {} : { includes }),
    ...(author === undefined ? {} : { author: author.toWellFormed() }),
    ...(link === undefined ? {} : { link: link.toWellFormed() }),
  };
}
