import { describe, expect, test } from 'vitest';
import { useSshHarness } from '../../support/ssh/harness.ts';
import type { ScriptedExec } from '../../support/ssh/ssh-server.ts';
import { createManualTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();
const request = { text: 'true', timeoutMs: 20_000 };

describe('execs on one member', () => {
  test('never overlap, and run in the order of their requests', async () => {
    const held: ScriptedExec[] = [];
    const server = await harness.serve({ onExec: (exec) => void held.push(exec) });
    const transport = harness.transport();
    const target = harness.world().target(server);
    const order: string[] = [];
    const pending = ['a', 'b', 'c'].map(async (name) => {
      await transport.exec(target, { text: name, timeoutMs: 20_000 });
      order.push(name);
    });
    for (const index of [0, 1, 2]) {
      const exec = await server.execAt(index);
      expect(held).toHaveLength(index + 1);
      exec.exit(0);
    }
    await Promise.all(pending);
    expect(server.commands).toEqual(["sh -c 'a'", "sh -c 'b'", "sh -c 'c'"]);
    expect([order, server.peakExecs()]).toEqual([['a', 'b', 'c'], 1]);
  });

  test('have their own time: what one waits behind another does not count', async () => {
    const timers = createManualTimers();
    const server = await harness.serve({ onExec: (exec) => exec.index > 0 && exec.exit(0) });
    const transport = harness.transport({ timers });
    const target = harness.world().target(server);
    const first = transport.exec(target, { text: 'a', timeoutMs: 60_000 });
    const second = transport.exec(target, { text: 'b', timeoutMs: 500 });
    const exec = await server.execAt(0);
    expect(timers.waiting()).not.toContain(500);
    exec.exit(0);
    expect([(await first).kind, (await second).kind]).toEqual(['exited', 'exited']);
  });

  test('go on after one that threw because its text holds a NUL', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    const target = harness.world().target(server);
    await expect(transport.exec(target, { text: 'a\0b', timeoutMs: 1000 })).rejects.toThrow('NUL');
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited' });
  });

  test('use a new connection once the configuration names another user', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    await transport.exec(harness.world().target(server, { user: 'one' }), request);
    await transport.exec(harness.world().target(server, { user: 'two' }), request);
    expect(server.connections).toHaveLength(2);
  });
});

describe('execs on many members', () => {
  test('run side by side, with no more handshakes at a time than asked for', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const server = await harness.serve({ beforeLogin: () => gate });
    const transport = harness.transport({ timers: createManualTimers(), maxConcurrentConnects: 4 });
    const pending = Array.from({ length: 20 }, (_, index) =>
      transport.exec(harness.world().target({ port: server.port, name: `m${index}` }), request),
    );
    await expect.poll(() => server.peakLogins()).toBe(4);
    open();
    const outcomes = await Promise.all(pending);
    expect(outcomes.every((outcome) => outcome.kind === 'exited')).toBe(true);
    expect([server.peakLogins(), server.connections.length]).toEqual([4, 20]);
  });

  test('work for 128 members at once', async () => {
    const server = await harness.serve({ onExec: (exec) => exec.exit(0) });
    const transport = harness.transport();
    const outcomes = await Promise.all(
      Array.from({ length: 128 }, (_, index) =>
        transport.exec(harness.world().target({ port: server.port, name: `m${index}` }), request),
      ),
    );
    expect(new Set(outcomes.map((outcome) => outcome.kind))).toEqual(new Set(['exited']));
    expect(server.connections).toHaveLength(128);
  });
});
