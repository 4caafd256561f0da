/**
 * Makes a rehearsal's directory from a scenario: binaries, stand-ins, member trees, and the history, played in simulated time so
 * that it ends now. No process is started here; `adopt` does that, for a new history and for one that was saved.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseTable } from '../../lxd/data/index.ts';
import { buildLxdBinary } from '../binary.ts';
import { buildsOf } from '../builds.ts';
import type { Series, SeriesBuilds } from '../builds.ts';
import { advance } from '../model/advance.ts';
import { layOut, makeClusterState } from '../model/create.ts';
import { makeMemoryDisk } from '../model/memory-disk.ts';
import type { MemoryDisk } from '../model/memory-disk.ts';
import { TIMING } from '../model/timing.ts';
import type { ClusterState, MemberState } from '../model/types.ts';
import { COMMON } from '../model/world.ts';
import type { MemberDisk, Processes, World } from '../model/world.ts';
import { instanceCmdline, LXCFS_CMDLINE } from '../processes.ts';
import type { Scenario } from '../scenarios.ts';
import { boot, makeStage } from '../stage.ts';
import { makeDisk } from './disk.ts';
import { writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';
import { ASKING, writeStandIns } from './stand-ins.ts';

/** The history of a scenario is at most this long. */
const HISTORY_MS = 150_000;
const PAGE = 4096;

export function hostOf(index: number): string {
  return `127.0.7.${String(index + 1)}`;
}

function writeStore(layout: Layout, builds: SeriesBuilds): void {
  for (const build of [builds.higher, builds.lower, builds.older]) {
    const folder = join(layout.store, build.revision);
    mkdirSync(folder, { recursive: true });
    const names = releaseTable.extensionNames(build.release).slice(0, build.extensions);
    const { schema: globalSchema, localSchema, version } = build;
    writeFileSync(join(folder, 'lxd'), buildLxdBinary({ names, globalSchema, localSchema, version }), { mode: 0o755 });
  }
}

/** Pids for a past in which no process runs. */
function makePastProcesses(): Processes {
  let pid = 6_000_000;
  return {
    startDaemon: () => (pid += 1),
    endDaemon: () => undefined,
    addRecord: () => undefined,
    removeRecord: () => undefined,
  };
}

export function makeWorld(layout: Layout, state: ClusterState, processes: Processes): World {
  const disks = new Map<string, MemberDisk>();
  return {
    state,
    timing: TIMING,
    processes,
    disk(member) {
      const known = disks.get(member.name) ?? makeDisk(layout, member);
      disks.set(member.name, known);
      return known;
    },
  };
}

export interface PrepareOptions {
  readonly layout: Layout;
  readonly scenario: Scenario;
  readonly series: Series;
  readonly nowMs: number;
  readonly seed: number;
}

/** A new history in a new directory tree: what was there of an earlier rehearsal goes, its keys stay. */
export function prepareScenario(options: PrepareOptions): ClusterState {
  const { layout, scenario } = options;
  for (const part of ['members', 'bin', 'store']) rmSync(join(layout.dir, part), { recursive: true, force: true });
  const builds = buildsOf(options.series, scenario.pair ?? 'plain');
  writeStore(layout, builds);
  writeStandIns(layout);
  const startMs = options.nowMs - HISTORY_MS;
  const state = makeClusterState({
    builds: [builds.higher, builds.lower, builds.older],
    revision: scenario.from === 'lower' ? builds.lower.revision : builds.higher.revision,
    tracking: builds.tracking,
    size: scenario.size ?? 3,
    nowMs: startMs,
    seed: options.seed,
    addressOf: (index) => `${hostOf(index)}:8443`,
  });
  for (const member of state.members) layMember(layout, member);
  const disks = new Map(state.members.map((member) => [member.name, makeMemoryDisk()]));
  const diskOf = (member: MemberState): MemoryDisk => disks.get(member.name) ?? makeMemoryDisk();
  const world: World = { state, timing: TIMING, processes: makePastProcesses(), disk: diskOf };
  layOut(world);
  const stage = makeStage(world, builds);
  boot(stage);
  scenario.happen(stage);
  advance(world, options.nowMs);
  for (const member of state.members) diskOf(member).copyTo(makeDisk(layout, member));
  return state;
}

function layMember(layout: Layout, member: MemberState): void {
  const root = layout.rootOf(member.name);
  for (const folder of ['proc', 'snap/bin', 'dev/shm', 'tmp', `${COMMON}/lxd/database/global`]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const name of ASKING) symlinkSync(join(layout.bin, name), join(root, 'snap/bin', name));
}

/** Faults that stand-ins read from files. */
export function writeFaults(layout: Layout, member: MemberState): void {
  const talk = layout.talkOf(member.name);
  mkdirSync(talk, { recursive: true, mode: 0o700 });
  const { freeBytes, clockOffsetMs, sudoRefused } = member.faults;
  writeAtomic(join(talk, 'free-blocks'), `${String(Math.floor(freeBytes / PAGE))}\n`);
  writeAtomic(join(talk, 'clock-offset'), `${String(clockOffsetMs / 1000)}\n`);
  const refused = join(talk, 'sudo-refused');
  if (sudoRefused) writeFileSync(refused, '');
  else rmSync(refused, { force: true });
}

/**
 * Gives a state that has none its processes: each daemon a real one under a new pid, a record for everything else. Time that
 * passed while nobody simulated is left out: what was due is due as much later.
 */
export function adopt(layout: Layout, world: World, nowMs: number): void {
  const { state } = world;
  const shift = Math.max(0, nowMs - state.now);
  state.agenda = state.agenda.map((entry) => ({ ...entry, at: entry.at + shift }));
  state.now = nowMs;
  for (const member of state.members) {
    if (member.unit.stop !== null) member.unit.stop.deadline += shift;
    rmSync(join(layout.rootOf(member.name), 'proc'), { recursive: true, force: true });
    mkdirSync(join(layout.rootOf(member.name), 'proc'), { recursive: true });
    if (member.lxcfsPid !== null) world.processes.addRecord(member, member.lxcfsPid, LXCFS_CMDLINE);
    for (const instance of member.instances) {
      if (instance.pid !== null) world.processes.addRecord(member, instance.pid, instanceCmdline(instance));
    }
    adoptDaemon(world, member);
  }
}

function adoptDaemon(world: World, member: MemberState): void {
  const { state } = world;
  const { daemon } = member;
  if (daemon === null) return;
  const build = state.builds.find((one) => one.revision === daemon.revision);
  if (build === undefined) throw new Error(`no build ${daemon.revision}`);
  const before = daemon.pid;
  const pid = world.processes.startDaemon(member, build);
  daemon.pid = pid;
  if (member.activatingPid === before) member.activatingPid = pid;
  if (state.transaction?.member === member.name) state.transaction = { ...state.transaction, pid };
  state.agenda = state.agenda.map((entry) =>
    'pid' in entry.what && entry.what.member === member.name && entry.what.pid === before
      ? { ...entry, what: { ...entry.what, pid } }
      : entry,
  );
  world.disk(member).write(`${COMMON}/lxd.pid`, `${String(pid)}\n`);
}
