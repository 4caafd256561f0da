/** One world, one transport and any number of servers for a test file, cleaned up after each test. */
import { afterEach, beforeEach } from 'vitest';
import { type SshTransportOptions, createSshTransport } from '../../../src/adapters/ssh/transport.ts';
import type { ExecOutcome, Transport } from '../../../src/ports/transport.ts';
import { type SshServerOptions, type SshTestServer, startSshServer } from './ssh-server.ts';
import { createMemoryLog, realClock, realTimers } from './system.ts';
import { type SshWorld, createSshWorld } from './world.ts';

export interface SshHarness {
  world(): SshWorld;
  /** Starts a server that lets the world's key in, and adds its host keys to the world's known_hosts. */
  serve(options?: Partial<SshServerOptions>): Promise<SshTestServer>;
  transport(options?: Partial<SshTransportOptions>): Transport;
}

export function useSshHarness(): SshHarness {
  let world: SshWorld | null = null;
  const servers: SshTestServer[] = [];
  const transports: Transport[] = [];
  const current = (): SshWorld => {
    if (world === null) throw new Error('only inside a test');
    return world;
  };
  beforeEach(() => {
    world = createSshWorld();
  });
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
    world?.remove();
    world = null;
  });
  return {
    world: current,
    serve: async (options = {}) => {
      const server = await startSshServer({ authorizedKeys: [current().clientKey], ...options });
      servers.push(server);
      current().writeKnownHosts(servers.map((each) => each.knownHostsText()).join(''));
      return server;
    },
    transport: (options = {}) => {
      const transport = createSshTransport({
        clock: realClock,
        timers: realTimers,
        log: createMemoryLog(),
        ...options,
      });
      transports.push(transport);
      return transport;
    },
  };
}

/** Standard output as text. Throws for an outcome that has none. */
export function stdoutOf(outcome: ExecOutcome): string {
  if (!('stdout' in outcome)) throw new Error(`no output: ${JSON.stringify(outcome)}`);
  return Buffer.from(outcome.stdout).toString();
}

export function stderrOf(outcome: ExecOutcome): string {
  if (!('stderr' in outcome)) throw new Error(`no output: ${JSON.stringify(outcome)}`);
  return Buffer.from(outcome.stderr).toString();
}
