/**
 * Guards about the state of the members: nothing of an earlier attempt lies about, nobody else is changing LXD, the crash loop
 * has the one cause that a patch cures, the database can get a quorum, and there is room for a back-up.
 */
import { newestFatal } from '../diagnose/log.ts';
import type { SnapChange } from '../observation.ts';
import type { RefusalReason } from '../plan.ts';
import { guardHealing } from './healing.ts';
import { ofCount, whereTrue, when } from './reasons.ts';
import { inPhase, type PlannerView, type ReachedMember } from './view.ts';

/** Members' clocks may differ by this, in ms: the statement's deadline and LXD's heartbeats rest on them. */
const MAX_CLOCK_SPREAD_MS = 5_000;
/** Free space wanted, in sizes of the database directory. */
const DISK_FACTOR = 3;
const SETTLED = new Set(['Done', 'Error', 'Hold', 'Undone']);

export function guardHealth(view: PlannerView): readonly RefusalReason[] {
  return [
    ...guardLeftovers(view),
    ...guardCrashCause(view),
    ...guardChanges(view),
    ...guardQuorum(view),
    ...guardHealing(view),
    ...guardClocks(view),
    ...guardDisk(view),
    ...whereTrue(
      view.reached,
      ({ phase }) => phase === 'unknown',
      'probe-incomplete',
      (names) => `What the daemon on ${names} is doing could not be told from two samples.`,
    ),
  ];
}

export function guardLeftovers(view: PlannerView): readonly RefusalReason[] {
  return [
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.leftovers === null,
      'probe-incomplete',
      (names) => `Whether a patch file lies on ${names} could not be read.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.leftovers !== null && (facts.leftovers.patchGlobal !== null || facts.leftovers.patchLocal),
      'patch-left-over',
      (names) =>
        `A patch file already lies on ${names}. Lockstep never overwrites one, and another could act at the same start.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.leftovers?.recoveryTarball ?? false,
      'recovery-tarball',
      (names) => `A recovery tarball lies on ${names}: the next start would replace the database with it.`,
    ),
  ];
}

/** Any other cause than the version check would outlive the patch, and the restart after it would do harm. */
function guardCrashCause(view: PlannerView): readonly RefusalReason[] {
  return whereTrue(
    inPhase(view, 'crash-looping'),
    (member) => !isBehind(member),
    'crash-loop-other-cause',
    (names, count) =>
      `It is not proven that ${names} ${ofCount(count, 'fails because its version is behind', 'fail because their versions are behind')}: the newest fatal line says something else, or none was found.`,
  );
}

function isBehind({ facts }: ReachedMember): boolean {
  return newestFatal(facts)?.pattern === 'behind_fatal';
}

/** A refresh that hangs because LXD doesn't come up is the symptom, not an obstacle. */
function guardChanges(view: PlannerView): readonly RefusalReason[] {
  const blocked = view.input.diagnosis.findings.find(({ kind }) => kind === 'refresh-blocked-by-lxd')?.members ?? [];
  return whereTrue(
    view.reached,
    ({ member, facts }) => !blocked.includes(member) && (facts.changes ?? []).some(isUnsettled),
    'refresh-in-progress',
    (names) => `snapd is changing LXD on ${names} at this moment.`,
  );
}

function isUnsettled(change: SnapChange): boolean {
  return !SETTLED.has(change.status);
}

/** A statement needs a leader: a majority of the voters whose LXD runs, or will be started by the plan. */
function guardQuorum(view: PlannerView): readonly RefusalReason[] {
  const raft = view.reached.find(({ facts }) => facts.raft !== null && facts.raft.length > 0)?.facts.raft ?? null;
  const voters = raft === null ? null : raft.filter(({ role }) => role === 'voter').map(({ address }) => address);
  const able = view.reached.filter(({ facts }) => voters === null || voters.includes(facts.clusterAddress ?? ''));
  const needed = Math.floor((voters?.length ?? view.members.length) / 2) + 1;
  if (able.length < needed) {
    return [{ code: 'quorum-lost', text: 'No majority of the database voters can be reached.' }];
  }
  const down = able.filter(({ phase }) => phase === 'stopped').length;
  const nothingToPatch = view.stale.length === 0;
  return when(
    nothingToPatch && down < view.reached.length && able.length - down < needed,
    'quorum-lost',
    `LXD is stopped on ${down} of ${able.length} database voters, so there is no majority and no leader.`,
  );
}

function guardClocks(view: PlannerView): readonly RefusalReason[] {
  const offsets = view.reached.map(({ facts }) => facts.clockOffsetMs).filter((offset) => offset !== null);
  // Of none it is minus infinity.
  const spread = Math.max(...offsets) - Math.min(...offsets);
  return when(
    spread > MAX_CLOCK_SPREAD_MS,
    'clock-skew',
    `The members' clocks differ by ${(spread / 1000).toFixed(1)} s; more than ${MAX_CLOCK_SPREAD_MS / 1000} s makes heartbeats and the patch's deadline unreliable.`,
  );
}

function guardDisk(view: PlannerView): readonly RefusalReason[] {
  return [
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.disk !== null && facts.disk.freeBytes <= DISK_FACTOR * facts.disk.databaseBytes,
      'disk-low',
      (names) =>
        `Too little free space on ${names}: a back-up needs more than ${DISK_FACTOR} times the size of the database.`,
    ),
    ...whereTrue(
      view.reached,
      ({ facts }) => facts.disk === null,
      'probe-incomplete',
      (names) => `The free space on ${names} could not be read.`,
    ),
  ];
}
