/**
 * From a target to a logged-in connection: known hosts, credentials, the way there (straight or through the bastion), the
 * handshake. Owns the order of these and the bound on handshakes side by side; keeps no connection but the bastion's.
 */
import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import type { SshSettings } from '../../domain/cluster.ts';
import { type Result, err, ok } from '../../domain/result.ts';
import type { Timers } from '../../ports/system.ts';
import type { Target } from '../../ports/transport.ts';
import { orStopped, stopReasonOf, withBound } from './bound.ts';
import { type ConnectFailure, unreachable } from './connect-failure.ts';
import { type Connection, type LoginSettings, logIn } from './connection.ts';
import { createCredentialsLoader } from './credentials.ts';
import { createHostCheck, knownHostsUnreadable } from './host-check.ts';
import { type JumpHost, createJumpPool } from './jump.ts';
import { parseKnownHosts } from './known-hosts.ts';
import { messageOf, propertyOf } from './remote-text.ts';
import { openSocket } from './socket.ts';
import { createCachedReader } from './stat-cache.ts';

export interface Connector {
  /** Resolves, never rejects. Bounded by the cluster's `ssh.timeoutMs` and by the signal. */
  connect(target: Target, signal: AbortSignal): Promise<Result<Connection, ConnectFailure>>;
  /** A stream to the host's SSH port, straight or through the cluster's bastion, with nothing said on it yet. */
  openStream(to: Address, ssh: SshSettings, signal: AbortSignal): Promise<Result<Duplex, ConnectFailure>>;
  /** Ends the connections to bastions. */
  close(): void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ConnectorOptions {
  readonly timers: Timers;
  readonly agentSocket: string | null;
  readonly keepaliveMs: number;
  readonly maxConcurrentConnects: number;
  /** Ends with the transport. */
  readonly life: AbortSignal;
}

/**
 * A handshake that takes longer gives its slot up: slots spread our own CPU work, and members that accept a connection and
 * then say nothing must not hold the healthy ones up.
 */
const SLOT_MS = 1000;

interface Endpoint extends Address {
  readonly label: string;
  readonly username: string;
}

type OpenStream = (signal: AbortSignal) => Promise<Result<Duplex, ConnectFailure>>;

export function createConnector(options: ConnectorOptions): Connector {
  const { timers, life } = options;
  const slots = pLimit(options.maxConcurrentConnects);
  const loadCredentials = createCredentialsLoader(options.agentSocket);
  const loadKnownHosts = createCachedReader((content) => parseKnownHosts(content.bytes.toString('utf8')));

  async function prepare(endpoint: Endpoint, ssh: SshSettings): Promise<Result<LoginSettings, ConnectFailure>> {
    const path = ssh.knownHostsPath;
    let check;
    try {
      check = createHostCheck(path, await loadKnownHosts(path), endpoint);
    } catch (error) {
      return err(knownHostsUnreadable(path, propertyOf(error, 'code') ?? messageOf(error)));
    }
    const credentials = await loadCredentials(ssh);
    if (!credentials.ok) return credentials;
    const { username, label } = endpoint;
    return ok({ username, label, check, credentials: credentials.value, keepaliveMs: options.keepaliveMs });
  }

  async function handshake(
    stream: Duplex,
    login: LoginSettings,
    signal: AbortSignal,
  ): Promise<Result<Connection, ConnectFailure>> {
    const started = new Promise<Result<Connection, ConnectFailure>>((resolve, reject) => {
      void slots(async () => {
        const done = new AbortController();
        const attempt = stream.destroyed
          ? Promise.resolve(err(unreachable(`${login.label} closed the connection before the handshake`)))
          : logIn(stream, login, signal);
        attempt.then(resolve, reject);
        await Promise.race([attempt.catch(() => undefined), timers.sleep(SLOT_MS, done.signal)]);
        done.abort();
      });
    });
    const result = await orStopped(started, signal);
    if (result === undefined) stream.destroy();
    return result ?? err(unreachable('stopped'));
  }

  /** The bound on connecting starts here; what it says when it is over names the phase. */
  async function connectEndpoint(endpoint: Endpoint, ssh: SshSettings, reach: OpenStream, outer: AbortSignal) {
    return await withBound(
      timers,
      ssh.timeoutMs,
      outer,
      async (signal): Promise<Result<Connection, ConnectFailure>> => {
        const login = await prepare(endpoint, ssh);
        if (!login.ok) return login;
        const stream = await reach(signal);
        const result = stream.ok ? await handshake(stream.value, login.value, signal) : stream;
        if (result.ok || stopReasonOf(signal) !== 'expired') return result;
        const phase = stream.ok ? 'no answer to the SSH handshake' : 'no answer';
        return err(unreachable(`${phase} from ${endpoint.label} within ${ssh.timeoutMs} ms`));
      },
    );
  }

  async function straight(to: Address, signal: AbortSignal): Promise<Result<Duplex, ConnectFailure>> {
    const socket = await openSocket(to.host, to.port, signal);
    return socket.ok ? socket : err(unreachable(socket.error));
  }

  const jumps = createJumpPool((jump: JumpHost, ssh) => {
    const label = `the jump host ${jump.host}:${jump.port}`;
    const endpoint = { host: jump.host, port: jump.port, label, username: jump.user };
    return connectEndpoint(endpoint, ssh, (signal) => straight(jump, signal), life);
  });

  function openStream(to: Address, ssh: SshSettings, signal: AbortSignal): Promise<Result<Duplex, ConnectFailure>> {
    return ssh.jump === null ? straight(to, signal) : jumps.open(ssh, to, signal);
  }

  return {
    openStream,
    connect: async ({ member, ssh }, signal) => {
      const { host, port } = member;
      const endpoint = { host, port, label: `${member.name} (${host}:${port})`, username: ssh.user };
      return await connectEndpoint(endpoint, ssh, (bound) => openStream(endpoint, ssh, bound), signal);
    },
    close: () => jumps.close(),
  };
}
