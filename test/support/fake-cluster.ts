/**
 * A cluster of three for the engine's tests: members with a daemon, a row and perhaps a patch file, that behave as LXD does after a
 * downgrade (lxd-facts §1, §10). Answers step texts and probes; single answers can be lost, refused or made to fail.
 */
import { assertNever } from '../../src/domain/assert-never.ts';
import type { ClusterObservation, NodeRow } from '../../src/domain/observation.ts';
import type { StepKind } from '../../src/domain/plan.ts';
import { requireKind } from './order-text.ts';
import type { ExecOutcome, Transport } from '../../src/ports/transport.ts';
import type { Clock } from '../../src/ports/system.ts';
import type { Catalogue } from '../../src/engine/deps.ts';
import type { DaemonState, MemberSpec } from './observation-spec.ts';
import { observationOf, UNREACHABLE } from './observation.ts';

const HIGH = 402;
const LOW = 387;
const HEARTBEAT_MS = 10_000;
const HEALING_S = 300;
/** Long enough ago that nobody takes the member for alive. */
const DEAD_SINCE_MS = 1;

interface FakeMember {
  readonly name: string;
  daemon: DaemonState | 'starting';
  row: number;
  patch: boolean;
  held: boolean;
  writes: number;
  /** Switched off: it answers nothing. */
  dead: boolean;
  facts: NonNullable<MemberSpec['facts']>;
}

/** What becomes of one sending of a step: the effect may be there although the answer is not. */
type Mishap =
  | { readonly kind: 'lost'; readonly effect: boolean }
  | { readonly kind: 'timed-out'; readonly effect: boolean }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'exit'; readonly code: number };

export interface FakeCluster {
  readonly members: readonly FakeMember[];
  readonly transport: Transport;
  readonly catalogue: Catalogue;
  readonly prober: { probe: () => Promise<ClusterObservation> };
  /** Every text that was executed, as `kind@member` or `look kind@member`, in order. */
  readonly sent: string[];
  observe(): ClusterObservation;
  member(name: string): FakeMember;
  /** The next sending of this kind on this member ends so. */
  mishap(kind: StepKind, member: string, ...mishaps: readonly Mishap[]): void;
  /** What looks say from now on, instead of the truth. */
  blindLook: 'unknown' | null;
  /** So many times LXD takes the file and rolls back. */
  rollBacks: number;
  /** `cluster.healing_threshold`; 0 is off. */
  healingS: number;
  /** Called before each text is executed. */
  onExec: ((text: string) => void | Promise<void>) | null;
}

export function createFakeCluster(clock: Clock, daemon: DaemonState): FakeCluster {
  const members = ['m1', 'm2', 'm3'].map(
    (name): FakeMember => ({ name, daemon, row: HIGH, patch: false, held: true, writes: 0, dead: false, facts: {} }),
  );
  const mishaps = new Map<string, Mishap[]>();

  const world: FakeCluster = {
    members,
    sent: [],
    blindLook: null,
    rollBacks: 0,
    healingS: 0,
    onExec: null,
    observe: () => observe(world, clock),
    member: (name) => members.find((one) => one.name === name)!,
    mishap: (kind, name, ...added) => void mishaps.set(`${kind}@${name}`, [...added]),
    prober: { probe: async () => observe(world, clock) },
    catalogue: CATALOGUE,
    transport: {
      async exec(target, { text }) {
        const kind = requireKind(text);
        const at = `${kind}@${target.member.name}`;
        const isLook = text.startsWith('look ');
        if (world.member(target.member.name).dead) return { kind: 'unreachable', reason: 'no route' };
        await world.onExec?.(isLook ? `look ${at}` : at);
        world.sent.push(isLook ? `look ${at}` : at);
        const member = world.member(target.member.name);
        if (isLook) return exited(0, world.blindLook ?? lookAt(world, member, kind));
        const mishap = mishaps.get(at)?.shift();
        if (mishap === undefined) return exited(act(world, member, kind), '');
        if (mishap.kind === 'unreachable') return { kind: 'unreachable', reason: 'no route' };
        if (mishap.kind === 'exit') return exited(mishap.code, '');
        if (mishap.effect) act(world, member, kind);
        return mishap.kind === 'lost' ? { ...OUTPUT, kind: 'lost', reason: 'reset' } : { ...OUTPUT, kind: 'timed-out' };
      },
      close: async () => undefined,
    },
  };
  return world;
}

const OUTPUT = { stdout: new Uint8Array(), stderr: new Uint8Array(), truncated: false, durationMs: 1 };

function exited(code: number, stdout: string): ExecOutcome {
  return { ...OUTPUT, kind: 'exited', code, stdout: new TextEncoder().encode(stdout) };
}

/** Exit code 0 is done, 124 was cut off, anything else failed. */
const CATALOGUE: Catalogue = {
  readStep(_step, _stdout, exitCode) {
    if (exitCode === 0) return { kind: 'done', note: 'done' };
    return { kind: exitCode === 124 ? 'unknown' : 'failed', note: `exit code ${exitCode}` };
  },
  lookText: ({ call }) => `look ${call.kind}`,
  readLook(_step, stdout) {
    const said = new TextDecoder().decode(stdout);
    return { kind: said === 'done' || said === 'not-done' ? said : 'unknown', note: said };
  },
};

function act(world: FakeCluster, member: FakeMember, kind: StepKind): number {
  switch (kind) {
    case 'hold-refreshes':
      member.held = true;
      return 0;
    case 'release-hold':
      member.held = false;
      return 0;
    case 'stop-serving':
    case 'stop-not-ready':
    case 'stop-plain':
      member.daemon = 'stopped';
      return 0;
    case 'check-stopped':
      return member.daemon === 'stopped' ? 0 : 5;
    case 'back-up':
      return 0;
    case 'write-patch':
      if (member.patch) return 6;
      member.patch = true;
      member.writes += 1;
      return 0;
    case 'await-patch-consumed':
      turn(world);
      return member.patch ? 7 : 0;
    case 'remove-patch':
      member.patch = false;
      return 0;
    case 'run-sql':
      for (const one of world.members) one.row = LOW;
      return 0;
    case 'refresh':
      member.daemon = 'starting';
      turn(world);
      return 0;
    case 'check-refreshed':
      return member.daemon === 'serving' ? 4 : 0;
    case 'start':
      member.daemon = 'starting';
      return 0;
    case 'await-ready':
      turn(world);
      return member.daemon === 'serving' ? 0 : 7;
    case 'healing-off':
      world.healingS = 0;
      return 0;
    case 'healing-back':
      world.healingS = HEALING_S;
      return 0;
    default:
      return assertNever(kind);
  }
}

/** The restarts of all daemons: whoever starts takes its file; with the rows right, all come up. */
function turn(world: FakeCluster): void {
  const { members } = world;
  const starting = members.filter(({ daemon }) => daemon === 'crash-looping' || daemon === 'starting');
  const takes = starting.filter(({ patch }) => patch);
  for (const member of takes) member.patch = false;
  if (takes.length > 0 && world.rollBacks === 0) {
    for (const member of members) member.row = LOW;
    world.healingS = 0;
  } else if (takes.length > 0) world.rollBacks -= 1;
  const comesUp = members.every(({ row }) => row === LOW);
  for (const member of starting.filter(({ dead }) => !dead)) member.daemon = comesUp ? 'serving' : 'crash-looping';
}

function lookAt(world: FakeCluster, member: FakeMember, kind: StepKind): string {
  return isDone(world, member, kind) ? 'done' : 'not-done';
}

function isDone(world: FakeCluster, member: FakeMember, kind: StepKind): boolean {
  switch (kind) {
    case 'hold-refreshes':
      return member.held;
    case 'release-hold':
      return !member.held;
    case 'stop-serving':
    case 'stop-not-ready':
    case 'stop-plain':
    case 'check-stopped':
      return member.daemon === 'stopped';
    case 'back-up':
      return false;
    case 'write-patch':
      return member.writes > 0;
    case 'await-patch-consumed':
    case 'remove-patch':
      return !member.patch;
    case 'run-sql':
      return world.members.every(({ row }) => row === LOW);
    case 'refresh':
      return member.daemon !== 'stopped';
    case 'check-refreshed':
      return member.daemon !== 'serving';
    case 'start':
      return member.daemon !== 'stopped';
    case 'await-ready':
      turn(world);
      return member.daemon === 'serving';
    case 'healing-off':
      return world.healingS === 0;
    case 'healing-back':
      return world.healingS === HEALING_S;
    default:
      return assertNever(kind);
  }
}

function observe(world: FakeCluster, clock: Clock): ClusterObservation {
  const { members } = world;
  const now = clock.nowMs();
  const serving = members.filter(({ daemon }) => daemon === 'serving');
  const heartbeatMs = serving.length === 0 ? 1 : Math.floor(now / HEARTBEAT_MS) * HEARTBEAT_MS;
  const list = members.map(({ name, daemon }) => ({
    name,
    url: null,
    status: daemon === 'serving' ? 'Online' : 'Offline',
    message: '',
  }));
  const row: Record<string, Partial<NodeRow>> = {};
  for (const { name, dead } of members) row[name] = { heartbeatMs: dead ? DEAD_SINCE_MS : heartbeatMs };
  const observation = observationOf({
    members: members.map((member) => specOf(member, list, world.healingS)),
    rows: Object.fromEntries(members.map(({ name, row: count }) => [name, count])),
    row,
  });
  return { ...observation, startedAt: now, endedAt: now };
}

type List = NonNullable<NonNullable<MemberSpec['facts']>['clusterList']>;

function specOf(member: FakeMember, list: List, healingS: number): MemberSpec {
  const { name, daemon, patch, held, facts } = member;
  return {
    name,
    ...(member.dead ? { reach: UNREACHABLE } : {}),
    build: '5.21.2',
    kept: ['5.21.3'],
    daemon: daemon === 'starting' ? 'crash-looping' : daemon,
    facts: {
      snap: {
        version: '5.21.2-2f4ba6b',
        revision: '30131',
        tracking: '5.21/stable',
        held,
        inCohort: false,
        disabled: false,
        broken: false,
      },
      leftovers: {
        patchGlobal: patch ? '-- ours' : null,
        patchLocal: false,
        recoveryTarball: false,
        lxdDebug: false,
      },
      settings: { offlineThresholdS: null, healingThresholdS: healingS, shutdownTimeoutMin: null },
      clusterList: daemon === 'serving' ? list : null,
      ...facts,
    },
  };
}
