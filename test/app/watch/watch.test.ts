/** The watch over a cluster that is whatever the test says: what gets into the store, and what is said there, look after look. */
import { expect, test } from 'vitest';
import type { AppDeps } from '../../../src/app/deps.ts';
import { recordLook } from '../../../src/app/findings-memory.ts';
import { findMemberMemory } from '../../../src/app/member-states.ts';
import { startWatch } from '../../../src/app/watch/start-watch.ts';
import type { WatchDeps } from '../../../src/app/watch/deps.ts';
import { findWatchState, watchOnce, type Watched } from '../../../src/app/watch/watch-once.ts';
import { saveWatchSetting, type WatchSetting } from '../../../src/app/watch/settings.ts';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import { FIRST_STATE } from '../../../src/domain/watch/state.ts';
import type { ChatPort } from '../../../src/ports/chat.ts';
import type { Store } from '../../../src/ports/store.ts';
import { aCluster } from '../../support/cluster.ts';
import { SILENT } from '../../support/engine.ts';
import { createFakeTime } from '../../support/fake-clock.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { downgradedAll } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';

const CLUSTER = { ...aCluster(), watchEveryMs: 60_000, channels: { slack: 'C1', discord: null } };
const HEALTHY = observationOf({ members: three({}) });
const SAID: WatchSetting = { on: null, mutedUntil: null, by: null };

interface Bench {
  readonly deps: WatchDeps;
  readonly store: Store;
  readonly writes: string[];
  seen: ClusterObservation;
  probes: number;
  look(setting?: WatchSetting): Promise<void>;
  /** Forgets what a process forgets when it ends. */
  restart(): Promise<void>;
  later(ms: number): void;
}

function createBench(chats: readonly ChatPort['platform'][] = ['slack']): Bench {
  const time = createFakeTime();
  const writes: string[] = [];
  const memory = createMemoryStore();
  const store: Store = {
    ...memory,
    setMeta(key, value) {
      writes.push(key);
      return memory.setMeta(key, value);
    },
  };
  let count = 0;
  const next = (): string => String((count += 1)).padStart(6, '0');
  const chat = (platform: ChatPort['platform']): ChatPort => ({
    platform,
    post: async () => ({ kind: 'delivered', externalId: next() }),
    edit: async (_address, externalId) => ({ kind: 'delivered', externalId }),
  });
  let watched: Watched = { state: FIRST_STATE, writtenAt: null };
  const deps: WatchDeps & Pick<AppDeps, 'ids'> = {
    clusters: [CLUSTER],
    store,
    ...time,
    ids: { runId: () => `r${next()}`, incidentId: () => `i${next()}`, token: next, messageId: () => `m${next()}` },
    log: SILENT,
    prober: {
      async probe() {
        bench.probes += 1;
        const now = time.clock.nowMs();
        return { ...bench.seen, startedAt: now, endedAt: now };
      },
    },
    releases: RELEASES,
    outbox: { kick: () => undefined },
    chats: new Map(chats.map((platform) => [platform, chat(platform)])),
  };
  const bench: Bench = {
    deps,
    store,
    writes,
    seen: HEALTHY,
    probes: 0,
    async look(setting = SAID) {
      watched = await watchOnce(deps, CLUSTER, setting, watched);
      time.advance(30_000);
    },
    async restart() {
      watched = { state: await findWatchState(store, CLUSTER.name), writtenAt: null };
    },
    later: (ms) => time.advance(ms),
  };
  return bench;
}

async function kinds(store: Store): Promise<readonly string[]> {
  return (await store.listTimeline({})).map(({ kind }) => kind);
}

test('one incident at the second look, its explanation in the thread, resolved at the second look that is well', async () => {
  const bench = createBench();
  const { store } = bench;
  await bench.look();
  bench.seen = downgradedAll();
  await bench.look();
  expect(await store.findOpenIncident(CLUSTER.name)).toBeNull();
  await bench.look();
  const incident = await store.findOpenIncident(CLUSTER.name);
  expect(incident).toMatchObject({
    origin: 'watch',
    severity: 'critical',
    place: { platform: 'slack', channel: 'C1' },
  });
  const said = (await store.listTimeline({ incident: incident!.id })).filter(({ kind }) => kind === 'watch-said');
  expect(said[0]).toMatchObject({ finding: 'stale-counter', members: ['m1', 'm2', 'm3'] });
  const [card] = await store.listCards({ kind: 'incident', incident: incident!.id });
  const thread = await store.listCards({ kind: 'timeline-entry', sequence: said[0]!.sequence });
  expect(thread.map(({ parent }) => parent)).toEqual([card?.id]);
  await bench.look();
  bench.seen = HEALTHY;
  await bench.look();
  expect(await store.findOpenIncident(CLUSTER.name)).not.toBeNull();
  await bench.look();
  expect(await store.findIncident(incident!.id)).toMatchObject({ state: 'resolved', resolved: { by: 'lockstep' } });
  expect(await store.listIncidents({})).toHaveLength(1);
});

test('a restart at any look repeats nothing and forgets nothing', async () => {
  const bench = createBench();
  bench.seen = downgradedAll();
  for (let look = 0; look < 4; look += 1) {
    await bench.look();
    await bench.restart();
  }
  expect(await bench.store.listIncidents({})).toHaveLength(1);
  const said = (await kinds(bench.store)).filter((kind) => kind === 'watch-said');
  bench.seen = HEALTHY;
  await bench.look();
  await bench.restart();
  await bench.look();
  expect((await bench.store.listIncidents({}))[0]?.state).toBe('resolved');
  expect((await kinds(bench.store)).filter((kind) => kind === 'watch-said')).toEqual(said);
});

test('a process that dies after the word and before the memory of it says it once', async () => {
  const bench = createBench();
  bench.seen = downgradedAll();
  await bench.look();
  const before = await findWatchState(bench.store, CLUSTER.name);
  await bench.look();
  const said = (await kinds(bench.store)).filter((kind) => kind === 'watch-said').length;
  await watchOnce(bench.deps, CLUSTER, SAID, { state: before, writtenAt: null });
  expect((await kinds(bench.store)).filter((kind) => kind === 'watch-said')).toHaveLength(said);
  expect(await bench.store.listIncidents({})).toHaveLength(1);
});

test('a person’s own incident gets a note when the cluster is in step again, and stays theirs', async () => {
  const bench = createBench();
  bench.seen = downgradedAll();
  await bench.look();
  const at = bench.deps.clock.nowMs();
  const { incident } = await bench.store.openIncident({
    incident: {
      id: 'i0000aa' as never,
      cluster: CLUSTER.name,
      title: 'no answer',
      severity: 'major',
      origin: 'person',
      place: { platform: 'slack', channel: 'C1', thread: null },
      opened: { at, by: 'alice' },
    },
    graceMs: 0,
    card: null,
  });
  await bench.look();
  bench.seen = HEALTHY;
  await bench.look();
  await bench.look();
  expect(await bench.store.findIncident(incident.id)).toMatchObject({ state: 'open' });
  const last = (await bench.store.listTimeline({ incident: incident.id })).at(-1);
  expect(last).toMatchObject({ kind: 'watch-said' });
  expect(last?.text).toContain('in step again');
});

test('nothing is said while muted, and everything is on record', async () => {
  const bench = createBench();
  const muted = { ...SAID, mutedUntil: bench.deps.clock.nowMs() + 3_600_000 };
  bench.seen = downgradedAll();
  for (let look = 0; look < 4; look += 1) await bench.look(muted);
  expect(await bench.store.listIncidents({})).toEqual([]);
  expect(await kinds(bench.store)).toContain('finding-appeared');
  bench.later(3_600_000);
  await bench.look(muted);
  expect(await bench.store.listIncidents({})).toHaveLength(1);
});

test('looks that see the same write nothing for minutes, and the last one is remembered all the same', async () => {
  const bench = createBench();
  await bench.look();
  await bench.look();
  bench.writes.length = 0;
  for (let look = 0; look < 6; look += 1) await bench.look();
  expect(bench.writes).toEqual([]);
  const memory = await findMemberMemory(bench.store, CLUSTER.name);
  expect(memory?.at).toBe(bench.deps.clock.nowMs() - 30_000);
  for (let look = 0; look < 6; look += 1) await bench.look();
  expect(new Set(bench.writes)).toEqual(new Set(['watch:prod', 'members:prod']));
});

test('a member that has another revision, and a time when nobody looked, are entries of their own', async () => {
  const bench = createBench();
  const record = (seen: ClusterObservation): Promise<void> =>
    recordLook(bench.deps, CLUSTER, diagnose(seen, RELEASES), seen);
  await record({ ...HEALTHY, endedAt: 1_000_000 });
  await record({ ...observationOf({ members: three({}, { m1: { reach: UNREACHABLE } }) }), endedAt: 1_060_000 });
  await record({ ...observationOf({ members: three({}, { m1: { build: '5.21.2' } }) }), endedAt: 1_120_000 });
  await record({ ...HEALTHY, endedAt: 1_120_000 + 3_600_000 });
  const entries = await bench.store.listTimeline({});
  const changed = entries.filter(({ kind }) => kind === 'revision-changed');
  expect(changed.map(({ member, since, happenedAt }) => [member, since, happenedAt])).toEqual([
    ['m1', 1_060_000, 1_120_000],
    ['m1', 1_120_000, 4_720_000],
  ]);
  expect(entries.filter(({ kind }) => kind === 'not-seen')).toMatchObject([
    { since: 1_120_000, happenedAt: 4_720_000 },
  ]);
});

test('only what is on is looked at; a person’s word counts for more than the configuration', async () => {
  const bench = createBench();
  await saveWatchSetting(bench.store, CLUSTER.name, { ...SAID, on: false });
  const off = startWatch(bench.deps);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(bench.probes).toBe(0);
  await saveWatchSetting(bench.store, CLUSTER.name, { ...SAID, on: true });
  for (let turn = 0; turn < 200 && bench.probes < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await off.stop();
  const done = bench.probes;
  expect(done).toBeGreaterThanOrEqual(3);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(bench.probes).toBe(done);
});
