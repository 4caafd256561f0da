import { chmodSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/adapters/ssh/known-hosts.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';
import { generateTestKey } from '../../support/ssh/keys.ts';
import type { SshTestServer } from '../../support/ssh/ssh-server.ts';

const harness = useSshHarness();
const request = { text: 'true', timeoutMs: 7000 };
const other = generateTestKey();

function line(server: SshTestServer, keyText: string, marker = ''): string {
  return `${marker}[127.0.0.1]:${server.port} ${keyText}\n`;
}

describe('a host key', () => {
  test('that is known lets the command through', async () => {
    const server = await harness.serve();
    expect(await harness.transport().exec(harness.world().target(server), request)).toMatchObject({ kind: 'exited' });
  });

  test('that is unknown is refused with its fingerprint, and nothing is sent, not even a login', async () => {
    const logins: string[] = [];
    const server = await harness.serve({ beforeLogin: async () => void logins.push('login') });
    harness.world().writeKnownHosts('');
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({
      kind: 'host-key-refused',
      reason: 'unknown',
      fingerprint: fingerprintOf(server.hostKeys[0]!.publicBlob),
    });
    expect(outcome.kind === 'host-key-refused' && outcome.text).toContain('lockstep trust');
    expect([server.commands, logins]).toEqual([[], []]);
  });

  test('that changed is refused, and the text names the line and ssh-keygen -R', async () => {
    const server = await harness.serve();
    harness.world().writeKnownHosts(`# comment\n${line(server, other.publicText)}`);
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'changed' });
    expect(outcome.kind === 'host-key-refused' && outcome.text).toMatch(
      /known_hosts:2.*ssh-keygen -R '\[127\.0\.0\.1\]:/,
    );
    expect(server.commands).toEqual([]);
  });

  test('that is revoked is refused even where another line knows it', async () => {
    const server = await harness.serve();
    const key = server.hostKeys[0]!.publicText;
    harness.world().writeKnownHosts(line(server, key) + line(server, key, '@revoked '));
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'revoked' });
  });

  test('that only a certificate authority vouches for is unknown', async () => {
    const server = await harness.serve();
    harness.world().writeKnownHosts(line(server, server.hostKeys[0]!.publicText, '@cert-authority '));
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'unknown' });
  });

  test('of the known type is asked for when the host has several', async () => {
    const keys = [generateTestKey('ed25519'), generateTestKey('ecdsa'), generateTestKey('rsa')];
    const server = await harness.serve({ hostKeys: keys });
    for (const key of keys) {
      harness.world().writeKnownHosts(line(server, key.publicText));
      const outcome = await harness.transport().exec(harness.world().target(server), request);
      expect(outcome).toMatchObject({ kind: 'exited', code: 0 });
    }
  });

  test('of a type that is not known does not stand in for the known one', async () => {
    const server = await harness.serve({ hostKeys: [generateTestKey('ecdsa')] });
    harness.world().writeKnownHosts(line(server, other.publicText));
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'changed', fingerprint: null });
    expect(outcome.kind === 'host-key-refused' && outcome.text).toContain('ssh-ed25519');
  });

  test('that is filed under the bare name does not count for another port', async () => {
    const server = await harness.serve();
    harness.world().writeKnownHosts(`127.0.0.1 ${server.hostKeys[0]!.publicText}\n`);
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'unknown' });
  });

  test('is checked again after new session keys were exchanged', async () => {
    const server = await harness.serve({ onExec: (exec) => void exec.connection.flushed().then(() => exec.exit(0)) });
    expect(await harness.transport().exec(harness.world().target(server), request)).toMatchObject({ kind: 'exited' });
  });
});

describe('a known_hosts file', () => {
  test('that does not exist is refused before anything connects', async () => {
    const server = await harness.serve();
    rmSync(harness.world().knownHostsPath);
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'known-hosts-unreadable', fingerprint: null });
    expect(server.acceptedSockets()).toBe(0);
  });

  test('that is a directory is refused', async () => {
    const server = await harness.serve();
    const outcome = await harness
      .transport()
      .exec(harness.world().target(server, { knownHostsPath: harness.world().directory }), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'known-hosts-unreadable' });
  });

  test.skipIf(process.getuid?.() === 0)('that this user may not read is refused', async () => {
    const server = await harness.serve();
    chmodSync(harness.world().knownHostsPath, 0);
    const outcome = await harness.transport().exec(harness.world().target(server), request);
    expect(outcome).toMatchObject({ kind: 'host-key-refused', reason: 'known-hosts-unreadable' });
  });

  test('is read again once it was changed', async () => {
    const server = await harness.serve();
    const transport = harness.transport();
    harness.world().writeKnownHosts('');
    const refused = await transport.exec(harness.world().target(server), request);
    harness.world().writeKnownHosts(server.knownHostsText());
    const allowed = await transport.exec(harness.world().target(server), request);
    expect([refused.kind, allowed.kind]).toEqual(['host-key-refused', 'exited']);
  });
});
