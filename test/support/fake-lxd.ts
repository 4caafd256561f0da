/**
 * What the members of the fake cluster do: a step takes effect, daemons start, take a patch file, write their own row and compare
 * it with all others, as LXD before the upstream fix does (lxd-facts §0, §1, §10).
 */
import { assertNever } from '../../src/domain/assert-never.ts';
import type { PatchParams, StepCall } from '../../src/domain/plan.ts';
import { BUILDS } from './builds.ts';
import type { DaemonState, MemberSpec } from './observation-spec.ts';

type FakeBuild = '5.21.2' | '5.21.3';
type Written = Extract<StepCall, { kind: 'write-patch' }> & { readonly at: number };

export interface FakeMember {
  readonly name: string;
  readonly id: number;
  build: FakeBuild;
  daemon: DaemonState | 'starting';
  row: number;
  patch: boolean;
  /** The newest file that a step wrote here, whether it is there still or not. */
  wrote: Written | null;
  held: boolean;
  writes: number;
  /** Switched off: it answers nothing. */
  dead: boolean;
  pid: number;
  facts: NonNullable<MemberSpec['facts']>;
}

export interface FakeLxd {
  readonly members: readonly FakeMember[];
  /** So many times LXD takes the file and rolls back. */
  rollBacks: number;
  /** `cluster.healing_threshold`; 0 is off. */
  healingS: number;
}

function countOf({ build }: FakeMember): number {
  return BUILDS[build].extensions;
}

/** Returns the exit code of the member's text. */
export function act(world: FakeLxd, member: FakeMember, call: StepCall, now: number): number {
  switch (call.kind) {
    case 'hold-refreshes':
    case 'release-hold':
      member.held = call.kind === 'hold-refreshes';
      return 0;
    case 'stop-serving':
    case 'stop-not-ready':
    case 'stop-plain':
      member.daemon = 'stopped';
      return 0;
    case 'back-up':
      return 0;
    case 'write-patch':
      if (member.patch) return 6;
      Object.assign(member, { patch: true, wrote: { ...call, at: now }, writes: member.writes + 1 });
      return 0;
    case 'await-patch-consumed':
      turn(world, now);
      return member.patch ? 7 : 0;
    case 'remove-patch':
      if (member.patch && member.wrote !== null && member.wrote.run !== call.run) return 6;
      member.patch = false;
      return 0;
    case 'run-sql':
      for (const statement of call.statements) apply(world, statement);
      return 0;
    case 'refresh':
      member.build = call.revision === BUILDS['5.21.3'].revision ? '5.21.3' : '5.21.2';
      begin(member);
      turn(world, now);
      return 0;
    case 'check-refreshed':
      return isRefreshed(member, call.revision) && member.daemon !== 'serving' ? 0 : 4;
    case 'start':
      begin(member);
      return 0;
    case 'await-ready':
      turn(world, now);
      return member.daemon === 'serving' ? 0 : 7;
    case 'healing-off':
    case 'healing-back':
      world.healingS = call.kind === 'healing-off' ? 0 : call.thresholdS;
      return 0;
    default:
      return assertNever(call);
  }
}

/** Whether a look finds the effect of the step. */
export function isDone(world: FakeLxd, member: FakeMember, call: StepCall, now: number): boolean {
  switch (call.kind) {
    case 'hold-refreshes':
      return member.held;
    case 'release-hold':
      return !member.held;
    case 'stop-serving':
    case 'stop-not-ready':
    case 'stop-plain':
      return member.daemon === 'stopped';
    case 'back-up':
      return false;
    case 'write-patch':
      return member.wrote?.run === call.run;
    case 'await-patch-consumed':
    case 'remove-patch':
      return !member.patch;
    case 'run-sql':
      return call.statements.every(({ rowIds, target }) => rowsOf(world, rowIds).every(({ row }) => row === target));
    case 'refresh':
      return isRefreshed(member, call.revision) && member.daemon !== 'stopped';
    case 'check-refreshed':
      return isRefreshed(member, call.revision) && member.daemon !== 'serving';
    case 'start':
      return member.daemon !== 'stopped';
    case 'await-ready':
      turn(world, now);
      return member.daemon === 'serving';
    case 'healing-off':
      return world.healingS === 0;
    case 'healing-back':
      return world.healingS === call.thresholdS;
    default:
      return assertNever(call);
  }
}

function isRefreshed({ build }: FakeMember, revision: string): boolean {
  return BUILDS[build].revision === revision;
}

function begin(member: FakeMember): void {
  member.daemon = 'starting';
  member.pid += 10;
}

function rowsOf({ members }: FakeLxd, ids: readonly number[]): readonly FakeMember[] {
  return members.filter(({ id }) => ids.includes(id));
}

function apply(world: FakeLxd, { rowIds, oldCounts, target }: PatchParams): void {
  for (const one of rowsOf(world, rowIds)) if (oldCounts.includes(one.row)) one.row = target;
}

/** The restarts of all daemons: whoever starts takes its file; then each compares itself with the others until nothing changes. */
function turn(world: FakeLxd, now: number): void {
  const { members } = world;
  const starting = members.filter(
    ({ daemon, dead }) => !dead && (daemon === 'crash-looping' || daemon === 'starting' || daemon === 'waiting'),
  );
  const takes = starting.filter(({ patch, daemon }) => patch && daemon !== 'waiting');
  for (const member of takes) member.patch = false;
  if (takes.length > 0 && world.rollBacks === 0) for (const member of takes) take(world, member.wrote, now);
  else if (takes.length > 0) world.rollBacks -= 1;
  let before = '';
  while (before !== pictureOf(members)) {
    before = pictureOf(members);
    for (const member of starting) compare(members, member);
  }
}

function pictureOf(members: readonly FakeMember[]): string {
  return members.map(({ daemon, row }) => `${daemon} ${row}`).join();
}

function take(world: FakeLxd, wrote: FakeMember['wrote'], now: number): void {
  if (wrote === null || now >= wrote.at + wrote.patch.lifetimeS * 1000) return;
  apply(world, wrote.patch);
  if (wrote.patch.healingS === world.healingS) world.healingS = 0;
}

/** Writes its own row and looks at the others: behind one, it fails and its own row is as before; ahead of one, it waits. */
function compare(members: readonly FakeMember[], member: FakeMember): void {
  const own = countOf(member);
  const others = members.filter((one) => one !== member).map(({ row }) => row);
  if (others.some((row) => row > own)) {
    member.daemon = 'crash-looping';
    return;
  }
  member.row = own;
  member.daemon = others.every((row) => row === own) ? 'serving' : 'waiting';
}
