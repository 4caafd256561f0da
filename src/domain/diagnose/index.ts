/**
 * From an observation to findings: pure, total, and never more certain than the facts. The rules live beside this file, one group
 * each; this one only gathers, sorts, and says `in-step` when no rule had anything to say.
 */
import { type Finding, sortFindings } from '../finding.ts';
import type { ClusterObservation } from '../observation.ts';
import type { ReleaseTable } from '../release.ts';
import { situationOf, type MemberView, type Situation } from './situation.ts';
import type { Diagnosis, MemberAssessment } from './types.ts';

export type { ChosenRows, DaemonPhase, Diagnosis, InstalledCount, MemberAssessment, RunningCount } from './types.ts';
export { daemonPhase } from './phase.ts';

type Rule = (situation: Situation) => readonly Finding[];

const RULES: readonly Rule[] = [];

export function diagnose(observation: ClusterObservation, releases: ReleaseTable): Diagnosis {
  const situation = situationOf(observation, releases);
  const findings = RULES.flatMap((rule) => rule(situation));
  return { findings: sortFindings(findings), rows: situation.rows, members: situation.members.map(assessmentOf) };
}

function assessmentOf(view: MemberView): MemberAssessment {
  const { observation: _, ...assessment } = view;
  return assessment;
}
