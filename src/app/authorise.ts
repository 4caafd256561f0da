/** Roles asked per cluster, and what a refused person is told. The rules themselves are in `domain/policy`. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { Person } from '../domain/person.ts';
import type { Refusal, RefusalReason } from '../domain/plan.ts';
import { authorise, mayView, type PolicyAction } from '../domain/policy.ts';

/** Null when the person may. */
export function refusedRole(
  person: Person,
  action: Exclude<PolicyAction, 'approve' | 'break-glass'>,
  cluster: ClusterConfig,
): Refusal | null {
  const verdict = authorise({ person, action, cluster, requestedBy: null });
  return verdict.allowed ? null : refusalOf(cluster, [verdict.reason]);
}

export function refusalOf(cluster: ClusterConfig, reasons: readonly RefusalReason[], next?: string): Refusal {
  return { cluster: cluster.name, reasons, next: next ?? wayForward(cluster, reasons) };
}

/** The clusters that this person may see, in the order of the configuration. */
export function visibleClusters(person: Person, clusters: readonly ClusterConfig[]): readonly ClusterConfig[] {
  return clusters.filter((cluster) => mayView(person, cluster));
}

function wayForward(cluster: ClusterConfig, reasons: readonly RefusalReason[]): string {
  const code = reasons[0]?.code;
  if (code === 'own-approval') return askAnother(cluster, reasons);
  if (code === 'console-approval-disallowed') return 'Approve in chat, where the person is known.';
  if (code === 'outside-change-window') {
    return 'Wait for the window, or let a person named for break-glass approve with --break-glass "reason".';
  }
  return `Ask a person who may, or type /lxd status ${cluster.name}.`;
}

/** Who that is stands with the reason. */
function askAnother({ name }: ClusterConfig, reasons: readonly RefusalReason[]): string {
  return reasons.every(({ named }) => named === undefined)
    ? `Name another approver of cluster ${name} in the configuration.`
    : 'Ask one of them to approve.';
}
