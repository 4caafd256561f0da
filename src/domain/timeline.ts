/**
 * Timeline entries: append-only, each with when it happened and when it was recorded, chained by hash. Owns the types;
 * `timeline-chain.ts` computes and checks the chain.
 */
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
  'note',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** How the text of a break-glass approval begins, so that nobody overlooks it. */
export const BREAK_GLASS_MARK = 'BREAK-GLASS';

export interface NewTimelineEntry {
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
