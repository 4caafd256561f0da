import { describe, expect, test } from 'vitest';
import { parseJump } from '../../../src/adapters/ssh/jump.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';
import { generateTestKey } from '../../support/ssh/keys.ts';
import { createManualTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();
const request = { text: 'echo through', timeoutMs: 20_000 };

describe('a jump host', () => {
  test('carries many members over one connection of its own', async () => {
    const bastion = await harness.serve({ allowForwarding: true });
    const member = await harness.serve();
    const transport = harness.transport();
    const jump = `jumper@127.0.0.1:${bastion.port}`;
    const outcomes = await Promise.all(
      ['m1', 'm2', 'm3'].map((name) =>
        transport.exec(harness.world().target({ port: member.port, name }, { jump }), request),
      ),
    );
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['exited', 'exited', 'exited']);
    expect([bastion.connections.length, member.connections.length]).toEqual([1, 3]);
    expect(bastion.forwarded).toEqual(Array(3).fill(`127.0.0.1:${member.port}`));
    expect(bastion.commands).toEqual([]);
  });

  test('whose key is unknown is refused by its own name, and the member sees nothing', async () => {
    const member = await harness.serve();
    const bastion = await harness.serve({ allowForwarding: true });
    harness.world().writeKnownHosts(member.knownHostsText());
    const target = harness.world().target(member, { jump: `127.0.0.1:${bastion.port}` });
    const outcome = await harness.transport().exec(target, request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'unknown' });
    expect(outcome.kind === 'host-key-refused' && outcome.text).toContain('the jump host');
    expect([bastion.forwarded, member.acceptedSockets()]).toEqual([[], 0]);
  });

  test('does not stand in for the member: the member behind it is checked too', async () => {
    const bastion = await harness.serve({ allowForwarding: true });
    const member = await harness.serve();
    harness.world().writeKnownHosts(bastion.knownHostsText());
    const target = harness.world().target(member, { jump: `127.0.0.1:${bastion.port}` });
    const outcome = await harness.transport().exec(target, request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'unknown' });
    expect(member.commands).toEqual([]);
  });

  test('that refuses our key is auth-failed by its own name', async () => {
    const bastion = await harness.serve({ allowForwarding: true, authorizedKeys: [generateTestKey()] });
    const member = await harness.serve();
    const target = harness.world().target(member, { jump: `127.0.0.1:${bastion.port}` });
    const outcome = await harness.transport().exec(target, request);
    expect(outcome.kind === 'auth-failed' && outcome.text).toContain('the jump host');
  });

  test('that may not forward makes the member unreachable', async () => {
    const bastion = await harness.serve();
    const member = await harness.serve();
    const target = harness.world().target(member, { jump: `127.0.0.1:${bastion.port}` });
    const outcome = await harness.transport().exec(target, request);
    expect(outcome.kind === 'unreachable' && outcome.reason).toMatch(/jump host 127\.0\.0\.1 can't reach/);
  });

  test('that says nothing is named in the reason, and not the member behind it', async () => {
    const timers = createManualTimers();
    const bastion = await harness.serve({ onSocket: () => false });
    const member = await harness.serve();
    const target = harness.world().target(member, { jump: `127.0.0.1:${bastion.port}`, timeoutMs: 3000 });
    const pending = harness.transport({ timers }).exec(target, request);
    await expect.poll(() => bastion.acceptedSockets()).toBe(1);
    timers.elapse(3000);
    const outcome = await pending;
    expect(outcome.kind === 'unreachable' && outcome.reason).toMatch(/no answer.*the jump host/);
    expect(member.acceptedSockets()).toBe(0);
  });

  test('that is reset while a member runs a command makes that lost, and the next exec goes over a new one', async () => {
    const bastion = await harness.serve({ allowForwarding: true });
    const member = await harness.serve({ onExec: (exec) => exec.index > 0 && exec.exit(0) });
    const transport = harness.transport();
    const target = harness.world().target(member, { jump: `127.0.0.1:${bastion.port}` });
    const pending = transport.exec(target, request);
    await member.execAt(0);
    bastion.connections[0]?.reset();
    expect(await pending).toMatchObject({ kind: 'lost' });
    expect(await transport.exec(target, request)).toMatchObject({ kind: 'exited' });
    expect(bastion.connections).toHaveLength(2);
  });
});

describe('the address of a jump host', () => {
  test.each([
    ['bastion', { user: 'ubuntu', host: 'bastion', port: 22 }],
    ['me@bastion.example.net', { user: 'me', host: 'bastion.example.net', port: 22 }],
    ['bastion:2222', { user: 'ubuntu', host: 'bastion', port: 2222 }],
    ['me@[fd42::1]:2222', { user: 'me', host: 'fd42::1', port: 2222 }],
    ['[fd42::1]', { user: 'ubuntu', host: 'fd42::1', port: 22 }],
  ])('%s is understood', (text, value) => {
    expect(parseJump(text, 'ubuntu')).toEqual({ ok: true, value });
  });

  test.each(['', '@', 'a@', '@b', 'a b', 'host:', 'host:0', 'host:65536', 'host:x', 'fd42::1', 'a@b@c', '[fd42::1'])(
    '%j is refused',
    (text) => {
      expect(parseJump(text, 'ubuntu').ok).toBe(false);
    },
  );
});
