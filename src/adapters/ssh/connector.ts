/**
 * From a target to a logged-in connection: preparation, the way there (straight or through the bastion), the handshake. Owns
 * the bound on connecting and what is said when it is over; keeps no connection but the bastion's.
 */
import type { Duplex } from 'node:stream';
import type { SshSettings } from '../../domain/cluster.ts';
import { type Result, err } from '../../domain/result.ts';
import type { Timers } from '../../ports/system.ts';
import type { Target } from '../../ports/transport.ts';
import { orStopped, stopReasonOf, withBound } from './bound.ts';
import { type ConnectFailure, unreachable } from './connect-failure.ts';
import { type Connection, type LoginSettings, logIn } from './connection.ts';
import { type InSlot, createHandshakeSlots } from './handshake-slots.ts';
import { createJumpPool } from './jump.ts';
import { type Endpoint, createLoginPreparation } from './login-settings.ts';
import { openSocket } from './socket.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Connector {
  /** Resolves, never rejects. Bounded by the cluster's `ssh.timeoutMs` and by the signal. */
  connect(target: Target, signal: AbortSignal): Promise<Result<Connection, ConnectFailure>>;
  /** A stream to the host's SSH port, straight or through the cluster's bastion, with nothing said on it yet. */
  openStream(to: Address, ssh: SshSettings, signal: AbortSignal): Promise<Result<Duplex, ConnectFailure>>;
  /** Ends the connections to bastions. */
  close(): void;
}

export interface ConnectorOptions {
  readonly timers: Timers;
  readonly agentSocket: string | null;
  readonly keepaliveMs: number;
  readonly maxConcurrentConnects: number;
  /** Ends with the transport. */
  readonly life: AbortSignal;
}

type OpenStream = (signal: AbortSignal) => Promise<Result<Duplex, ConnectFailure>>;

export function createConnector(options: ConnectorOptions): Connector {
  const { timers, life } = options;
  const inSlot = createHandshakeSlots(options.maxConcurrentConnects, timers);
  const prepare = createLoginPreparation(options.agentSocket, options.keepaliveMs);

  async function reach(endpoint: Endpoint, ssh: SshSettings, way: OpenStream, outer: AbortSignal) {
    return await withBound(
      timers,
      ssh.timeoutMs,
      outer,
      async (signal): Promise<Result<Connection, ConnectFailure>> => {
        const login = await prepare(endpoint, ssh);
        if (!login.ok) return login;
        const stream = await way(signal);
        const result = stream.ok ? await handshake(stream.value, login.value, inSlot, signal) : stream;
        if (result.ok || stopReasonOf(signal) !== 'expired') return result;
        return err(unreachable(`${silence(stream, endpoint)} within ${ssh.timeoutMs} ms`));
      },
    );
  }

  const jumps = createJumpPool((jump, ssh) => {
    const { host, port, user } = jump;
    const endpoint = { host, port, label: `the jump host ${host}:${port}`, username: user };
    return reach(endpoint, ssh, (signal) => straight(jump, signal), life);
  });

  function openStream(to: Address, ssh: SshSettings, signal: AbortSignal): Promise<Result<Duplex, ConnectFailure>> {
    return ssh.jump === null ? straight(to, signal) : jumps.open(ssh, to, signal);
  }

  return {
    openStream,
    connect: async ({ member, ssh }, signal) => {
      const { host, port } = member;
      const endpoint = { host, port, label: `${member.name} (${host}:${port})`, username: ssh.user };
      return await reach(endpoint, ssh, (bound) => openStream(endpoint, ssh, bound), signal);
    },
    close: () => jumps.close(),
  };
}

/** Who was silent when the time for connecting was over. */
function silence(stream: Result<Duplex, ConnectFailure>, endpoint: Endpoint): string {
  if (stream.ok) return `no answer to the SSH handshake from ${endpoint.label}`;
  const { error } = stream;
  return error.kind === 'unreachable' && error.reason !== 'stopped' ? error.reason : `no answer from ${endpoint.label}`;
}

async function straight(to: Address, signal: AbortSignal): Promise<Result<Duplex, ConnectFailure>> {
  const socket = await openSocket(to.host, to.port, signal);
  return socket.ok ? socket : err(unreachable(socket.error));
}

async function handshake(
  stream: Duplex,
  login: LoginSettings,
  inSlot: InSlot,
  signal: AbortSignal,
): Promise<Result<Connection, ConnectFailure>> {
  const attempt = inSlot(async () =>
    stream.destroyed
      ? err(unreachable(`${login.label} closed the connection before the handshake`))
      : await logIn(stream, login, signal),
  );
  const result = await orStopped(attempt, signal);
  if (result === undefined) stream.destroy();
  return result ?? err(unreachable('stopped'));
}
