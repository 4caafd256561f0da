/**
 * Recoveries through the console on real daemons: two people, both strategies, and what must not happen on the way. The word of a
 * run is never believed alone: rows, processes and files are read on the members themselves.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Strategy } from '../../src/domain/plan.ts';
import { REPAIRS } from '../contract/cluster-expected.ts';
import { type Lab, startLab } from './lab.ts';
import { isScenarioName } from './scenarios.ts';
import { allServing, healing, rows, setHealing } from './state.ts';
import { impactOf, livesOf, newDirectory, removeDirectories, writeConfig, writtenOn } from './support/cluster.ts';
import { type ConsoleEnd, dataOf, type DataOf, describeEnd, lastOf, runConsole } from './support/console.ts';
import { expectHealed, expectInStep } from './support/healed.ts';
import { namespacesOf, tracesOf } from './support/traces.ts';

const ALL = ['m1', 'm2', 'm3'];

let lab: Lab;
let data: string;

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterEach(removeDirectories);

afterAll(async () => {
  await lab.down();
}, 60_000);

/** One process of Lockstep on this test's data directory. */
function say(as: string, ...commands: readonly string[]): Promise<ConsoleEnd> {
  return runConsole({ config: lab.configPath, data, as, commands });
}

async function begin(scenario: string): Promise<void> {
  if (!isScenarioName(scenario)) throw new Error(`the lab has no scenario ${scenario}`);
  data = newDirectory();
  await lab.scenario(scenario);
}

function lastRun(end: ConsoleEnd): DataOf<'run'> {
  return lastOf(end, 'run');
}

describe('all members were downgraded', () => {
  test('two people, two processes: patched in place, and no instance notices', async () => {
    await begin('downgraded-all');
    const lives = await livesOf(lab);
    const asked = await say('alice', 'recover lab --reason "after the downgrade"');
    const plan = lastOf(asked, 'plan');
    expect(plan).toMatchObject({ strategy: 'patch-in-place', recommended: true });
    expect(asked.code).toBe(0);

    const own = await say('alice', `approve ${plan.run ?? ''}`);
    expect(lastOf(own, 'refusal').reasons.map(({ code }) => code)).toContain('own-approval');
    expect(own.code).toBe(0);
    expect(dataOf(own, 'run')).toEqual([]);
    expect(await writtenOn(lab)).toEqual([]);

    const ended = await say('bob', 'approve', 'status lab');
    expect(lastRun(ended), describeEnd(ended)).toMatchObject({ run: plan.run, state: 'succeeded' });
    expect(lastRun(ended).steps.every(({ state }) => state === 'done')).toBe(true);
    expect(ended.code).toBe(0);
    expectInStep(ended);
    await expectHealed(lab, 313);
    expect(await livesOf(lab)).toEqual(lives);
    expect(await impactOf(lab)).toEqual([]);
  });

  test('stopped, patched and started as the classical runbook says, in one process, instances kept', async () => {
    await begin('downgraded-all');
    const lives = await livesOf(lab);
    const ended = await say(
      'alice',
      'recover lab --strategy stop-patch-start --instances keep',
      '/as bob',
      'approve',
      'status lab',
    );
    expect(lastOf(ended, 'plan')).toMatchObject({ strategy: 'stop-patch-start', recommended: false });
    expect(lastRun(ended), describeEnd(ended)).toMatchObject({ strategy: 'stop-patch-start', state: 'succeeded' });
    expect(ended.code).toBe(0);
    expectInStep(ended);
    await expectHealed(lab, 313);
    expect(await livesOf(lab)).toEqual(lives);
    expect(await impactOf(lab)).toEqual([]);
  });

  test('the requester may not approve, also as an approver; a plan that the cluster has outgrown is stale', async () => {
    await begin('downgraded-all');
    const both = lab.clustersYaml.replace('approvers: [console:bob]', 'approvers: [console:alice, console:bob]');
    const config = await writeConfig(both);
    const own = await runConsole({ config, data, as: 'alice', commands: ['recover lab', 'approve', 'runs'] });
    expect(lastOf(own, 'refusal').reasons.map(({ code }) => code)).toEqual(['own-approval']);
    expect(lastOf(own, 'runs').runs.map(({ state }) => state)).toEqual(['awaiting-approval']);
    expect(own.code).toBe(0);

    await lab.refresh(ALL, '502');
    await lab.waitUntil('all serve on 502 again', () => allServing(lab, ALL), 120);
    const ended = await runConsole({ config, data, as: 'bob', commands: ['approve'] });
    expect(lastRun(ended)).toMatchObject({ state: 'stale' });
    expect(lastRun(ended).steps.every(({ state }) => state === 'pending')).toBe(true);
    expect(ended.code).toBe(1);
    // Its marker was there while it looked, and is gone; the folder for it stays.
    expect(await writtenOn(lab)).toEqual(ALL.map((name) => `${name} /var/snap/lxd/common/lockstep`));
    for (const name of ALL) expect(await lab.must(name, 'ls -A /var/snap/lxd/common/lockstep')).toBe('');
    expect(await rows(lab, 'm1')).toEqual(ALL.map((name) => ({ name, schema: 60, extensions: 318 })));
  });
});

test('healing was on: off by the same file, and back to what it was once the end is verified', async () => {
  await begin('healing-on');
  const ended = await say('alice', 'recover lab', '/as bob', 'approve', 'status lab');
  expect(lastOf(ended, 'plan').steps.map(({ id }) => id)).toContain('6-healing-back');
  expect(lastRun(ended), describeEnd(ended)).toMatchObject({ strategy: 'patch-in-place', state: 'succeeded' });
  expectInStep(ended);
  await expectHealed(lab, 313);
  expect(await healing(lab, 'm2')).toBe('300');
});

test('all members are stopped: patched and started together', async () => {
  await begin('stopped-all');
  const ended = await say('alice', 'recover lab', '/as bob', 'approve', 'status lab');
  expect(lastOf(ended, 'plan')).toMatchObject({ strategy: 'stop-patch-start', recommended: true });
  expect(lastRun(ended), describeEnd(ended)).toMatchObject({ state: 'succeeded' });
  expect(ended.code).toBe(0);
  expectInStep(ended);
  await expectHealed(lab, 313);
  expect(await impactOf(lab)).toEqual([]);
});

const NEEDS_NOBODY: ReadonlySet<Strategy> = new Set(['patch-in-place', 'stop-patch-start', 'unblock-dead-row']);
const LIVE = REPAIRS.filter(({ strategy }) => !NEEDS_NOBODY.has(strategy));

describe('somebody serves', () => {
  test.each(LIVE)('$scenario: brought back in step by $strategy, and no instance notices', async (repair) => {
    await begin(repair.scenario);
    // One of them in a cluster with healing: off through the member that serves, and back at the end.
    const heals = repair.scenario === 'stale-while-serving';
    if (heals) await setHealing(lab, 'm1', 300);
    const lives = await livesOf(lab);
    // The contract names the version that the rehearsal's members keep; those of the lab keep 5.0.1.
    const line = repair.line.replace('5.21.2', '5.0.1');
    const ended = await say('alice', `recover lab ${line}`, '/as bob', 'approve', 'status lab');
    expect(lastOf(ended, 'plan')).toMatchObject({ strategy: repair.strategy });
    expect(lastRun(ended), describeEnd(ended)).toMatchObject({ state: 'succeeded' });
    expect(ended.code).toBe(0);
    const [first] = lastOf(ended, 'status').members;
    const extensions = first?.extensions ?? 0;
    expectInStep(ended, extensions);
    await expectHealed(lab, extensions);
    expect(await livesOf(lab)).toEqual(lives);
    expect(await impactOf(lab)).toEqual([]);
    expect(await healing(lab, 'm1')).toBe(heals ? '300' : '');
    expect(lastOf(ended, 'plan').steps.some(({ id }) => id === '1-healing-off')).toBe(heals);
  });
});

test('nothing of the lab is left on this machine', async () => {
  const namespaces = namespacesOf(lab.place);
  expect(namespaces.size).toBeGreaterThan(0);
  await lab.down();
  await expect.poll(() => tracesOf(lab.place, namespaces), { timeout: 15_000 }).toEqual([]);
});
