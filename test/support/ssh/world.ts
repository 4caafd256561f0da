/** A directory with a client's key and known_hosts, and targets that use them: what every test of the transport starts from. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshSettings } from '../../../src/domain/cluster.ts';
import { requireMemberName } from '../../../src/domain/ids.ts';
import type { Target } from '../../../src/ports/transport.ts';
import { type TestKey, generateTestKey } from './keys.ts';

export interface SshWorld {
  readonly directory: string;
  readonly clientKey: TestKey;
  readonly keyPath: string;
  readonly knownHostsPath: string;
  writeKnownHosts(text: string): void;
  /** A file in the directory, mode 0600. Returns its path. */
  writeFile(name: string, text: string): string;
  target(at: TargetAt, ssh?: Partial<SshSettings>): Target;
  remove(): void;
}

interface TargetAt {
  readonly host?: string;
  readonly port: number;
  readonly name?: string;
}

export function createSshWorld(): SshWorld {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-ssh-'));
  const clientKey = generateTestKey();
  const writeFile = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const keyPath = writeFile('id_ed25519', clientKey.privateText);
  const knownHostsPath = writeFile('known_hosts', '');
  return {
    directory,
    clientKey,
    keyPath,
    knownHostsPath,
    writeFile,
    writeKnownHosts: (text) => writeFileSync(knownHostsPath, text),
    target: (at, ssh = {}) => ({
      cluster: 'test',
      member: { name: requireMemberName(at.name ?? 'm1'), host: at.host ?? '127.0.0.1', port: at.port },
      ssh: {
        user: 'ubuntu',
        keyPath,
        agent: false,
        knownHostsPath,
        sudo: false,
        jump: null,
        timeoutMs: 10_000,
        ...ssh,
      },
    }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
