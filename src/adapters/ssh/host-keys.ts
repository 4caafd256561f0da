/**
 * Asks a host for all its host keys, without logging in to it, for `lockstep trust`. Owns no decision: whether a key is to be
 * trusted is a person's word (`trust.ts`). Each key is taken only after the host proved that it holds the private half.
 */
import type { Duplex } from 'node:stream';
import ssh2, { type ServerHostKeyAlgorithm } from 'ssh2';
import type { SshSettings } from '../../domain/cluster.ts';
import type { Timers } from '../../ports/system.ts';
import { HOST_KEY_ALGORITHMS, algorithmsWith } from './algorithms.ts';
import { orStopped, stopReasonOf, withBound } from './bound.ts';
import { type ConnectFailure, unreachable } from './connect-failure.ts';
import { type Connector, createConnector } from './connector.ts';
import { fingerprintOf, keyTypeOf } from './known-hosts.ts';
import { messageOf } from './remote-text.ts';

export interface ScanTarget {
  /** For texts, such as the member's name. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  /** The way there (`jump`, with the login for it) and `timeoutMs`. The host's own login is not used. */
  readonly ssh: SshSettings;
}

export interface PresentedHostKey {
  readonly keyType: string;
  /** Wire format. */
  readonly key: Buffer;
  /** `SHA256:…`, as OpenSSH prints it. */
  readonly fingerprint: string;
}

export type ScanResult =
  | { readonly kind: 'scanned'; readonly keys: readonly PresentedHostKey[] }
  | { readonly kind: 'failed'; readonly failure: ConnectFailure };

export interface ScanOptions {
  readonly timers: Timers;
  /** As for the transport; used only to log in to a jump host. */
  readonly agentSocket?: string | null;
}

/** Resolves, never rejects. One short connection for each key type, all at once. */
export async function scanHostKeys(target: ScanTarget, options: ScanOptions): Promise<ScanResult> {
  const life = new AbortController();
  const connector = createConnector({
    timers: options.timers,
    agentSocket: options.agentSocket ?? null,
    keepaliveMs: 10_000,
    maxConcurrentConnects: 16,
    life: life.signal,
  });
  try {
    return await withBound(options.timers, target.ssh.timeoutMs, life.signal, async (signal) => {
      const types = [...HOST_KEY_ALGORITHMS.values()];
      const answers = await Promise.all(types.map((type) => presentedKey(connector, target, [...type], signal)));
      const keys = answers.filter((answer): answer is PresentedHostKey => answer !== null && !('kind' in answer));
      if (keys.length > 0) return { kind: 'scanned', keys };
      const failure = answers.find((answer): answer is ConnectFailure => answer !== null && 'kind' in answer);
      return { kind: 'failed', failure: failure ?? silent(target, signal) };
    });
  } finally {
    life.abort('closed');
    connector.close();
  }
}

function silent(target: ScanTarget, signal: AbortSignal): ConnectFailure {
  return stopReasonOf(signal) === null
    ? unreachable(
        `${target.label} (${target.host}:${target.port}) offers no host key of a type that Lockstep can verify`,
      )
    : unreachable(`no answer from ${target.label} (${target.host}:${target.port}) within ${target.ssh.timeoutMs} ms`);
}

/** The host's key of one type; null when it has none, or when time was up. */
async function presentedKey(
  connector: Connector,
  target: ScanTarget,
  type: ServerHostKeyAlgorithm[],
  signal: AbortSignal,
): Promise<PresentedHostKey | ConnectFailure | null> {
  const stream = await connector.openStream(target, target.ssh, signal);
  if (!stream.ok) return stopReasonOf(signal) === null ? stream.error : null;
  const key = await orStopped(handshakeOnly(stream.value, type), signal);
  stream.value.destroy();
  return key ?? null;
}

function handshakeOnly(
  stream: Duplex,
  type: ServerHostKeyAlgorithm[],
): Promise<PresentedHostKey | ConnectFailure | null> {
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    let presented: Buffer | null = null;
    client.on('error', (error: Error) => {
      const none = error.message.includes('no matching host key format');
      resolve(none ? null : unreachable(`the SSH handshake failed (${messageOf(error)})`));
    });
    client.on('close', () => resolve(unreachable('the connection was closed during the SSH handshake')));
    // Comes after the host's signature was verified, and before any login.
    client.on('handshake', () => {
      const keyType = presented === null ? undefined : keyTypeOf(presented);
      if (presented === null || keyType === undefined) resolve(unreachable('the host presented no key'));
      else resolve({ keyType, key: presented, fingerprint: fingerprintOf(presented) });
      stream.destroy();
    });
    client.connect({
      sock: stream,
      username: 'none',
      authHandler: [],
      algorithms: algorithmsWith(type),
      readyTimeout: 0,
      hostVerifier: (key: Buffer) => {
        presented = Buffer.from(key);
        return true;
      },
    });
  });
}
