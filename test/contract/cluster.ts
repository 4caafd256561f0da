/**
 * Contract of a cluster that Lockstep is tried on: the same scenario gives the same findings, the same plan and the same end,
 * whether its members are simulated or real. Owns what is expected per scenario; a caller brings a cluster into the scenario.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createTimers } from '../../src/adapters/system/timers.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import type { Data } from '../../src/domain/data.ts';
import { diagnose } from '../../src/domain/diagnose/index.ts';
import { planRecovery } from '../../src/domain/planner/index.ts';
import { logPatterns, releaseTable } from '../../src/lxd/data/index.ts';
import { createLockstep } from '../../src/main.ts';
import type { ChatPort } from '../../src/ports/chat.ts';
import { createProber } from '../../src/probe/probe.ts';
import { SILENT } from '../support/engine.ts';
import { EXPECTED, OFFERS, REPAIRS } from './cluster-expected.ts';
import type { Expected, Repair } from './cluster-expected.ts';
import { offersOf } from './offers.ts';

interface ContractCluster {
  /** A clusters.yaml with one cluster of m1, m2 and m3; console:alice may operate, console:bob may approve. */
  readonly config: string;
  dispose(): Promise<void>;
}

export type MakeCluster = (scenario: string) => Promise<ContractCluster>;

export interface ContractOptions {
  /** Clusters can be made side by side. */
  readonly concurrent?: boolean;
  /** What to try: `looks` reads only, `ends` runs repairs. Both when left out. */
  readonly only?: 'looks' | 'ends';
}

/** A crash loop blurs one look in many; what is expected has to come within so many. */
const LOOKS = 4;
const LOOK_MS = 60_000;
const REPAIR_MS = 240_000;

export function clusterContract(name: string, make: MakeCluster, options: ContractOptions = {}): void {
  const run = options.concurrent === true ? test.concurrent : test;
  describe(`${name}: the cluster contract`, () => {
    if (options.only !== 'ends') {
      for (const [scenario, expected] of Object.entries(EXPECTED)) {
        run(`${scenario} is seen and planned for what it is`, { timeout: LOOK_MS }, async () => {
          await using(make, scenario, async ({ config }) => {
            expect(await lookUntil(requireCluster(config), expected)).toEqual(expected);
          });
        });
      }
    }
    if (options.only !== 'ends') {
      for (const [scenario, offer] of Object.entries(OFFERS)) {
        run(`${scenario}: each member says what its channel offers`, { timeout: LOOK_MS }, async () => {
          await using(make, scenario, async ({ config }) => {
            const cluster = requireCluster(config);
            expect(await offersOf(cluster)).toEqual(cluster.members.map(() => offer));
          });
        });
      }
    }
    if (options.only !== 'looks') {
      for (const repair of REPAIRS) {
        run(`${repair.scenario} is brought back in step by ${repair.strategy}`, { timeout: REPAIR_MS }, async () => {
          await using(make, repair.scenario, async ({ config }) => {
            const { strategy, end, after } = await repairCluster(config, repair);
            expect({ strategy, end, after }).toEqual({
              strategy: repair.strategy,
              end: 'succeeded',
              after: repair.after ?? ['in-step'],
            });
          });
        });
      }
    }
  });
}

async function using(
  make: MakeCluster,
  scenario: string,
  act: (cluster: ContractCluster) => Promise<void>,
): Promise<void> {
  const cluster = await make(scenario);
  try {
    await act(cluster);
  } finally {
    await cluster.dispose();
  }
}

export function requireCluster(config: string): ClusterConfig {
  const loaded = loadConfig({ cwd: tmpdir(), env: {}, clustersPath: config, clusters: 'required' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const [cluster] = loaded.value.clusters;
  if (cluster === undefined) throw new Error(`no cluster in ${config}`);
  return cluster;
}

/** What the last look said: the expected, or that which stayed different. */
async function lookUntil(cluster: ClusterConfig, expected: Expected): Promise<Expected> {
  const parts = { clock: createClock(), timers: createTimers(), log: SILENT };
  const transport = createSshTransport(parts);
  const prober = createProber({ ...parts, transport, ids: createIds(), releases: releaseTable, patterns: logPatterns });
  try {
    for (let look = 1; ; look += 1) {
      const observation = await prober.probe(cluster);
      const diagnosis = diagnose(observation, releaseTable);
      const planned = planRecovery({
        cluster,
        observation,
        diagnosis,
        releases: releaseTable,
        strategy: null,
        instances: 'keep',
        confirmStop: null,
        run: null,
      });
      const seen: Expected = {
        findings: diagnosis.findings.map(({ kind, members }) => [kind, ...members]),
        plan:
          planned.kind === 'refusal'
            ? planned.refusal.reasons.map(({ code }) => code)
            : { strategy: planned.plan.strategy, stages: planned.plan.stages.map(({ steps }) => stageText(steps)) },
      };
      if (look === LOOKS || JSON.stringify(seen) === JSON.stringify(expected)) return seen;
    }
  } finally {
    await transport.close();
  }
}

function stageText(steps: readonly { readonly id: string; readonly member: string }[]): string {
  return [steps[0]?.id ?? '', ...steps.map(({ member }) => member)].join(' ');
}

interface Repaired {
  readonly strategy: string | null;
  readonly end: string | null;
  /** Kinds of the findings afterwards. */
  readonly after: readonly string[];
}

/** As people do it: alice asks, bob approves, alice looks again. A plan that was drafted on a blurred look is asked for again. */
async function repairCluster(config: string, repair: Repair): Promise<Repaired> {
  const cluster = requireCluster(config);
  const dataDir = mkdtempSync(join(tmpdir(), 'lockstep-contract-'));
  const said: Data[] = [];
  const lockstep = await createLockstep({
    clusters: [cluster],
    dataDir,
    agentSocket: null,
    log: SILENT,
    codeVersion: 'contract',
    command: 'contract',
    chats: [recordingChat(said)],
    minEditMs: 0,
    helpNotes: [],
    localChecks: async () => [],
  });
  if (!lockstep.ok) throw new Error(lockstep.error.text);
  const running = lockstep.value;
  const say = async (name: string, text: string): Promise<void> => {
    await running.handle({
      deliveryId: running.deps.ids.messageId(),
      person: { platform: 'console', id: name, displayName: name, groups: [], osUser: 'tester' },
      address: { platform: 'console', channel: 'contract', user: null, thread: null },
      body: { kind: 'line', text },
      detached: new AbortController().signal,
    });
    await running.runsIdle();
    await running.outboxIdle();
  };
  try {
    for (let look = 1; look <= LOOKS; look += 1) {
      await say('alice', `recover ${cluster.name} ${repair.line} --reason contract`);
      await say(...(repair.approval ?? (['bob', 'approve'] as const)));
      if (lastOf(said, 'run')?.state !== 'stale' && lastOf(said, 'plan') !== undefined) break;
    }
    const run = lastOf(said, 'run');
    await say('alice', `status ${cluster.name}`);
    const after = lastOf(said, 'status')?.findings.map(({ kind }) => kind) ?? [];
    return { strategy: lastOf(said, 'plan')?.strategy ?? null, end: run?.state ?? null, after };
  } finally {
    await running.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function lastOf<Kind extends Data['kind']>(
  said: readonly Data[],
  kind: Kind,
): Extract<Data, { kind: Kind }> | undefined {
  return said.findLast((data): data is Extract<Data, { kind: Kind }> => data.kind === kind);
}

function recordingChat(said: Data[]): ChatPort {
  let count = 0;
  return {
    platform: 'console',
    async post(_address, { data }) {
      count += 1;
      if (data !== null) said.push(data);
      return { kind: 'delivered', externalId: `c${count}` };
    },
    async edit(_address, externalId, { data }) {
      if (data !== null) said.push(data);
      return { kind: 'delivered', externalId };
    },
  };
}
