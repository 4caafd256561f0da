import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSshTransport } from '../../../src/adapters/ssh/transport.ts';
import type { Transport } from '../../../src/ports/transport.ts';
import { startSshServer, type SshServerOptions, type SshTestServer } from '../../support/ssh/ssh-server.ts';
import { createMemoryLog, realClock, realTimers } from '../../support/ssh/system.ts';
import { createSshWorld, type SshWorld } from '../../support/ssh/world.ts';

let world: SshWorld;
let transport: Transport;
const servers: SshTestServer[] = [];

beforeEach(() => {
  world = createSshWorld();
  transport = createSshTransport({ clock: realClock, timers: realTimers, log: createMemoryLog() });
});

afterEach(async () => {
  await transport.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  world.remove();
});

async function serve(options: Partial<SshServerOptions> = {}): Promise<SshTestServer> {
  const server = await startSshServer({ authorizedKeys: [world.clientKey], ...options });
  servers.push(server);
  world.writeKnownHosts(servers.map((each) => each.knownHostsText()).join(''));
  return server;
}

describe('a command that ends', () => {
  test('gives its exit code and both streams', async () => {
    const server = await serve();
    const outcome = await transport.exec(world.target(server), {
      text: 'echo out; echo err >&2; exit 3',
      timeoutMs: 5000,
    });
    expect(outcome).toMatchObject({ kind: 'exited', code: 3, truncated: false });
    if (outcome.kind !== 'exited') return;
    expect(Buffer.from(outcome.stdout).toString()).toBe('out\n');
    expect(Buffer.from(outcome.stderr).toString()).toBe('err\n');
  });
});
