/**
 * The way forward of a refusal: one act, with the command that can be typed. The first reason decides, since the guards stand in
 * the order in which a person has to clear them.
 */
import type { FindingKind } from '../finding.ts';
import type { RefusalCode, RefusalReason, Strategy } from '../plan.ts';
import { MARKER_PATH } from '../diagnose/held.ts';
import { heldByHand } from './guard-held.ts';
import { reasonsAgainstSqlLive } from './guard-live.ts';
import { removeDeadByHand, rollForwardByHand, sqlByHand, startByHand } from './by-hand.ts';
import { inPhase, namesOf, type PlannerView } from './view.ts';

export interface Refused {
  readonly reasons: readonly RefusalReason[];
  /** The recommended strategy that could be planned now, when another one was named. */
  readonly possible: Strategy | null;
  /** What stands against the strategy that would be planned by itself, where `reasons` say no more than that another is no choice. */
  readonly usual: readonly RefusalReason[];
}

export function nextOf(view: PlannerView, { reasons, possible, usual }: Refused): string {
  const cluster = view.input.cluster.name;
  if (possible !== null) {
    const byHand = handOf(view, possible);
    const safe = `What is safe now: /lxd recover ${cluster} --strategy ${possible}`;
    return byHand === null ? safe : `${safe}. By hand: ${byHand}`;
  }
  const [named] = reasons.filter(isAboutCluster);
  const [first] = named === undefined ? usual.filter(isAboutCluster) : [named];
  if (first === undefined) return `/lxd recover ${cluster}`;
  const start = named === undefined && ASKS_TO_ROLL.has(first.code) ? startByHand(view) : null;
  return start ?? actFor(view, first) ?? `/lxd explain ${cluster}`;
}

/** Members that are stopped are started first: only then they can be brought to one build. */
const ASKS_TO_ROLL: ReadonlySet<RefusalCode> = new Set(['mixed-binaries', 'roll-forward']);

/** The others say no more than that the strategy is no choice now. */
function isAboutCluster({ code }: RefusalReason): boolean {
  return code !== 'strategy-not-available';
}

function actFor(view: PlannerView, { code }: RefusalReason): string | null {
  return ACTS[code]?.(view) ?? null;
}

/** What that strategy does, as a person would type it; null where it is more than a command. */
function handOf(view: PlannerView, strategy: Strategy): string | null {
  if (strategy === 'align-revision') return rollForwardByHand(view);
  return strategy === 'sql-live' ? liveByHand(view) : null;
}

/** Only where `sql-live` may be planned: what its guards refuse is no safer from a person's hand. */
function liveByHand(view: PlannerView): string | null {
  return reasonsAgainstSqlLive(view).length > 0 ? null : sqlByHand(view);
}

/** By hand where that is safe, else what stands in its way; a member that waits writes its own row within a minute. */
const setRows: Act = (view) => {
  const [blocked] = reasonsAgainstSqlLive(view).filter(isAboutCluster);
  return blocked === undefined ? (liveByHand(view) ?? andThenAgain('Wait a minute.')(view)) : actFor(view, blocked);
};

type Act = (view: PlannerView) => string | null;

function andThenAgain(text: string): (view: PlannerView) => string {
  return (view) => `${text} Then read it again: /lxd status ${view.input.cluster.name}`;
}

const roll: Act = (view) =>
  rollForwardByHand(view) ?? andThenAgain('Bring every member to the same snap revision.')(view);

const UNREACHED: readonly FindingKind[] = ['host-key-changed', 'auth-failed', 'sudo-refused', 'member-unreachable'];

/** Diagnosis knows more of why a member could not be read. */
function nextOfFinding(view: PlannerView, kinds: readonly FindingKind[]): string | null {
  return view.input.diagnosis.findings.find(({ kind }) => kinds.includes(kind))?.next ?? null;
}

const ACTS: Readonly<Partial<Record<RefusalCode, Act>>> = {
  'held-elsewhere': heldByHand,
  'marker-unreadable': andThenAgain(`Find out who put it there, then on that host: sudo rm ${MARKER_PATH}.`),
  'in-step': (view) => startByHand(view) ?? `Nothing to do. /lxd status ${view.input.cluster.name}`,
  'host-key-changed': (view) => nextOfFinding(view, ['host-key-changed']),
  'auth-failed': (view) => nextOfFinding(view, ['auth-failed']),
  'sudo-refused': (view) => nextOfFinding(view, ['sudo-refused']),
  'member-unreachable': (view) =>
    nextOfFinding(view, UNREACHED) ??
    andThenAgain('Bring that member back, or check its SSH settings with /lxd doctor.')(view),
  'mixed-binaries': roll,
  'roll-forward': roll,
  'latent-skew': setRows,
  'schema-newer': andThenAgain('Refresh every member forward to the version that wrote the database; never patch.'),
  'schema-inconsistent': andThenAgain(
    'Bring every member to one version of one track, the highest that was installed.',
  ),
  'local-schema-newer': andThenAgain('Refresh that member forward to the version that it had before.'),
  'crossing-tracks': andThenAgain('Refresh every member forward to the track that it came from; never patch.'),
  'unknown-version': (view) => `/lxd explain ${view.input.cluster.name} shows which measurement is missing`,
  'patch-left-over': andThenAgain(
    'Find out who wrote it, then move it away on that member: it stands in /var/snap/lxd/common/lxd/database.',
  ),
  'recovery-tarball': andThenAgain('Find out who put it there and move database/lxd_recovery_db.tar.gz away.'),
  'lxd-debug': andThenAgain('Move /var/snap/lxd/common/lxd.debug away on that member.'),
  'healing-on': (view) =>
    (inPhase(view, 'waiting').length > 0 ? rollForwardByHand(view) : null) ??
    andThenAgain('Bring every member back that waits or does not answer.')(view),
  'disk-low': andThenAgain('Free space on that member.'),
  'clock-skew': andThenAgain('Set the clocks (timedatectl, chrony).'),
  'refresh-in-progress': andThenAgain('Wait for it: snap changes.'),
  'quorum-lost': (view) => startByHand(view) ?? andThenAgain('Start the members that are down.')(view),
  'upgrade-waiting': (view) => rollForwardByHand(view) ?? andThenAgain('Wait a minute.')(view),
  'self-healing-version': (view) => startByHand(view) ?? andThenAgain('Wait a minute.')(view),
  'somebody-serves': (view) => liveByHand(view) ?? removeDeadByHand(view) ?? setRows(view),
  'member-not-dead': (view) =>
    nextOfFinding(view, UNREACHED) ?? `Look at that member itself: /lxd explain ${view.input.cluster.name}`,
  'several-odd-rows': andThenAgain(
    'Bring the missing member back, or refresh the others together to the version that the rows record: they agree then without SQL.',
  ),
  'running-differs-from-installed': (view) =>
    `Decide which of the two versions is meant before that daemon restarts: /lxd explain ${view.input.cluster.name}`,
  'probe-incomplete': andThenAgain('Wait a few seconds.'),
  'nobody-crash-loops': (view) => startByHand(view) ?? andThenAgain('Wait a minute.')(view),
  'confirm-stop': (view) =>
    `/lxd recover ${view.input.cluster.name} --strategy stop-patch-start --instances keep keeps them running`,
  'stop-unsafe': (view) =>
    `/lxd recover ${view.input.cluster.name} --strategy ${inPhase(view, 'stopped').length > 0 ? 'stop-patch-start' : 'patch-in-place'}`,
  'crash-loop-other-cause': (view) =>
    andThenAgain(
      `Find the cause in the log: sudo journalctl -u snap.lxd.daemon -n 50 (${namesOf(inPhase(view, 'crash-looping', 'waiting'))}).`,
    )(view),
  'member-pending': andThenAgain('Finish or remove the join.'),
  'own-row-missing': andThenAgain('Check core.https_address and cluster.https_address of that member.'),
  'raft-damaged': andThenAgain('Do not patch. Follow LXD’s own recovery guide for a damaged database.'),
  'inventory-mismatch': andThenAgain('Make clusters.yaml name exactly the members of this cluster.'),
  'extension-bump-env': andThenAgain('Remove LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS from the daemon’s environment.'),
  'not-clustered': andThenAgain('Check the host in clusters.yaml.'),
  'lxd-missing': andThenAgain('Check the host in clusters.yaml.'),
};
