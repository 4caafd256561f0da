/** An engine over a fake cluster, a fake clock and a store in memory, with a run that is drafted and approved as the app does it. */
import { diagnose } from '../../src/domain/diagnose/index.ts';
import { digest } from '../../src/domain/digest.ts';
import type { Plan, Strategy } from '../../src/domain/plan.ts';
import { planRecovery } from '../../src/domain/planner/index.ts';
import type { Run } from '../../src/domain/run.ts';
import type { RunnerDeps } from '../../src/engine/deps.ts';
import { createFailpoints, type Failpoint, type Failpoints } from '../../src/engine/failpoints.ts';
import { createRunner, type Runner } from '../../src/engine/runner.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Log } from '../../src/ports/system.ts';
import { aCluster } from './cluster.ts';
import { createFakeCluster, type FakeCluster } from './fake-cluster.ts';
import { orderText } from './order-text.ts';
import { createFakeMarkers, type FakeMarkers } from './markers.ts';
import { createFakeTime, type FakeTime } from './fake-clock.ts';
import { createMemoryStore } from './memory-store.ts';
import type { DaemonState } from './observation-spec.ts';
import { requirePlan, RUN } from './planning.ts';
import { RELEASES } from './releases.ts';

export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

export interface Rig {
  readonly world: FakeCluster;
  readonly markers: FakeMarkers;
  readonly time: FakeTime;
  readonly store: Store;
  readonly failpoints: Failpoints;
  readonly runner: Runner;
  /** Starts the run and ends the process, as `kill -9` does, when it reaches the place for the n-th time. */
  readonly startAndDieAt: (place: Failpoint, nth?: number) => Promise<void>;
  /** Another process on the same store: its own runner, nothing armed. */
  readonly restart: (changes?: Partial<RunnerDeps>) => Runner;
  readonly run: () => Promise<Run>;
  /** State per step, `kind@member=state`. */
  readonly steps: () => Promise<readonly string[]>;
}

export interface RigOptions {
  readonly daemon?: DaemonState;
  readonly strategy?: Strategy;
  readonly prepare?: (world: FakeCluster) => void;
  /** What is approved instead of the plan that would be made. */
  readonly altered?: (plan: Plan) => Plan;
}

const NEVER = new Promise<never>(() => undefined);

/** After the end nothing that the dead process asks for happens, and nothing answers it. */
function mortal<T extends object>(port: T, life: { readonly isOver: boolean }): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => (life.isOver ? NEVER : Reflect.apply(value, target, args));
    },
  });
}

export async function aRig(options: RigOptions = {}): Promise<Rig> {
  const time = createFakeTime();
  const world = createFakeCluster(time.clock, options.daemon ?? 'crash-looping');
  options.prepare?.(world);
  const markers = createFakeMarkers(time.clock);
  const store = createMemoryStore();
  const failpoints = createFailpoints();
  const cluster = aCluster();
  const deps: RunnerDeps = {
    store,
    transport: world.transport,
    prober: world.prober,
    catalogue: world.catalogue,
    markers: markers.of('here'),
    releases: RELEASES,
    findCluster: (name) => (name === cluster.name ? cluster : undefined),
    clock: time.clock,
    timers: time.timers,
    log: SILENT,
    codeVersion: '0.1.0',
    failpoints,
    onChange: () => undefined,
  };
  await draftApproved(store, world, time, options);
  const life = { isOver: false };
  const runner = createRunner({ ...deps, store: mortal(store, life), transport: mortal(world.transport, life) });
  const run = async (): Promise<Run> => (await store.findRun(RUN))!;
  return {
    world,
    markers,
    time,
    store,
    failpoints,
    runner,
    startAndDieAt(place, nth = 1) {
      let left = nth;
      return new Promise<void>((died, reject) => {
        failpoints.arm(place, () => {
          left -= 1;
          if (left > 0) return undefined;
          life.isOver = true;
          died();
          return NEVER;
        });
        runner.start(RUN).then(() => reject(new Error(`${place} was not reached ${nth} times`)), reject);
      });
    },
    restart: (changes = {}) => createRunner({ ...deps, failpoints: createFailpoints(), ...changes }),
    run,
    steps: async () =>
      (await run()).steps.map(({ id, member, state }) => `${id.replace(/^\d+-/, '')}@${member}=${state}`),
  };
}

async function draftApproved(
  store: Store,
  world: FakeCluster,
  time: FakeTime,
  { strategy, altered }: RigOptions,
): Promise<void> {
  const observation = world.observe();
  const diagnosis = diagnose(observation, RELEASES);
  const cluster = aCluster();
  const input = { observation, diagnosis, cluster, releases: RELEASES, instances: 'keep' } as const;
  const planned = requirePlan(planRecovery({ ...input, strategy: strategy ?? null, confirmStop: null, run: RUN }));
  const plan = altered === undefined ? planned : altered(planned);
  const compiled = plan.stages.flatMap(({ steps }) =>
    steps.map(({ id, member, call }) => ({ id, member, text: orderText(call) })),
  );
  const now = time.clock.nowMs();
  await store.draftRun({
    run: {
      id: RUN,
      cluster: cluster.name,
      strategy: plan.strategy,
      state: 'awaiting-approval',
      plan,
      compiled,
      digest: digest(plan, compiled),
      requestedBy: 'console:alice',
      requesterDescribedAs: 'console:alice (OS user root)',
      reason: null,
      createdAt: now,
      expiresAt: now + 900_000,
      startedAt: null,
      endedAt: null,
      approvals: [],
      steps: compiled.map(({ id, member }) => ({
        id,
        member,
        state: 'pending',
        attempts: 0,
        startedAt: null,
        endedAt: null,
        exitCode: null,
        note: null,
        output: null,
      })),
      explanation: null,
      resumes: 0,
      codeVersion: '0.1.0',
      incident: null,
      abortRequestedBy: null,
    },
    actions: [],
    cards: [
      {
        id: 'card',
        subject: { kind: 'run', run: RUN },
        address: { platform: 'console', channel: 'here', user: null, thread: null },
        parent: null,
      },
    ],
    entries: [],
  });
  await store.decide({
    run: RUN,
    record: { by: 'console:bob', describedAs: 'bob', at: now, decision: 'approve', reason: null },
    required: 1,
    entries: [],
    tokenHash: null,
  });
}
