/**
 * From drafts of stages to numbered stages and steps: ids, what a repetition would do, and how long each may take. The stages
 * themselves are in `stages.ts`.
 */
import type { MemberName } from '../ids.ts';
import type { PlanStage, PlanStep, StepCall, StepEffect } from '../plan.ts';
import type { ReachedMember } from './view.ts';

/** Life of a statement that is sent at once: shorter than its step, so that nothing of it is left when somebody looks. */
export const SQL_LIFE_S = 30;
/** On top of a step's own wait: connecting, and the member's own clean-up. */
const SLACK_MS = 15_000;
/** Ample for a few commands; a step whose outcome is lost is waited for as long before it is sent again. */
const SHORT_MS = 25_000;
/** LXD tells every member of a setting before it answers; three tries. */
const SETTING_MS = 75_000;
const STOP_NOT_READY_MS = 120_000;
const BACK_UP_MIN_MS = 30_000;
const BACK_UP_MAX_MS = 600_000;
/** A slow disk packs and hashes so many bytes in a ms. */
const BACK_UP_BYTES_PER_MS = 5_000;

const EFFECTS: Readonly<Record<StepCall['kind'], StepEffect>> = {
  'hold-refreshes': 'idempotent',
  'release-hold': 'idempotent',
  'back-up': 'idempotent',
  'stop-serving': 'idempotent',
  'stop-not-ready': 'idempotent',
  'stop-plain': 'idempotent',
  'write-patch': 'once',
  'await-patch-consumed': 'read',
  'remove-patch': 'idempotent',
  'run-sql': 'once',
  refresh: 'idempotent',
  'check-refreshed': 'read',
  start: 'idempotent',
  'await-ready': 'read',
  'healing-off': 'idempotent',
  'healing-back': 'idempotent',
};

export interface StageDraft {
  readonly title: string;
  readonly members: readonly ReachedMember[];
  readonly callFor: (member: ReachedMember) => StepCall;
  readonly after?: 'verify';
}

/** Empty stages fall away before the numbers are given. */
export function numbered(drafts: readonly StageDraft[]): readonly PlanStage[] {
  return drafts
    .filter(({ members }) => members.length > 0)
    .map(({ title, members, callFor, after }, index) => ({
      title,
      steps: members.map((member) => stepOf(index + 1, member, callFor(member))),
      ...(after === undefined ? {} : { after }),
    }));
}

function stepOf(stage: number, member: ReachedMember, call: StepCall): PlanStep {
  const name: MemberName = member.member;
  return {
    id: `${stage}-${call.kind}`,
    member: name,
    call,
    effect: EFFECTS[call.kind],
    timeoutMs: timeoutOf(call, member),
  };
}

function timeoutOf(call: StepCall, { phase, facts }: ReachedMember): number {
  if ('waitS' in call) return call.waitS * 1000 + SLACK_MS;
  if (call.kind === 'stop-not-ready' && phase !== 'stopped') return STOP_NOT_READY_MS;
  if (call.kind === 'run-sql') return SQL_LIFE_S * 1000 + SLACK_MS;
  if (call.kind === 'healing-off' || call.kind === 'healing-back') return SETTING_MS;
  const bytes = facts.disk?.databaseBytes ?? 0;
  // It checks the copy's hash once more.
  if (call.kind === 'write-patch') return Math.max(SHORT_MS, Math.round(SHORT_MS / 2 + bytes / BACK_UP_BYTES_PER_MS));
  if (call.kind !== 'back-up') return SHORT_MS;
  const estimate = BACK_UP_MIN_MS + bytes / BACK_UP_BYTES_PER_MS;
  return Math.min(Math.round(estimate), BACK_UP_MAX_MS);
}
