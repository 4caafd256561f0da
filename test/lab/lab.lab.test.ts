import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { rows, serving } from './state.ts';
import { namespacesOf, tracesOf } from './support/traces.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => {
  await lab.down();
}, 30_000);

describe('a lab that is up', () => {
  test('a member sees its own processes only', async () => {
    expect(await lab.must('m1', 'pgrep -c -f "^/snap/lxd/current/bin/lx[d] "')).toBe('1');
    expect(await lab.instances('m1')).toEqual(['c1']);
  });

  test('its members can be reached over SSH as ops, with sudo and the known host keys', async () => {
    for (const { host } of lab.members) {
      const ssh = [
        '-F',
        'none',
        '-n',
        '-o',
        'BatchMode=yes',
        '-i',
        lab.key,
        '-o',
        `UserKnownHostsFile=${lab.knownHosts}`,
      ];
      expect(await run('ssh', [...ssh, `ops@${host}`, 'sudo -n id -u'])).toBe('0');
    }
  });

  test('`snap stop` of a serving member stops its instances and kills LXCFS, and says so', async () => {
    await lab.reset();
    await lab.must('m3', 'snap stop lxd');
    expect(await lab.instances('m3')).toEqual([]);
    expect(await lab.lxcfsAlive('m3')).toBeNull();
    const events = (await lab.impact('m3')).map((event) => event.split(' ')[0]);
    expect(events).toEqual(expect.arrayContaining(['instances-stopped', 'lxcfs-died']));
  });

  test('SIGTERM ends a serving daemon and touches no instance', async () => {
    await lab.reset();
    const lxcfs = await lab.lxcfsAlive('m3');
    await lab.must(
      'm3',
      'systemctl stop snap.lxd.daemon.unix.socket && kill -TERM $(cat /var/snap/lxd/common/lxd.pid)',
    );
    const inactive = async () =>
      (await lab.sh('m3', 'systemctl is-active snap.lxd.daemon')).stdout.trim() === 'inactive';
    await lab.waitUntil('the daemon has ended', inactive);
    expect(await lab.must('m3', 'cat /var/snap/lxd/common/state')).toBe('shutdown');
    expect(await lab.instances('m3')).toEqual(['c3']);
    expect(await lab.lxcfsAlive('m3')).toBe(lxcfs);
    expect(await lab.impact('m3')).toEqual([]);
  }, 30_000);

  test('a connection to the socket of a stopped daemon starts it', async () => {
    await lab.reset();
    const before = await lab.must('m3', 'cat /var/snap/lxd/common/lxd.pid');
    await lab.must('m3', `kill -TERM ${before}`);
    // A daemon on its way out may still answer: only another one proves that the connection started it.
    await lab.waitUntil('a client has woken another daemon', async () => {
      await lab.sh('m3', 'timeout 10 lxc query /1.0');
      const now = (await lab.sh('m3', 'cat /var/snap/lxd/common/lxd.pid')).stdout.trim();
      return now !== '' && now !== before && (await serving(lab, 'm3'));
    });
  }, 30_000);

  test('a power cut leaves the disk and loses the processes', async () => {
    await lab.reset();
    const before = await lab.must('m2', 'cat /var/snap/lxd/common/lxd/server.crt');
    await lab.powerOff('m2');
    expect((await lab.sh('m2', 'true')).stderr).toContain('switched off');
    await lab.powerOn('m2');
    await lab.waitUntil('m2 serves again', () => serving(lab, 'm2'));
    expect(await lab.must('m2', 'cat /var/snap/lxd/common/lxd/server.crt')).toBe(before);
  }, 60_000);
});

// That every scenario reaches its state is shown by status.lab.test.ts, which looks at each of them through the console.
test('a reset undoes the worst of them', { timeout: 120_000 }, async () => {
  await lab.scenario('schema-newer');
  await lab.reset();
  expect(await rows(lab, 'm1')).toEqual(['m1', 'm2', 'm3'].map((name) => ({ name, schema: 60, extensions: 318 })));
});

test('two labs side by side, and nothing of the second is left after its end', { timeout: 60_000 }, async () => {
  const second = await startLab({ members: 1 });
  const namespaces = namespacesOf(second.place);
  expect(tracesOf(second.place, namespaces)).not.toEqual([]);
  await second.down();
  expect(tracesOf(second.place, namespaces)).toEqual([]);
  await lab.reset();
});

async function run(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, [...args])).stdout.trim();
}
