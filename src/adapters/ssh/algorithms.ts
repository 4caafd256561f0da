/**
 * The algorithms we offer, cheapest first: with hardware AES the GCM ciphers cost least, they need no separate MAC, and
 * curve25519 is the cheapest exchange that every supported OpenSSH has. Nothing on SHA-1. Host key types are chosen per host
 * (`host-check.ts`); the table from key type to signature algorithms is here.
 */
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

const KEX: NonNullable<Algorithms['kex']> = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
];

const CIPHERS: NonNullable<Algorithms['cipher']> = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];

const MACS: NonNullable<Algorithms['hmac']> = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** Host key types that we can verify, with the signature algorithms that each can make, in order of preference. */
export const HOST_KEY_ALGORITHMS: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** Signature algorithms for these key types, in our order; types that we can't verify are left out. */
export function hostKeyAlgorithmsFor(types: ReadonlySet<string>): ServerHostKeyAlgorithm[] {
  return [...HOST_KEY_ALGORITHMS].flatMap(([type, algorithms]) => (types.has(type) ? algorithms : []));
}

export function algorithmsWith(serverHostKey: ServerHostKeyAlgorithm[]): Algorithms {
  return { kex: KEX, cipher: CIPHERS, hmac: MACS, compress: ['none'], serverHostKey };
}
