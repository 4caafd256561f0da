/** The rehearsal as a host: what comes in over SSH runs under the real `sh`, and nothing of this machine is touched. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSshTransport } from '../../src/adapters/ssh/transport.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createTimers } from '../../src/adapters/system/timers.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import { ensureRehearsal, stopRehearsal } from '../../src/rehearsal/ensure.ts';
import { findUnprefixedPath } from '../../src/rehearsal/host/run-text.ts';
import { runRehearsal } from '../../src/rehearsal/run.ts';
import type { Rehearsal } from '../../src/rehearsal/run.ts';
import type { ExecOutcome, Transport } from '../../src/ports/transport.ts';
import { SILENT } from '../support/engine.ts';

const COMMON = '"$LOCKSTEP_ROOT/var/snap/lxd/common"';

let dir: string;
let rehearsal: Rehearsal;
let transport: Transport;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-host-'));
  rehearsal = await runRehearsal({ scenario: 'healthy', dir, idleMs: 0 });
  transport = createSshTransport({ clock: createClock(), timers: createTimers(), log: SILENT });
});

afterAll(async () => {
  await transport.close();
  await rehearsal.close();
  expect(processesBelow(dir)).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
});

function clusterOf(config: string): ClusterConfig {
  const loaded = loadConfig({ cwd: tmpdir(), env: {}, clustersPath: config, clusters: 'required' });
  const cluster = loaded.ok ? loaded.value.clusters[0] : undefined;
  if (cluster === undefined) throw new Error(`nothing in ${config}`);
  return cluster;
}

async function run(text: string, member = 'm1', sudo = true): Promise<ExecOutcome> {
  const cluster = clusterOf(rehearsal.config);
  const found = cluster.members.find((one) => one.name === member);
  if (found === undefined) throw new Error(`no ${member}`);
  const target = { cluster: cluster.name, member: found, ssh: { ...cluster.ssh, sudo } };
  return transport.exec(target, { text, timeoutMs: 20_000 });
}

function outputOf(outcome: ExecOutcome): string {
  return 'stdout' in outcome ? Buffer.from(outcome.stdout).toString('latin1') : JSON.stringify(outcome);
}

/** Pids of processes that work below a directory. */
function processesBelow(folder: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

/** A text as it is, not in the `sh` that Lockstep puts around each. */
function rawExec(text: string): Promise<{ readonly code: number | null; readonly signal: string | undefined }> {
  const cluster = clusterOf(rehearsal.config);
  const [member] = cluster.members;
  if (member === undefined) throw new Error('no member');
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => {
      client.exec(text, (error, channel) => {
        if (error !== undefined) reject(error);
        else
          channel.resume().on('exit', (code: number | null, signal?: string) => {
            client.end();
            resolve({ code, signal });
          });
      });
    });
    const privateKey = readFileSync(join(dir, 'keys/client'));
    client.connect({ host: member.host, port: member.port, username: 'ops', privateKey });
  });
}

describe('texts', () => {
  test('output goes through byte for byte, with both streams apart and the exit code as it was', async () => {
    const outcome = await run(`printf '\\000\\377\\012a'; printf 'oops' >&2; exit 37`);

    expect(outcome).toMatchObject({ kind: 'exited', code: 37 });
    expect(outputOf(outcome)).toBe('\u0000\u00ff\na');
    expect('stderr' in outcome && Buffer.from(outcome.stderr).toString()).toBe('oops');
  });

  test('a signal is told as a signal', async () => {
    expect(await rawExec('kill -9 $$')).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('a text whose LXD path does not hang on a variable is refused and not run', async () => {
    const outcome = await run(`echo ran; cat /var/snap/lxd/common/state`);

    expect(outcome).toMatchObject({ kind: 'exited', code: 126 });
    expect(outputOf(outcome)).toBe('');
  });

  test.each([
    ['cat "$C/lxd/x"; ls "$LOCKSTEP_ROOT/var/snap/lxd"', true],
    ['S="${R}"/snap/lxd', true],
    ['R=${LOCKSTEP_ROOT:-}; C="$R/var/snap/lxd/common"', true],
    ['PATH="$PATH:/snap/bin"', true],
    ['rm -rf /snap/lxd/current', false],
    ['cat /var/snap/lxd/common/state', false],
    ['echo "$R" /var/snap/lxd', false],
  ])('%s: allowed %s', (text, allowed) => {
    expect(findUnprefixedPath(text) === null).toBe(allowed);
  });

  test('sudo makes root of ops, and without it snapd refuses', async () => {
    expect(outputOf(await run('id -u'))).toBe('0\n');
    expect(outputOf(await run('id -u', 'm1', false))).toBe('1000\n');
    expect(await run('snap stop lxd', 'm1', false)).toMatchObject({ kind: 'exited', code: 1 });
  });

  test('a hanging call ends by its own timeout, and the member answers on', async () => {
    const stop = `systemctl stop snap.lxd.daemon.unix.socket; kill -TERM "$(cat ${COMMON}/lxd.pid)"; sleep 1`;

    expect(outputOf(await run(`${stop}; timeout 1 lxd waitready; echo $?; id -u`, 'm3'))).toBe('124\n0\n');
  });
});

describe('stand-ins', () => {
  test('snap, systemctl and lxd say what is so on the simulated member', async () => {
    const said = outputOf(
      await run('snap list lxd; systemctl is-active snap.lxd.daemon; lxd --version; uname -nm; hostname'),
    );

    expect(Buffer.from(said, 'latin1').toString()).toBe(
      [
        'Name  Version         Rev    Tracking     Publisher   Notes',
        'lxd   5.21.3-75def3c  32455  5.21/stable  canonical✓  held',
        'active',
        '5.21.3 LTS',
        'm1 x86_64',
        'm1',
        '',
      ].join('\n'),
    );
  });

  test('curl over the socket gives status, body and exit code like the real one', async () => {
    const get = `curl -s -m 2 -o /dev/null -w '%{http_code}\\n' --unix-socket ${COMMON}/lxd/unix.socket`;

    expect(outputOf(await run(`${get} http://lxd/internal/ready; echo $?`))).toBe('200\n0\n');
    expect(outputOf(await run(`curl -sf --unix-socket /nowhere http://lxd/1.0; echo $?`))).toBe('7\n');
  });

  test('lxd sql reads the simulated database', async () => {
    expect(outputOf(await run(`lxd sql global "SELECT name, api_extensions FROM nodes WHERE id < 3"`))).toBe(
      '+------+----------------+\n| name | api_extensions |\n+------+----------------+\n| m1   | 402            |\n| m2   | 402            |\n+------+----------------+\n',
    );
  });

  test('the process table holds the daemon, LXCFS and the instances, and pgrep sees no process of the host', async () => {
    expect(outputOf(await run(`pgrep -fa '^\\[lxc monitor\\]' | cut -d' ' -f3-`))).toBe(
      'monitor] /var/snap/lxd/common/lxd/containers web1\nmonitor] /var/snap/lxd/common/lxd/containers db1\n',
    );
    expect(outputOf(await run('pgrep -c -x sh; pgrep -c -f node'))).toBe('0\n0\n');
    expect(outputOf(await run(`readlink "$LOCKSTEP_ROOT/proc/$(cat ${COMMON}/lxd.pid)/exe"`))).toBe(
      `${join(dir, 'members/m1/snap/lxd/32455/sbin/lxd')}\n`,
    );
  });

  test('a signal of the shell reaches the simulated daemon: SIGTERM ends it and keeps its instances', async () => {
    const before = outputOf(await run(`pgrep -f '^\\[lxc monitor\\]'`, 'm2'));
    const text = `systemctl stop snap.lxd.daemon.unix.socket; kill -TERM "$(cat ${COMMON}/lxd.pid)"
n=0; until [ "$(cat ${COMMON}/state)" = shutdown ] || [ $n = 50 ]; do sleep 0.1; n=$((n + 1)); done
systemctl is-active snap.lxd.daemon; pgrep -f '^\\[lxc monitor\\]'`;

    expect(outputOf(await run(text, 'm2'))).toBe(`inactive\n${before}`);
  });

  test('kill reaches no process of the host', async () => {
    expect(outputOf(await run(`env kill -s KILL ${String(process.pid)}; echo $?`))).toBe('1\n');
  });
});

describe('life', () => {
  test('what was closed comes back as it was: same places, keys, rows and instances', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-again-'));
    const first = await runRehearsal({ scenario: 'downgraded-all', dir: folder, idleMs: 0 });
    const pids = first.world.state.members.map((member) => member.instances.map(({ pid }) => pid));
    const knownHosts = readFileSync(join(folder, 'known_hosts'), 'utf8');
    await first.close();
    expect(existsSync(join(folder, 'rehearsal.json'))).toBe(false);

    const second = await runRehearsal({ scenario: 'downgraded-all', dir: folder, idleMs: 0 });

    expect(second.info.members).toEqual(first.info.members);
    expect(second.world.state.members.map((member) => member.instances.map(({ pid }) => pid))).toEqual(pids);
    expect(readFileSync(join(folder, 'known_hosts'), 'utf8')).toBe(knownHosts);
    expect(second.world.state.members.every((member) => member.unit.restarts > 10)).toBe(true);
    await second.close();
    expect(processesBelow(folder)).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('a second one in the same directory is refused', async () => {
    await expect(runRehearsal({ scenario: 'healthy', dir })).rejects.toThrow('one runs in');
  });

  test('one that nobody uses ends by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-idle-'));
    const idle = await runRehearsal({ scenario: 'healthy', dir: folder, idleMs: 1 });

    await idle.ended;

    expect(existsSync(join(folder, 'rehearsal.json'))).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  });

  test('a child of its own is found again, and ended when told, with all that it started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-child-'));
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
    const command = [process.execPath, '--import', loader, cli];

    const started = await ensureRehearsal({ dir: folder, scenario: 'healthy', command });
    const found = await ensureRehearsal({ dir: folder, scenario: null, command });

    expect([started.started, found.started]).toEqual([true, false]);
    expect(found.pid).toBe(started.pid);
    expect(await stopRehearsal(folder)).toBe(true);
    expect(existsSync(`/proc/${String(started.pid)}`) && isRunning(started.pid)).toBe(false);
    expect(processesBelow(folder)).toEqual([]);
    expect(await stopRehearsal(folder)).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  });
});

/** A zombie whose parent has not looked yet is gone for us. */
function isRunning(pid: number): boolean {
  return !execFileSync('sh', ['-c', `cat /proc/${String(pid)}/stat 2>/dev/null || echo gone`], {
    encoding: 'utf8',
  }).match(/\) Z |gone/);
}
