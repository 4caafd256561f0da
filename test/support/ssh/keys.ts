/** Throw-away SSH keys for tests, in the formats that files and servers want. */
import ssh2 from 'ssh2';
import { assertNever } from '../../../src/domain/assert-never.ts';

export type TestKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface TestKey {
  /** OpenSSH private key text, as in `id_ed25519`. */
  readonly privateText: string;
  /** Wire format, as a server presents it. */
  readonly publicBlob: Buffer;
  /** `type base64`, as in `authorized_keys` and known_hosts. */
  readonly publicText: string;
}

export function generateTestKey(type: TestKeyType = 'ed25519', passphrase?: string): TestKey {
  const locked = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-cbc', rounds: 4 };
  const pair = generateUsablePair(type, locked, passphrase);
  const [name, encoded] = pair.public.split(' ');
  if (name === undefined || encoded === undefined) throw new Error('key generation gave no public key');
  return {
    privateText: pair.private,
    publicBlob: Buffer.from(encoded, 'base64'),
    publicText: `${name} ${encoded}`,
  };
}

/**
 * ssh2 1.17 drops leading zero bytes of an ed25519 public key, so that one generated key in 256 is malformed: such a pair is
 * thrown away. Only generation is affected.
 */
function generateUsablePair(type: TestKeyType, locked: object, passphrase?: string): KeyPair {
  for (;;) {
    const pair = generatePair(type, locked);
    const ends = [ssh2.utils.parseKey(pair.private, passphrase), ssh2.utils.parseKey(pair.public)];
    if (!ends.some((end) => end instanceof Error)) return pair;
  }
}

interface KeyPair {
  readonly private: string;
  readonly public: string;
}

function generatePair(type: TestKeyType, locked: object): KeyPair {
  switch (type) {
    case 'ed25519':
      return ssh2.utils.generateKeyPairSync('ed25519', locked);
    case 'ecdsa':
      return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, ...locked });
    case 'rsa':
      return ssh2.utils.generateKeyPairSync('rsa', { bits: 2048, ...locked });
    default:
      return assertNever(type);
  }
}
