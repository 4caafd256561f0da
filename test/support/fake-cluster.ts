/**
 * A cluster of three for the engine's tests: members with a daemon, a row and perhaps a patch file, that behave as LXD does after a
 * downgrade (lxd-facts §1, §10). Answers step texts and probes; single answers can be lost, refused or made to fail.
 */
import { patchMark } from '../../src/domain/ids.ts';
import type { ClusterObservation, NodeRow } from '../../src/domain/observation.ts';
import type { StepKind } from '../../src/domain/plan.ts';
import { BUILDS } from './builds.ts';
import { act, isDone, type FakeLxd, type FakeMember } from './fake-lxd.ts';
import { lookText, requireOrder } from './order-text.ts';
import type { ExecOutcome, Transport } from '../../src/ports/transport.ts';
import type { Clock } from '../../src/ports/system.ts';
import type { Catalogue } from '../../src/engine/deps.ts';
import { binaryOf, type DaemonState, type MemberSpec } from './observation-spec.ts';
import { observationOf, UNREACHABLE } from './observation.ts';

const HIGH = 402;
const HEARTBEAT_MS = 10_000;
/** Long enough ago that nobody takes the member for alive. */
const DEAD_SINCE_MS = 1;

/** What becomes of one sending of a step: the effect may be there although the answer is not. */
type Mishap =
  | { readonly kind: 'lost'; readonly effect: boolean }
  | { readonly kind: 'timed-out'; readonly effect: boolean }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'exit'; readonly code: number; readonly stderr?: string };

export interface FakeCluster extends FakeLxd {
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
  /** Called before each text is executed. */
  onExec: ((text: string) => void | Promise<void>) | null;
}

export function createFakeCluster(clock: Clock, daemon: DaemonState): FakeCluster {
  const members = ['m1', 'm2', 'm3'].map((name, index): FakeMember => {
    const file = { patch: false, wrote: null, writes: 0 };
    const id = index + 1;
    return { name, id, build: '5.21.2', daemon, row: HIGH, ...file, held: true, dead: false, pid: 999 + id, facts: {} };
  });
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
        const { verb, call } = requireOrder(text);
        const at = `${call.kind}@${target.member.name}`;
        const isLook = verb === 'look';
        if (world.member(target.member.name).dead) return { kind: 'unreachable', reason: 'no route' };
        await world.onExec?.(isLook ? `look ${at}` : at);
        world.sent.push(isLook ? `look ${at}` : at);
        const member = world.member(target.member.name);
        if (isLook) {
          const isThere = isDone(world, member, call, clock.nowMs());
          return exited(0, world.blindLook ?? (isThere ? 'done' : 'not-done'));
        }
        const now = clock.nowMs();
        const mishap = mishaps.get(at)?.shift();
        if (mishap === undefined) return exited(act(world, member, call, now), '');
        if (mishap.kind === 'unreachable') return { kind: 'unreachable', reason: 'no route' };
        if (mishap.kind === 'exit') return exited(mishap.code, '', mishap.stderr);
        if (mishap.effect) act(world, member, call, now);
        return mishap.kind === 'lost' ? { ...OUTPUT, kind: 'lost', reason: 'reset' } : { ...OUTPUT, kind: 'timed-out' };
      },
      close: async () => undefined,
    },
  };
  return world;
}

const OUTPUT = { stdout: new Uint8Array(), stderr: new Uint8Array(), truncated: false, durationMs: 1 };

function exited(code: number, stdout: string, stderr = ''): ExecOutcome {
  const bytes = new TextEncoder();
  return { ...OUTPUT, kind: 'exited', code, stdout: bytes.encode(stdout), stderr: bytes.encode(stderr) };
}

/** Exit code 0 is done, 124 was cut off, anything else failed. */
const CATALOGUE: Catalogue = {
  readStep(_step, _stdout, exitCode) {
    if (exitCode === 0) return { kind: 'done', note: 'done' };
    return { kind: exitCode === 124 ? 'unknown' : 'failed', note: `exit code ${exitCode}` };
  },
  lookText: ({ call }) => lookText(call),
  readLook(_step, stdout) {
    const said = new TextDecoder().decode(stdout);
    return { kind: said === 'done' || said === 'not-done' ? said : 'unknown', note: said };
  },
};

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
  const { name, daemon, patch, wrote, held, pid, facts, build } = member;
  const { version, revision } = BUILDS[build];
  const isAlive = daemon === 'serving' || daemon === 'waiting';
  return {
    name,
    ...(member.dead ? { reach: UNREACHABLE } : {}),
    build,
    kept: [build === '5.21.2' ? '5.21.3' : '5.21.2'],
    daemon: daemon === 'starting' ? 'crash-looping' : daemon,
    facts: {
      snap: {
        version,
        revision,
        tracking: '5.21/stable',
        held,
        inCohort: false,
        disabled: false,
        broken: false,
      },
      leftovers: {
        patchGlobal: patch ? textOf(wrote) : null,
        patchLocal: false,
        recoveryTarball: false,
        lxdDebug: false,
      },
      settings: { offlineThresholdS: null, healingThresholdS: healingS, shutdownTimeoutMin: null },
      clusterList: daemon === 'serving' ? list : null,
      process: isAlive ? { pid, exe: binaryOf(build).path, extensions: BUILDS[build].extensions } : null,
      ...facts,
    },
  };
}

/** A file that no step wrote belongs to somebody else. */
function textOf(wrote: FakeMember['wrote']): string {
  return wrote === null ? '-- theirs' : `${patchMark(wrote.run)}\n-- ours`;
}
