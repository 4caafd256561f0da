/**
 * Moves a simulated cluster through time, and lets the outside in: signals that reached a daemon's process, its death. Owns the
 * one switch over everything that can happen.
 */
import { assertNever } from '../../domain/assert-never.ts';
import { onCommit, onConnect, onListen, onReady, signalDaemon } from './daemon.ts';
import { beat, elect } from './raft.ts';
import { addChange, changeInProgress, onChange, refreshSteps } from './snapd.ts';
import type { Daemon, DaemonSignal, Happening, MemberState } from './types.ts';
import { daemonExited, onRestart, onStopDeadline } from './unit.ts';
import { daemonWith, requireMember, schedule, takeNext } from './world.ts';
import type { World } from './world.ts';

/** Everything that is due at `until` happens, in order. */
export function advance(world: World, until: number): void {
  for (;;) {
    const what = takeNext(world, until);
    if (what === null) break;
    handle(world, what);
  }
  world.state.now = Math.max(world.state.now, until);
}

function handle(world: World, what: Happening): void {
  switch (what.kind) {
    case 'listen':
      withDaemon(world, what, onListen);
      return;
    case 'connect':
      withDaemon(world, what, onConnect);
      return;
    case 'commit':
      withDaemon(world, what, onCommit);
      return;
    case 'ready':
      withDaemon(world, what, onReady);
      return;
    case 'exit':
      withDaemon(world, what, (_, member, daemon) => {
        world.processes.endDaemon(member, daemon.pid, what.code);
        daemonExited(world, member, what.code);
      });
      return;
    case 'restart':
      onRestart(world, requireMember(world.state, what.member));
      return;
    case 'stop-deadline':
      onStopDeadline(world, requireMember(world.state, what.member), what.deadline);
      return;
    case 'change':
      onChange(world, requireMember(world.state, what.member), what.id);
      return;
    case 'auto-refresh':
      autoRefresh(world, requireMember(world.state, what.member));
      return;
    case 'elect':
      elect(world);
      return;
    case 'heartbeat':
      beat(world);
      schedule(world, world.timing.heartbeatMs, what);
      return;
    default:
      assertNever(what);
  }
}

/** How soon a daemon that stands still is looked at again, in ms. */
const FROZEN_MS = 20;

function withDaemon(
  world: World,
  what: Extract<Happening, { readonly pid: number }>,
  act: (world: World, member: MemberState, daemon: Daemon) => void,
): void {
  const member = requireMember(world.state, what.member);
  const daemon = daemonWith(member, what.pid);
  if (daemon === null) return;
  if (daemon.frozen === true) schedule(world, FROZEN_MS, what);
  else act(world, member, daemon);
}

/** What `snap refresh lxd --cohort=+ --no-wait` does when LXD itself asks for it: a hold does not stop it. */
function autoRefresh(world: World, member: MemberState): void {
  const { channelHead } = world.state;
  if (member.daemon?.phase !== 'serving' || channelHead === null || channelHead === member.revision) return;
  if (changeInProgress(member) !== null) return;
  addChange(world, member, { kind: 'refresh-snap', summary: 'Refresh "lxd" snap', steps: refreshSteps(channelHead) });
}

/** A signal reached the process that stands for a daemon. */
export function signalArrived(world: World, name: string, pid: number, signal: DaemonSignal): void {
  const member = requireMember(world.state, name);
  if (daemonWith(member, pid) !== null) signalDaemon(world, member, signal);
}

/** The process that stands for a daemon is gone without our doing: SIGKILL from a script. */
export function processDied(world: World, name: string, pid: number): void {
  const member = requireMember(world.state, name);
  if (daemonWith(member, pid) !== null) daemonExited(world, member, 137);
}

/** What was sent to it meanwhile reaches it now. */
function thaw(world: World, member: MemberState, daemon: Daemon): void {
  daemon.frozen = false;
  for (const signal of daemon.queued.splice(0)) signalDaemon(world, member, signal);
}

/** `systemctl kill` and `kill`: the signal goes to the daemon, whatever its number or name. */
export function killDaemon(world: World, member: MemberState, signal: string): void {
  const { daemon } = member;
  if (daemon === null) return;
  if (signal === 'KILL' || signal === '9') {
    world.processes.endDaemon(member, daemon.pid, 137);
    daemonExited(world, member, 137);
    return;
  }
  if (signal === 'STOP') daemon.frozen = true;
  else if (signal === 'CONT') thaw(world, member, daemon);
  else signalDaemon(world, member, signal === 'PWR' || signal === '30' ? 'PWR' : 'TERM');
}
