/**
 * `recover`: a fresh look, then a plan or a refusal; a plan is drafted in one commit with its approval card and its buttons. Runs
 * nothing: that takes an approval.
 */
import { planData, planMessage } from '../chat/views/plan.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import { requireRunId, type RunId } from '../domain/ids.ts';
import { digest } from '../domain/digest.ts';
import { newRun } from '../domain/new-run.ts';
import { planRecovery } from '../domain/planner/index.ts';
import type { Diagnosis } from '../domain/diagnose/types.ts';
import { describePerson, principalOf } from '../domain/person.ts';
import { isBreakGlass, type Plan, type Planned, type Refusal, type Strategy } from '../domain/plan.ts';
import type { CompiledStep, Run } from '../domain/run.ts';
import { compileStep } from '../lxd/compile.ts';
import { actionRecord } from './action-token.ts';
import { refuse, renderRefusal } from './answer.ts';
import { refusalOf, refusedRole } from './authorise.ts';
import { approvalTerms } from './approval-terms.ts';
import type { Call } from './call.ts';
import { entryBy } from './entries.ts';
import { openingHere, type Opening } from './incidents.ts';
import { lookAt } from './look.ts';
import { mirrorsOf } from './mirrors.ts';
import { saveOffer } from './offer.ts';
import { ok } from '../domain/result.ts';
import { expireOld } from './run-choice.ts';
import { findUndo } from './undo.ts';

export interface RecoverRequest {
  readonly strategy: Strategy | null;
  /** The run to undo, with strategy `rollback`; id or its beginning. */
  readonly of: string | null;
  /** The version or revision to go to. */
  readonly to: string | null;
  readonly instances: 'keep' | 'stop';
  readonly reason: string | null;
  readonly dryRun: boolean;
}

/** What the button "Draft recovery" asks for. */
export const RECOMMENDED: RecoverRequest = {
  strategy: null,
  of: null,
  to: null,
  instances: 'keep',
  reason: null,
  dryRun: false,
};

type Accepted = Extract<Planned, { kind: 'plan' }>;

export async function recover(call: Call, cluster: ClusterConfig, request: RecoverRequest): Promise<void> {
  const { deps } = call;
  const title = `Not recovering ${cluster.name}`;
  const role = refusedRole(call.person, 'operate', cluster);
  if (role !== null) return refuse(call, title, role);
  await expireOld(call);
  const holder = request.dryRun ? null : await deps.store.findActiveRun(cluster.name);
  if (holder !== null) return refuse(call, title, heldBy(cluster, holder));
  if (request.of !== null && request.strategy !== 'rollback') return refuse(call, title, needsRollback(cluster));
  const undo = request.of === null ? ok(null) : await findUndo(call, cluster, request.of);
  if (!undo.ok) {
    await call.tell(undo.error);
    return;
  }
  const look = await lookAt(call, cluster);
  const run = requireRunId(deps.ids.runId());
  const planned = planRecovery({
    observation: look.observation,
    diagnosis: look.diagnosis,
    cluster,
    releases: deps.releases,
    strategy: request.strategy,
    to: request.to,
    undo: undo.value,
    instances: request.instances,
    confirmStop: 'at-approval',
    run: request.dryRun ? null : run,
  });
  if (planned.kind === 'refusal') return refusePlan(call, cluster, planned.refusal, look.answer);
  const compiled = compilePlan(planned.plan);
  if (request.dryRun) return showDryRun(call, cluster, planned, compiled, request, look.answer);
  await look.leave();
  await draft(call, cluster, { run, planned, compiled, request, incident: incidentOf(look.diagnosis) });
}

type Answer = (rendered: Parameters<Call['post']>[0]) => Promise<unknown>;

async function refusePlan(call: Call, cluster: ClusterConfig, refusal: Refusal, answer: Answer): Promise<void> {
  const text = `A recovery was asked for and refused: ${refusal.reasons.map((reason) => reason.code).join(', ')}.`;
  await call.deps.store.appendTimeline(
    [entryBy(call, 'plan-refused', { cluster: cluster.name, run: null }, text)],
    call.deps.clock.nowMs(),
  );
  await answer(renderRefusal(`Not recovering ${cluster.name}`, refusal));
}

function compilePlan(plan: Plan): readonly CompiledStep[] {
  return plan.stages.flatMap((stage) =>
    stage.steps.map((step) => ({ id: step.id, member: step.member, text: compileStep(step) })),
  );
}

async function showDryRun(
  call: Call,
  cluster: ClusterConfig,
  planned: Accepted,
  compiled: readonly CompiledStep[],
  request: RecoverRequest,
  answer: Answer,
): Promise<void> {
  const view = {
    run: null,
    plan: planned.plan,
    compiled,
    digest: digest(planned.plan, compiled),
    expiresAt: null,
    recommended: planned.recommended,
    alternatives: planned.alternatives,
    requestedBy: describePerson(call.person),
    reason: request.reason,
    approvals: [],
    ...approvalTerms(cluster, planned.plan.strategy),
    actions: [],
  };
  await answer({ message: planMessage(view), data: planData(view) });
}

interface Draft {
  readonly run: RunId;
  readonly planned: Accepted;
  readonly compiled: readonly CompiledStep[];
  readonly request: RecoverRequest;
  readonly incident: Opening;
}

/** As bad as the worst that was found, and called by it. */
function incidentOf({ findings }: Diagnosis): Opening {
  const [worst] = findings;
  const severity = worst?.severity === 'critical' ? 'critical' : worst?.severity === 'warning' ? 'major' : 'minor';
  const causes = findings.filter((each) => each.severity === worst?.severity && each.severity !== 'info');
  const because = { findings: causes.map(({ kind }) => kind), since: null };
  return { title: worst?.title ?? 'A recovery was asked for', severity, origin: 'recover', because };
}

async function draft(
  call: Call,
  cluster: ClusterConfig,
  { run: id, planned, compiled, request, incident }: Draft,
): Promise<void> {
  const { deps } = call;
  const run = runOf(call, cluster, { run: id, planned, compiled, request, incident });
  const about = { cluster: cluster.name, run: id };
  await saveOffer(deps.store, id, { recommended: planned.recommended, alternatives: planned.alternatives });
  const drafted = await deps.store.draftRun({
    run,
    incident: openingHere(call, cluster, incident),
    actions: (['approve', 'reject', 'abort'] as const).map((kind) =>
      actionRecord(deps.tokenKey, { kind, run: id, step: null, member: null }),
    ),
    cards: [call.address, ...mirrorsOf(call, cluster)].map((address) => ({
      id: deps.ids.messageId(),
      subject: { kind: 'run', run: id },
      address,
      parent: null,
    })),
    entries: [
      entryBy(call, 'plan-drafted', about, `Drafted ${id}: ${run.strategy}, digest ${run.digest.slice(0, 12)}.`),
      entryBy(
        call,
        'approval-asked',
        about,
        `Asked for ${needed(cluster, run.strategy)} of ${id}${reasonOf(request)}.`,
      ),
    ],
  });
  if (!drafted.ok) return refuse(call, `Not recovering ${cluster.name}`, heldBy(cluster, drafted.error));
  deps.outbox.kick();
}

function runOf({ deps, person }: Call, cluster: ClusterConfig, { run: id, planned, compiled, request }: Draft): Run {
  return newRun({
    id,
    plan: planned.plan,
    compiled,
    requestedBy: principalOf(person),
    requesterDescribedAs: describePerson(person),
    reason: request.reason,
    createdAt: deps.clock.nowMs(),
    expiresMs: cluster.approvals.expiresMs,
    codeVersion: deps.codeVersion,
  });
}

function needsRollback(cluster: ClusterConfig): Refusal {
  const text = '--of names the run to undo and goes with --strategy rollback.';
  return refusalOf(cluster, [{ code: 'strategy-not-available', text }], '/lxd help recover');
}

function heldBy(cluster: ClusterConfig, holder: Run): Refusal {
  const text = `${holder.id} of ${holder.requesterDescribedAs} holds cluster ${cluster.name} (${holder.state}); only one run at a time.`;
  return refusalOf(cluster, [{ code: 'run-active', text }], waysOut(holder));
}

function waysOut(holder: Run): string {
  if (holder.state === 'awaiting-approval' || holder.state === 'drafted') {
    return `/lxd approve ${holder.id}, or /lxd reject ${holder.id}`;
  }
  if (holder.state === 'paused') return `/lxd resume ${holder.id} retry, or /lxd abort ${holder.id}`;
  return `/lxd wait ${holder.id}, or /lxd abort ${holder.id}`;
}

function needed(cluster: ClusterConfig, strategy: Strategy): string {
  if (isBreakGlass(strategy)) return 'a break-glass approval';
  return cluster.approvals.required === 1 ? 'the approval' : `${cluster.approvals.required} approvals`;
}

function reasonOf(request: RecoverRequest): string {
  return request.reason === null ? '' : `: ${request.reason}`;
}
