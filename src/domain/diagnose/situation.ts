/**
 * The observation with what the first look makes of it: the table that is believed and an assessment per member. Every group of
 * rules takes a `Situation` and gives findings; nothing here judges.
 */
import type { ClusterName } from '../ids.ts';
import type { ClusterObservation, LogFact, MemberFacts, MemberObservation, NodeRow } from '../observation.ts';
import type { ReleaseTable } from '../release.ts';
import { hasFix, installedCount, runningCount } from './binary.ts';
import { isRecent, newestFatal } from './log.ts';
import { daemonPhase } from './phase.ts';
import { chooseRows } from './rows.ts';
import type { ChosenRows, MemberAssessment } from './types.ts';

/** A configured member: what was seen of it and what it was taken for. */
export interface MemberView extends MemberAssessment {
  readonly observation: MemberObservation;
}

/** A member that answered with facts. */
export interface ReachedView extends MemberView {
  readonly facts: MemberFacts;
}

export interface Situation {
  readonly cluster: ClusterName;
  readonly observation: ClusterObservation;
  readonly releases: ReleaseTable;
  readonly rows: ChosenRows | null;
  /** In configuration order. */
  readonly members: readonly MemberView[];
  /** Those that answered. */
  readonly reached: readonly ReachedView[];
}

export function situationOf(seen: ClusterObservation, releases: ReleaseTable): Situation {
  const observation = { ...seen, members: seen.members.map(onlyAnswered) };
  const rows = chooseRows(observation);
  const members = observation.members.map((member) => ({
    ...assess(member, observation.members, rows, releases),
    observation: member,
  }));
  const reached = members.flatMap((member) => {
    const facts = member.observation.facts;
    return facts === null ? [] : [{ ...member, facts }];
  });
  return { cluster: observation.cluster, observation, releases, rows, members, reached };
}

/** The member's clock at the moment of its answer: the clock of its log lines. */
export function memberNow(observation: MemberObservation): number {
  return observation.at + (observation.facts?.clockOffsetMs ?? 0);
}

/** Facts count only when they came with an answer. */
function onlyAnswered(member: MemberObservation): MemberObservation {
  return member.reach.kind === 'answered' ? member : { ...member, facts: null };
}

function assess(
  own: MemberObservation,
  all: readonly MemberObservation[],
  rows: ChosenRows | null,
  releases: ReleaseTable,
): MemberAssessment {
  const facts = own.facts;
  const row = rows?.rows.find((one) => one.name === own.member) ?? null;
  if (facts === null) return unseen(own, row);
  const installed = installedCount(own, all, releases);
  return {
    member: own.member,
    reachable: true,
    phase: daemonPhase(facts, memberNow(own)),
    installed,
    running: runningCount(facts),
    row,
    version: facts.snap?.version ?? null,
    revision: facts.snap?.revision ?? null,
    architecture: facts.architecture,
    hasFix: hasFix(facts, installed, releases),
    instances: facts.instances?.running.length ?? null,
  };
}

function unseen(own: MemberObservation, row: NodeRow | null): MemberAssessment {
  return {
    member: own.member,
    reachable: false,
    phase: 'unknown',
    installed: null,
    running: null,
    row,
    version: null,
    revision: null,
    architecture: null,
    hasFix: null,
    instances: null,
  };
}

/**
 * The line that says why this member is down now; null for one that serves, and for one that was stopped in good order, whose last
 * failure is history. A unit that gave up keeps its cause however old it is.
 */
export function currentFatal(view: ReachedView): LogFact | null {
  const { facts, phase } = view;
  if (phase === 'serving') return null;
  const line = newestFatal(facts);
  if (line === null) return null;
  const gaveUp = facts.unit?.activeState === 'failed' || facts.stateFile === 'crashed';
  if (phase === 'stopped') return gaveUp ? line : null;
  return isRecent(line, memberNow(view.observation)) ? line : null;
}
