/**
 * Whether a run's end is what was planned (recovery rules, "After"): all of it or nothing. Pure: the engine probes, folds each
 * observation into a history and asks again until nothing is missing, something is lost for good, or the time is over.
 *
 * `NRestarts` is judged over the time of the verification, which lasts two heartbeats anyway, and not over a fixed minute.
 */
import type { DaemonPhase, Diagnosis } from '../diagnose/types.ts';
import type { MemberName } from '../ids.ts';
import type { ClusterObservation, MemberObservation } from '../observation.ts';
import type { MemberTarget } from '../plan.ts';
import { checkCluster } from './cluster.ts';
import { checkHost } from './host.ts';
import { checkMember } from './member.ts';
import type { EndQuestion, StartRecord, Unmet, VerifyHistory } from './types.ts';

export type { EndQuestion, StartRecord, Unmet, VerifyHistory } from './types.ts';

const DEFAULT_OFFLINE_THRESHOLD_S = 20;
const LIMIT_SLACK_MS = 10_000;

export function startRecordOf(observation: ClusterObservation, diagnosis: Diagnosis): StartRecord {
  return {
    heartbeats: heartbeatsOf(diagnosis),
    pids: perMember(observation.members, ({ facts }) => facts?.process?.pid ?? null),
  };
}

export function beginHistory(start: StartRecord): VerifyHistory {
  const heartbeats: Record<string, readonly number[]> = {};
  for (const [name, value] of Object.entries(start.heartbeats)) heartbeats[name] = value === null ? [] : [value];
  return { start, allReadyAt: null, heartbeats, heartbeatsAtReady: {}, restarts: {} };
}

export function foldHistory(
  history: VerifyHistory,
  observation: ClusterObservation,
  diagnosis: Diagnosis,
  targets: readonly MemberTarget[],
): VerifyHistory {
  const seen = diagnosis.rows?.source === 'live' ? heartbeatsOf(diagnosis) : {};
  const heartbeats = { ...history.heartbeats };
  for (const [name, value] of Object.entries(seen)) {
    const before = heartbeats[name] ?? [];
    if (value !== null && value > (before.at(-1) ?? 0)) heartbeats[name] = [...before, value];
  }
  const concerned =
    targets.length === 0 ? diagnosis.members.map(({ member }) => member) : targets.map(({ member }) => member);
  const allReady = concerned.every((name) => phaseOf(diagnosis, name) === 'serving');
  if (!allReady || history.allReadyAt !== null) return { ...history, heartbeats };
  return {
    ...history,
    heartbeats,
    allReadyAt: observation.startedAt,
    heartbeatsAtReady: seen,
    restarts: perMember(
      observation.members,
      ({ facts }) => facts?.unit?.restartsLater ?? facts?.unit?.restarts ?? null,
    ),
  };
}

/** How long the end may take to show itself once all are ready, in ms: three heartbeat intervals and some. */
export function verifyLimitMs(observation: ClusterObservation): number {
  const set = observation.members.map(({ facts }) => facts?.settings?.offlineThresholdS ?? null).find(isNumber);
  return ((set ?? DEFAULT_OFFLINE_THRESHOLD_S) * 1000 * 3) / 2 + LIMIT_SLACK_MS;
}

export function judgeEnd(question: EndQuestion): { readonly met: boolean; readonly unmet: readonly Unmet[] } {
  const perMemberUnmet = question.plan.baseline.targets.flatMap((target) => [
    ...checkMember(question, target),
    ...checkHost(question, target.member),
  ]);
  // A plan without targets changes nothing but files: the members are as they were.
  const unmet =
    question.plan.baseline.targets.length === 0
      ? question.observation.members.flatMap(({ member }) => checkHost(question, member))
      : [...perMemberUnmet, ...checkCluster(question)];
  return { met: unmet.length === 0, unmet };
}

function phaseOf({ members }: Diagnosis, name: MemberName): DaemonPhase {
  return members.find(({ member }) => member === name)?.phase ?? 'unknown';
}

function heartbeatsOf({ rows }: Diagnosis): Readonly<Record<string, number | null>> {
  return Object.fromEntries((rows?.rows ?? []).map(({ name, heartbeatMs }) => [name, heartbeatMs]));
}

function perMember<T>(
  members: readonly MemberObservation[],
  read: (member: MemberObservation) => T,
): Record<string, T> {
  return Object.fromEntries(members.map((member) => [member.member, read(member)]));
}

function isNumber(value: number | null): value is number {
  return value !== null;
}
