/**
 * What one look means for the watch: which findings are worth an incident, which are worth a word before there is trouble, and
 * whether what is seen is a refresh on its way through the members. Reads the diagnosis alone; remembers nothing.
 */
import type { Diagnosis, MemberAssessment } from '../diagnose/types.ts';
import type { Finding, FindingKind, Severity } from '../finding.ts';
import type { MemberName } from '../ids.ts';

export interface Trouble {
  /** Kind and members: the same at every look that sees the same, whatever the numbers in its title. */
  readonly key: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly members: readonly MemberName[];
  readonly title: string;
}

/** Members that have the new LXD wait for those that don't have it yet. Either may be empty while snapd is still at it. */
interface Rolling {
  readonly waiting: readonly MemberName[];
  readonly waitingFor: readonly MemberName[];
}

export interface Sight {
  /** When the look ended, ms UTC. */
  readonly at: number;
  /** Worth an incident: critical, or it keeps a member from serving. Worst first. */
  readonly out: readonly Trouble[];
  /** Worth a word, since it is how trouble begins. */
  readonly warnings: readonly Trouble[];
  readonly rolling: Rolling | null;
  /** Every member answered: only then does a finding's absence mean anything. */
  readonly complete: boolean;
  readonly anyServes: boolean;
}

/** Infos that are said all the same: nothing is wrong yet, and everything is prepared for it. */
const SAID_THOUGH_INFO: ReadonlySet<FindingKind> = new Set(['auto-refresh-not-held', 'same-count-different-version']);

/** Remarks about a host, or about work under way, that alone don't keep a member from serving. */
const SIDE_REMARKS: ReadonlySet<FindingKind> = new Set([
  'auto-refresh-not-held',
  'clock-skew',
  'disk-low',
  'healing-on',
  'heartbeat-stale',
  'held-elsewhere',
  'marker-unreadable',
  'member-evacuated',
  'patch-left-over',
  'recovery-tarball',
  'refresh-blocked-by-lxd',
  'refresh-in-progress',
  'same-count-different-version',
]);

/** Never said: somebody is at work there and knows it. */
const NEVER_SAID: ReadonlySet<FindingKind> = new Set(['held-elsewhere', 'refresh-in-progress']);

/** What a refresh that goes from member to member looks like on its way. */
const ON_THE_WAY: ReadonlySet<FindingKind> = new Set([
  'upgrade-waiting',
  'mixed-binaries',
  'same-count-different-version',
  'running-differs-from-installed',
  'refresh-in-progress',
  'refresh-blocked-by-lxd',
  'self-healing-version',
  'heartbeat-stale',
  'quorum-lost',
  'daemon-down',
  'socket-missing',
  'probe-incomplete',
]);

export function isSideRemark(kind: FindingKind): boolean {
  return SIDE_REMARKS.has(kind);
}

export function sightOf({ findings, members }: Diagnosis, at: number): Sight {
  const down = new Set(members.filter(isDown).map(({ member }) => member));
  const serious = findings.filter(({ kind, severity }) => severity !== 'info' && !NEVER_SAID.has(kind));
  const isOut = (finding: Finding): boolean =>
    finding.severity === 'critical' ||
    (!SIDE_REMARKS.has(finding.kind) && finding.members.some((member) => down.has(member)));
  const told = findings.filter(({ kind, severity }) => severity === 'info' && SAID_THOUGH_INFO.has(kind));
  const out = serious.filter(isOut);
  return {
    at,
    out: out.map(troubleOf),
    warnings: [...serious.filter((finding) => !isOut(finding)), ...told].map(troubleOf),
    rolling: rollingOf(findings, out, members),
    complete: members.every(({ reachable }) => reachable),
    anyServes: members.some(({ phase }) => phase === 'serving'),
  };
}

/** Without the members for what is about the cluster's set-up: said once, not again for each member that joins it. */
function troubleOf({ kind, severity, members, title }: Finding): Trouble {
  const key = kind === 'auto-refresh-not-held' ? kind : `${kind}@${members.join(',')}`;
  return { key, kind, severity, members, title };
}

function isDown({ phase }: MemberAssessment): boolean {
  return phase === 'waiting' || phase === 'crash-looping' || phase === 'stopped';
}

/** A refresh on its way: members wait, or snapd is at work, and nobody is worse off than ahead. */
function rollingOf(
  findings: readonly Finding[],
  out: readonly Finding[],
  members: readonly MemberAssessment[],
): Rolling | null {
  const busy = new Set(
    findings.filter(({ kind }) => kind === 'refresh-in-progress').flatMap((finding) => finding.members),
  );
  const ahead = findings.some(({ kind }) => kind === 'upgrade-waiting');
  if (!ahead && busy.size === 0) return null;
  if (!out.every(({ kind }) => ON_THE_WAY.has(kind))) return null;
  // One that snapd is changing may be stopped for a moment.
  const worse = members.filter(
    (each) =>
      each.phase === 'crash-looping' || isBelowRow(each) || (each.phase === 'stopped' && !busy.has(each.member)),
  );
  if (worse.length > 0) return null;
  const waiting = members.filter(({ phase }) => phase === 'waiting');
  const highest = Math.max(0, ...waiting.map(({ installed }) => installed?.extensions ?? 0));
  const behind = members.filter(
    ({ phase, installed }) => phase !== 'waiting' && (installed === null || installed.extensions < highest),
  );
  return { waiting: waiting.map(({ member }) => member), waitingFor: behind.map(({ member }) => member) };
}

/** It has fewer extensions than its own row says: no refresh forward leaves a member so. */
function isBelowRow({ installed, row }: MemberAssessment): boolean {
  return installed !== null && row !== null && row.state !== 'pending' && installed.extensions < row.apiExtensions;
}
