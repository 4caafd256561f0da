/** Observation → diagnosis → plan in one call, with the scenarios that several suites share. */
import { diagnose } from '../../src/domain/diagnose/index.ts';
import { requireRunId } from '../../src/domain/ids.ts';
import type { ClusterObservation } from '../../src/domain/observation.ts';
import type { Plan, Planned, RefusalCode } from '../../src/domain/plan.ts';
import { planRecovery, type PlanInput } from '../../src/domain/planner/index.ts';
import { aCluster } from './cluster.ts';
import { NOW, observationOf, three, UNREACHABLE } from './observation.ts';
import type { MemberSpec, ObservationSpec } from './observation-spec.ts';
import { RELEASES } from './releases.ts';

export const RUN = requireRunId('rtest01');

function inputOf(observation: ClusterObservation, options: Partial<PlanInput> = {}): PlanInput {
  return {
    observation,
    diagnosis: diagnose(observation, RELEASES),
    cluster: aCluster({ members: observation.configured.map(({ name }) => name) }),
    releases: RELEASES,
    strategy: null,
    instances: 'keep',
    confirmStop: null,
    run: RUN,
    ...options,
  };
}

export function plan(observation: ClusterObservation, options: Partial<PlanInput> = {}): Planned {
  return planRecovery(inputOf(observation, options));
}

export function requirePlan(planned: Planned): Plan {
  if (planned.kind !== 'plan') throw new Error(`refused: ${JSON.stringify(planned.refusal)}`);
  return planned.plan;
}

export function codesOf(planned: Planned): readonly RefusalCode[] {
  return planned.kind === 'refusal' ? planned.refusal.reasons.map(({ code }) => code) : [];
}

type Changes = Readonly<Record<string, Omit<MemberSpec, 'name'>>>;

/** 5.21.3 → 5.21.2 on every member; all crash-loop, rows at 402. */
export function downgradedAll(each: Changes = {}, spec: Partial<ObservationSpec> = {}): ClusterObservation {
  const members = three({ build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' }, each);
  return observationOf({ members, rows: 402, ...spec });
}

/** Stopped everywhere, then downgraded: nothing runs. */
export function stoppedAll(each: Changes = {}, spec: Partial<ObservationSpec> = {}): ClusterObservation {
  const members = three({ build: '5.21.2', kept: ['5.21.3'], daemon: 'stopped' }, each);
  return observationOf({ members, rows: 402, ...spec });
}

/** m3 alone went lower; m1 and m2 serve the higher version. */
export function downgradedOne(each: Changes = {}): ClusterObservation {
  const members = three(
    { build: '5.21.3' },
    { ...each, m3: { build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping', ...each['m3'] } },
  );
  return observationOf({ members, rows: 402 });
}

/** m1 serves the lower version; m2 and m3 went higher, waited, and were put back: their rows stayed. */
export function putBackWhileServing(each: Changes = {}): ClusterObservation {
  const looping: Omit<MemberSpec, 'name'> = { build: '5.21.2', daemon: 'crash-looping' };
  const members = three(
    { build: '5.21.2' },
    { ...each, m2: { ...looping, ...each['m2'] }, m3: { ...looping, ...each['m3'] } },
  );
  return observationOf({ members, rows: { m2: 402, m3: 402 } });
}

/** m3 went ahead to 402 and died an hour ago; m1 and m2 were restarted with 387, and their own rows say so. */
export function deadRow(each: Changes = {}, spec: Partial<ObservationSpec> = {}): ClusterObservation {
  const members = three(
    { build: '5.21.2', daemon: 'crash-looping' },
    { ...each, m3: { build: '5.21.3', reach: UNREACHABLE, ...each['m3'] } },
  );
  const silent = { heartbeatMs: NOW - 3_600_000 };
  return observationOf({ members, ...spec, row: { ...spec.row, m3: { ...silent, ...spec.row?.['m3'] } } });
}
