import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scanHostKeys } from '../../../src/adapters/ssh/host-keys.ts';
import { fingerprintOf } from '../../../src/adapters/ssh/known-hosts.ts';
import { trustCluster } from '../../../src/adapters/ssh/trust.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import { requireClusterName } from '../../../src/domain/ids.ts';
import { useSshHarness } from '../../support/ssh/harness.ts';
import { generateTestKey } from '../../support/ssh/keys.ts';
import type { SshTestServer } from '../../support/ssh/ssh-server.ts';
import { realTimers } from '../../support/ssh/system.ts';

const harness = useSshHarness();
const scan = (target: Parameters<typeof scanHostKeys>[0]) => scanHostKeys(target, { timers: realTimers });

function clusterOf(servers: readonly SshTestServer[], jump: string | null = null): ClusterConfig {
  const targets = servers.map((server, index) =>
    harness.world().target({ port: server.port, name: `m${index + 1}` }, { jump }),
  );
  return {
    name: requireClusterName('prod'),
    description: null,
    members: targets.map((target) => target.member),
    ssh: targets[0]!.ssh,
    channels: { slack: null, discord: null },
    roles: { viewers: ['*'], operators: [], approvers: [] },
    approvals: { required: 1, allowRequester: false, expiresMs: 1000, console: true, breakGlass: [] },
    changeWindow: null,
    backups: { keep: 5, olderThanMs: 2_592_000_000 },
    watchEveryMs: null,
  };
}

async function trust(cluster: ClusterConfig, answer: boolean) {
  const printed: string[] = [];
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer;
  };
  const summary = await trustCluster({ cluster, scan, ask, print: (line) => void printed.push(line) });
  return { summary, asked, text: printed.join('\n'), file: readKnownHosts() };
}

function readKnownHosts(): string {
  return readFileSync(harness.world().knownHostsPath, 'utf8');
}

describe('scanning host keys', () => {
  test('gives every key of the host with its fingerprint, and does not log in', async () => {
    const hostKeys = [generateTestKey('ed25519'), generateTestKey('ecdsa'), generateTestKey('rsa')];
    const server = await harness.serve({ hostKeys });
    const result = await scan({
      label: 'm1',
      host: server.host,
      port: server.port,
      ssh: harness.world().target(server).ssh,
    });
    expect(result).toEqual({
      kind: 'scanned',
      keys: hostKeys.map((key) => ({
        keyType: key.publicText.split(' ')[0],
        key: key.publicBlob,
        fingerprint: fingerprintOf(key.publicBlob),
      })),
    });
    expect(server.connections).toEqual([]);
  });

  test('of a host that hangs up is failed', async () => {
    const server = await harness.serve({
      onSocket: (socket) => {
        socket.end();
        return false;
      },
    });
    const target = { label: 'm1', host: server.host, port: server.port, ssh: harness.world().target(server).ssh };
    expect(await scan(target)).toMatchObject({ kind: 'failed', failure: { kind: 'unreachable' } });
  });

  test('of a host that says nothing is failed after the time for connecting', async () => {
    const server = await harness.serve({ onSocket: () => false });
    const { ssh } = harness.world().target(server, { timeoutMs: 50 });
    const result = await scan({ label: 'm1', host: server.host, port: server.port, ssh });
    expect(JSON.stringify(result)).toMatch(/"failed".*"unreachable".*within 50 ms/);
  });
});

describe('trust', () => {
  test('shows the fingerprints, asks once, writes, and the transport then connects', async () => {
    const servers = [await harness.serve(), await harness.serve()];
    harness.world().writeKnownHosts('# mine\n');
    const { summary, asked, text, file } = await trust(clusterOf(servers), true);
    expect(summary).toEqual({ added: 2, alreadyKnown: 0, problems: 0, declined: false });
    expect(asked).toHaveLength(1);
    for (const server of servers) expect(text).toContain(fingerprintOf(server.hostKeys[0]!.publicBlob));
    expect(file.startsWith('# mine\n')).toBe(true);
    const outcome = await harness
      .transport()
      .exec(harness.world().target(servers[0]!), { text: 'true', timeoutMs: 9000 });
    expect(outcome).toMatchObject({ kind: 'exited' });
  });

  test('writes nothing without a yes', async () => {
    const server = await harness.serve();
    harness.world().writeKnownHosts('');
    const { summary, file } = await trust(clusterOf([server]), false);
    expect(summary).toMatchObject({ added: 0, declined: true });
    expect(file).toBe('');
  });

  test('creates a known_hosts that does not exist', async () => {
    const server = await harness.serve();
    rmSync(harness.world().knownHostsPath);
    expect((await trust(clusterOf([server]), true)).file).toBe(server.knownHostsText());
  });

  test('asks nothing when every key is known', async () => {
    const server = await harness.serve();
    const { summary, asked } = await trust(clusterOf([server]), true);
    expect(summary).toEqual({ added: 0, alreadyKnown: 1, problems: 0, declined: false });
    expect(asked).toEqual([]);
  });

  test('never adds a key of a host that contradicts the file, not even of another type', async () => {
    const server = await harness.serve({ hostKeys: [generateTestKey('ed25519'), generateTestKey('ecdsa')] });
    const before = `[127.0.0.1]:${server.port} ${generateTestKey().publicText}\n`;
    harness.world().writeKnownHosts(before);
    const { summary, asked, text, file } = await trust(clusterOf([server]), true);
    expect(summary).toMatchObject({ added: 0, problems: 1 });
    expect([asked, file]).toEqual([[], before]);
    expect(text).toMatch(/CHANGED[\s\S]*ssh-keygen -R/);
  });

  test('goes on past a member that does not answer, and counts it', async () => {
    const up = await harness.serve();
    const down = await harness.serve();
    await down.close();
    harness.world().writeKnownHosts('');
    const { summary, text, file } = await trust(clusterOf([up, down]), true);
    expect(summary).toEqual({ added: 1, alreadyKnown: 0, problems: 1, declined: false });
    expect(text).toContain('not asked');
    expect(file).toBe(up.knownHostsText());
  });

  test('asks for the jump host first, then for the members behind it', async () => {
    const bastion = await harness.serve({ allowForwarding: true });
    const member = await harness.serve();
    harness.world().writeKnownHosts('');
    const { summary, asked, file } = await trust(clusterOf([member], `127.0.0.1:${bastion.port}`), true);
    expect(summary).toMatchObject({ added: 2, problems: 0 });
    expect(asked).toHaveLength(2);
    expect(file).toBe(bastion.knownHostsText() + member.knownHostsText());
  });

  test('does not touch the members when the jump host is not trusted', async () => {
    const bastion = await harness.serve({ allowForwarding: true });
    const member = await harness.serve();
    harness.world().writeKnownHosts('');
    const { summary } = await trust(clusterOf([member], `127.0.0.1:${bastion.port}`), false);
    expect(summary).toMatchObject({ added: 0, declined: true });
    expect([member.acceptedSockets(), bastion.forwarded]).toEqual([0, []]);
  });
});
