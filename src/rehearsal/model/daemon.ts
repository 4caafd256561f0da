/**
 * Life of one simulated LXD daemon: process start, look for a leader, the check's transaction, waiting or ready, signals, end.
 * Owns what LXD does; what systemd does about its end is in `unit.ts`. Facts: lxd-facts, start-up check before and after the fix.
 */
import { instanceCmdline, LXCFS_CMDLINE } from '../processes.ts';
import { beat, canWrite, reviewLeader } from './raft.ts';
import { runStartupCheck } from './startup-check.ts';
import { schemaOf } from './tables.ts';
import type { Daemon, DaemonSignal, MemberState } from './types.ts';
import {
  chance,
  COMMON,
  DATABASE,
  journal,
  log,
  newRecordPid,
  PATCH_FILE,
  recordImpact,
  requireBuild,
  schedule,
} from './world.ts';
import type { World } from './world.ts';
import { globalDatabaseText, startFailedText, waitText } from './words.ts';

export function startDaemon(world: World, member: MemberState): void {
  const { state, timing } = world;
  const pid = world.processes.startDaemon(member, requireBuild(state, member.revision));
  member.daemon = {
    pid,
    revision: member.revision,
    startedAt: state.now,
    phase: 'starting',
    listening: false,
    dqliteUp: false,
    attempts: 0,
    queued: [],
    wasReady: false,
  };
  world.disk(member).write(`${COMMON}/lxd.pid`, `${String(pid)}\n`);
  schedule(world, timing.listenMs, { kind: 'listen', member: member.name, pid });
}

/** LXCFS is started by the snap's start script when it is not there. */
export function startLxcfs(world: World, member: MemberState): void {
  if (member.lxcfsPid !== null) return;
  const pid = newRecordPid(world);
  member.lxcfsPid = pid;
  world.processes.addRecord(member, pid, LXCFS_CMDLINE);
  world.disk(member).write(`${COMMON}/lxcfs.pid`, `${String(pid)}\n`);
}

export function killLxcfs(world: World, member: MemberState): void {
  if (member.lxcfsPid === null) return;
  world.processes.removeRecord(member, member.lxcfsPid);
  member.lxcfsPid = null;
  const running = member.instances.filter((instance) => instance.pid !== null).length;
  recordImpact(world, member, `lxcfs-died ${String(running)} instances running`);
}

/** The socket answers and the dqlite node is up, unless the local database is too new for this binary. */
export function onListen(world: World, member: MemberState, daemon: Daemon): void {
  const build = requireBuild(world.state, daemon.revision);
  const local = schemaOf(member.local);
  if (local > build.localSchema) {
    const cause = `schema version '${String(local)}' is more recent than expected '${String(build.localSchema)}'`;
    failStart(world, member, daemon, `Failed to open local database: ${cause}`);
    return;
  }
  daemon.listening = true;
  daemon.dqliteUp = true;
  reviewLeader(world);
  const wait = world.timing.connectMs - world.timing.listenMs + chance(world, world.timing.jitterMs);
  schedule(world, wait, { kind: 'connect', member: member.name, pid: daemon.pid });
}

/** Opens the cluster database: waits for a leader for as long as it takes, then holds the one write transaction. */
export function onConnect(world: World, member: MemberState, daemon: Daemon): void {
  if (daemon.phase !== 'starting' && daemon.phase !== 'waiting') return;
  const { state, timing } = world;
  const again = { kind: 'connect', member: member.name, pid: daemon.pid } as const;
  if (!canWrite(state, member)) {
    daemon.attempts += 1;
    sayNoLeader(world, member, daemon);
    daemon.phase = 'starting';
    schedule(world, daemon.attempts < 10 ? timing.retryMs : timing.retryMs * 7, again);
    return;
  }
  if (state.transaction !== null) {
    schedule(world, timing.transactionMs, again);
    return;
  }
  daemon.phase = 'checking';
  const checked = runStartupCheck({
    database: state.database,
    build: requireBuild(state, daemon.revision),
    address: member.address,
    patch: world.disk(member).read(PATCH_FILE),
    patchPath: `/${PATCH_FILE}`,
    nowMs: state.now + member.faults.clockOffsetMs,
  });
  if (checked.patchConsumed) world.disk(member).remove(PATCH_FILE);
  state.transaction = { member: member.name, pid: daemon.pid, outcome: checked.outcome };
  schedule(world, timing.transactionMs, { kind: 'commit', member: member.name, pid: daemon.pid });
}

function sayNoLeader(world: World, member: MemberState, daemon: Daemon): void {
  if (daemon.attempts === 1) {
    const peer = world.state.members.find((other) => other.role === 'voter' && other !== member) ?? member;
    log(world, member, 'warning', `Dqlite: attempt 1: server ${peer.address}: no known leader`);
  }
  if (daemon.attempts === 7 || (daemon.attempts > 15 && daemon.attempts % 5 === 0)) {
    const err = 'failed to create dqlite connection: no available dqlite leader server found';
    log(world, member, 'error', 'Failed connecting to global database', { attempt: String(daemon.attempts), err });
  }
}

/** The end of the transaction. Without a majority at this moment nothing of it became true, the patch file is gone all the same. */
export function onCommit(world: World, member: MemberState, daemon: Daemon): void {
  const { state, timing } = world;
  const transaction = state.transaction;
  if (transaction?.pid !== daemon.pid) return;
  state.transaction = null;
  const { outcome } = transaction;
  const build = requireBuild(state, daemon.revision);
  if (outcome.kind === 'fatal') {
    failStart(world, member, daemon, globalDatabaseText(build, outcome.cause));
    return;
  }
  if (!canWrite(state, member)) {
    daemon.phase = 'starting';
    schedule(world, timing.retryMs, { kind: 'connect', member: member.name, pid: daemon.pid });
    return;
  }
  state.database = outcome.database;
  if (outcome.kind === 'wait') {
    daemon.phase = 'waiting';
    log(world, member, 'warning', waitText(build));
    schedule(world, timing.recheckMs, { kind: 'connect', member: member.name, pid: daemon.pid });
    return;
  }
  daemon.phase = 'aligned';
  notifyWaiting(world, member);
  schedule(world, timing.readyMs, { kind: 'ready', member: member.name, pid: daemon.pid });
}

/** An aligned member tells its peers, and those that wait look again at once. */
function notifyWaiting(world: World, member: MemberState): void {
  if (member.faults.partitioned) return;
  for (const other of world.state.members) {
    if (other.daemon?.phase !== 'waiting' || other.faults.partitioned) continue;
    schedule(world, world.timing.transactionMs, { kind: 'connect', member: other.name, pid: other.daemon.pid });
  }
}

function failStart(world: World, member: MemberState, daemon: Daemon, text: string): void {
  log(world, member, 'error', startFailedText(requireBuild(world.state, daemon.revision)), { err: text });
  journal(world, member, 'lxd.daemon', daemon.pid, `Error: ${text}`);
  beginExit(world, member, daemon, 1, world.timing.failMs);
}

function beginExit(world: World, member: MemberState, daemon: Daemon, code: number, afterMs: number): void {
  daemon.phase = 'stopping';
  dumpDatabase(world, member);
  schedule(world, afterMs, { kind: 'exit', member: member.name, pid: daemon.pid, code });
}

/** Only voters dump the database on their way out; without a leader the dump is cut to nothing. */
function dumpDatabase(world: World, member: MemberState): void {
  if (member.role !== 'voter') return;
  const { state } = world;
  const file = `${DATABASE}/global/db.bin`;
  const rows = state.leader === null ? '' : JSON.stringify(state.database);
  world.disk(member).write(file, rows);
}

export function onReady(world: World, member: MemberState, daemon: Daemon): void {
  if (daemon.phase !== 'aligned') return;
  daemon.phase = 'serving';
  daemon.wasReady = true;
  for (const instance of member.instances) {
    if (!instance.autostart || instance.pid !== null) continue;
    startInstance(world, member, instance);
    recordImpact(world, member, `instance-started ${instance.name}`);
  }
  if (world.state.leader === member.name) beat(world);
  const [signal] = daemon.queued.splice(0);
  if (signal !== undefined) signalDaemon(world, member, signal);
}

function startInstance(world: World, member: MemberState, instance: MemberState['instances'][number]): void {
  const pid = newRecordPid(world);
  instance.pid = pid;
  world.processes.addRecord(member, pid, instanceCmdline(instance));
}

/** They end here and LXD does not start them again on this member. */
export function evacuateInstances(world: World, member: MemberState): void {
  for (const instance of member.instances) {
    if (instance.pid !== null) world.processes.removeRecord(member, instance.pid);
    instance.pid = null;
    instance.autostart = false;
  }
}

function stopInstances(world: World, member: MemberState): void {
  const stopped = member.instances.filter((instance) => instance.pid !== null);
  for (const instance of stopped) {
    if (instance.pid !== null) world.processes.removeRecord(member, instance.pid);
    instance.pid = null;
    instance.autostart = true;
  }
  recordImpact(world, member, `instances-stopped ${stopped.map((instance) => instance.name).join(' ') || '-'}`);
}

/**
 * SIGTERM ends a serving daemon and leaves instances; SIGPWR shuts them down first. Before the fix a daemon that is not ready
 * keeps the signal until it is; with the fix it ends at once and touches nothing.
 */
export function signalDaemon(world: World, member: MemberState, signal: DaemonSignal): void {
  const { daemon } = member;
  if (daemon === null || daemon.phase === 'stopping') return;
  const { timing, state } = world;
  if (daemon.frozen === true) {
    daemon.queued.push(signal);
    return;
  }
  if (daemon.phase !== 'serving') {
    if (!requireBuild(state, daemon.revision).hasFix) {
      daemon.queued.push(signal);
      return;
    }
    beginExit(world, member, daemon, 0, timing.cleanExitMs);
    return;
  }
  if (signal === 'PWR') stopInstances(world, member);
  beginExit(world, member, daemon, 0, timing.cleanExitMs + (signal === 'PWR' ? timing.instanceStopMs : 0));
}

/** The process is gone, by its own exit or by SIGKILL: its node with it, and a transaction that it held. */
export function forgetDaemon(world: World, member: MemberState): void {
  if (member.daemon !== null && world.state.transaction?.pid === member.daemon.pid) world.state.transaction = null;
  member.daemon = null;
  reviewLeader(world);
}
