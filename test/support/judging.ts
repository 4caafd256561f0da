/** The end of a recovery of three members to 387, as good as it can be; a test says what differs and reads what is missing. */
import { diagnose } from '../../src/domain/diagnose/index.ts';
import type { Diagnosis } from '../../src/domain/diagnose/types.ts';
import type { ClusterListEntry, ClusterObservation } from '../../src/domain/observation.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { judgeEnd, type Unmet, type VerifyHistory } from '../../src/domain/verify/index.ts';
import { NOW, observationOf } from './observation.ts';
import type { MemberSpec, ObservationSpec } from './observation-spec.ts';
import { downgradedAll, plan, requirePlan } from './planning.ts';
import { RELEASES } from './releases.ts';

/** What `lxc cluster list` says of the three, with the statuses that differ. */
export function listed(statuses: Readonly<Record<string, string>> = {}): readonly ClusterListEntry[] {
  return ['m1', 'm2', 'm3'].map((name) => ({ name, url: null, status: statuses[name] ?? 'Online', message: '' }));
}

export function endOf(
  each: Readonly<Record<string, Omit<MemberSpec, 'name'>>> = {},
  spec: Partial<ObservationSpec> = {},
): ClusterObservation {
  const facts = { clusterList: listed() };
  const members = ['m1', 'm2', 'm3'].map((name) => {
    const own = each[name];
    return { build: '5.21.2' as const, ...own, name, facts: { ...facts, ...own?.facts } };
  });
  return observationOf({ members, rows: 387, ...spec });
}

/** All were ready at NOW - 20 s, and each has shown a heartbeat before that and two after it. */
export function goodHistory(changes: Partial<VerifyHistory> = {}): VerifyHistory {
  const ofEach = <T>(value: T): Record<string, T> => ({ m1: value, m2: value, m3: value });
  return {
    start: { heartbeats: ofEach(1), pids: ofEach(null) },
    allReadyAt: NOW - 20_000,
    heartbeats: ofEach([NOW - 24_000, NOW - 14_000, NOW - 4_000]),
    heartbeatsAtReady: ofEach(NOW - 24_000),
    restarts: ofEach(0),
    ...changes,
  };
}

export interface EndSpec {
  readonly plan?: Plan;
  readonly end?: ClusterObservation;
  readonly history?: VerifyHistory;
  /** Laid over what is diagnosed of the end. */
  readonly diagnosed?: Partial<Diagnosis>;
  readonly settingsAreBack?: boolean;
}

function unmetOf({ end = endOf(), diagnosed = {}, settingsAreBack, ...given }: EndSpec): readonly Unmet[] {
  const question = {
    plan: given.plan ?? requirePlan(plan(downgradedAll())),
    observation: end,
    diagnosis: { ...diagnose(end, RELEASES), ...diagnosed },
    history: given.history ?? goodHistory(),
  };
  return judgeEnd(settingsAreBack === undefined ? question : { ...question, settingsAreBack }).unmet;
}

/** One line per thing that is missing: code, member, whether waiting is of no use, and the sentence. */
export function missing(spec: EndSpec): readonly string[] {
  return unmetOf(spec).map(
    ({ code, member, lasting, text }) => `${code} ${member ?? 'all'}${lasting ? ' for good' : ''}: ${text}`,
  );
}
