/**
 * A real OpenSSH server as the current user, with its own configuration, keys and port on loopback. For tests that also have to
 * hold against `sshd`; where the binary is missing they say so in their name and are skipped.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type TestKey, generateTestKey } from './keys.ts';
import { closeServer, listenOnLoopback } from './listen.ts';

export interface Sshd {
  readonly host: string;
  readonly port: number;
  /** The only user who can log in: the one who runs the tests. */
  readonly user: string;
  readonly hostKeys: readonly TestKey[];
  knownHostsText(): string;
  close(): Promise<void>;
}

export interface SshdOptions {
  readonly authorizedKeys: readonly TestKey[];
  readonly hostKeys?: readonly TestKey[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
}

const CANDIDATES = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];

export function findSshd(): string | null {
  return CANDIDATES.find((path) => existsSync(path)) ?? null;
}

/** Why tests against `sshd` can't run here, for the name of what is skipped; null when they can. */
export function whyNoSshd(): string | null {
  if (findSshd() === null) return 'sshd is not installed';
  return /(?:nologin|false)$/.test(userInfo().shell ?? '') ? 'this user has no login shell' : null;
}

export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const binary = findSshd();
  if (binary === null) throw new Error('sshd is not installed');
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-sshd-'));
  const hostKeys = options.hostKeys ?? [generateTestKey('ed25519'), generateTestKey('ecdsa'), generateTestKey('rsa')];
  const port = await freePort();
  const config = writeConfig(directory, port, hostKeys, options);
  // As root sshd wants its privilege separation directory, which a package's service makes at start.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  const child = spawn(binary, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(child);
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    hostKeys,
    knownHostsText: () => hostKeys.map((key) => `[127.0.0.1]:${port} ${key.publicText}\n`).join(''),
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.kill('SIGTERM')) await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeConfig(directory: string, port: number, hostKeys: readonly TestKey[], options: SshdOptions): string {
  const put = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const authorized = put('authorized_keys', options.authorizedKeys.map((key) => `${key.publicText}\n`).join(''));
  const lines = [
    // First: sshd takes the first value that it reads for a keyword.
    ...(options.config ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((key, index) => `HostKey ${put(`host_key_${index}`, key.privateText)}`),
    `AuthorizedKeysFile ${authorized}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 200:30:300',
    'LogLevel INFO',
  ];
  return put('sshd_config', `${lines.join('\n')}\n`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listenOnLoopback(probe);
  await closeServer(probe);
  return port;
}

async function listening(child: ChildProcess): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk.toString();
      if (text.includes('Server listening on')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${text}`)));
  });
}
