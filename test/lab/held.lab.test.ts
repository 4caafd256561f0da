/** The marker of another installation, on real hosts with real sudo: it keeps a repair out, and gives way once its deadline has passed. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { newDirectory, removeDirectories } from './support/cluster.ts';
import { describeEnd, lastOf, runConsole } from './support/console.ts';
import { expectHealed } from './support/healed.ts';

const MARKER = '/var/snap/lxd/common/lockstep/marker';
const MEMBERS = ['m1', 'm2', 'm3'];

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterEach(removeDirectories);

afterAll(async () => {
  await lab.down();
}, 60_000);

async function place(seconds: number): Promise<void> {
  const line = `"lockstep-marker 1 elsewhere-1 r999999 $(($(date +%s) + ${seconds})) 1000 slack:U01CAROL"`;
  for (const member of MEMBERS) {
    await lab.sh(member, `umask 077; mkdir -p /var/snap/lxd/common/lockstep; echo ${line} >${MARKER}`);
  }
}

test('a held cluster is refused by name, and taken over after the deadline', { timeout: 180_000 }, async () => {
  await lab.scenario('downgraded-all');
  const data = newDirectory();
  const say = (as: string, ...commands: readonly string[]): ReturnType<typeof runConsole> =>
    runConsole({ config: lab.configPath, data, as, commands });
  await place(3600);
  const refused = await say('alice', 'recover lab');
  expect(lastOf(refused, 'refusal').reasons[0]).toMatchObject({
    code: 'held-elsewhere',
    text: expect.stringContaining('installation elsewhere-1 for its run r999999'),
  });
  await place(-1);
  await say('alice', 'recover lab');
  const ended = await say('bob', 'approve');
  expect(lastOf(ended, 'run'), describeEnd(ended)).toMatchObject({ state: 'succeeded' });
  await expectHealed(lab, 313);
  for (const member of MEMBERS) {
    const { stdout } = await lab.sh(member, `ls -A /var/snap/lxd/common/lockstep`);
    expect(stdout).not.toContain('marker');
  }
});
