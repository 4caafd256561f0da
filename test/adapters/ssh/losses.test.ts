import { describe, expect, test } from 'vitest';
import { stdoutOf, useSshHarness } from '../../support/ssh/harness.ts';
import type { ScriptedExec } from '../../support/ssh/ssh-server.ts';
import { createManualTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();
const request = { text: 'true', timeoutMs: 7000 };

/** The first exec is in the test's hands, every further one ends at once. */
function firstHangs(exec: ScriptedExec): void {
  if (exec.index > 0) exec.exit(0);
}

describe('a connection that ends while a command runs', () => {
  test('in order (FIN) is lost, and the next exec connects again', async () => {
    const server = await harness.serve({ onExec: firstHangs });
    const transport = harness.transport();
    const target = harness.world().target(server);
    const pending = transport.exec(target, request);
    const exec = await server.execAt(0);
    exec.stdout('so far');
    exec.connection.fin();
    const outcome = await pending;
    expect(outcome).toMatchObject({ kind: 'lost', reason: 'the server ended the connection', truncated: true });
    expect(stdoutOf(outcome)).toBe('so far');
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited', code: 0 });
    expect(server.connections).toHaveLength(2);
  });

  test('by a TCP reset is lost, and the process survives', async () => {
    const server = await harness.serve({ onExec: firstHangs });
    const transport = harness.transport();
    const target = harness.world().target(server);
    const pending = transport.exec(target, request);
    (await server.execAt(0)).connection.reset();
    expect(await pending).toMatchObject({ kind: 'lost', reason: 'the connection was reset' });
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited' });
  });

  test('by silence is lost after three unanswered keepalives', async () => {
    const server = await harness.serve({ onExec: firstHangs });
    const transport = harness.transport({ keepaliveMs: 10 });
    const pending = transport.exec(harness.world().target(server), { text: 'true', timeoutMs: 20_000 });
    (await server.execAt(0)).connection.mute();
    expect(await pending).toMatchObject({ kind: 'lost', reason: 'the server stopped answering (keepalive)' });
  });

  test('a channel that is closed without an exit status is lost', async () => {
    const server = await harness.serve({ onExec: (exec) => exec.closeSilently() });
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'lost', reason: 'the channel was closed without an exit status' });
  });
});

describe('a connection that ends while idle', () => {
  test('by a TCP reset is replaced by the next exec, and the process survives', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    const target = harness.world().target(server);
    await transport.exec(target, request);
    server.connections[0]?.reset();
    await server.connections[0]?.closed;
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited', code: 0 });
    expect(server.connections).toHaveLength(2);
  });

  test('in order is replaced by the next exec', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    const target = harness.world().target(server);
    await transport.exec(target, request);
    server.connections[0]?.fin();
    await server.connections[0]?.closed;
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited', code: 0 });
  });

  test('by a silent peer is timed-out, and the exec after that connects again', async () => {
    const timers = createManualTimers();
    const server = await harness.serve();
    const transport = harness.transport({ timers });
    const target = harness.world().target(server);
    await transport.exec(target, request);
    server.connections[0]?.mute();
    const pending = transport.exec(target, { text: 'true', timeoutMs: 8000 });
    await expect.poll(() => timers.waiting()).toContain(8000);
    timers.elapse(8000);
    expect(await pending).toMatchObject({ kind: 'timed-out' });
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited' });
    expect(server.connections).toHaveLength(2);
  });

  test('is kept when nothing happens: two execs, one connection', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    const target = harness.world().target(server);
    await transport.exec(target, request);
    await transport.exec(target, request);
    expect([server.connections.length, server.commands.length]).toEqual([1, 2]);
  });
});

describe('a connection that ends before the command was sent', () => {
  test('is replaced within the same exec when it was a kept one', async () => {
    const server = await harness.serve({
      onSession: (index, connection) => {
        if (index !== 1) return 'accept';
        connection.reset();
        return 'ignore';
      },
    });
    const transport = harness.transport();
    const target = harness.world().target(server);
    await transport.exec(target, request);
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited', code: 0 });
    expect([server.connections.length, server.commands.length]).toEqual([2, 2]);
  });

  test('is unreachable when it was a new one: no second attempt', async () => {
    const server = await harness.serve({
      onSession: (_, connection) => {
        connection.reset();
        return 'ignore';
      },
    });
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({
      kind: 'unreachable',
      reason: 'the connection was lost before the command was sent',
    });
    expect([server.connections.length, server.commands.length]).toEqual([1, 0]);
  });

  test('is not replaced when the member refused the session: that was an answer', async () => {
    const server = await harness.serve({ onSession: (index) => (index === 1 ? 'refuse' : 'accept') });
    const transport = harness.transport();
    const target = harness.world().target(server);
    await transport.exec(target, request);
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'unreachable' });
    expect(server.connections).toHaveLength(1);
  });
});

describe('a command that does not end in time', () => {
  test('is timed-out with what it said so far, its connection is closed, and the next exec works', async () => {
    const timers = createManualTimers();
    const server = await harness.serve({ onExec: firstHangs });
    const transport = harness.transport({ timers });
    const target = harness.world().target(server);
    const pending = transport.exec(target, request);
    const exec = await server.execAt(0);
    exec.stdout('started');
    await exec.connection.flushed();
    timers.elapse(7000);
    const outcome = await pending;
    expect(outcome).toMatchObject({ kind: 'timed-out', truncated: true });
    expect(stdoutOf(outcome)).toBe('started');
    await exec.connection.closed;
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited' });
  });

  test('leaves no timer behind when it ends in time', async () => {
    const timers = createManualTimers();
    const server = await harness.serve();
    await harness.transport({ timers }).exec(harness.world().target(server), request);
    expect(timers.waiting()).toEqual([]);
  });
});

describe('close', () => {
  test('makes the exec in flight lost, queued and later ones unreachable, and can be called twice', async () => {
    const server = await harness.serve({ onExec: () => undefined });
    const transport = harness.transport();
    const target = harness.world().target(server);
    const inFlight = transport.exec(target, request);
    const queued = transport.exec(target, request);
    const exec = await server.execAt(0);
    await transport.close();
    await transport.close();
    expect(await inFlight).toMatchObject({ kind: 'lost' });
    expect(await queued).toMatchObject({ kind: 'unreachable' });
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'unreachable' });
    await exec.connection.closed;
    expect(server.commands).toHaveLength(1);
  });

  test('ends an attempt to connect: nothing was sent, so it is unreachable', async () => {
    const server = await harness.serve({ onSocket: () => false });
    const transport = harness.transport();
    const pending = transport.exec(harness.world().target(server), request);
    await expect.poll(() => server.acceptedSockets()).toBe(1);
    await transport.close();
    expect(await pending).toMatchObject({ kind: 'unreachable' });
  });
});
