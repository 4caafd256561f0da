/**
 * `approve` and `reject`, typed or pressed. Asks the policy, the change window, the number of instances that will stop; records a
 * refused attempt without using the button up; a decision is one commit, and an approved run starts.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { ClusterName, RunId } from '../domain/ids.ts';
import { describePerson, principalOf } from '../domain/person.ts';
import { isBreakGlass, type Refusal, type RefusalReason } from '../domain/plan.ts';
import {
  approvalAction,
  authorise,
  checkChangeWindow,
  identityOf,
  isSamePerson,
  missingReason,
} from '../domain/policy.ts';
import type { Run } from '../domain/run.ts';
import { BREAK_GLASS_MARK } from '../domain/timeline.ts';
import type { Decided } from '../ports/store.ts';
import { refuse } from './answer.ts';
import { refusalOf } from './authorise.ts';
import type { Call } from './call.ts';
import { findCluster } from './clusters.ts';
import { entryBy } from './entries.ts';
import { announce } from './milestones.ts';
import { waitForRun } from './wait.ts';

export interface ApproveRequest {
  readonly confirmStop: number | null;
  readonly breakGlass: string | null;
  readonly wait: boolean;
  /** Hash of the pressed button, null when typed. */
  readonly tokenHash: string | null;
}

export async function approve(call: Call, run: Run, request: ApproveRequest): Promise<void> {
  const title = `Not approving ${run.id}`;
  const cluster = findCluster(call.deps, run.cluster);
  if (cluster === undefined) return refuse(call, title, unconfigured(run));
  const reasons = reasonsAgainst(call, cluster, run, request);
  if (reasons.length > 0) return refuseDecision(call, cluster, run, reasons, 'approve');
  const broken = request.breakGlass !== null;
  const text = broken
    ? `${BREAK_GLASS_MARK} approval of ${run.id}, digest ${run.digest.slice(0, 12)}: ${request.breakGlass ?? ''}`
    : `Approved ${run.id}, digest ${run.digest.slice(0, 12)}.`;
  const decided = await call.deps.store.decide({
    run: run.id,
    record: {
      by: identityOf(cluster, principalOf(call.person)),
      describedAs: describePerson(call.person),
      at: call.deps.clock.nowMs(),
      decision: 'approve',
      reason: request.breakGlass,
    },
    required: broken ? 1 : cluster.approvals.required,
    entries: [entryBy(call, 'approval-given', aboutOf(run), text)],
    tokenHash: request.tokenHash,
  });
  await answerApproval(call, cluster, decided, request.wait);
}

async function answerApproval(call: Call, cluster: ClusterConfig, decided: Decided, wait: boolean): Promise<void> {
  const { run } = decided;
  if (decided.kind !== 'recorded' && decided.kind !== 'decided') {
    return refuse(call, `Not approving ${run.id}`, refusalOf(cluster, [undecided(decided)], `/lxd runs ${run.id}`));
  }
  await announce(call.deps, run, 'approval-given');
  call.deps.outbox.kick();
  if (decided.kind === 'recorded') return;
  call.handles(run.id);
  call.deps.runs.begin(run.id);
  if (wait) await waitForRun(call, run.id);
}

export async function reject(call: Call, run: Run, why: string | null, tokenHash: string | null): Promise<void> {
  const cluster = findCluster(call.deps, run.cluster);
  if (cluster === undefined) return refuse(call, `Not rejecting ${run.id}`, unconfigured(run));
  const reason = reasonAgainstRejection(call, cluster, run);
  if (reason !== null) return refuseDecision(call, cluster, run, [reason], 'reject');
  const decided = await call.deps.store.decide({
    run: run.id,
    record: {
      by: identityOf(cluster, principalOf(call.person)),
      describedAs: describePerson(call.person),
      at: call.deps.clock.nowMs(),
      decision: 'reject',
      reason: why,
    },
    required: 1,
    entries: [entryBy(call, 'rejected', aboutOf(run), `Rejected ${run.id}${why === null ? '' : `: ${why}`}.`)],
    tokenHash,
  });
  if (decided.kind !== 'decided') {
    return refuse(call, `Not rejecting ${run.id}`, refusalOf(cluster, [undecided(decided)], `/lxd runs ${run.id}`));
  }
  await announce(call.deps, decided.run, 'rejected');
  call.deps.outbox.kick();
}

/** The first rule that speaks against it; with a missing role also that one's own plan is another person's to approve. */
function reasonsAgainst(
  call: Call,
  cluster: ClusterConfig,
  run: Run,
  request: ApproveRequest,
): readonly RefusalReason[] {
  const notPending = pendingReason(run);
  if (notPending !== null) return [notPending];
  const action = approvalAction(run.strategy, request.breakGlass);
  const verdict = authorise({ person: call.person, action, cluster, requestedBy: run.requestedBy });
  if (!verdict.allowed)
    return action === 'break-glass'
      ? [verdict.reason]
      : [...ownReason(call, cluster, run, verdict.reason), verdict.reason];
  const window = action === 'break-glass' ? null : checkChangeWindow(cluster, call.deps.clock.nowMs());
  const reason = missingReason(run.strategy, request.breakGlass) ?? window ?? stopReason(run, request.confirmStop);
  return reason === null ? [] : [reason];
}

function ownReason(call: Call, cluster: ClusterConfig, run: Run, said: RefusalReason): readonly RefusalReason[] {
  const own = isSamePerson(cluster, run.requestedBy, call.person) && !cluster.approvals.allowRequester;
  if (!own || said.code !== 'not-allowed') return [];
  return [{ code: 'own-approval', text: 'You asked for this run, so somebody else has to approve it.' }];
}

function stopReason(run: Run, confirmed: number | null): RefusalReason | null {
  const stops = run.plan.instancesStopped;
  if (confirmed === stops || (stops === 0 && confirmed === null)) return null;
  return {
    code: 'confirm-stop',
    text: `This plan stops ${stops} running instance${stops === 1 ? '' : 's'}; approving it takes --confirm-stop ${stops}, in so many words.`,
  };
}

/** Approvers may reject, and so may the person who asked, and who alone could approve. */
function reasonAgainstRejection(call: Call, cluster: ClusterConfig, run: Run): RefusalReason | null {
  const notPending = pendingReason(run);
  if (notPending !== null) return notPending;
  if (isSamePerson(cluster, run.requestedBy, call.person)) return null;
  const verdict = authorise({ person: call.person, action: 'approve', cluster, requestedBy: run.requestedBy });
  if (verdict.allowed || !isBreakGlass(run.strategy)) return verdict.allowed ? null : verdict.reason;
  const glass = authorise({ person: call.person, action: 'break-glass', cluster, requestedBy: run.requestedBy });
  return glass.allowed ? null : verdict.reason;
}

function pendingReason(run: Run): RefusalReason | null {
  if (run.state === 'drafted' || run.state === 'awaiting-approval') return null;
  if (run.state === 'expired') return { code: 'expired', text: `${run.id} expired: nobody approved it in time.` };
  if (run.state === 'stale') {
    return { code: 'stale', text: `${run.id} is stale: the facts that it rested on have changed.` };
  }
  return { code: 'already-decided', text: `${run.id} is ${run.state}: there is nothing to decide.` };
}

function undecided(decided: Decided): RefusalReason {
  const { run } = decided;
  if (decided.kind === 'expired') return { code: 'expired', text: `${run.id} expired: nobody approved it in time.` };
  if (decided.kind === 'already-by-you') {
    return { code: 'already-decided', text: `You approved ${run.id} already; it needs somebody else too.` };
  }
  return { code: 'already-decided', text: `${run.id} is ${run.state}: there is nothing to decide.` };
}

/** Recorded, and the button stays good for those who may. */
async function refuseDecision(
  call: Call,
  cluster: ClusterConfig,
  run: Run,
  reasons: readonly RefusalReason[],
  verb: 'approve' | 'reject',
): Promise<void> {
  const codes = reasons.map((reason) => reason.code).join(', ');
  await call.deps.store.appendTimeline(
    [entryBy(call, 'approval-refused', aboutOf(run), `Tried to ${verb} ${run.id} and was refused: ${codes}.`)],
    call.deps.clock.nowMs(),
  );
  const title = `Not ${verb === 'approve' ? 'approving' : 'rejecting'} ${run.id}`;
  await refuse(call, title, refusalOf(cluster, reasons, nextAfter(cluster, run, reasons[0])));
}

function nextAfter(cluster: ClusterConfig, run: Run, reason: RefusalReason | undefined): string | undefined {
  const code = reason?.code;
  if (code === 'confirm-stop') return `/lxd approve ${run.id} --confirm-stop ${run.plan.instancesStopped}`;
  if (code === 'break-glass-required') return `/lxd approve ${run.id} --break-glass "reason"`;
  if (code === 'expired' || code === 'stale') return `/lxd recover ${cluster.name}`;
  if (code === 'already-decided') return `/lxd runs ${run.id}`;
  return undefined;
}

function unconfigured(run: Run): Refusal {
  return {
    cluster: run.cluster,
    reasons: [{ code: 'not-allowed', text: `Cluster ${run.cluster} is not configured any more.` }],
    next: 'Put the cluster back into clusters.yaml, and start Lockstep again.',
  };
}

function aboutOf(run: Run): { readonly cluster: ClusterName; readonly run: RunId } {
  return { cluster: run.cluster, run: run.id };
}
