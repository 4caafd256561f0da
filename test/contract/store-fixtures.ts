/** Small valid values for tests of anything that keeps runs: a plan with one stage on two members, its run, entries and cards. */
import { requireClusterName, requireMemberName, requireRunId, type RunId } from '../../src/domain/ids.ts';
import { newRun } from '../../src/domain/new-run.ts';
import type { Plan, PlanStep } from '../../src/domain/plan.ts';
import type { ApprovalRecord, Run } from '../../src/domain/run.ts';
import type { NewTimelineEntry } from '../../src/domain/timeline.ts';
import type { Address } from '../../src/ports/chat.ts';
import type { ActionRecord, DraftRun, NewCard } from '../../src/ports/store.ts';

export const PROD = requireClusterName('prod');
export const OTHER = requireClusterName('other');
export const M1 = requireMemberName('m1');
export const M2 = requireMemberName('m2');
export const RUN_A = requireRunId('raaaaaa');
export const RUN_B = requireRunId('rbbbbbb');
export const T0 = 1_700_000_000_000;
export const STEP = '1-await-ready';

export const ADDRESS: Address = { platform: 'console', channel: 'here', user: null, thread: null };

const STEPS: readonly PlanStep[] = [M1, M2].map((member) => ({
  id: STEP,
  member,
  call: { kind: 'await-ready', waitS: 10 },
  effect: 'read',
  timeoutMs: 10_000,
}));

function planFor(run: RunId): Plan {
  return {
    run,
    cluster: PROD,
    strategy: 'stop-patch-start',
    instancesPolicy: 'keep',
    stages: [{ title: 'Wait until every member is ready', steps: STEPS }],
    baseline: { targets: [], databaseSchema: 69, instances: [], lxcfs: [], changes: [] },
    outage: 'none',
    instances: 'none',
    starts: [],
    instancesStopped: 0,
    irreversible: [],
    rollback: 'nothing to undo',
    warnings: [],
    fingerprint: 'f'.repeat(64),
  };
}

export function aRun(changes: Partial<Run> = {}): Run {
  const id = changes.id ?? RUN_A;
  const drafted = newRun({
    id,
    plan: planFor(id),
    compiled: STEPS.map((step) => ({ id: step.id, member: step.member, text: `echo 'é' "$1"` })),
    requestedBy: 'console:alice',
    requesterDescribedAs: 'console:alice (OS user alice)',
    reason: null,
    createdAt: T0,
    expiresMs: 900_000,
    codeVersion: '0.1.0',
  });
  return { ...drafted, digest: 'd'.repeat(64), ...changes };
}

export function anEntry(text: string, changes: Partial<NewTimelineEntry> = {}): NewTimelineEntry {
  return {
    happenedAt: T0,
    kind: 'note',
    cluster: PROD,
    run: null,
    incident: null,
    member: null,
    actor: 'lockstep',
    text,
    evidence: null,
    ...changes,
  };
}

export function aCard(id: string, run: RunId = RUN_A, parent: string | null = null): NewCard {
  return { id, subject: { kind: 'run', run }, address: ADDRESS, parent };
}

export function anAction(tokenHash: string, run: RunId = RUN_A): Omit<ActionRecord, 'consumedAt'> {
  return { tokenHash, kind: 'approve', run, step: null, member: null };
}

export function aDraft(run: Run = aRun(), changes: Partial<DraftRun> = {}): DraftRun {
  return {
    run,
    actions: [anAction(`token-of-${run.id}`, run.id)],
    cards: [aCard(`card-of-${run.id}`, run.id)],
    entries: [anEntry(`drafted ${run.id}`, { kind: 'plan-drafted', run: run.id })],
    ...changes,
  };
}

export function anApproval(by: string, changes: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return { by, describedAs: `${by} (described)`, at: T0 + 1000, decision: 'approve', reason: null, ...changes };
}
