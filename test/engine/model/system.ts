/**
 * Lockstep as a whole, without SSH and without a chat platform: commands and buttons, the real runner, a real store, three fake
 * members, a clock and gates that the test owns. A crash drops the process; the store, the members and the clock go on.
 */
import { createFakeMarkers, type FakeMarkers } from '../../support/markers.ts';
import { COMMANDS } from '../../../commands/index.ts';
import type { AppDeps } from '../../../src/app/deps.ts';
import { createInbound, type HandleInbound } from '../../../src/app/inbound.ts';
import { actionsOf } from '../../../src/app/run-actions.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { RunnerDeps } from '../../../src/engine/deps.ts';
import { createFailpoints, FAILPOINTS } from '../../../src/engine/failpoints.ts';
import { createOutbox, type Outbox } from '../../../src/engine/outbox.ts';
import { createPresent } from '../../../src/app/present.ts';
import { createRunner, type Runner } from '../../../src/engine/runner.ts';
import type { ChatPort } from '../../../src/ports/chat.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { Clock, Timers } from '../../../src/ports/system.ts';
import { aPerson } from '../../support/cluster.ts';
import { SILENT } from '../../support/engine.ts';
import { createFakeCluster, type FakeCluster } from '../../support/fake-cluster.ts';
import { mortal } from '../../support/mortal.ts';
import { NOW } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';
import type { Event } from './events.ts';
import { createGates, createSleepers, quiet, type Gates } from './gates.ts';
import { probeThrough, reachThrough, seenOf, type Members } from './members.ts';
import { watchStore } from './watched-store.ts';

const KEY = 'a key of the test';

export interface Disk {
  readonly store: Store;
  /** As another process finds it after this one is gone. */
  reopen(): Promise<Disk>;
  remove(): Promise<void>;
}

export interface System {
  readonly events: Event[];
  readonly members: Members;
  readonly errors: unknown[];
  /** Data of every answer, newest last. */
  readonly answers: { readonly kind: string; readonly code: string | null }[];
  readonly gates: Gates;
  readonly markers: FakeMarkers;
  /** Down: every post and edit has to be tried again. */
  readonly chat: { isDown: boolean };
  store(): Store;
  codeVersion(): string;
  now(): number;
  advance(ms: number): Promise<void>;
  type(person: string, ...lines: readonly string[]): Promise<void>;
  press(person: string, token: string, text?: string): Promise<void>;
  buttons(run: Run): readonly { readonly label: string; readonly token: string }[];
  newest(): Promise<Run | null>;
  /** The process is killed, and the next one takes up what it left. */
  crash(codeVersion: string): Promise<void>;
  /** The process is asked to end, drains, and the next one takes up what it left. */
  restart(codeVersion: string): Promise<void>;
  /** Time passes for the outbox alone, until nothing is behind. */
  deliverAll(): Promise<void>;
  /** Opens gates until nothing stands anywhere; throws when that does not come to an end. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

interface Process {
  readonly runner: Runner;
  readonly handle: HandleInbound;
  readonly outbox: Outbox;
  readonly store: Store;
  readonly life: { isOver: boolean };
}

export interface SystemOptions {
  readonly disk: Disk;
  readonly cluster: ClusterConfig;
  readonly prepare: (cluster: FakeCluster) => void;
}

const MOST_OPENED = 2_000;
const MOST_ROUNDS = 50;
const RETRY = { kind: 'retry', afterMs: 0, reason: 'down' } as const;

export async function createSystem({ disk: firstDisk, cluster, prepare }: SystemOptions): Promise<System> {
  let now = NOW;
  let version = '0.1.0';
  let disk = firstDisk;
  let delivery = 0;
  let ids = 0;
  const clock: Clock = { nowMs: () => now, monotonicMs: () => now };
  const events: Event[] = [{ kind: 'process', codeVersion: version }];
  const errors: unknown[] = [];
  const answers: System['answers'] = [];
  const gates = createGates();
  const members: Members = {
    cluster: createFakeCluster(clock, 'stopped'),
    faults: [],
    faultsOf: new Map(),
    blindLooks: 0,
    late: [],
    lateness: 0.5,
  };
  prepare(members.cluster);
  const markers = createFakeMarkers(clock);
  const chatState = { isDown: false };
  const sleepers = createSleepers();
  const log = { ...SILENT, error: (_message: string, _fields: unknown, cause?: unknown) => void errors.push(cause) };
  const count = (): string => String((ids += 1));

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      const due = members.late.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      members.late.splice(members.late.indexOf(due), 1);
      now = Math.max(now, due.at);
      await due.act();
    }
    now = end;
  }

  const timers: Timers = {
    async sleep(ms, signal) {
      if (signal?.aborted === true) return 'aborted';
      let wake = (): void => undefined;
      const aborted = new Promise<'aborted'>((resolve) => {
        wake = () => resolve('aborted');
        signal?.addEventListener('abort', wake);
      });
      const until = now + ms;
      const ended = gates.wait('sleep').then(async () => {
        signal?.removeEventListener('abort', wake);
        await advance(Math.max(0, until - now));
        return 'elapsed' as const;
      });
      return Promise.race([ended, aborted]);
    },
  };

  async function deliverAll(): Promise<void> {
    for (let rounds = 0; (await disk.store.pendingCards()) > 0; rounds += 1) {
      if (rounds > MOST_ROUNDS) throw new Error('cards are left that nobody delivers');
      await advance(60_000);
      process.outbox.kick();
      sleepers.wakeAll();
      await quiet();
    }
  }

  function begin(): Process {
    const life = { isOver: false };
    const store = mortal(watchStore(disk.store, events, states), life);
    const failpoints = createFailpoints();
    for (const place of FAILPOINTS) failpoints.arm(place, () => gates.wait(place));
    const reach = { members, store: disk.store, gates, events, markers, now: () => now };
    const findCluster: RunnerDeps['findCluster'] = (name) => (name === cluster.name ? cluster : undefined);
    const chats = new Map([['console', chat] as const]);
    const present = createPresent({ store, clock, clusters: [cluster], tokenKey: KEY });
    const outbox = createOutbox({ store, chats, present, clock, timers: sleepers, log });
    const runner = createRunner({
      store,
      transport: mortal(reachThrough(reach), life),
      prober: mortal(probeThrough(reach), life),
      catalogue: members.cluster.catalogue,
      markers: mortal(markers.of('here'), life),
      releases: RELEASES,
      findCluster,
      clock,
      timers,
      log,
      codeVersion: version,
      failpoints,
      onChange: () => outbox.kick(),
    });
    const deps: AppDeps = {
      clusters: [cluster],
      releases: RELEASES,
      store,
      clock,
      timers: {
        sleep: async (_ms, signal) =>
          signal === undefined
            ? 'elapsed'
            : new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'))),
      },
      ids: { runId: () => `r${count().padStart(6, '0')}`, incidentId: () => 'i000000', token: count, messageId: count },
      log,
      prober: {
        async probe() {
          events.push(seenOf(members.cluster, 'recover'));
          return members.cluster.observe();
        },
      },
      runs: {
        begin: (run) => void runner.start(run).catch((cause: unknown) => errors.push(cause)),
        release: (run) => void runner.release(run).catch(() => undefined),
        settled: (run) => runner.settled(run),
        resume: (request) => runner.resume(request),
      },
      outbox,
      chats,
      tokenKey: KEY,
      codeVersion: version,
      localChecks: async () => [],
      docs: [],
      helpNotes: [],
    };
    return { runner, handle: createInbound(deps, COMMANDS), outbox, store: disk.store, life };
  }

  const chat: ChatPort = {
    platform: 'console',
    async post(_address, { data }) {
      if (chatState.isDown) return RETRY;
      const code =
        data?.kind === 'refusal' ? (data.reasons[0]?.code ?? null) : data?.kind === 'problem' ? data.code : null;
      answers.push({ kind: data?.kind ?? 'text', code });
      return { kind: 'delivered', externalId: count() };
    },
    edit: async (_address, externalId) => (chatState.isDown ? RETRY : { kind: 'delivered', externalId }),
  };
  const states: Parameters<typeof watchStore>[2] = new Map();
  let process = begin();

  async function inbound(person: string, body: Parameters<HandleInbound>[0]['body']): Promise<void> {
    delivery += 1;
    const address = { platform: 'console', channel: 'here', user: null, thread: null } as const;
    // Nobody waits for the end of a run: the test lets it go on gate by gate.
    const detached = AbortSignal.abort();
    const handling = process.handle({
      deliveryId: `d${delivery}`,
      person: aPerson(`console:${person}`),
      address,
      body,
      detached,
    });
    handling.catch((cause: unknown) => errors.push(cause));
    await quiet();
  }

  async function next(codeVersion: string): Promise<void> {
    process.life.isOver = true;
    gates.dropAll();
    sleepers.dropAll();
    disk = await disk.reopen();
    version = codeVersion;
    events.push({ kind: 'process', codeVersion });
    process = begin();
    process.runner.reconcile().catch((cause: unknown) => errors.push(cause));
    await quiet();
  }

  async function settle(): Promise<void> {
    for (let opened = 0; await gates.open(0); opened += 1) {
      if (opened > MOST_OPENED) throw new Error(`does not come to rest: ${gates.standing().join(', ')}`);
    }
  }

  return {
    events,
    members,
    errors,
    answers,
    gates,
    markers,
    chat: chatState,
    deliverAll,
    store: () => disk.store,
    codeVersion: () => version,
    now: () => now,
    advance,
    async type(person, ...lines) {
      await Promise.all(lines.map((text) => inbound(person, { kind: 'line', text })));
    },
    press: (person, token, text) => inbound(person, { kind: 'press', token, text: text ?? null }),
    buttons: (run) => actionsOf(KEY, run),
    newest: async () => (await disk.store.listRuns({ limit: 1 }))[0] ?? null,
    crash: next,
    async restart(codeVersion) {
      const stopped = process.runner.stop();
      await settle();
      await stopped;
      await next(codeVersion);
    },
    settle,
    async close() {
      process.life.isOver = true;
      gates.dropAll();
      await disk.remove();
    },
  };
}
