/**
 * One SSH connection, from an open stream to a logged-in client. Owns the handshake, the state (open or not, and why not) and
 * the promise that nothing a server does becomes an uncaught exception. Runs no command (`run-command.ts`).
 *
 * node-ssh makes the connection; its `client` is used directly afterwards, because node-ssh keeps all output of a command in
 * memory whatever handlers are given. A client without an `error` listener turns a TCP reset into an uncaught exception
 * (https://github.com/steelbrain/node-ssh/issues/421), so one is attached in the same tick and never taken off.
 */
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Client } from 'ssh2';
import { type Result, err, ok } from '../../domain/result.ts';
import { algorithmsWith } from './algorithms.ts';
import { orStopped } from './bound.ts';
import { type ConnectFailure, authFailed, unreachable } from './connect-failure.ts';
import type { Credentials } from './credentials.ts';
import type { HostCheck } from './host-check.ts';
import { messageOf, propertyOf } from './remote-text.ts';

export interface Connection {
  readonly client: Client;
  isOpen(): boolean;
  /**
   * `tell` gets the reason once, as soon as the connection is gone; the returned function takes it back. Not a promise: a connection
   * lives for days, and a promise keeps whatever was ever hung on it, such as the output of every command.
   */
  whenClosed(tell: (reason: string) => void): () => void;
  /** Ends it at once. Idempotent. */
  destroy(): void;
}

export interface LoginSettings {
  readonly username: string;
  readonly credentials: Credentials;
  readonly check: HostCheck;
  /** For texts, such as `m1 (10.0.0.1:22)`. */
  readonly label: string;
  readonly keepaliveMs: number;
}

/** Unanswered keepalives after which the peer counts as gone. */
const KEEPALIVE_COUNT = 3;

/** Handshake and login over an open stream. On failure, or when the signal fires, the stream is destroyed. */
export async function logIn(
  stream: Duplex,
  settings: LoginSettings,
  signal: AbortSignal,
): Promise<Result<Connection, ConnectFailure>> {
  const ssh = new NodeSSH();
  const attempt = ssh.connect({
    sock: stream,
    username: settings.username,
    authHandler: settings.credentials.methodsFor(settings.username),
    algorithms: algorithmsWith(settings.check.algorithms),
    hostVerifier: (key: Buffer) => settings.check.verify(key),
    keepaliveInterval: settings.keepaliveMs,
    keepaliveCountMax: KEEPALIVE_COUNT,
    readyTimeout: 0,
  });
  const client = ssh.connection;
  if (client === null)
    throw new Error('node-ssh made no client', { cause: await attempt.catch((error: unknown) => error) });
  skipHostKeyProof(client);
  const connection = watch(client, stream);
  try {
    if ((await orStopped(attempt, signal)) !== undefined) return ok(connection);
    connection.destroy();
    return err(unreachable('stopped'));
  } catch (error) {
    connection.destroy();
    return err(describeFailure(error, settings));
  }
}

/**
 * After every login OpenSSH announces all its host keys, and ssh2 then asks it to sign with each of them, for an event that we
 * don't use: one more round trip and three signatures, 15% of a cold connect to 16 members. ssh2 has no option against it; it
 * asks only servers whose version reads OpenSSH, so the version it remembers is blanked once the handshake is over. Should
 * that field go away, the proof is asked for again and nothing else changes.
 */
function skipHostKeyProof(client: Client): void {
  client.once('handshake', () => Reflect.set(client, '_remoteVer', ''));
}

function watch(client: Client, stream: Duplex): Connection {
  let open = true;
  let reason: string | null = null;
  const gone = (why: string): void => {
    open = false;
    reason ??= why;
    // Not left to the peer's answer: one that is silent would keep the socket, and what waits on it, for ever.
    stream.destroy();
  };
  let closed = false;
  const listeners = new Set<(why: string) => void>();
  client.on('close', () => {
    gone('the connection was closed');
    closed = true;
    spread();
  });
  // Later than ssh2 itself tells those whose request was never sent: they know more.
  const spread = (): void =>
    queueMicrotask(() => {
      const told = [...listeners];
      listeners.clear();
      for (const tell of told) tell(reason ?? 'the connection was closed');
    });
  const whenClosed = (tell: (why: string) => void): (() => void) => {
    listeners.add(tell);
    if (closed) spread();
    return () => listeners.delete(tell);
  };
  client.on('error', (error: Error) => gone(describeLoss(error)));
  client.on('end', () => gone('the server ended the connection'));
  return { client, isOpen: () => open, whenClosed, destroy: () => gone('closed by Lockstep') };
}

function describeLoss(error: Error): string {
  const code = propertyOf(error, 'code');
  if (code === 'ECONNRESET') return 'the connection was reset';
  if (propertyOf(error, 'level') === 'client-timeout') return 'the server stopped answering (keepalive)';
  return `the connection failed (${messageOf(error)})`;
}

function describeFailure(error: unknown, settings: LoginSettings): ConnectFailure {
  const { check, label } = settings;
  const refusal = check.refusal();
  if (refusal !== null) return refusal;
  const message = messageOf(error);
  if (message.includes('no matching host key format')) return check.noSharedType();
  const level = propertyOf(error, 'level');
  if (level === 'agent')
    return authFailed(
      `The agent can't be used for ${label} (${message}). Check that ssh-agent runs and holds the key (ssh-add -l).`,
    );
  if (level === 'client-authentication' || /authentication failures/i.test(message)) return refusedLogin(settings);
  if (message === 'No response from server')
    return unreachable(`${label} closed the connection before the login was complete`);
  return unreachable(`the SSH handshake with ${label} failed (${message})`);
}

function refusedLogin({ username, credentials, label }: LoginSettings): ConnectFailure {
  const next =
    credentials.keyPath === null
      ? 'Load the right key with ssh-add.'
      : `Add its public half to ~${username}/.ssh/authorized_keys there.`;
  return authFailed(`${label} refused ${credentials.description} for user ${username}. ${next}`);
}
