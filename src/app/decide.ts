/**
 * `approve` and `reject`, typed or pressed. Asks the policy, the change window, the number of instances that will stop; records a
 * refused attempt without using the button up; a decision is one commit, and an approved run starts.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { ClusterName, RunId } from '../domain/ids.ts';
import { describePerson, principalOf } from '../domain/person.ts';
import type { Refusal, RefusalReason } from '../domain/plan.ts';
import { authorise, checkChangeWindow } from '../domain/policy.ts';
import type { Run } from '../domain/run.ts';
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
  const reason = reasonAgainst(call, cluster, run, request);
  if (reason !== null) return refuseDecision(call, cluster, run, reason, 'approve');
  const broken = request.breakGlass !== null;
  const text = broken
    ? `BREAK-GLASS approval of ${run.id}, digest ${run.digest.slice(0, 12)}: ${request.breakGlass ?? ''}`
    : `Approved ${run.id}, digest ${run.digest.slice(0, 12)}.`;
  const decided = await call.deps.store.decide({
    run: run.id,
    record: {
      by: principalOf(call.person),
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
  if (reason !== null) return refuseDecision(call, cluster, run, reason, 'reject');
  const decided = await call.deps.store.decide({
    run: run.id,
    record: {
      by: principalOf(call.person),
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

/** The first rule that speaks against it; null when none does. */
function reasonAgainst(call: Call, cluster: ClusterConfig, run: Run, request: ApproveRequest): RefusalReason | null {
  const notPending = pendingReason(run);
  if (notPending !== null) return notPending;
  const verdict = authorise({
    person: call.person,
    action: request.breakGlass === null ? 'approve' : 'break-glass',
    cluster,
    requestedBy: run.requestedBy,
  });
  if (!verdict.allowed) return verdict.reason;
  const window = request.breakGlass === null ? checkChangeWindow(cluster, call.deps.clock.nowMs()) : null;
  return window ?? stopReason(run, request.confirmStop);
}

function stopReason(run: Run, confirmed: number | null): RefusalReason | null {
  const stops = run.plan.instancesStopped;
  if (confirmed === stops || (stops === 0 && confirmed === null)) return null;
  return {
    code: 'confirm-stop',
    text: `This plan stops ${stops} running instance${stops === 1 ? '' : 's'}; approving it takes --confirm-stop ${stops}, in so many words.`,
  };
}

/** Approvers may reject, and so may the person who asked. */
function reasonAgainstRejection(call: Call, cluster: ClusterConfig, run: Run): RefusalReason | null {
  const notPending = pendingReason(run);
  if (notPending !== null) return notPending;
  if (principalOf(call.person) === run.requestedBy) return null;
  const verdict = authorise({ person: call.person, action: 'approve', cluster, requestedBy: run.requestedBy });
  return verdict.allowed ? null : verdict.reason;
}

function pendingReason(run: Run): RefusalReason | null {
  switch (run.state) {
    case 'drafted':
    case 'awaiting-approval':
      return null;
    case 'expired':
      return { code: 'expired', text: `${run.id} expired: nobody approved it in time.` };
    case 'stale':
      return { code: 'stale', text: `${run.id} is stale: the facts that it rested on have changed.` };
    default:
      return { code: 'already-decided', text: `${run.id} is ${run.state}: there is nothing to decide.` };
  }
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
  reason: RefusalReason,
  verb: 'approve' | 'reject',
): Promise<void> {
  await call.deps.store.appendTimeline(
    [entryBy(call, 'approval-refused', aboutOf(run), `Tried to ${verb} ${run.id} and was refused: ${reason.code}.`)],
    call.deps.clock.nowMs(),
  );
  const title = `Not ${verb === 'approve' ? 'approving' : 'rejecting'} ${run.id}`;
  await refuse(call, title, refusalOf(cluster, [reason], nextAfter(cluster, run, reason)));
}

function nextAfter(cluster: ClusterConfig, run: Run, reason: RefusalReason): string | undefined {
  switch (reason.code) {
    case 'confirm-stop':
      return `/lxd approve ${run.id} --confirm-stop ${run.plan.instancesStopped}`;
    case 'expired':
    case 'stale':
      return `/lxd recover ${cluster.name}`;
    case 'already-decided':
      return `/lxd runs ${run.id}`;
    default:
      return undefined;
  }
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
