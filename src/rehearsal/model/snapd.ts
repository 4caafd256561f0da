/**
 * The member's snapd: changes that run step by step, one at a time, with the blocking of the real one. A start or a refresh ends
 * in the snap's activation, a call to `/1.0`, which hangs for as long as the daemon waits or has no leader.
 */
import { assertNever } from '../../domain/assert-never.ts';
import type { Change, ChangeStep, MemberState } from './types.ts';
import { reloadUnit, startSockets, startUnit, stopSockets, stopUnit } from './unit.ts';
import { requireBuild, schedule } from './world.ts';
import type { World } from './world.ts';

const POLL_MS = 100;

export const START_STEPS: readonly ChangeStep[] = [{ kind: 'start' }, { kind: 'activate' }];

export function refreshSteps(revision: string): readonly ChangeStep[] {
  return [{ kind: 'stop' }, { kind: 'link', revision }, ...START_STEPS];
}

export function changeInProgress(member: MemberState): Change | null {
  return member.changes.find((change) => change.status === 'Doing') ?? null;
}

export function addChange(
  world: World,
  member: MemberState,
  change: { readonly kind: string; readonly summary: string; readonly steps: readonly ChangeStep[] },
): Change {
  const id = String(member.changes.length + 1);
  const added: Change = { ...change, id, status: 'Doing', spawn: world.state.now, ready: null, step: 0, begun: false };
  member.changes.push(added);
  schedule(world, 0, { kind: 'change', member: member.name, id });
  return added;
}

export function onChange(world: World, member: MemberState, id: string): void {
  const change = member.changes.find((one) => one.id === id);
  if (change?.status !== 'Doing') return;
  const step = change.steps[change.step];
  if (step === undefined) {
    change.status = 'Done';
    change.ready = world.state.now;
    return;
  }
  if (!change.begun) beginStep(world, member, change, step);
  change.begun = true;
  if (stepIsDone(member, step)) {
    change.step += 1;
    change.begun = false;
    schedule(world, 0, { kind: 'change', member: member.name, id });
  } else if (step.kind !== 'stuck') {
    schedule(world, POLL_MS, { kind: 'change', member: member.name, id });
  }
}

function beginStep(world: World, member: MemberState, change: Change, step: ChangeStep): void {
  switch (step.kind) {
    case 'stop':
      stopSockets(member, 'remove');
      member.userDaemonActive = false;
      stopUnit(world, member, change.kind);
      return;
    case 'link':
      linkRevision(world, member, step.revision);
      return;
    case 'start':
      startSockets(member);
      return;
    case 'activate':
      startUnit(world, member);
      member.activatingPid = member.daemon?.pid ?? null;
      return;
    case 'reload':
      reloadUnit(world, member);
      return;
    case 'stuck':
      return;
    default:
      assertNever(step);
  }
}

/** Make a revision the current one; the one before stays installed. */
export function linkRevision(world: World, member: MemberState, revision: string): void {
  member.revision = revision;
  if (!member.installed.includes(revision)) member.installed.push(revision);
  const disk = world.disk(member);
  disk.install(requireBuild(world.state, revision));
  disk.link('snap/lxd/current', revision);
}

function stepIsDone(member: MemberState, step: ChangeStep): boolean {
  switch (step.kind) {
    case 'stop':
      return member.unit.stop === null && member.daemon === null;
    case 'activate':
      return member.daemon === null || member.daemon.pid !== member.activatingPid || member.daemon.phase === 'serving';
    case 'stuck':
      return false;
    case 'link':
    case 'start':
    case 'reload':
      return true;
    default:
      return assertNever(step);
  }
}
