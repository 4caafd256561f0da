/** Members that are to be brought to one build: the clusters, and the two strategies that do it. */
import type { BinaryFacts, ClusterObservation, SnapFacts } from '../../src/domain/observation.ts';
import type { Planned } from '../../src/domain/plan.ts';
import type { PlanInput } from '../../src/domain/planner/index.ts';
import { BUILDS, type BuildName } from './builds.ts';
import { observationOf, three } from './observation.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from './observation-spec.ts';
import { plan } from './planning.ts';

export type Each = Readonly<Record<string, Omit<MemberSpec, 'name'>>>;

export function snapOf(build: BuildName, changes: Partial<SnapFacts> = {}): SnapFacts {
  const { version, revision, tracking } = BUILDS[build];
  return { version, revision, tracking, held: true, inCohort: false, disabled: false, broken: false, ...changes };
}

export function binaryLike(build: BuildName, changes: Partial<BinaryFacts> = {}): BinaryFacts {
  return { ...binaryOf(build), ...changes };
}

export function clusterOf(
  all: Omit<MemberSpec, 'name'>,
  each: Each = {},
  spec: Partial<ObservationSpec> = {},
): ClusterObservation {
  return observationOf({ members: three(all, each), ...spec });
}

/** In step on 5.21.3, and every member keeps 5.21.2. */
export function upgraded(each: Each = {}, spec: Partial<ObservationSpec> = {}): ClusterObservation {
  return clusterOf({ build: '5.21.3', kept: ['5.21.2'] }, each, spec);
}

/** As every member reads the table, with another schema of the database. */
export function withDatabaseSchema(observation: ClusterObservation, databaseSchema: number | null): ClusterObservation {
  const members = observation.members.map((one) =>
    one.facts?.nodes ? { ...one, facts: { ...one.facts, nodes: { ...one.facts.nodes, databaseSchema } } } : one,
  );
  return { ...observation, members };
}

export function align(make: () => ClusterObservation, options: Partial<PlanInput> = {}): () => Planned {
  return () => plan(make(), { strategy: 'align-revision', ...options });
}

export function lower(make: () => ClusterObservation, to: string | null): () => Planned {
  return () => plan(make(), { strategy: 'planned-downgrade', to });
}
