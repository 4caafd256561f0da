/**
 * What the planner looks at: per configured member its facts and its assessment side by side, and what follows from all of them
 * together (the one binary, the rows above it, who is in which phase). Owns the joining; judges nothing.
 */
import type { ClusterConfig } from '../cluster.ts';
import type { ChosenRows, DaemonPhase, Diagnosis, InstalledCount, MemberAssessment } from '../diagnose/types.ts';
import type { MemberName, RunId } from '../ids.ts';
import type { ClusterObservation, MemberFacts, NodeRow } from '../observation.ts';
import type { Strategy, Undo } from '../plan.ts';
import type { ReleaseTable } from '../release.ts';

export interface PlanInput {
  readonly observation: ClusterObservation;
  readonly diagnosis: Diagnosis;
  readonly cluster: ClusterConfig;
  readonly releases: ReleaseTable;
  /** Named by the operator, or null: the safest that fits. */
  readonly strategy: Strategy | null;
  /** The version or revision to go to, for the strategies that take one. */
  readonly to?: string | null;
  /** With `rollback`: the run to undo. */
  readonly undo?: Undo | null;
  readonly instances: 'keep' | 'stop';
  /** The number of instances that a person said will stop; null when not said; `at-approval` when the approver will be asked for it. */
  readonly confirmStop: number | 'at-approval' | null;
  /** Null for a plan that is only shown. */
  readonly run: RunId | null;
}

interface PlannedMember extends MemberAssessment {
  /** Null when it did not answer. */
  readonly facts: MemberFacts | null;
}

/** A member that answered. */
export interface ReachedMember extends PlannedMember {
  readonly facts: MemberFacts;
}

/** What every member's installed binary has; null where they differ or one is unknown. */
interface CommonBinary {
  readonly extensions: number;
  readonly schema: number;
  readonly version: string;
}

export interface PlannerView {
  readonly input: PlanInput;
  readonly members: readonly PlannedMember[];
  readonly reached: readonly ReachedMember[];
  readonly rows: ChosenRows | null;
  readonly binary: CommonBinary | null;
  /** Rows above the common binary, in states that LXD compares or will compare. */
  readonly stale: readonly NodeRow[];
}

export function viewOf(input: PlanInput): PlannerView {
  const members = input.diagnosis.members.map((assessment) => join(input, assessment));
  const reached = members.flatMap((member) => (member.facts === null ? [] : [{ ...member, facts: member.facts }]));
  const rows = input.diagnosis.rows;
  const binary = commonBinary(members);
  return { input, members, reached, rows, binary, stale: staleRows(rows, binary) };
}

export function inPhase(view: PlannerView, ...phases: readonly DaemonPhase[]): readonly ReachedMember[] {
  return view.reached.filter((member) => phases.includes(member.phase));
}

export function namesOf(members: readonly { readonly member: MemberName }[]): string {
  return listed(members.map(({ member }) => member));
}

/** `m1`, `m1 and m2`, `m1, m2 and m3`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? 'nobody';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** Count, schema, release word and, where they could be read, the names themselves. */
export function isSameBinary(a: MemberAssessment, b: MemberAssessment): boolean {
  if (a.installed === null || b.installed === null) return false;
  return (
    a.installed.extensions === b.installed.extensions &&
    a.installed.schema === b.installed.schema &&
    a.version === b.version &&
    haveSameNames(a.installed, b.installed)
  );
}

function haveSameNames(a: InstalledCount, b: InstalledCount): boolean {
  if (a.names === null || b.names === null) return true;
  return a.names.length === b.names.length && a.names.every((name, index) => name === b.names?.[index]);
}

export function commonBinary(members: readonly PlannedMember[]): CommonBinary | null {
  const first = members[0];
  if (first === undefined || first.installed === null || first.version === null) return null;
  const { extensions, schema } = first.installed;
  if (schema === null || !members.every((member) => isSameBinary(first, member))) return null;
  return { extensions, schema, version: first.version };
}

/** Pending rows are never written: they are a refusal of their own. Evacuated ones count, since LXD's out-of-date check reads them. */
function staleRows(rows: ChosenRows | null, binary: CommonBinary | null): readonly NodeRow[] {
  if (rows === null || binary === null) return [];
  return rows.rows.filter(
    (row) => (row.state === 'created' || row.state === 'evacuated') && row.apiExtensions > binary.extensions,
  );
}

function join(input: PlanInput, assessment: MemberAssessment): PlannedMember {
  const seen = input.observation.members.find((one) => one.member === assessment.member);
  return { ...assessment, facts: assessment.reachable ? (seen?.facts ?? null) : null };
}
