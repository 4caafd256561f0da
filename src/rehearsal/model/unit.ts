/**
 * The member's systemd as far as the LXD snap's units go: start, restart on failure, the snap's own start and stop scripts with
 * their `state` file, socket activation. Owns what happens around a daemon; LXD's own conduct is in `daemon.ts`.
 */
import { forgetDaemon, killLxcfs, signalDaemon, startDaemon, startLxcfs } from './daemon.ts';
import type { MemberState, StopJob } from './types.ts';
import { COMMON, DAEMON_UNIT, journal, newRecordPid, recordImpact, schedule, systemdSays } from './world.ts';
import type { World } from './world.ts';

const STATE_FILE = `${COMMON}/state`;

function setUnit(world: World, member: MemberState, active: MemberState['unit']['active'], sub: string): void {
  member.unit.active = active;
  member.unit.sub = sub;
  member.unit.changedAt = world.state.now;
}

/** `systemctl start`, or a connection to the socket. */
export function startUnit(world: World, member: MemberState): void {
  const { unit } = member;
  if (unit.stop !== null) {
    unit.stop.startAfter = true;
    return;
  }
  if (unit.active === 'active' || unit.active === 'activating') return;
  unit.restarts = 0;
  launch(world, member);
}

function startsTooOften(world: World, member: MemberState): boolean {
  const limit = world.timing.startLimit;
  if (limit === null) return false;
  const recent = member.unit.starts.filter((at) => world.state.now - at < limit.withinMs);
  member.unit.starts = [...recent, world.state.now];
  return recent.length >= limit.starts;
}

/** The snap's start script: it empties `state` first of all. */
export function launch(world: World, member: MemberState): void {
  const { unit } = member;
  if (startsTooOften(world, member)) {
    unit.result = 'start-limit-hit';
    setUnit(world, member, 'failed', 'failed');
    systemdSays(world, member, `${DAEMON_UNIT}: Start request repeated too quickly.`);
    return;
  }
  // The start script ends an LXD that it finds.
  if (member.daemon !== null) {
    world.processes.endDaemon(member, member.daemon.pid, 137);
    forgetDaemon(world, member);
  }
  unit.mainPid = newRecordPid(world);
  unit.result = 'success';
  setUnit(world, member, 'active', 'running');
  systemdSays(world, member, `Started ${DAEMON_UNIT} - Service for snap application lxd.daemon.`);
  world.disk(member).write(STATE_FILE, '');
  startLxcfs(world, member);
  journal(world, member, 'lxd.daemon', unit.mainPid, '=> Starting LXD');
  startDaemon(world, member);
}

/** What the start script does when the daemon is gone, and then systemd. `code` is 137 for SIGKILL. */
export function daemonExited(world: World, member: MemberState, code: number): void {
  const { unit } = member;
  const say = (text: string): void => journal(world, member, 'lxd.daemon', unit.mainPid, text);
  forgetDaemon(world, member);
  // Its start script is gone already: nobody notices.
  if (unit.mainPid === 0) return;
  const reloading = world.disk(member).read(STATE_FILE)?.trim() === 'reload';
  const failed = code !== 0 || reloading;
  if (reloading) say('=> LXD is reloading');
  else if (failed) say('=> LXD failed to start');
  else say('=> LXD exited cleanly');
  if (!reloading) world.disk(member).write(STATE_FILE, failed ? 'crashed\n' : 'shutdown\n');
  unit.mainPid = 0;
  unit.result = failed ? 'exit-code' : 'success';
  if (failed) {
    systemdSays(world, member, `${DAEMON_UNIT}: Main process exited, code=exited, status=1/FAILURE`);
    systemdSays(world, member, `${DAEMON_UNIT}: Failed with result 'exit-code'.`);
  } else {
    systemdSays(world, member, `${DAEMON_UNIT}: Deactivated successfully.`);
  }
  if (unit.stop !== null) {
    finishStop(world, member, unit.stop, code);
    return;
  }
  if (!failed || !member.faults.restartOnFailure) {
    setUnit(world, member, failed ? 'failed' : 'inactive', failed ? 'failed' : 'dead');
    return;
  }
  setUnit(world, member, 'activating', 'auto-restart');
  schedule(world, world.timing.restartMs, { kind: 'restart', member: member.name });
}

export function onRestart(world: World, member: MemberState): void {
  const { unit } = member;
  if (unit.sub !== 'auto-restart') return;
  unit.restarts += 1;
  systemdSays(world, member, `${DAEMON_UNIT}: Scheduled restart job, restart counter is at ${String(unit.restarts)}.`);
  launch(world, member);
}

/**
 * `systemctl stop`: runs the snap's stop script, which reads `state` first, then the kind of change that snapd has in progress.
 */
export function stopUnit(world: World, member: MemberState, changeKind: string | null): void {
  const { unit, daemon } = member;
  if (unit.stop !== null) return;
  if (daemon === null) {
    if (unit.active !== 'failed') setUnit(world, member, 'inactive', 'dead');
    return;
  }
  if (world.disk(member).read(STATE_FILE)?.trim() === 'crashed') {
    leaveDaemon(world, member);
    return;
  }
  const refresh = changeKind === 'refresh-snap' || changeKind === 'auto-refresh';
  const reason = refresh ? 'snap refresh' : 'host shutdown';
  const { stopRefreshMs, stopShutdownMs } = world.timing;
  const waitMs = refresh ? stopRefreshMs : stopShutdownMs;
  unit.stop = { reason, deadline: world.state.now + waitMs, startAfter: false };
  setUnit(world, member, 'deactivating', 'stop');
  systemdSays(world, member, `Stopping ${DAEMON_UNIT} - Service for snap application lxd.daemon...`);
  journal(world, member, 'lxd.daemon', newRecordPid(world), `=> Stop reason is: ${reason}`);
  schedule(world, waitMs, { kind: 'stop-deadline', member: member.name, deadline: unit.stop.deadline });
  signalDaemon(world, member, reason === 'host shutdown' ? 'PWR' : 'TERM');
}

/**
 * The stop script leaves at the word `crashed`, and systemd ends what it knows of the unit: the start script. The daemon has left the
 * unit's control group, so it lives on without it.
 */
function leaveDaemon(world: World, member: MemberState): void {
  systemdSays(world, member, `Stopping ${DAEMON_UNIT} - Service for snap application lxd.daemon...`);
  journal(world, member, 'lxd.daemon', newRecordPid(world), '=> Stop reason is: crashed');
  member.unit.mainPid = 0;
  member.unit.result = 'success';
  setUnit(world, member, 'inactive', 'dead');
  systemdSays(world, member, `Stopped ${DAEMON_UNIT} - Service for snap application lxd.daemon.`);
}

/** The daemon has not gone in time: a pre-fix daemon that is not ready ignores every signal but this. */
export function onStopDeadline(world: World, member: MemberState, deadline: number): void {
  const { unit, daemon } = member;
  if (unit.stop?.deadline !== deadline || daemon === null) return;
  journal(world, member, 'lxd.daemon', newRecordPid(world), '==> Forcefully stopping LXD after 9 minutes wait');
  recordImpact(world, member, 'daemon-killed');
  const { pid } = daemon;
  world.processes.endDaemon(member, pid, 137);
  daemonExited(world, member, 137);
}

/** systemd calls a unit failed whose main process ended with an error, also while it was being stopped. */
function finishStop(world: World, member: MemberState, stop: StopJob, code: number): void {
  member.unit.stop = null;
  if (stop.reason === 'host shutdown') {
    journal(world, member, 'lxd.daemon', newRecordPid(world), '=> Stopping LXCFS');
    killLxcfs(world, member);
  }
  const failed = code !== 0;
  setUnit(world, member, failed ? 'failed' : 'inactive', failed ? 'failed' : 'dead');
  systemdSays(world, member, `Stopped ${DAEMON_UNIT} - Service for snap application lxd.daemon.`);
  if (stop.startAfter) startUnit(world, member);
}

/** `systemctl reload`: the daemon ends, instances go on, systemd starts it again. */
export function reloadUnit(world: World, member: MemberState): void {
  world.disk(member).write(STATE_FILE, 'reload\n');
  signalDaemon(world, member, 'TERM');
}

export function startSockets(member: MemberState): void {
  for (const socket of [member.socket, member.userSocket]) {
    socket.active = true;
    socket.file = true;
  }
}

/** `snap stop` removes the files; `systemctl stop` leaves them. */
export function stopSockets(member: MemberState, files: 'keep' | 'remove'): void {
  for (const socket of [member.socket, member.userSocket]) {
    socket.active = false;
    if (files === 'remove') socket.file = false;
  }
}
