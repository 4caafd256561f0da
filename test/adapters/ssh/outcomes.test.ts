import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { stderrOf, stdoutOf, useSshHarness } from '../../support/ssh/harness.ts';
import type { ScriptedExec } from '../../support/ssh/ssh-server.ts';
import { createManualTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();

async function execAgainst(onExec: (exec: ScriptedExec) => void, maxOutputBytes?: number) {
  const server = await harness.serve({ onExec });
  const cap = maxOutputBytes === undefined ? {} : { maxOutputBytes };
  return await harness.transport().exec(harness.world().target(server), { text: 'true', timeoutMs: 20_000, ...cap });
}

describe('a command that ends', () => {
  test('gives its exit code, both streams and its duration', async () => {
    const server = await harness.serve();
    const outcome = await harness
      .transport()
      .exec(harness.world().target(server), { text: 'echo out; echo err >&2; exit 3', timeoutMs: 20_000 });
    expect(outcome).toMatchObject({ kind: 'exited', code: 3, truncated: false });
    expect(stdoutOf(outcome)).toBe('out\n');
    expect(stderrOf(outcome)).toBe('err\n');
    expect(outcome.kind === 'exited' && outcome.durationMs > 0).toBe(true);
  });

  test('is exited 0 however much it says on standard error', async () => {
    const outcome = await execAgainst((exec) => {
      exec.stderr('perl: warning: Setting locale failed.\n');
      exec.exit(0);
    });
    expect(outcome).toMatchObject({ kind: 'exited', code: 0 });
    expect(stderrOf(outcome)).toContain('Setting locale failed');
  });

  test('is signalled when a signal ended it', async () => {
    const outcome = await execAgainst((exec) => exec.exitBySignal('KILL'));
    expect(outcome).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
  });

  test('is exited 1 with its text for a user whose shell is nologin', async () => {
    const outcome = await execAgainst((exec) => {
      exec.stdout('This account is currently not available.\n');
      exec.exit(1);
    });
    expect(outcome).toMatchObject({ kind: 'exited', code: 1 });
    expect(stdoutOf(outcome)).toContain('not available');
  });

  test('gets an empty standard input', async () => {
    const server = await harness.serve();
    const outcome = await harness
      .transport()
      .exec(harness.world().target(server), { text: 'wc -c', timeoutMs: 20_000 });
    expect(stdoutOf(outcome).trim()).toBe('0');
  });
});

describe('output', () => {
  test('survives a UTF-8 sequence that is split over two packets', async () => {
    const bytes = Buffer.from('größe €\n');
    const outcome = await execAgainst((exec) => {
      for (const byte of bytes) exec.stdout(Buffer.from([byte]));
      exec.exit(0);
    });
    expect(stdoutOf(outcome)).toBe('größe €\n');
  });

  test('keeps bytes that are no UTF-8', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const outcome = await execAgainst((exec) => {
      exec.stdout(bytes);
      exec.stderr(bytes);
      exec.exit(0);
    });
    expect(outcome.kind === 'exited' && Buffer.from(outcome.stdout).equals(bytes)).toBe(true);
    expect(outcome.kind === 'exited' && Buffer.from(outcome.stderr).equals(bytes)).toBe(true);
  });

  test('is cut at the cap for each stream by itself, and says so', async () => {
    const outcome = await execAgainst((exec) => {
      exec.stdout('abcdef');
      exec.stderr('xyz');
      exec.exit(0);
    }, 4);
    expect(outcome).toMatchObject({ kind: 'exited', truncated: true });
    expect([stdoutOf(outcome), stderrOf(outcome)]).toEqual(['abcd', 'xyz']);
  });

  test('of exactly the cap is not cut', async () => {
    const outcome = await execAgainst((exec) => {
      exec.stdout('abcd');
      exec.exit(0);
    }, 4);
    expect(outcome).toMatchObject({ kind: 'exited', truncated: false });
  });

  test('of 50 MB is drained to its exit code while only the cap is kept', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const total = 50 * 1024 * 1024;
    const before = process.memoryUsage().rss;
    const outcome = await execAgainst((exec) => {
      const source = Readable.from(Array.from({ length: total / chunk.length }, () => chunk));
      source.pipe(exec.channel, { end: false });
      source.on('end', () => exec.exit(7));
    });
    expect(outcome).toMatchObject({ kind: 'exited', code: 7, truncated: true });
    if (outcome.kind !== 'exited') return;
    expect(outcome.stdout.byteLength).toBe(1024 * 1024);
    expect(outcome.stdout.buffer.byteLength).toBeLessThanOrEqual(1024 * 1024);
    // Client and server are this one process; without a cap the client alone needs four times the output.
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});

describe('a known exit', () => {
  test('takes precedence over a connection that is lost before the channel closes', async () => {
    const outcome = await execAgainst((exec) => {
      exec.stdout('half');
      exec.sendExitStatus(0);
      exec.connection.fin();
    });
    expect(outcome).toMatchObject({ kind: 'exited', code: 0, truncated: true });
  });

  test('takes precedence over the time-out of a channel that something keeps open', async () => {
    const timers = createManualTimers();
    const server = await harness.serve({ onExec: (exec) => exec.sendExitStatus(4) });
    const pending = harness
      .transport({ timers })
      .exec(harness.world().target(server), { text: 'x &', timeoutMs: 7000 });
    const exec = await server.execAt(0);
    await exec.connection.flushed();
    timers.elapse(7000);
    expect(await pending).toMatchObject({ kind: 'exited', code: 4, truncated: true });
  });
});
