/**
 * What Lockstep needs to reach a rehearsal: client key, host keys, known_hosts and clusters.yaml, all below the rehearsal's own
 * directory. Keys are made once and kept, so that a restart is the same cluster.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';

export interface Place {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

interface KeyPair {
  /** OpenSSH private key. */
  readonly private: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly public: string;
}

/** About one in 250 keys that ssh2 1.17 makes it calls malformed itself, so each is tried. */
function makeKeyPair(): KeyPair {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'rehearsal' });
    if (!(ssh2.utils.parseKey(made.private) instanceof Error)) return made;
  }
}

export function ensureKey(layout: Layout, name: string): KeyPair {
  mkdirSync(layout.keys, { recursive: true, mode: 0o700 });
  const path = join(layout.keys, name);
  if (!existsSync(path)) {
    const made = makeKeyPair();
    writeFileSync(`${path}.pub`, `${made.public}\n`);
    writeFileSync(path, made.private, { mode: 0o600 });
  }
  return { private: readFileSync(path, 'utf8'), public: readFileSync(`${path}.pub`, 'utf8').trim() };
}

/** `changed`: members whose known key is another than the one that they show. */
export function writeKnownHosts(layout: Layout, places: readonly Place[], changed: ReadonlySet<string>): void {
  const lines = places.map((place) => {
    const key = ensureKey(layout, changed.has(place.name) ? `${place.name}-before` : place.name);
    const [type = '', blob = ''] = key.public.split(' ');
    return `[${place.host}]:${String(place.port)} ${type} ${blob}\n`;
  });
  writeAtomic(layout.knownHosts, lines.join(''), 0o644);
}

/** The OS user may operate too, so that a newcomer can try; nobody may approve what they asked for; carol may break the glass. */
export function writeClusters(layout: Layout, cluster: string, places: readonly Place[], description: string): void {
  const user = userInfo().username;
  const own = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(user) && user !== 'alice' ? [`console:${user}`] : [];
  const members = places.map(
    ({ name, host, port }) => `      - {name: ${name}, host: ${host}, port: ${String(port)}}\n`,
  );
  const text = `# Written by the rehearsal; members are simulated and listen on this machine alone.
clusters:
  ${cluster}:
    description: ${JSON.stringify(description)}
    members:
${members.join('')}    ssh:
      user: ops
      key: ${JSON.stringify(layout.clientKey)}
      knownHosts: ${JSON.stringify(layout.knownHosts)}
      sudo: true
      timeout: 3s
    roles:
      viewers: ["*"]
      operators: [${['console:alice', ...own].join(', ')}]
      approvers: [console:bob]
    approvals: {breakGlass: [console:carol]}
`;
  writeAtomic(layout.config, text, 0o644);
}
