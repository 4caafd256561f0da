/**
 * The simulation's hands: the state, the member's files, its processes, and the agenda of what happens when. Owns scheduling
 * and small helpers; no LXD knowledge. Deterministic: time comes in with `advance`, chance from the state's own seed.
 */
import type { Build, ClusterState, Daemon, Happening, MemberState } from './types.ts';
import type { Timing } from './timing.ts';
import { logLine } from './words.ts';

/** Files of one member, by path below its root, such as `var/snap/lxd/common/state`. */
export interface MemberDisk {
  read(path: string): string | null;
  write(path: string, text: string): void;
  append(path: string, text: string): void;
  remove(path: string): void;
  /** A symbolic link, replaced when it is there. */
  link(path: string, target: string): void;
  /** Unpack a revision of the snap below `snap/lxd`; nothing when it is there. */
  install(build: Build): void;
}

/** The member's processes, as its scripts see them. A pid of a record stands for no process of the host. */
export interface Processes {
  /** Start the process that stands for an LXD daemon; returns its pid. */
  startDaemon(member: MemberState, build: Build): number;
  endDaemon(member: MemberState, pid: number, code: number): void;
  /** An entry in the member's process table that nothing may signal: LXCFS, an instance's monitor. */
  addRecord(member: MemberState, pid: number, cmdline: readonly string[]): void;
  removeRecord(member: MemberState, pid: number): void;
}

export interface World {
  readonly state: ClusterState;
  readonly timing: Timing;
  disk(member: MemberState): MemberDisk;
  readonly processes: Processes;
}

export const COMMON = 'var/snap/lxd/common';
export const DATABASE = `${COMMON}/lxd/database`;
export const PATCH_FILE = `${DATABASE}/patch.global.sql`;
export const DAEMON_UNIT = 'snap.lxd.daemon.service';

export function schedule(world: World, afterMs: number, what: Happening): void {
  const { state } = world;
  state.order += 1;
  state.agenda.push({ at: state.now + afterMs, order: state.order, what });
}

/** The earliest entry of the agenda that is due at `until`, taken off it; null when nothing is. */
export function takeNext(world: World, until: number): Happening | null {
  const { state } = world;
  let best = -1;
  state.agenda.forEach((entry, index) => {
    const other = state.agenda[best];
    if (entry.at > until) return;
    if (other === undefined || entry.at < other.at || (entry.at === other.at && entry.order < other.order))
      best = index;
  });
  const [entry] = best < 0 ? [] : state.agenda.splice(best, 1);
  if (entry === undefined) return null;
  state.now = Math.max(state.now, entry.at);
  return entry.what;
}

/** When the next thing happens, or null. */
export function nextAt(state: ClusterState): number | null {
  return state.agenda.length === 0 ? null : Math.min(...state.agenda.map((entry) => entry.at));
}

/** A pseudo-random integer of [0, below). */
export function chance(world: World, below: number): number {
  world.state.random = (Math.imul(world.state.random, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((world.state.random / 4_294_967_296) * below);
}

/** Above every pid that a Linux kernel gives out, so that signalling it by mistake reaches nobody. */
export function newRecordPid(world: World): number {
  world.state.nextPid += 1;
  return world.state.nextPid;
}

export function requireMember(state: ClusterState, name: string): MemberState {
  const member = state.members.find((one) => one.name === name);
  if (member === undefined) throw new Error(`no simulated member ${name}`);
  return member;
}

export function requireBuild(state: ClusterState, revision: string): Build {
  const build = state.builds.find((one) => one.revision === revision);
  if (build === undefined) throw new Error(`no build ${revision}`);
  return build;
}

/** The daemon of that very pid, or null when it has ended or been replaced. */
export function daemonWith(member: MemberState, pid: number): Daemon | null {
  return member.daemon?.pid === pid ? member.daemon : null;
}

const MOST_JOURNAL = 600;

export function journal(world: World, member: MemberState, identifier: string, pid: number, message: string): void {
  const at = world.state.now + member.faults.clockOffsetMs;
  member.journal.push({ at, unit: DAEMON_UNIT, identifier, pid, message });
  if (member.journal.length > MOST_JOURNAL) member.journal.splice(0, member.journal.length - MOST_JOURNAL);
}

export function systemdSays(world: World, member: MemberState, message: string): void {
  journal(world, member, 'systemd', 1, message);
}

export function log(
  world: World,
  member: MemberState,
  level: 'warning' | 'error',
  message: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  const line = logLine(world.state.now + member.faults.clockOffsetMs, level, message, fields);
  world.disk(member).append(`${COMMON}/lxd/logs/lxd.log`, `${line}\n`);
  journal(world, member, 'lxd.daemon', member.daemon?.pid ?? 1, line);
}

export function recordImpact(world: World, member: MemberState, event: string): void {
  member.impact.push({ at: world.state.now, event });
}
