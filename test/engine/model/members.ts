/**
 * The members as one process reaches them: the fake cluster, behind gates, with faults that the test sets for the next text. Holds
 * every text against the run that it belongs to: only what was approved is ever executed. A command whose connection was lost can
 * take effect later, as long as its own limit lasts.
 */
import { assertNever } from '../../../src/domain/assert-never.ts';
import type { RunnerDeps } from '../../../src/engine/deps.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { ExecOutcome, ExecRequest, Target, Transport } from '../../../src/ports/transport.ts';
import type { PlanStep, StepKind } from '../../../src/domain/plan.ts';
import type { Store } from '../../../src/ports/store.ts';
import { requireMemberName } from '../../../src/domain/ids.ts';
import type { FakeMarkers } from '../../support/markers.ts';
import type { FakeCluster } from '../../support/fake-cluster.ts';
import { orderText, requireOrder } from '../../support/order-text.ts';
import type { Event } from './events.ts';
import type { Gates } from './gates.ts';

/** What becomes of the next text of a step. `late`: the answer is lost, and the command takes effect only afterwards. */
export const FAULTS = ['lost', 'lost-before', 'late', 'unreachable', 'failed', 'cut-off'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Members {
  readonly cluster: FakeCluster;
  /** What becomes of the next texts, one by one; null is nothing. */
  readonly faults: (Fault | null)[];
  /** What becomes of the first texts of a kind of step. */
  readonly faultsOf: Map<StepKind, Fault[]>;
  /** So many looks end without a verdict. */
  blindLooks: number;
  /** Effects that are still on their way, and until when. */
  readonly late: {
    readonly step: string;
    readonly reads: boolean;
    readonly at: number;
    readonly act: () => Promise<unknown>;
  }[];
  /** How far into its own limit a late command takes effect, 0 to 1. */
  lateness: number;
}

export interface MembersDeps {
  readonly members: Members;
  readonly store: Store;
  readonly gates: Gates;
  readonly events: Event[];
  readonly markers: FakeMarkers;
  readonly now: () => number;
}

const NOTHING = { stdout: new Uint8Array(), stderr: new Uint8Array(), truncated: false, durationMs: 1 };

export function reachThrough({ members, store, gates, events, markers, now }: MembersDeps): Transport {
  const { cluster } = members;

  async function look(target: Target, request: ExecRequest): Promise<ExecOutcome> {
    const outcome = await cluster.transport.exec(target, request);
    const blind = members.blindLooks > 0;
    if (blind) members.blindLooks -= 1;
    const said = blind || outcome.kind !== 'exited' ? 'unknown' : new TextDecoder().decode(outcome.stdout);
    const step = `${requireOrder(request.text).call.kind}@${target.member.name}`;
    const early = members.late.some((one) => one.step === step && !one.reads && !isJoined(one.step));
    events.push({ kind: 'look', step, verdict: said, early });
    return { ...NOTHING, kind: 'exited', code: 0, stdout: new TextEncoder().encode(said) };
  }

  async function order(target: Target, request: ExecRequest): Promise<ExecOutcome> {
    const { run, step } = await findStep(store, target, request);
    await gates.wait(`exec ${step.call.kind}`);
    const act = (): Promise<ExecOutcome> => cluster.transport.exec(target, { ...request, text: orderText(step.call) });
    const fault = members.faultsOf.get(step.call.kind)?.shift() ?? members.faults.shift() ?? null;
    const ran = fault !== 'unreachable';
    const marker = markers.held.get(step.member);
    const heldBy = marker === undefined || marker.until <= now() ? null : marker.owner;
    events.push({ kind: 'exec', run: run.id, step: `${step.call.kind}@${step.member}`, ran, heldBy });
    switch (fault) {
      case null:
        return act();
      case 'lost':
        await act();
        return { ...NOTHING, kind: 'lost', reason: 'reset' };
      case 'late':
        members.late.push({
          step: `${step.call.kind}@${step.member}`,
          reads: step.effect === 'read',
          at: now() + Math.floor(step.timeoutMs * members.lateness),
          act,
        });
        return { ...NOTHING, kind: 'lost', reason: 'reset' };
      case 'lost-before':
        return { ...NOTHING, kind: 'timed-out' };
      case 'unreachable':
        return { kind: 'unreachable', reason: 'no route' };
      case 'failed':
        return { ...NOTHING, kind: 'exited', code: 5 };
      case 'cut-off':
        return { ...NOTHING, kind: 'exited', code: 124 };
      default:
        return assertNever(fault);
    }
  }

  return {
    async exec(target, request) {
      if (!request.text.startsWith('look ')) return order(target, request);
      await gates.wait('look');
      return look(target, request);
    },
    close: async () => undefined,
  };
}

/** Throws for a text that nobody approved for that member. */
async function findStep(
  store: Store,
  target: Target,
  { text }: ExecRequest,
): Promise<{ readonly run: Run; readonly step: PlanStep }> {
  for (const run of await store.listRuns({})) {
    const compiled = run.compiled.find((one) => one.text === text && one.member === target.member.name);
    if (compiled === undefined) continue;
    const steps = run.plan.stages.flatMap((stage) => stage.steps);
    const step = steps.find(({ id, member }) => id === compiled.id && member === compiled.member);
    if (step !== undefined) return { run, step };
  }
  throw new Error(`nobody approved this text for ${target.member.name}: ${text.slice(0, 80)}`);
}

export function seenOf({ members, healingS }: FakeCluster, by: 'engine' | 'recover'): Event {
  const facts = members.map(
    ({ daemon, row, patch, build, dead }) =>
      `${daemon === 'starting' ? 'crash-looping' : daemon} ${row} ${patch} ${build} ${dead}`,
  );
  const truths = members.map(({ name, daemon, row, patch, dead }) => ({
    name: requireMemberName(name),
    serves: daemon === 'serving' && !dead,
    row,
    patch,
  }));
  return { kind: 'probe', by, members: truths, healingS, facts: facts.join(', ') };
}

/** snapd makes one change at a time: a second refresh joins the first, so that nothing missing says enough. */
function isJoined(step: string): boolean {
  return step.startsWith('refresh@');
}

export function probeThrough({ members, gates, events }: MembersDeps): RunnerDeps['prober'] {
  return {
    async probe() {
      await gates.wait('probe');
      events.push(seenOf(members.cluster, 'engine'));
      return members.cluster.observe();
    },
  };
}
