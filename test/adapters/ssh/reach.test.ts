import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openSocket } from '../../../src/adapters/ssh/socket.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';
import { closeServer, listenOnLoopback } from '../../support/ssh/listen.ts';
import { createManualTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();
const request = { text: 'true', timeoutMs: 7000 };

async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await closeServer(server);
  return port;
}

describe('a member that cannot be reached', () => {
  test('because nothing listens is unreachable', async () => {
    const target = harness.world().target({ port: await unusedPort() });
    const outcome = await harness.transport().exec(target, request);
    expect(outcome.kind === 'unreachable' && outcome.reason).toMatch(/refused: nothing listens there/);
  });

  test('because its name does not resolve is unreachable', async () => {
    const target = harness.world().target({ host: 'member.invalid', port: 22 });
    const outcome = await harness.transport().exec(target, { text: 'true', timeoutMs: 25_000 });
    expect(outcome.kind === 'unreachable' && outcome.reason).toMatch(/member\.invalid can't be resolved/);
  });

  test('because it accepts and says nothing is unreachable after the time for connecting', async () => {
    const timers = createManualTimers();
    const server = await harness.serve({ onSocket: () => false });
    const target = harness.world().target(server, { timeoutMs: 3000 });
    const pending = harness.transport({ timers }).exec(target, request);
    await expect.poll(() => server.acceptedSockets()).toBe(1);
    timers.elapse(3000);
    const outcome = await pending;
    expect(outcome.kind === 'unreachable' && outcome.reason).toMatch(/no answer.*m1 .* within 3000 ms/);
  });

  test('is given up at once when the attempt is stopped', async () => {
    const stop = new AbortController();
    const pending = openSocket('127.0.0.1', await unusedPort(), stop.signal);
    stop.abort();
    expect(await pending).toEqual({ ok: false, error: 'stopped' });
    expect(await openSocket('127.0.0.1', 1, stop.signal)).toEqual({ ok: false, error: 'stopped' });
  });

  test('within the time of the exec is timed-out, as that bound includes connecting', async () => {
    const timers = createManualTimers();
    const server = await harness.serve({ onSocket: () => false });
    const pending = harness.transport({ timers }).exec(harness.world().target(server), request);
    await expect.poll(() => server.acceptedSockets()).toBe(1);
    timers.elapse(7000);
    expect(await pending).toMatchObject({ kind: 'timed-out' });
  });

  test('because it hangs up before a word is unreachable', async () => {
    const server = await harness.serve({
      onSocket: (socket) => {
        socket.end();
        return false;
      },
    });
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'unreachable' });
  });

  test('because it resets the connection at once is unreachable', async () => {
    const server = await harness.serve({
      onSocket: (socket) => {
        socket.resetAndDestroy();
        return false;
      },
    });
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'unreachable' });
  });

  test('because it speaks another protocol is unreachable, with its words made harmless', async () => {
    const server = await harness.serve({
      onSocket: (socket) => {
        socket.end('HTTP/1.1 400 Bad\u001b[31m Request\r\n\r\n');
        return false;
      },
    });
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome.kind).toBe('unreachable');
    expect(JSON.stringify(outcome)).not.toContain('\\u001b');
  });

  test('because it refuses every session (MaxSessions) is unreachable: nothing was sent', async () => {
    const server = await harness.serve({ refuseSessions: true });
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome.kind === 'unreachable' && outcome.reason).toMatch(/open failure/);
  });

  test('because it refuses to start the command is lost: refusal and loss look the same here', async () => {
    const server = await harness.serve({ refuseExec: true });
    expect(await harness.transport().exec(harness.world().target(server), request)).toMatchObject({ kind: 'lost' });
  });

  test('does not hold up a healthy one: a slow handshake gives its slot up', async () => {
    const timers = createManualTimers();
    const silent = await harness.serve({ onSocket: () => false });
    const healthy = await harness.serve();
    const transport = harness.transport({ timers, maxConcurrentConnects: 1 });
    const first = transport.exec(harness.world().target({ port: silent.port, name: 'm1' }), request);
    await expect.poll(() => timers.waiting()).toContain(1000);
    const second = transport.exec(harness.world().target({ port: healthy.port, name: 'm2' }), request);
    timers.elapse(1000);
    expect(await second).toMatchObject({ kind: 'exited' });
    timers.elapse(7000);
    expect(await first).toMatchObject({ kind: 'timed-out' });
  });
});
