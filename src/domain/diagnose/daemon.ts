/**
 * Daemons that do not serve for a reason other than version skew: stopped, given up by systemd, silent, or failing with another
 * cause. Skew has its rules elsewhere; a crash loop whose newest fatal line is "version is behind" is not named here.
 */
import type { Evidence, Finding } from '../finding.ts';
import { isWrapper } from './log.ts';
import { currentFatal, type ReachedView, type Situation } from './situation.ts';
import { clusterWorks, isServing } from './skew.ts';
import { listNames, logEvidence, namesOf, snapEvidence, verb } from './text.ts';

export function daemonRules(situation: Situation): readonly Finding[] {
  return [...down(situation), ...unitTrouble(situation), ...silentSocket(situation), ...otherCauses(situation)];
}

export function unitEvidence(view: ReachedView): Evidence {
  const unit = view.facts.unit;
  const words = [
    `unit ${unit?.activeState ?? 'unknown'} (${unit?.subState ?? 'unknown'})`,
    `result ${unit?.result ?? 'unknown'}`,
    `restarts ${unit?.restarts ?? '?'} then ${unit?.restartsLater ?? '?'}`,
    `state file ${view.facts.stateFile === null ? 'unknown' : JSON.stringify(view.facts.stateFile.trim())}`,
    `ready: ${view.facts.ready}`,
  ];
  return snapEvidence(view, words.join(', '));
}

function gaveUp(view: ReachedView): boolean {
  return view.facts.unit?.activeState === 'failed';
}

function isSwitchedOff(view: ReachedView): boolean {
  const file = view.facts.unit?.unitFileState ?? null;
  return view.facts.snap?.disabled === true || file === 'disabled' || (file?.startsWith('masked') ?? false);
}

function down(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter(
    (view) => view.phase === 'stopped' && view.facts.install !== 'absent' && !gaveUp(view) && !isSwitchedOff(view),
  );
  if (named.length === 0) return [];
  const who = listNames(named);
  return [
    {
      kind: 'daemon-down',
      severity: clusterWorks(situation) ? 'warning' : 'critical',
      members: namesOf(named),
      title: `LXD is stopped on ${who}`,
      cause:
        `The service is not active on ${who} and nothing will start it by itself. ` +
        `A start compares the versions of all members first: where other findings speak of versions, settle those before starting. ` +
        `Even a harmless "lxc" command can start a stopped daemon, and with it the instances that start automatically.`,
      evidence: named.map(unitEvidence),
      extensionsMissing: [],
      next: `See whether a start is safe: recover ${situation.cluster} --dry-run`,
    },
  ];
}

function unitTrouble(situation: Situation): readonly Finding[] {
  const failed = situation.reached.filter(gaveUp);
  const off = situation.reached.filter((view) => !isServing(view) && !gaveUp(view) && isSwitchedOff(view));
  const severity = clusterWorks(situation) ? 'warning' : 'critical';
  const findings: Finding[] = [];
  if (failed.length > 0) {
    findings.push({
      kind: 'unit-failed-or-disabled',
      severity,
      members: namesOf(failed),
      title: `systemd has given up starting LXD on ${listNames(failed)}`,
      cause:
        `LXD failed on ${listNames(failed)} so often or so quickly that systemd stopped trying. ` +
        `It will not come up by itself, also when the cause is gone: the unit must be reset and started. ` +
        `The newest fatal line in the log says why it failed.`,
      evidence: failed.flatMap((view) => [unitEvidence(view), ...fatalEvidence(view)]),
      extensionsMissing: [],
      next: `Settle the cause first: explain ${situation.cluster}`,
    });
  }
  if (off.length > 0) {
    findings.push({
      kind: 'unit-failed-or-disabled',
      severity,
      members: namesOf(off),
      title: `LXD is switched off on ${listNames(off)}`,
      cause:
        `The snap or its service is disabled or masked on ${listNames(off)}, so neither a restart nor a reboot brings LXD back. ` +
        `Somebody did this on purpose; ask before undoing it.`,
      evidence: off.map(unitEvidence),
      extensionsMissing: [],
      next: `Enable it on the host when it is meant to run, then: status ${situation.cluster}`,
    });
  }
  return findings;
}

/** The process lives and does not restart, yet nobody answers on its socket. */
function silentSocket(situation: Situation): readonly Finding[] {
  const named = situation.reached.filter(({ facts, phase }) => {
    const steady = facts.unit?.activeState === 'active' && facts.unit.restarts === facts.unit.restartsLater;
    return phase === 'unknown' && steady && facts.process !== null && facts.ready === 'no-answer';
  });
  if (named.length === 0) return [];
  return [
    {
      kind: 'socket-missing',
      severity: clusterWorks(situation) ? 'warning' : 'critical',
      members: namesOf(named),
      title: `LXD runs on ${listNames(named)}, but does not answer on its socket`,
      cause:
        `The service is active and its process lives, but its unix socket is missing, refuses, or stays silent. ` +
        `The socket unit may be stopped, the socket file removed, or the daemon hangs. ` +
        `Without it neither the local tools nor Lockstep can ask this daemon anything.`,
      evidence: named.flatMap((view) => [
        unitEvidence(view),
        ...view.facts.failedParts.map((part) => snapEvidence(view, `${part.part}: ${part.reason}: ${part.text}`)),
      ]),
      extensionsMissing: [],
      next: `Look at the socket unit on the host, then: status ${situation.cluster}`,
    },
  ];
}

/** Fatal lines with a finding of their own. */
const NAMED_ELSEWHERE: ReadonlySet<string> = new Set([
  'behind_fatal',
  'schema_too_new',
  'schema_too_new_local',
  'inconsistent',
  'address_mismatch',
]);
const RAFT: ReadonlySet<string> = new Set(['dqlite_start_failed', 'closed_segment']);

function otherCauses(situation: Situation): readonly Finding[] {
  const failed = situation.reached.flatMap((view) => {
    const line = currentFatal(view);
    return line === null ? [] : [{ ...view, line }];
  });
  const raft = failed.filter(({ line }) => RAFT.has(line.pattern));
  const other = failed.filter((view) => {
    const { line } = view;
    if (view.phase !== 'crash-looping' && !gaveUp(view)) return false;
    // Without a cause beside it, "LXD failed to start" says nothing: such a member goes unexplained.
    return !isWrapper(line) && !NAMED_ELSEWHERE.has(line.pattern) && !RAFT.has(line.pattern);
  });
  const patterns = [...new Set(other.map(({ line }) => line.pattern))];
  return [
    ...raftDamaged(situation, raft),
    ...patterns.map((pattern) =>
      otherCause(
        situation,
        pattern,
        other.filter(({ line }) => line.pattern === pattern),
      ),
    ),
  ];
}

function raftDamaged(situation: Situation, named: readonly ReachedView[]): readonly Finding[] {
  if (named.length === 0) return [];
  return [
    {
      kind: 'raft-damaged',
      severity: 'critical',
      members: namesOf(named),
      title: `The database files on ${listNames(named)} can't be opened`,
      cause:
        `LXD fails on ${listNames(named)} before it looks at any version: its database engine can't start from the files on disk. ` +
        `Damaged files, a full disk or a taken port do that. ` +
        `Every restart fails in the same way, and no change of the table's content can help. Keep the files as they are and make a copy before anything else.`,
      evidence: named.flatMap(fatalEvidence),
      extensionsMissing: [],
      next: `Check disk and files on the host by hand, then: status ${situation.cluster}`,
    },
  ];
}

/** Words for the causes that log-patterns name; the line itself is in the evidence. */
const CAUSES: Readonly<Record<string, string>> = {
  patch_sql_failed: 'a patch file in its database directory holds SQL that fails',
  patch_apply_failed: 'one of its own built-in updates fails',
  local_buckets: 'this release refuses storage buckets on local storage',
  upgrade_path: 'its database is too old for this release',
  recovery_patch_conflict: 'a patch file and a recovery tarball lie side by side',
};

function otherCause(situation: Situation, pattern: string, group: readonly ReachedView[]): Finding {
  const why = CAUSES[pattern] ?? 'its log names a cause that has nothing to do with versions';
  const who = listNames(group);
  return {
    kind: 'crash-loop-other-cause',
    severity: 'critical',
    members: namesOf(group),
    title: `${who} ${verb(group.length, 'fails', 'fail')} at every start, and not because of versions`,
    cause:
      `LXD starts and exits again on ${who}: ${why}. ` +
      `Every restart ends in the same way until that is removed. ` +
      `A change of recorded versions would not help here, so Lockstep does not offer one.`,
    evidence: group.flatMap((view) => [...fatalEvidence(view), unitEvidence(view)]),
    extensionsMissing: [],
    next: `Read the log line and remove its cause, then: status ${situation.cluster}`,
  };
}

export function fatalEvidence(view: ReachedView): readonly Evidence[] {
  const line = currentFatal(view);
  return line === null ? [] : [logEvidence(view.member, line)];
}
