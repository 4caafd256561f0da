/**
 * What goes wrong around a recovery: members that are not who they are said to be, power and cables that fail in the middle of a
 * run, and a Lockstep that is killed. The end has to be true in each case: in step and verified, or paused with the reason.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { type Lab, startLab } from './lab.ts';
import { newDirectory, removeDirectories, writeConfig, writtenOn } from './support/cluster.ts';
import { type ConsoleEnd, describeEnd, lastOf, type Line, runConsole, startConsole } from './support/console.ts';
import { expectHealed, expectInStep } from './support/healed.ts';
import { namespacesOf, tracesOf } from './support/traces.ts';

let lab: Lab;
let data: string;

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterEach(removeDirectories);

afterAll(async () => {
  await lab.down();
}, 60_000);

async function begin(...scenario: Parameters<Lab['scenario']>): Promise<void> {
  data = newDirectory();
  await lab.scenario(...scenario);
}

function optionsOf(as: string, ...commands: readonly string[]): Parameters<typeof runConsole>[0] {
  return { config: lab.configPath, data, as, commands };
}

function stepIs(kind: string, state: string): (line: Line) => boolean {
  return ({ data: said }) =>
    said?.kind === 'run' && said.steps.some((step) => step.id.endsWith(kind) && step.state === state);
}

/** `verified` stands in the timeline exactly if the run succeeded, and a run that did not says why on its card. */
async function expectTruth(run: string, state: string): Promise<void> {
  const asked = await runConsole(optionsOf('alice', 'timeline lab', `runs ${run}`));
  const entries = lastOf(asked, 'timeline').entries.filter((entry) => entry.run === run);
  expect(entries.some(({ kind }) => kind === 'verified')).toBe(state === 'succeeded');
  expect(lastOf(asked, 'run').state).toBe(state);
}

function cardOf(end: ConsoleEnd): string {
  const card = end.lines.findLast((line) => line.data?.kind === 'run');
  return JSON.stringify(card?.message ?? null);
}

describe('a configuration that does not fit the cluster', () => {
  const line = (name: string, host: string, port = 22): string =>
    `      - {name: ${name}, host: ${host}, port: ${port}}`;

  /** The lab's configuration with other members. */
  function withMembers(...members: readonly string[]): string {
    const lines = lab.clustersYaml.split('\n');
    const own = lines.filter((text) => text.includes('{name: m'));
    const at = lines.findIndex((text) => text === own[0]);
    return [...lines.slice(0, at), ...members, ...lines.slice(at + own.length)].join('\n');
  }

  async function ask(config: string): Promise<ConsoleEnd> {
    const path = await writeConfig(config);
    return runConsole({ config: path, data: newDirectory(), as: 'alice', commands: ['status lab', 'recover lab'] });
  }

  /** A crash-looping member's dump is empty for moments; when no member had one, the answer says so and asks to look again. */
  async function askUntilRead(config: string): Promise<ConsoleEnd> {
    for (let look = 1; ; look += 1) {
      const end = await ask(config);
      const unread = lastOf(end, 'status').rows === null;
      if (!unread || look === 4) return end;
      expect(lastOf(end, 'refusal').reasons.length, describeEnd(end)).toBeGreaterThan(0);
      expect(await writtenOn(lab)).toEqual([]);
    }
  }

  async function expectRefused(end: ConsoleEnd): Promise<void> {
    const { findings } = lastOf(end, 'status');
    expect(
      findings.map(({ kind }) => kind),
      describeEnd(end),
    ).toContain('inventory-mismatch');
    expect(lastOf(end, 'refusal').reasons.map(({ code }) => code)).toContain('inventory-mismatch');
    expect(end.lines.filter((each) => each.data?.kind === 'plan')).toEqual([]);
    expect(await writtenOn(lab)).toEqual([]);
  }

  test('a member is missing, two are swapped, one host stands twice: no change in any case', async () => {
    await begin('downgraded-all');
    const [m1, m2, m3] = lab.members.map(({ host }) => host);
    if (m1 === undefined || m2 === undefined || m3 === undefined) throw new Error('the lab has three members');
    await expectRefused(await askUntilRead(withMembers(line('m1', m1), line('m2', m2))));
    const swapped = withMembers(line('m1', m2), line('m2', m1), line('m3', m3));
    await expectRefused(await askUntilRead(swapped));

    const twice = withMembers(line('m1', m1), line('m2', m2), line('m3', m1));
    const refused = await ask(twice);
    expect(refused.code).toBe(2);
    expect(refused.lines).toEqual([]);
    expect(refused.stderr).toMatch(/clusters\.yaml:7: error: .*The host .* stands on line 5 already/);

    // Another way to the same host, which only the host itself can tell.
    const port = 2222;
    await lab.must(
      'm1',
      `sed 's/:22$/:${port}/' /lab/sshd_config > /lab/second_sshd && /usr/sbin/sshd -f /lab/second_sshd`,
    );
    const [key] = (await readFile(lab.knownHosts, 'utf8')).split('\n').filter((text) => text.startsWith(`${m1} `));
    const known = await writeConfig(
      `${await readFile(lab.knownHosts, 'utf8')}${key?.replace(m1, `[${m1}]:${port}`) ?? ''}\n`,
    );
    const hidden = withMembers(line('m1', m1), line('m2', m2), line('m3', m1, port)).replace(lab.knownHosts, known);
    await expectRefused(await askUntilRead(hidden));

    // Names and addresses fit, and the host belongs to another cluster all the same.
    const lxd = '/var/snap/lxd/common/lxd';
    await lab.must('m2', `cp -p ${lxd}/cluster.crt ${lxd}/kept.crt && cp ${lxd}/server.crt ${lxd}/cluster.crt`);
    const foreign = await askUntilRead(lab.clustersYaml);
    await lab.must('m2', `mv ${lxd}/kept.crt ${lxd}/cluster.crt`);
    await expectRefused(foreign);
    expect(JSON.stringify(lastOf(foreign, 'explanation'))).toContain(
      'm2 has another cluster certificate than the others',
    );
  });
});

describe('in the middle of a run', () => {
  test('Lockstep is killed while everything is stopped: the next one finishes what was begun, or says why not', async () => {
    await begin('downgraded-all');
    const asked = 'recover lab --strategy stop-patch-start --instances keep';
    const killed = startConsole(optionsOf('alice', asked, '/as bob', 'approve'));
    const started = await killed.seen('the patch', stepIs('write-patch', 'started'));
    killed.child.kill('SIGKILL');
    expect((await killed.ended).code).toBeNull();
    const run = started.data?.kind === 'run' ? started.data.run : '';

    const reconciled = await runConsole(optionsOf('bob'));
    const { state } = lastOf(reconciled, 'run');
    expect(['succeeded', 'paused'], describeEnd(reconciled)).toContain(state);
    expect(reconciled.code).toBe(state === 'succeeded' ? 0 : 1);
    await expectTruth(run, state);
    if (state === 'paused') {
      expect(cardOf(reconciled)).toMatch(/resume/);
      return;
    }
    await expectHealed(lab, 313);
    expectInStep(await runConsole(optionsOf('alice', 'status lab')));
  });

  test('a member loses its power: its instances are gone, and the run does not call that a success', async () => {
    await begin('downgraded-all');
    const running = startConsole(optionsOf('alice', 'recover lab', '/as bob', 'approve', 'status lab'));
    await running.seen('the patch', stepIs('write-patch', 'done'));
    await lab.powerCycle('m2');
    const end = await running.ended;
    const run = lastOf(end, 'run');
    expect(run.state, describeEnd(end)).toBe('paused');
    expect(end.code).toBe(1);
    expect(cardOf(end)).toMatch(/1 of 1 instances on m2 ended/);
    expect(cardOf(end)).not.toMatch(/heartbeat|Abort after this step/);
    await expectTruth(run.run, 'paused');
    expect(await lab.instances('m2')).toEqual(['c2']);
  });

  test('a cable is pulled: the run pauses, and goes on to its end when it is back', async () => {
    await begin('downgraded-all');
    const running = startConsole(optionsOf('alice', 'recover lab', '/as bob', 'approve', 'status lab'));
    await running.seen('the patch', stepIs('write-patch', 'started'));
    await lab.partition('m3');
    const end = await running.ended;
    const run = lastOf(end, 'run');
    expect(run.state, describeEnd(end)).toBe('paused');
    expect(end.code).toBe(1);
    expect(cardOf(end)).toMatch(/m3/);
    await expectTruth(run.run, 'paused');

    await lab.heal('m3');
    const resumed = await runConsole(optionsOf('alice', `resume ${run.run} retry`, 'status lab'));
    expect(lastOf(resumed, 'run').state, describeEnd(resumed)).toBe('succeeded');
    expect(resumed.code).toBe(0);
    await expectTruth(run.run, 'succeeded');
    expectInStep(resumed);
    await expectHealed(lab, 313);
  });
});

test('nothing of the lab is left on this machine', async () => {
  const namespaces = namespacesOf(lab.place);
  expect(namespaces.size).toBeGreaterThan(0);
  await lab.down();
  await expect.poll(() => tracesOf(lab.place, namespaces), { timeout: 15_000 }).toEqual([]);
});
