/**
 * The probe over real `sshd` against its peers, all in one run and turn by turn, so that a machine whose speed drifts drifts for
 * all: ClusterShell running the very same text, cold and over kept connections, and the floor, OpenSSH's own client over
 * connections that are open already. The limits hold for hosts without LXD, where the text costs next to nothing and what is
 * measured is the reaching. With a member's whole tree behind every host the members' own work, all of it on this one machine,
 * is most of every figure: those ratios are printed and not judged.
 */
import { createClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createTimers } from '../../src/adapters/system/timers.ts';
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import { requireMemberName } from '../../src/domain/ids.ts';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { shellJoin } from '../../src/lxd/shell.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { type Prober, createProber } from '../../src/probe/probe.ts';
import { buildLxdBinary } from '../../src/rehearsal/binary.ts';
import { aCluster } from '../support/cluster.ts';
import { type MemberRoot, servingMember } from '../support/member-root.ts';
import { createMemoryLog } from '../support/ssh/system.ts';
import { type Farm, startFarm } from './farm.ts';
import { clush, endKept, openConnections } from './peers.ts';
import { type Series, describeRatio, describeSeries } from './stats.ts';

interface Side {
  readonly transport: Transport;
  readonly prober: Prober;
  /** The text that was sent last, so that the peers run the very same. */
  sent(): string;
}

function farmCluster(farm: Farm): ClusterConfig {
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
  const ssh = createSshTransport({ clock, timers: createTimers(), log });
  let sent = '';
  const transport: Transport = {
    exec: (target, request) => {
      sent = request.text;
      return ssh.exec(target, request);
    },
    close: () => ssh.close(),
  };
  const parts = { transport, clock, ids: createIds(), log, releases: releaseTable, patterns: logPatterns };
  return { transport, prober: createProber(parts), sent: () => sent };
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

interface Figures {
  readonly cold: number[];
  readonly warm: number[];
  readonly clushCold: number[];
  readonly clushKept: number[];
  readonly floor: number[];
}

async function measure(farm: Farm, rounds: number): Promise<Figures> {
  const cluster = farmCluster(farm);
  const figures: Figures = { cold: [], warm: [], clushCold: [], clushKept: [], floor: [] };
  const kept = createSide();
  const remote = (side: Side): string => shellJoin(['sh', '-c', side.sent()]);
  try {
    await probeAll(kept, cluster);
    await clush(farm, farm.keptConfig, 'true');
    for (let round = 0; round < rounds; round += 1) {
      const fresh = createSide();
      await timed(figures.cold, () => probeAll(fresh, cluster));
      await fresh.transport.close();
      await timed(figures.clushCold, () => clush(farm, farm.coldConfig, remote(fresh)));
      await timed(figures.warm, () => probeAll(kept, cluster));
      await timed(figures.clushKept, () => clush(farm, farm.keptConfig, remote(kept)));
      await timed(figures.floor, () => openConnections(farm, remote(kept)));
    }
  } finally {
    await kept.transport.close();
    await endKept(farm);
  }
  return figures;
}

async function measureFarm(members: number, rounds: number, environment: readonly string[]): Promise<Figures> {
  const farm = await startFarm(members, environment);
  try {
    return await measure(farm, rounds);
  } finally {
    await farm.close();
  }
}

function report(title: string, figures: Figures, judged: boolean): boolean {
  const cold: Series = { name: 'Lockstep, cold', ms: figures.cold };
  const warm: Series = { name: 'Lockstep, warm', ms: figures.warm };
  const clushCold: Series = { name: 'clush, cold', ms: figures.clushCold };
  const clushKept: Series = { name: 'clush, kept connections', ms: figures.clushKept };
  const floor: Series = { name: 'floor: ssh over open connections', ms: figures.floor };
  const ratios = [
    describeRatio('cold / clush', cold, clushCold, judged ? 0.5 : null),
    describeRatio('warm / clush with kept connections', warm, clushKept, judged ? 0.3 : null),
    describeRatio('warm / floor', warm, floor, judged ? 1.25 : null),
  ];
  const lines = [
    title,
    ...[cold, clushCold, warm, clushKept, floor].map(describeSeries),
    ...ratios.map(({ text }) => text),
  ];
  process.stdout.write(`\n${lines.join('\n  ')}\n`);
  return ratios.every(({ met }) => met);
}

function buildMember(): MemberRoot {
  const build = (version: string): Uint8Array =>
    buildLxdBinary({ names: releaseTable.extensionNames(version), globalSchema: 73, localSchema: 43, version });
  return servingMember({ current: build('5.21.2'), kept: build('5.21.3') });
}

/** Resolves with whether every judged ratio is within its limit. */
export async function benchProbe(members: number, rounds: number): Promise<boolean> {
  const bareFigures = await measureFarm(members, rounds, []);
  const met = report(`Probe of ${members} real sshd on loopback, ${rounds} rounds`, bareFigures, true);
  const root = buildMember();
  const tree = [`LOCKSTEP_ROOT=${root.path}`, `PATH=${root.at('bin')}:/usr/bin:/bin`];
  const fullFigures = await measureFarm(members, rounds, tree);
  root.dispose();
  report('The same with the tree of a serving member behind every host, all on this machine', fullFigures, false);
  return met;
}
