/**
 * Break-glass on real daemons: one member is dead, its row alone keeps the others from serving. Two people, each in a process of
 * their own; what is true afterwards is read on the members, and the dead one is given its power back.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { allServing, rows, serving } from './state.ts';
import { livesOfMembers, newDirectory, removeDirectories } from './support/cluster.ts';
import { type ConsoleEnd, describeEnd, lastOf, runConsole } from './support/console.ts';

const LIVING = ['m1', 'm2'];
const RECOVER = 'recover lab --strategy unblock-dead-row';

let lab: Lab;
let data: string;

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterEach(removeDirectories);

afterAll(async () => {
  await lab.down();
}, 60_000);

function say(as: string, ...commands: readonly string[]): Promise<ConsoleEnd> {
  return runConsole({ config: lab.configPath, data, as, commands });
}

function codes(end: ConsoleEnd): readonly string[] {
  return lastOf(end, 'refusal').reasons.map(({ code }) => code);
}

test.each([
  { scenario: 'dead-row', count: 313, dead: 318 },
  { scenario: 'dead-row-waiting', count: 318, dead: 313 },
] as const)(
  '$scenario: its row is changed from $dead to $count by break-glass, and the living serve',
  async (one) => {
    data = newDirectory();
    await lab.scenario(one.scenario);
    const lives = await livesOfMembers(lab, LIVING);

    expect(codes(await say('alice', 'recover lab'))).toContain('member-unreachable');
    const asked = await say('alice', RECOVER);
    const plan = lastOf(asked, 'plan');
    expect(plan, describeEnd(asked)).toMatchObject({ strategy: 'unblock-dead-row', recommended: false });
    expect(plan.steps.map(({ member }) => member)).not.toContain('m3');
    expect(codes(await say('bob', 'approve'))).toEqual(['not-allowed']);
    expect(codes(await say('carol', 'approve'))).toEqual(['break-glass-required']);

    const ended = await say('carol', 'approve --break-glass "the board of m3 is burnt"', 'status lab', 'timeline lab');
    expect(lastOf(ended, 'run'), describeEnd(ended)).toMatchObject({ run: plan.run, state: 'succeeded' });
    expect(ended.code).toBe(0);
    const entries = lastOf(ended, 'timeline').entries.map(({ text }) => text);
    expect(entries.some((text) => text.startsWith('BREAK-GLASS') && text.includes('the board of m3 is burnt'))).toBe(
      true,
    );
    expect(entries.some((text) => text.includes('lxc cluster remove --force m3'))).toBe(true);

    expect(await rows(lab, 'm1')).toEqual(
      ['m1', 'm2', 'm3'].map((name) => ({ name, schema: 60, extensions: one.count })),
    );
    expect(await allServing(lab, LIVING)).toBe(true);
    expect(await livesOfMembers(lab, LIVING)).toEqual(lives);
    expect(await Promise.all(LIVING.map((member) => lab.impact(member)))).toEqual([[], []]);
    expect(
      (await lab.sh('m1', 'lxc cluster remove --force --yes m3 || yes yes | lxc cluster remove --force m3')).code,
    ).toBe(0);
    expect((await rows(lab, 'm2')).map(({ name }) => name)).toEqual(LIVING);
  },
  300_000,
);

test('a member that has come back is not dead any more: what was approved is stale', async () => {
  data = newDirectory();
  await lab.scenario('dead-row-waiting');
  const asked = await say('alice', RECOVER);
  expect(lastOf(asked, 'plan')).toMatchObject({ strategy: 'unblock-dead-row' });
  await lab.powerOn('m3');
  const ended = await say('carol', 'approve --break-glass "it is dead"');
  expect(lastOf(ended, 'run'), describeEnd(ended)).toMatchObject({ state: 'stale' });
  expect(lastOf(ended, 'run').steps.every(({ state }) => state === 'pending')).toBe(true);
  expect(codes(await say('alice', RECOVER))).toContain('member-not-dead');
  expect(await serving(lab, 'm1')).toBe(false);
}, 300_000);
