/** The hosts under LXD, as far as they decide whether a repair is safe: clocks, disk, LXCFS, and the cluster's own healing. */
import type { Finding } from '../finding.ts';
import { newestLine } from './log.ts';
import { CLOCK_LIMIT_MS } from './reach.ts';
import type { ReachedView, Situation } from './situation.ts';
import { isServing } from './skew.ts';
import { apiEvidence, listNames, listOf, logEvidence, namesOf, oneLine, verb } from './text.ts';

/** Backup, database and one more copy must fit. */
const DISK_FACTOR = 3;
/** One raft segment is 8 MiB: below a few of them LXD itself stops writing. */
const DISK_FLOOR_BYTES = 64 * 1024 * 1024;
const DISK_CRITICAL_BYTES = 8 * 1024 * 1024;

export function hostRules(situation: Situation): readonly Finding[] {
  return [...clockSkew(situation), ...diskLow(situation), ...lxcfsDead(situation), ...healingOn(situation)];
}

interface Clocked extends ReachedView {
  readonly offsetMs: number;
}

/** Members against each other first: that is what LXD's heartbeats compare. Then all of them against this machine. */
function clockSkew(situation: Situation): readonly Finding[] {
  const clocked = situation.reached.flatMap((view) =>
    view.facts.clockOffsetMs === null ? [] : [{ ...view, offsetMs: view.facts.clockOffsetMs }],
  );
  const among = outliers(clocked);
  if (among.length > 0) return [clockFinding(situation, among, clocked, 'each other')];
  const here = clocked.filter((view) => Math.abs(view.offsetMs) > CLOCK_LIMIT_MS);
  if (here.length > 0) return [clockFinding(situation, here, clocked, 'the machine that runs Lockstep')];
  return logged(situation);
}

/** Those further than the limit from the middle; with no clear middle, everybody. */
function outliers(clocked: readonly Clocked[]): readonly Clocked[] {
  const offsets = clocked.map((view) => view.offsetMs).toSorted((a, b) => a - b);
  const spread = (offsets.at(-1) ?? 0) - (offsets[0] ?? 0);
  if (spread <= CLOCK_LIMIT_MS) return [];
  const middle = offsets[Math.floor((offsets.length - 1) / 2)] ?? 0;
  const far = clocked.filter((view) => Math.abs(view.offsetMs - middle) > CLOCK_LIMIT_MS);
  return clocked.length === 2 || far.length === 0 ? clocked : far;
}

function clockFinding(
  situation: Situation,
  named: readonly Clocked[],
  all: readonly Clocked[],
  against: string,
): Finding {
  const words = named.map((view) => `${view.member} ${seconds(view.offsetMs)}`);
  return {
    kind: 'clock-skew',
    severity: 'warning',
    members: namesOf(named),
    title: `Clocks differ by more than 5 s from ${against}: ${listOf(words)}`,
    cause:
      `Measured against this machine, the clock of ${listNames(named)} is off. ` +
      `LXD judges who is alive by comparing clock times between members, so a wrong clock makes a healthy member look offline, and the times of log lines can't be put in order. ` +
      `A repair with a time limit could also expire at once, so no change is made before the clocks agree.`,
    evidence: all.map((view) => ({
      member: view.member,
      source: 'ssh',
      at: view.observation.at,
      text: `clock ${seconds(view.offsetMs)} against this machine`,
    })),
    extensionsMissing: [],
    next: `Set the clocks (NTP), then: status ${situation.cluster}`,
  };
}

/** LXD noticed a difference by itself; measured, there is none any more or it could not be measured. */
function logged(situation: Situation): readonly Finding[] {
  const named = situation.reached.flatMap((view) => {
    const line = view.facts.clockOffsetMs === null ? newestLine(view.facts, ['time_skew']) : null;
    return line === null ? [] : [{ ...view, line }];
  });
  if (named.length === 0) return [];
  return [
    {
      kind: 'clock-skew',
      severity: 'warning',
      members: namesOf(named),
      title: `LXD on ${listNames(named)} has noticed that clocks differ between members`,
      cause:
        `LXD logged a difference of more than 5 s between the leader's clock and its own, and the clock could not be measured from here. ` +
        `Ages of heartbeats can't be trusted while it lasts.`,
      evidence: named.map(({ member, line }) => logEvidence(member, line)),
      extensionsMissing: [],
      next: `Check the clocks (NTP), then: status ${situation.cluster}`,
    },
  ];
}

function seconds(offsetMs: number): string {
  const value = (Math.abs(offsetMs) / 1000).toFixed(1);
  return offsetMs < 0 ? `${value} s behind` : `${value} s ahead`;
}

function diskLow(situation: Situation): readonly Finding[] {
  const named = situation.reached.flatMap((view) => {
    const { disk } = view.facts;
    if (disk === null) return [];
    const needed = Math.max(DISK_FACTOR * disk.databaseBytes, DISK_FLOOR_BYTES);
    return disk.freeBytes < needed ? [{ ...view, disk, needed }] : [];
  });
  if (named.length === 0) return [];
  return [
    {
      kind: 'disk-low',
      severity: named.some((view) => view.disk.freeBytes < DISK_CRITICAL_BYTES) ? 'critical' : 'warning',
      members: namesOf(named),
      title: `Little disk space is left for LXD's database on ${listOf(named.map((view) => `${view.member} (${mebibytes(view.disk.freeBytes)} free)`))}`,
      cause:
        `Before any change the database directory is copied, and LXD itself writes segments of 8 MiB: ${DISK_FACTOR} times the size of the database, at least 64 MiB, must be free. ` +
        `When the disk is full, LXD can't start its database and fails at its next restart.`,
      evidence: named.map((view) => ({
        member: view.member,
        source: 'ssh',
        at: view.observation.at,
        text: oneLine(
          `database ${mebibytes(view.disk.databaseBytes)}, free ${mebibytes(view.disk.freeBytes)}, needed ${mebibytes(view.needed)}`,
        ),
      })),
      extensionsMissing: [],
      next: `Free some space, then: status ${situation.cluster}`,
    },
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MiB`;
}

/** Containers that run need their LXCFS; its process was looked for and not found. */
function lxcfsDead(situation: Situation): readonly Finding[] {
  const named = situation.reached.flatMap((view) => {
    const { install, lxcfsPid, instances } = view.facts;
    // Instances and LXCFS come from one look at the process table: instances known means that it was looked.
    const count = instances?.running.length ?? 0;
    return install === 'snap' && lxcfsPid === null && count > 0 ? [{ ...view, count }] : [];
  });
  if (named.length === 0) return [];
  return [
    {
      kind: 'lxcfs-dead',
      severity: 'warning',
      members: namesOf(named),
      title: `Instances run on ${listNames(named)}, but LXCFS does not`,
      cause:
        `LXCFS gives containers their own view of memory and load, and it was ended under running instances, as a stop of LXD in the middle of a failed start does. ` +
        `Containers on ${listNames(named)} get "Transport endpoint is not connected" when they read /proc/meminfo. ` +
        `Only a restart of those containers repairs them; virtual machines are not affected.`,
      evidence: named.map((view) => apiEvidence(view, `${view.count} running instances, no LXCFS process`)),
      extensionsMissing: [],
      next: `Plan a restart of the containers there; see: explain ${situation.cluster}`,
    },
  ];
}

/** Healing takes a crash-looping member for dead and may start its instances a second time elsewhere. */
function healingOn(situation: Situation): readonly Finding[] {
  const [healing] = situation.reached.flatMap((view) => {
    const threshold = view.facts.settings?.healingThresholdS ?? 0;
    return threshold > 0 ? [{ ...view, threshold }] : [];
  });
  const away = situation.members.filter((view) => !isServing(view));
  if (healing === undefined || away.length === 0) return [];
  const { threshold } = healing;
  return [
    {
      kind: 'healing-on',
      severity: 'warning',
      members: namesOf(away),
      title: `Automatic healing is on (${threshold} s) while ${listNames(away)} ${verb(away.length, 'is', 'are')} not known to serve`,
      cause:
        `With cluster.healing_threshold set, LXD evacuates a member that it has not heard of for ${threshold} s and starts its instances elsewhere. ` +
        `A member whose daemon is down still runs its containers, so an instance could run twice on one volume, which damages data. ` +
        `Set the threshold to 0 before any repair, and put it back afterwards.`,
      evidence: [apiEvidence(healing, `cluster.healing_threshold ${threshold}`)],
      extensionsMissing: [],
      next: `Settle the other findings; the plan names the setting: recover ${situation.cluster} --dry-run`,
    },
  ];
}
