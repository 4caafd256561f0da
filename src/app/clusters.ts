/** Finding the clusters that a command is about. */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { ClusterName } from '../domain/ids.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import type { AppDeps } from './deps.ts';

/** The parser let only configured names through; a miss is a bug, or a run of a cluster that is configured no more. */
export function requireCluster(deps: AppDeps, name: string): ClusterConfig {
  const cluster = findCluster(deps, name);
  if (cluster === undefined) throw new Error(`cluster ${JSON.stringify(name)} is not configured`);
  return cluster;
}

export function findCluster(deps: Pick<AppDeps, 'clusters'>, name: string | ClusterName): ClusterConfig | undefined {
  return deps.clusters.find((cluster) => cluster.name === name);
}

/** The named one, or without a name every one that the person may see. */
export function chosenClusters(call: Call, name: string | null): readonly ClusterConfig[] {
  if (name !== null) return [requireCluster(call.deps, name)];
  return visibleClusters(call.person, call.deps.clusters);
}
