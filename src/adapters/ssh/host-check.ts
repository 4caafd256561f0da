/**
 * Decides about the host key of one connection, failing closed. Owns the step from known_hosts entries to the algorithms that
 * we ask for and to the refusal that a person reads; parsing and verdicts are in `known-hosts.ts`.
 */
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { assertNever } from '../../domain/assert-never.ts';
import { HOST_KEY_ALGORITHMS, hostKeyAlgorithmsFor } from './algorithms.ts';
import { type ConnectFailure, hostKeyRefused } from './connect-failure.ts';
import { type HostKeyVerdict, type KnownHosts, entriesFor, fingerprintOf, judgeHostKey } from './known-hosts.ts';

export interface HostCheck {
  /** What to ask the server for: the types that are known for this host, or all types when there is none. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** For the handshake: true only for a known key. */
  verify(key: Buffer): boolean;
  /** Why the last key was refused, or null. */
  refusal(): ConnectFailure | null;
  /** The refusal for a server that offers none of the types asked for. */
  noSharedType(): ConnectFailure;
}

export interface CheckedHost {
  readonly host: string;
  readonly port: number;
  /** For the text of a refusal, such as `m1 (10.0.0.1:22)`. */
  readonly label: string;
}

export function createHostCheck(path: string, known: KnownHosts, checked: CheckedHost): HostCheck {
  const entries = entriesFor(known, checked.host, checked.port);
  const plain = entries.filter((entry) => entry.marker === null);
  const types = new Set(plain.map((entry) => entry.keyType));
  const limited = hostKeyAlgorithmsFor(types);
  const all = hostKeyAlgorithmsFor(new Set(HOST_KEY_ALGORITHMS.keys()));
  let refused: ConnectFailure | null = null;
  return {
    // With no known key the handshake is still made, up to the refusal: it is how a person gets the fingerprint to compare.
    algorithms: limited.length > 0 ? limited : all,
    verify: (key) => {
      const verdict = judgeHostKey(entries, key);
      refused = refusalOf(verdict, fingerprintOf(key), path, checked);
      return refused === null;
    },
    refusal: () => refused,
    noSharedType: () =>
      hostKeyRefused(
        'changed',
        null,
        `${checked.label} offers none of the host key types that ${path} has for it (${[...types].join(', ')}). ` +
          `If its keys were replaced, remove the old ones with ${removal(checked, path)} and run lockstep trust.`,
      ),
  };
}

function refusalOf(
  verdict: HostKeyVerdict,
  fingerprint: string,
  path: string,
  checked: CheckedHost,
): ConnectFailure | null {
  switch (verdict.kind) {
    case 'known':
      return null;
    case 'unknown':
      return hostKeyRefused(
        'unknown',
        fingerprint,
        `The host key of ${checked.label} is not in ${path} (presented: ${fingerprint}). Compare it and run lockstep trust.`,
      );
    case 'changed':
      return hostKeyRefused(
        'changed',
        fingerprint,
        `The host key of ${checked.label} is not the one at ${path}:${verdict.line} (presented: ${fingerprint}). ` +
          `Someone may be listening in. If it was replaced, remove the old one with ${removal(checked, path)} and run lockstep trust.`,
      );
    case 'revoked':
      return hostKeyRefused(
        'revoked',
        fingerprint,
        `The host key of ${checked.label} is marked @revoked at ${path}:${verdict.line} (presented: ${fingerprint}).`,
      );
    default:
      return assertNever(verdict);
  }
}

function removal(checked: CheckedHost, path: string): string {
  const name = checked.port === 22 ? checked.host : `[${checked.host}]:${checked.port}`;
  return `ssh-keygen -R '${name}' -f '${path}'`;
}

export function knownHostsUnreadable(path: string, reason: string): ConnectFailure {
  return hostKeyRefused(
    'known-hosts-unreadable',
    null,
    `${path} can't be read (${reason}), so no host key can be trusted. Make it readable, or run lockstep trust to create it.`,
  );
}
