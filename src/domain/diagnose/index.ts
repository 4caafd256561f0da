/**
 * From an observation to findings: pure, total, and never more certain than the facts. The rules live beside this file, one group
 * each; this one only gathers, sorts, and says `in-step` when no rule had anything to say.
 */
import { type Finding, sortFindings } from '../finding.ts';
import type { ClusterObservation } from '../observation.ts';
import type { ReleaseTable } from '../release.ts';
import { daemonRules } from './daemon.ts';
import { deadRowRules } from './dead-row.ts';
import { heldRules } from './held.ts';
import { hostRules } from './host.ts';
import { incompleteRules } from './incomplete.ts';
import { inventoryRules } from './inventory.ts';
import { latentRules } from './latent.ts';
import { leftoverRules } from './leftovers.ts';
import { membershipRules } from './membership.ts';
import { mixedRules } from './mixed.ts';
import { quorumRules } from './quorum.ts';
import { reachRules } from './reach.ts';
import { schemaRules } from './schema.ts';
import { currentFatal, type MemberView, type Situation, situationOf } from './situation.ts';
import { snapRules } from './snap.ts';
import { staleRules } from './stale.ts';
import { binaryEvidence, describeInstalled, namesOf, rowEvidence } from './text.ts';
import { askCommand } from './target.ts';
import type { Diagnosis, MemberAssessment } from './types.ts';
import { unexplainedDown } from './unexplained.ts';

export type { Diagnosis } from './types.ts';

type Rule = (situation: Situation) => readonly Finding[];

const RULES: readonly Rule[] = [
  staleRules,
  mixedRules,
  latentRules,
  schemaRules,
  deadRowRules,
  inventoryRules,
  membershipRules,
  reachRules,
  quorumRules,
  daemonRules,
  leftoverRules,
  heldRules,
  snapRules,
  hostRules,
  incompleteRules,
];

/** Findings that tell of a member without explaining why it does not serve. */
const SIDE_REMARKS: ReadonlySet<string> = new Set([
  'auto-refresh-not-held',
  'clock-skew',
  'disk-low',
  'healing-on',
  'lxcfs-dead',
  'patch-left-over',
  'recovery-tarball',
  'same-count-different-version',
  'refresh-in-progress',
  'refresh-blocked-by-lxd',
  'member-evacuated',
  'heartbeat-stale',
  'lxd-debug',
  'extension-bump-env',
  'not-a-snap',
  'unknown-version',
  'held-elsewhere',
  'marker-unreadable',
]);

/** Never throws; the same observation always gives the same answer. */
export function diagnose(observation: ClusterObservation, releases: ReleaseTable): Diagnosis {
  const situation = situationOf(observation, releases);
  const found = RULES.flatMap((rule) => rule(situation));
  const all = [...found, ...unexplainedDown(situation, explainedBy(situation, found))];
  return {
    findings: sortFindings(all.length === 0 ? [inStep(situation)] : withInStepWords(inventoryFirst(situation, all))),
    rows: situation.rows,
    members: situation.members.map(assessmentOf),
  };
}

/** Findings that explain why members wait or fail with "version is behind", also members that they name in their words alone. */
const VERSION_STORIES: ReadonlySet<string> = new Set([
  'stale-counter',
  'stale-counter-while-serving',
  'mixed-binaries',
  'upgrade-waiting',
  'latent-skew',
  'dead-row-blocks',
]);

/** Members that some finding accounts for. */
function explainedBy(situation: Situation, found: readonly Finding[]): ReadonlySet<string> {
  const named = found.filter(({ kind }) => !SIDE_REMARKS.has(kind)).flatMap(({ members }) => members);
  const told = new Set(found.filter(({ kind }) => VERSION_STORIES.has(kind)).flatMap(namesInWords));
  const held = situation.reached.filter(
    (view) => view.phase === 'waiting' || currentFatal(view)?.pattern === 'behind_fatal',
  );
  return new Set<string>([...named, ...namesOf(held).filter((name) => told.has(name))]);
}

/** Every word that could be a member's name. */
function namesInWords({ title, cause }: Finding): readonly string[] {
  return `${title} ${cause}`.split(/[^A-Za-z0-9.-]+/).map((word) => word.replace(/[.-]+$/, ''));
}

/** No change is made while the inventory does not fit: advice to plan one would lead to a refusal. */
function inventoryFirst({ cluster }: Situation, findings: readonly Finding[]): readonly Finding[] {
  const mismatch = findings.find(({ kind }) => kind === 'inventory-mismatch');
  if (mismatch === undefined) return findings;
  return findings.map((finding) =>
    finding.next.includes(`recover ${cluster}`) ? { ...finding, next: mismatch.next } : finding,
  );
}

/** Advice alone must not read like trouble: the card of a healthy cluster says so in every title. */
function withInStepWords(findings: readonly Finding[]): readonly Finding[] {
  if (findings.some(({ severity }) => severity !== 'info')) return findings;
  return findings.map((finding) => ({ ...finding, title: `In step. ${finding.title}` }));
}

function inStep(situation: Situation): Finding {
  const [first] = situation.members;
  if (first === undefined) return nobodyConfigured(situation);
  // No rule had anything to say: whatever the first one has, the others have too.
  const what = describeInstalled(first);
  const count = situation.members.length;
  return {
    kind: 'in-step',
    severity: 'info',
    members: namesOf(situation.members),
    title: count === 1 ? `The only member runs ${what}, as recorded` : `All ${count} members run ${what}, as recorded`,
    cause:
      `Every member serves, has the same LXD, and the database records what each of them runs. ` +
      `A restart of any member brings it back without waiting for others.`,
    evidence: [...situation.members.map(binaryEvidence), ...rowEvidence(situation)],
    extensionsMissing: [],
    next: `Before the next refresh ask what it would do: ${askCommand(situation)}`,
  };
}

/** Not reachable through a checked configuration; still an answer. */
function nobodyConfigured(situation: Situation): Finding {
  return {
    kind: 'probe-incomplete',
    severity: 'warning',
    members: [],
    title: 'No member is configured for this cluster',
    cause: 'There was nobody to ask, so nothing is known. The configuration of the cluster has no members.',
    evidence: [],
    extensionsMissing: [],
    next: `Add members to the configuration, then: status ${situation.cluster}`,
  };
}

function assessmentOf(view: MemberView): MemberAssessment {
  const { observation: _, ...assessment } = view;
  return assessment;
}
