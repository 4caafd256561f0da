/**
 * The bastion: its address, and one kept connection to it that all members behind it share, as `ProxyJump` with a control
 * connection would. Its host key is checked like a member's, against the same file.
 */
import type { Duplex } from 'node:stream';
import type { SshSettings } from '../../domain/cluster.ts';
import { type Result, err, ok } from '../../domain/result.ts';
import { orStopped } from './bound.ts';
import { type ConnectFailure, unreachable } from './connect-failure.ts';
import type { Connection } from './connection.ts';
import { messageOf } from './remote-text.ts';

export interface JumpHost {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

const JUMP = /^(?:([^@\s]+)@)?(?:\[([0-9A-Fa-f:.%]+)\]|([^:@\s[\]]+))(?::([0-9]{1,5}))?$/;

/** Reads `[user@]host[:port]`, an IPv6 address in brackets. The user is the cluster's where none is given. */
export function parseJump(text: string, defaultUser: string): Result<JumpHost, string> {
  const match = JUMP.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (match === null || host === undefined)
    return err(`not a jump host: ${JSON.stringify(text)} (want [user@]host[:port])`);
  const port = match[4] === undefined ? 22 : Number(match[4]);
  if (port < 1 || port > 65_535) return err(`not a port in the jump host: ${JSON.stringify(text)}`);
  return ok({ user: match[1] ?? defaultUser, host, port });
}

export type ConnectJump = (jump: JumpHost, ssh: SshSettings) => Promise<Result<Connection, ConnectFailure>>;

export interface JumpPool {
  /** A stream to `host:port` through the bastion of `ssh`. */
  open(
    ssh: SshSettings,
    to: { readonly host: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<Result<Duplex, ConnectFailure>>;
  close(): void;
}

interface Kept {
  readonly attempt: Promise<Result<Connection, ConnectFailure>>;
  connection: Connection | null;
}

/** `connect` is bounded by itself: an attempt is shared, so no single member's time-out may end it. */
export function createJumpPool(connect: ConnectJump): JumpPool {
  const pool = new Map<string, Kept>();
  let ended = false;

  function shared(jump: JumpHost, ssh: SshSettings): Promise<Result<Connection, ConnectFailure>> {
    const key = JSON.stringify([jump, ssh.keyPath, ssh.agent, ssh.knownHostsPath]);
    const kept = pool.get(key);
    if (kept !== undefined && (kept.connection === null || kept.connection.isOpen())) return kept.attempt;
    const fresh: Kept = { attempt: connect(jump, ssh), connection: null };
    pool.set(key, fresh);
    const forget = (): void => {
      if (pool.get(key) === fresh) pool.delete(key);
    };
    void fresh.attempt.then((result) => {
      if (!result.ok) return forget();
      fresh.connection = result.value;
      if (ended) result.value.destroy();
      result.value.whenClosed(forget);
      return undefined;
    }, forget);
    return fresh.attempt;
  }

  return {
    open: async (ssh, to, signal) => {
      const jump = parseJump(ssh.jump ?? '', ssh.user);
      if (!jump.ok) return err(unreachable(jump.error));
      const reached = await orStopped(shared(jump.value, ssh), signal);
      if (reached === undefined)
        return err(unreachable(`no answer from the jump host ${jump.value.host}:${jump.value.port}`));
      if (!reached.ok) return reached;
      const stream = await orStopped(forward(reached.value, to), signal);
      if (stream === undefined)
        return err(unreachable(`the jump host ${jump.value.host} did not reach ${to.host}:${to.port} in time`));
      return stream.ok
        ? stream
        : err(unreachable(`the jump host ${jump.value.host} can't reach ${to.host}:${to.port} (${stream.error})`));
    },
    close: () => {
      ended = true;
      for (const kept of pool.values()) kept.connection?.destroy();
      pool.clear();
    },
  };
}

function forward(
  connection: Connection,
  to: { readonly host: string; readonly port: number },
): Promise<Result<Duplex, string>> {
  return new Promise((resolve) => {
    try {
      connection.client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
        if (error !== undefined && error !== null) return resolve(err(messageOf(error)));
        // As on a socket: an error while nobody else listens must not end the process.
        channel.on('error', () => undefined);
        return resolve(ok(channel));
      });
    } catch (error) {
      resolve(err(messageOf(error)));
    }
  });
}
