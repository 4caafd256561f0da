import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { scanHostKeys } from '../../../src/adapters/ssh/host-keys.ts';
import type { SshSettings } from '../../../src/domain/cluster.ts';
import { stderrOf, stdoutOf, useSshHarness } from '../../support/ssh/harness.ts';
import { OPENSSH_TOOLS } from '../../support/ssh/openssh.ts';
import { type Sshd, startSshd, whyNoSshd } from '../../support/ssh/sshd.ts';
import { realTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();
const request = { text: 'true', timeoutMs: 25_000 };
const running: Sshd[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((sshd) => sshd.close()));
});

async function start(...config: string[]): Promise<Sshd> {
  const sshd = await startSshd({ authorizedKeys: [harness.world().clientKey], config });
  running.push(sshd);
  harness.world().writeKnownHosts(running.map((each) => each.knownHostsText()).join(''));
  return sshd;
}

function targetOf(sshd: Sshd, ssh: Partial<SshSettings> = {}, name = 'm1') {
  return harness.world().target({ port: sshd.port, name }, { user: sshd.user, timeoutMs: 20_000, ...ssh });
}

/** Kills the sshd process that serves this session, whether or not the login shell stands in between. */
const KILL_SESSION =
  'p=$PPID; case $(ps -o comm= -p $p) in sshd*) ;; *) p=$(ps -o ppid= -p $p) ;; esac; kill -KILL $p; sleep 5';

const obstacle = whyNoSshd();
const title = obstacle === null ? 'OpenSSH' : `OpenSSH (skipped: ${obstacle})`;

describe.skipIf(obstacle !== null)(title, () => {
  test('runs a command and keeps the connection for the next one', async () => {
    const sshd = await start();
    const transport = harness.transport();
    const first = await transport.exec(targetOf(sshd), {
      text: 'echo $SSH_CONNECTION; echo e >&2; exit 5',
      timeoutMs: 25_000,
    });
    const second = await transport.exec(targetOf(sshd), { text: 'echo $SSH_CONNECTION', timeoutMs: 25_000 });
    expect(first).toMatchObject({ kind: 'exited', code: 5 });
    expect(stderrOf(first)).toBe('e\n');
    expect(stdoutOf(second)).toBe(stdoutOf(first));
  });

  test('reports a signal', async () => {
    const sshd = await start();
    const outcome = await harness.transport().exec(targetOf(sshd), { text: 'kill -TERM $$', timeoutMs: 25_000 });
    expect(outcome).toMatchObject({ kind: 'signalled', signal: 'SIGTERM' });
  });

  test('passes a script of 100 kB with every metacharacter byte for byte', async () => {
    const sshd = await start();
    const noise = `$HOME \`id\` $(id) "q" 'q' \\ \\n ! * ? [a] {a,b} ~ # & | ; < > ( ) % = \t é € 😀 \r\u0001`;
    const body = Array.from({ length: 1000 }, (_, index) => `${index} ${noise}`).join('\n');
    const outcome = await harness
      .transport()
      .exec(targetOf(sshd), { text: `cat <<'END-OF-TEXT'\n${body}\nEND-OF-TEXT\n`, timeoutMs: 25_000 });
    expect(stdoutOf(outcome)).toBe(`${body}\n`);
  });

  test('drains 50 MB and keeps the cap', async () => {
    const sshd = await start();
    const before = process.memoryUsage().rss;
    const text = 'head -c 52428800 /dev/zero; exit 9';
    const outcome = await harness.transport().exec(targetOf(sshd), { text, timeoutMs: 25_000, maxOutputBytes: 1000 });
    expect(outcome).toMatchObject({ kind: 'exited', code: 9, truncated: true });
    expect(outcome.kind === 'exited' && outcome.stdout.byteLength).toBe(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
  });

  test('whose session process is killed mid-exec is lost', async () => {
    const sshd = await start();
    const transport = harness.transport();
    const outcome = await transport.exec(targetOf(sshd), { text: KILL_SESSION, timeoutMs: 25_000 });
    expect(outcome).toMatchObject({ kind: 'lost' });
    expect(await transport.exec(targetOf(sshd), request)).toMatchObject({ kind: 'exited', code: 0 });
  });

  test('that refuses sessions (MaxSessions 0) is unreachable', async () => {
    const sshd = await start('MaxSessions 0');
    expect(await harness.transport().exec(targetOf(sshd), request)).toMatchObject({ kind: 'unreachable' });
  });

  test('for a user without a shell is exited 1, with the words of nologin', async () => {
    const shell = harness
      .world()
      .writeFile('nologin', '#!/bin/sh\necho This account is currently not available.\nexit 1\n');
    const sshd = await start(`ForceCommand sh ${shell}`);
    const outcome = await harness.transport().exec(targetOf(sshd), request);
    expect(outcome).toMatchObject({ kind: 'exited', code: 1 });
    expect(stdoutOf(outcome)).toContain('not available');
  });

  test('for a user that may not log in is auth-failed', async () => {
    const sshd = await start('DenyUsers *');
    expect(await harness.transport().exec(targetOf(sshd), request)).toMatchObject({ kind: 'auth-failed' });
  });

  test('with one login attempt and the wrong key is auth-failed', async () => {
    const sshd = await start('MaxAuthTries 1', 'AuthorizedKeysFile none');
    expect(await harness.transport().exec(targetOf(sshd), request)).toMatchObject({ kind: 'auth-failed' });
  });

  test('that exchanges new session keys all the time still answers', async () => {
    const sshd = await start('RekeyLimit 64K');
    const text = 'head -c 1000000 /dev/zero';
    const outcome = await harness.transport().exec(targetOf(sshd), { text, timeoutMs: 25_000 });
    expect(outcome).toMatchObject({ kind: 'exited', code: 0, truncated: false });
    expect(outcome.kind === 'exited' && outcome.stdout.byteLength).toBe(1_000_000);
  });

  test('is reached through another one as jump host', async () => {
    const bastion = await start();
    const member = await start('AllowTcpForwarding no');
    const target = targetOf(member, { jump: `${bastion.user}@127.0.0.1:${bastion.port}` });
    const outcome = await harness.transport().exec(target, { text: 'echo inside', timeoutMs: 25_000 });
    expect(stdoutOf(outcome)).toBe('inside\n');
  });

  test('presents all its host keys to a scan', async () => {
    const sshd = await start();
    const result = await scanHostKeys(
      { label: 'm1', host: sshd.host, port: sshd.port, ssh: targetOf(sshd).ssh },
      { timers: realTimers },
    );
    const presented = result.kind === 'scanned' ? result.keys.map((key) => key.key.toString('base64')) : [];
    expect(presented).toEqual(sshd.hostKeys.map((key) => key.publicBlob.toString('base64')));
  });

  test('is stopped for real and started again: unreachable in between, then the next exec connects', async () => {
    const sshd = await start();
    const transport = harness.transport();
    await transport.exec(targetOf(sshd), request);
    await transport.exec(targetOf(sshd), { text: KILL_SESSION, timeoutMs: 25_000 });
    await running.pop()?.close();
    expect(await transport.exec(targetOf(sshd), request)).toMatchObject({ kind: 'unreachable' });
  });

  test('takes a key from a real ssh-agent', async (context) => {
    const socket = join(harness.world().directory, 'agent.sock');
    const agent = spawn(OPENSSH_TOOLS.agent, ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    const started = await new Promise<boolean>((resolve) => {
      agent.once('error', () => resolve(false));
      agent.stdout.once('data', () => resolve(true));
    });
    if (!started) return context.skip();
    children.push(agent);
    const add = spawn(OPENSSH_TOOLS.add, ['-q', harness.world().keyPath], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
    });
    await new Promise((resolve) => add.once('close', resolve));
    const sshd = await start();
    const outcome = await harness
      .transport({ agentSocket: socket })
      .exec(targetOf(sshd, { keyPath: null, agent: true }), request);
    expect(outcome).toMatchObject({ kind: 'exited', code: 0 });
    return undefined;
  });

  test('with a login profile that talks on both streams gives that, too, and the exit code', async () => {
    const home = join(harness.world().directory, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'greeting'), 'welcome\n');
    const sshd = await start(
      `ForceCommand cat ${home}/greeting; cat ${home}/greeting >&2; eval "$SSH_ORIGINAL_COMMAND"`,
    );
    const outcome = await harness.transport().exec(targetOf(sshd), { text: 'echo out; exit 2', timeoutMs: 25_000 });
    expect(outcome).toMatchObject({ kind: 'exited', code: 2 });
    expect([stdoutOf(outcome), stderrOf(outcome)]).toEqual(['welcome\nout\n', 'welcome\n']);
  });
});
