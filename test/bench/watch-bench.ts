/**
 * What watching costs: 100 clusters of three, each looked at every 30 s over kept SSH connections, for 30 simulated minutes. Time runs
 * faster than it does, so the share of a core is CPU time against simulated time, and every delay counts as many times over.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { startWatch, type Watch } from '../../src/app/watch/start-watch.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import { requireClusterName, requireMemberName } from '../../src/domain/ids.ts';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import type { Clock, Timers } from '../../src/ports/system.ts';
import { createProber } from '../../src/probe/probe.ts';
import { aCluster } from '../support/cluster.ts';
import { SILENT } from '../support/engine.ts';
import { realClock, realTimers } from '../support/ssh/system.ts';
import { createSshWorld, type SshWorld } from '../support/ssh/world.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import type { FarmOrder, FarmReady } from './watch-farm.ts';

const CLUSTERS = 100;
const MEMBERS = 3;
const EVERY_MS = 30_000;
const FACTOR = 6;
/** Connections, caches and compiled code are there after it. */
const WARM_UP_MS = 3 * 60_000;

const MOST_SHARE = 0.25;
const MOST_LATE_MS = 2_000;
const MOST_GROWTH_MB = 8;

/** `minutes`: simulated ones. */
export async function benchWatch(minutes: number, clusters = CLUSTERS): Promise<boolean> {
  const world = createSshWorld();
  const farm = fork(fileURLToPath(new URL('./watch-farm.ts', import.meta.url)), [], { serialization: 'advanced' });
  try {
    const start = Date.now();
    const ready = once(farm, 'message');
    const order: FarmOrder = { members: clusters * MEMBERS, clientKey: world.clientKey, start, factor: FACTOR };
    farm.send(order);
    const [{ ports, knownHosts }] = (await ready) as [FarmReady];
    world.writeKnownHosts(knownHosts);
    return await measure(world, ports, start, minutes * 60_000);
  } finally {
    farm.kill();
    world.remove();
  }
}

async function measure(
  world: SshWorld,
  ports: readonly number[],
  start: number,
  simulatedMs: number,
): Promise<boolean> {
  const directory = makeTemporaryDirectory();
  const clock: Clock = {
    nowMs: () => Math.round(start + (Date.now() - start) * FACTOR),
    monotonicMs: () => performance.now() * FACTOR,
  };
  const timers: Timers = { sleep: (ms, signal) => realTimers.sleep(ms / FACTOR, signal) };
  const opened = openStore({ dataDir: directory.path, command: 'bench', clock });
  if (!opened.ok) throw new Error(opened.error.text);
  const store = opened.value;
  const ids = createIds();
  const transport = createSshTransport({ clock: realClock, timers: realTimers, log: SILENT });
  const prober = createProber({ transport, clock, ids, log: SILENT, releases: releaseTable, patterns: logPatterns });
  const late: number[] = [];
  const watch: Watch = startWatch(
    {
      clusters: clustersAt(world, ports),
      store,
      clock,
      timers,
      ids,
      log: SILENT,
      prober,
      releases: releaseTable,
      outbox: { kick: () => undefined },
      chats: new Map([['slack', { platform: 'slack', post: delivered, edit: delivered }]]),
    },
    { onLook: (_cluster, lateMs) => late.push(lateMs) },
  );
  try {
    await realTimers.sleep(WARM_UP_MS / FACTOR);
    const heapBefore = heapMb();
    late.length = 0;
    const cpuBefore = process.cpuUsage();
    await realTimers.sleep(simulatedMs / FACTOR);
    const { user, system } = process.cpuUsage(cpuBefore);
    const looks = late.length;
    const latest = late.reduce((most, each) => Math.max(most, each), 0);
    return report({
      clusters: ports.length / MEMBERS,
      share: (user + system) / 1000 / simulatedMs,
      simulatedMs,
      looks,
      latest,
      growth: heapMb() - heapBefore,
    });
  } finally {
    await watch.stop();
    await transport.close();
    await store.close();
    directory.remove();
  }
}

async function delivered(): Promise<{ readonly kind: 'delivered'; readonly externalId: string }> {
  return { kind: 'delivered', externalId: '1' };
}

function clustersAt(world: SshWorld, ports: readonly number[]): readonly ClusterConfig[] {
  const { ssh } = world.target({ port: 22 });
  return Array.from({ length: ports.length / MEMBERS }, (_, cluster) => ({
    ...aCluster(),
    name: requireClusterName(`c${cluster + 1}`),
    ssh,
    channels: { slack: 'C1', discord: null },
    watchEveryMs: EVERY_MS,
    members: Array.from({ length: MEMBERS }, (__, member) => ({
      name: requireMemberName(`m${member + 1}`),
      host: '127.0.0.1',
      port: ports[cluster * MEMBERS + member] ?? 0,
    })),
  }));
}

function heapMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

interface Figures {
  readonly clusters: number;
  readonly simulatedMs: number;
  readonly share: number;
  readonly looks: number;
  readonly latest: number;
  readonly growth: number;
}

function report({ clusters, simulatedMs, share, looks, latest, growth }: Figures): boolean {
  const expected = (clusters * simulatedMs) / EVERY_MS;
  const lines: readonly (readonly [string, string, boolean])[] = [
    ['looks', `${looks} (about ${expected})`, looks > expected * 0.8],
    ['share of one core', `${(share * 100).toFixed(1)} % (at most ${MOST_SHARE * 100} %)`, share <= MOST_SHARE],
    ['latest look', `${latest.toFixed(0)} ms after its time (at most ${MOST_LATE_MS})`, latest <= MOST_LATE_MS],
    ['heap', `grew by ${growth.toFixed(1)} MB (at most ${MOST_GROWTH_MB})`, growth <= MOST_GROWTH_MB],
  ];
  process.stdout.write(
    `\nWatching ${clusters} clusters of ${MEMBERS} every ${EVERY_MS / 1000} s, ${simulatedMs / 60_000} simulated minutes\n`,
  );
  for (const [name, words, met] of lines) {
    process.stdout.write(`  ${name.padEnd(20)} ${words}${met ? '' : '   OVER'}\n`);
  }
  return lines.every(([, , met]) => met);
}
