/**
 * Renders what a card of the store shows, at the moment of its delivery: the approval card while a run waits for its first
 * approval, the run card after that, a line for a milestone.
 */
import { incidentMessage } from '../chat/views/incident.ts';
import { planData, planMessage, type PlanView } from '../chat/views/plan.ts';
import { runData, runMessage } from '../chat/views/run.ts';
import { entryMessage } from '../chat/views/timeline.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { Run } from '../domain/run.ts';
import type { Rendered } from '../ports/chat.ts';
import type { Present } from '../ports/present.ts';
import { approvalTerms } from './approval-terms.ts';
import type { AppDeps } from './deps.ts';
import { findCluster } from './clusters.ts';
import { incidentActions } from './incident-actions.ts';
import { findOffer } from './offer.ts';
import { actionsOf } from './run-actions.ts';

export function createPresent(deps: Pick<AppDeps, 'store' | 'clock' | 'clusters' | 'tokenKey'>): Present {
  return {
    async render(subject) {
      switch (subject.kind) {
        case 'run': {
          const run = await deps.store.findRun(subject.run);
          return run === null ? null : renderRun(deps, run);
        }
        case 'incident': {
          const incident = await deps.store.findIncident(subject.incident);
          if (incident === null) return null;
          return { message: incidentMessage(incident, incidentActions(deps.tokenKey, incident)), data: null };
        }
        case 'timeline-entry': {
          const entry = await deps.store.findTimelineEntry(subject.sequence);
          return entry === null ? null : { message: entryMessage(entry), data: null };
        }
        default:
          return assertNever(subject);
      }
    },
  };
}

async function renderRun(deps: Parameters<typeof createPresent>[0], run: Run): Promise<Rendered> {
  const pending = run.state === 'drafted' || run.state === 'awaiting-approval';
  if (!pending) {
    return { message: runMessage(run, deps.clock.nowMs(), actionsOf(deps.tokenKey, run)), data: runData(run) };
  }
  const view = await planView(deps, run);
  return { message: planMessage(view), data: run.approvals.length === 0 ? planData(view) : runData(run) };
}

async function planView(deps: Parameters<typeof createPresent>[0], run: Run): Promise<PlanView> {
  const offer = await findOffer(deps.store, run.id);
  const cluster = findCluster(deps, run.cluster);
  return {
    run: run.id,
    plan: run.plan,
    compiled: run.compiled,
    digest: run.digest,
    expiresAt: run.expiresAt,
    recommended: offer.recommended,
    alternatives: offer.alternatives,
    requestedBy: run.requesterDescribedAs,
    reason: run.reason,
    approvals: run.approvals,
    ...approvalTerms(cluster, run.strategy),
    actions: actionsOf(deps.tokenKey, run),
  };
}
