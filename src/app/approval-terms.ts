/** How many have to approve a plan, and who may, as its card says it. The decision itself is the policy's. */
import type { PlanView } from '../chat/views/plan.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import { isBreakGlass, type Strategy } from '../domain/plan.ts';

type ApprovalTerms = Pick<PlanView, 'required' | 'approvers' | 'allowRequester'>;

/** Of a cluster that is not configured any more nobody may approve anything. */
export function approvalTerms(cluster: ClusterConfig | undefined, strategy: Strategy): ApprovalTerms {
  if (cluster === undefined) return { required: 1, approvers: [], allowRequester: false };
  const { approvals, roles } = cluster;
  if (isBreakGlass(strategy)) return { required: 1, approvers: approvals.breakGlass, allowRequester: true };
  return { required: approvals.required, approvers: roles.approvers, allowRequester: approvals.allowRequester };
}
