/**
 * The probe over 16 real `sshd` against its peers, all in one run and turn by turn, so that a machine whose speed drifts drifts
 * for all: ClusterShell running the very same text, cold and over kept connections, and the floor, OpenSSH's own client over
 * connections that are open already. Prints medians and ratios.
 */
import { createClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createTimers } from '../../src/adapters/system/timers.ts';
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import { requireMemberName } from '../../src/domain/ids.ts';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { compileProbe } from '../../src/lxd/probe-script.ts';
import { shellJoin } from '../../src/lxd/shell.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { type Prober, createProber } from '../../src/probe/probe.ts';
import { aCluster } from '../support/cluster.ts';
import { createMemoryLog } from '../support/ssh/system.ts';
import { type Farm, startFarm } from './farm.ts';
import { clush, endKept, openConnections } from './peers.ts';
import { type Series, describeRatio, describeSeries } from './stats.ts';

interface Side {
  readonly transport: Transport;
  readonly prober: Prober;
}

export function farmCluster(farm: Farm): ClusterConfig {
  const { world, hosts } = farm;
  const base = aCluster();
  return {
    ...base,
    members: hosts.map(({ name, server }) => ({ name: requireMemberName(name), host: server.host, port: server.port })),
    ssh: {
      ...base.ssh,
      user: hosts[0]?.server.user ?? 'nobody',
      keyPath: world.keyPath,
      knownHostsPath: world.knownHostsPath,
      sudo: false,
    },
  };
}

function createSide(): Side {
  const clock = createClock();
  const log = createMemoryLog();
  const transport = createSshTransport({ clock, timers: createTimers(), log });
  const parts = { transport, clock, ids: createIds(), log, releases: releaseTable, patterns: logPatterns };
  return { transport, prober: createProber(parts) };
}

async function probeAll(side: Side, cluster: ClusterConfig): Promise<void> {
  const seen = await side.prober.probe(cluster);
  const missing = seen.members.filter((member) => member.reach.kind !== 'answered');
  if (missing.length > 0)
    throw new Error(
      `no answer from ${missing.map((member) => `${member.member}: ${JSON.stringify(member.reach)}`).join(', ')}`,
    );
}

async function timed(into: number[], work: () => Promise<void>): Promise<void> {
  const from = performance.now();
  await work();
  into.push(performance.now() - from);
}

export async function benchProbe(members: number, rounds: number): Promise<boolean> {
  const farm = await startFarm(members);
  const cluster = farmCluster(farm);
  const remote = shellJoin(['sh', '-c', compileProbe({ nonce: 'bench' })]);
  const ms = { cold: [], warm: [], clushCold: [], clushKept: [], floor: [] } as Record<string, number[]>;
  const kept = createSide();
  try {
    await probeAll(kept, cluster);
    await clush(farm, farm.keptConfig, remote);
    for (let round = 0; round < rounds; round += 1) {
      const fresh = createSide();
      await timed(ms['cold'] ?? [], () => probeAll(fresh, cluster));
      await fresh.transport.close();
      await timed(ms['clushCold'] ?? [], () => clush(farm, farm.coldConfig, remote));
      await timed(ms['warm'] ?? [], () => probeAll(kept, cluster));
      await timed(ms['clushKept'] ?? [], () => clush(farm, farm.keptConfig, remote));
      await timed(ms['floor'] ?? [], () => openConnections(farm, remote));
    }
  } finally {
    await kept.transport.close();
    await endKept(farm);
    await farm.close();
  }
  const series = (name: string, key: string): Series => ({ name, ms: ms[key] ?? [] });
  const cold = series('Lockstep, cold', 'cold');
  const warm = series('Lockstep, warm', 'warm');
  const clushCold = series('clush, cold', 'clushCold');
  const clushKept = series('clush, kept connections', 'clushKept');
  const floor = series('floor: ssh over open connections', 'floor');
  process.stdout.write(`\nProbe of ${members} real sshd on loopback, ${rounds} rounds\n`);
  for (const one of [cold, clushCold, warm, clushKept, floor]) process.stdout.write(`  ${describeSeries(one)}\n`);
  const ratios = [
    describeRatio('cold / clush', cold, clushCold, 0.5),
    describeRatio('warm / clush with kept connections', warm, clushKept, 0.3),
    describeRatio('warm / floor', warm, floor, 1.25),
  ];
  for (const ratio of ratios) process.stdout.write(`  ${ratio.text}\n`);
  return ratios.every((ratio) => ratio.met);
}
