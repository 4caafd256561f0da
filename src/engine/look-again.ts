/** A fresh probe with its diagnosis, and planning over it: the engine's view of the cluster at this moment. */
import { diagnose, type Diagnosis } from '../domain/diagnose/index.ts';
import type { ClusterObservation } from '../domain/observation.ts';
import type { PlanInput } from '../domain/planner/index.ts';
import type { Run } from '../domain/run.ts';
import type { RunContext } from './context.ts';

export interface Seen {
  readonly observation: ClusterObservation;
  readonly diagnosis: Diagnosis;
}

export async function lookAgain({ deps, cluster }: RunContext): Promise<Seen> {
  const observation = await deps.prober.probe(cluster);
  return { observation, diagnosis: diagnose(observation, deps.releases) };
}

/** The question that the run's plan once answered, put to what is seen now. */
export function planInputOf({ deps, cluster }: RunContext, run: Run, seen: Seen): PlanInput {
  return {
    ...seen,
    cluster,
    releases: deps.releases,
    strategy: run.strategy,
    to: run.plan.to ?? null,
    undo: run.plan.undoes ?? null,
    instances: run.plan.instancesPolicy,
    confirmStop: run.plan.instancesStopped,
    run: run.id,
  };
}
