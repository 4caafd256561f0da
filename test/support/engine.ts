/** An engine over a fake cluster, a fake clock and a store in memory, with a run that is drafted and approved as the app does it. */
import { diagnose } from '../../src/domain/diagnose/index.ts';
import type { BackupPolicy } from '../../src/domain/cluster.ts';
import type { RunId } from '../../src/domain/ids.ts';
import { newRun } from '../../src/domain/new-run.ts';
import type { Plan, Strategy, Undo } from '../../src/domain/plan.ts';
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
import { mortal, NEVER } from './mortal.ts';
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
  /** The next process takes up what it finds and dies there too. */
  readonly reconcileAndDieAt: (place: Failpoint, nth?: number) => Promise<void>;
  /** Another run, approved as the first was. */
  readonly draft: (options: DraftOptions) => Promise<void>;
  /** Another process on the same store: its own runner, nothing armed. */
  readonly restart: (changes?: Partial<RunnerDeps>) => Runner;
  readonly run: () => Promise<Run>;
  /** State per step, `kind@member=state`. */
  readonly steps: () => Promise<readonly string[]>;
}

export interface RigOptions extends Omit<DraftOptions, 'run'> {
  readonly daemon?: DaemonState;
  readonly prepare?: (world: FakeCluster) => void;
  readonly backups?: BackupPolicy;
}

interface Death {
  readonly place: Failpoint;
  readonly nth: number;
}

function dieAt(
  failpoints: Failpoints,
  life: { isOver: boolean },
  { place, nth }: Death,
  go: () => Promise<unknown>,
): Promise<void> {
  let left = nth;
  return new Promise<void>((died, reject) => {
    failpoints.arm(place, () => {
      left -= 1;
      if (left > 0) return undefined;
      life.isOver = true;
      died();
      return NEVER;
    });
    go().then(() => reject(new Error(`${place} was not reached ${nth} times`)), reject);
  });
}

export async function aRig(options: RigOptions = {}): Promise<Rig> {
  const time = createFakeTime();
  const world = createFakeCluster(time.clock, options.daemon ?? 'crash-looping');
  options.prepare?.(world);
  const markers = createFakeMarkers(time.clock);
  const store = createMemoryStore();
  const failpoints = createFailpoints();
  const cluster = { ...aCluster(), ...(options.backups === undefined ? {} : { backups: options.backups }) };
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
  const mortals = (end: { isOver: boolean }): Partial<RunnerDeps> => ({
    store: mortal(store, end),
    transport: mortal(world.transport, end),
    markers: mortal(deps.markers, end),
  });
  const runner = createRunner({ ...deps, ...mortals(life) });
  const run = async (): Promise<Run> => (await store.findRun(RUN))!;
  return {
    world,
    markers,
    time,
    store,
    failpoints,
    runner,
    startAndDieAt: (place, nth = 1) => dieAt(failpoints, life, { place, nth }, () => runner.start(RUN)),
    reconcileAndDieAt(place, nth = 1) {
      const next = { isOver: false };
      const armed = createFailpoints();
      const process = createRunner({ ...deps, ...mortals(next), failpoints: armed });
      return dieAt(armed, next, { place, nth }, () => process.reconcile());
    },
    draft: (again) => draftApproved(store, world, time, again),
    restart: (changes = {}) => createRunner({ ...deps, failpoints: createFailpoints(), ...changes }),
    run,
    steps: async () =>
      (await run()).steps.map(({ id, member, state }) => `${id.replace(/^\d+-/, '')}@${member}=${state}`),
  };
}

interface DraftOptions {
  readonly run?: RunId;
  readonly strategy?: Strategy;
  readonly to?: string;
  readonly undo?: Undo;
  /** What is approved instead of the plan that would be made. */
  readonly altered?: (plan: Plan) => Plan;
}

async function draftApproved(
  store: Store,
  world: FakeCluster,
  time: FakeTime,
  { run: id = RUN, strategy, to, undo, altered }: DraftOptions,
): Promise<void> {
  const observation = world.observe();
  const cluster = aCluster();
  const planned = requirePlan(
    planRecovery({
      observation,
      diagnosis: diagnose(observation, RELEASES),
      cluster,
      releases: RELEASES,
      instances: 'keep',
      strategy: strategy ?? null,
      to: to ?? null,
      undo: undo ?? null,
      confirmStop: null,
      run: id,
    }),
  );
  const plan = altered === undefined ? planned : altered(planned);
  const compiled = plan.stages.flatMap(({ steps }) =>
    steps.map((step) => ({ id: step.id, member: step.member, text: orderText(step.call) })),
  );
  const now = time.clock.nowMs();
  const drafted = await store.draftRun({
    run: newRun({
      id,
      plan,
      compiled,
      requestedBy: 'console:alice',
      requesterDescribedAs: 'console:alice (OS user root)',
      reason: null,
      createdAt: now,
      expiresMs: 900_000,
      codeVersion: '0.1.0',
    }),
    actions: [],
    cards: [
      {
        id: id === RUN ? 'card' : `card-${id}`,
        subject: { kind: 'run', run: id },
        address: { platform: 'console', channel: 'here', user: null, thread: null },
        parent: null,
      },
    ],
    entries: [],
  });
  if (!drafted.ok) throw new Error(`${drafted.error.id} is ${drafted.error.state}`);
  const record = { by: 'console:bob', describedAs: 'bob', at: now, decision: 'approve', reason: null } as const;
  await store.decide({ run: id, record, required: 1, entries: [], tokenHash: null });
}
