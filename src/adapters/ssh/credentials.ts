/**
 * Turns the configured key or agent into what the login offers. Owns the refusals that OpenSSH makes too (a key that others
 * can read, a key with a passphrase and nobody to type it), each with the next step. A parsed key is kept per file.
 */
import ssh2, { type AuthMethod, type AgentAuthMethod, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2';
import { assertNever } from '../../domain/assert-never.ts';
import type { SshSettings } from '../../domain/cluster.ts';
import { type Result, err, ok } from '../../domain/result.ts';
import { type ConnectFailure, authFailed } from './connect-failure.ts';
import { messageOf, propertyOf } from './remote-text.ts';
import { type FileContent, createCachedReader } from './stat-cache.ts';

export interface Credentials {
  /** Login methods for one user, in the order in which they are tried. Never `none`: it would cost a round trip. */
  methodsFor(username: string): AuthMethod[];
  /** What is offered, for the text of a refused login. */
  readonly description: string;
  /** Path of the key, or null for an agent. */
  readonly keyPath: string | null;
}

export type LoadCredentials = (ssh: SshSettings) => Promise<Result<Credentials, ConnectFailure>>;

type KeyFile =
  | { readonly kind: 'usable'; readonly key: ParsedKey }
  | { readonly kind: 'too-open'; readonly mode: string }
  | { readonly kind: 'passphrase' }
  | { readonly kind: 'unusable'; readonly reason: string };

/** `agentSocket` is the path in SSH_AUTH_SOCK, or null. */
export function createCredentialsLoader(agentSocket: string | null): LoadCredentials {
  const readKey = createCachedReader(parseKeyFile);
  return async (ssh) => {
    if (ssh.keyPath !== null) return keyCredentials(ssh.keyPath, readKey);
    if (!ssh.agent)
      return err(authFailed('Neither a key nor the agent is configured. Set ssh.key, or ssh.agent: true.'));
    if (agentSocket === null || agentSocket === '')
      return err(
        authFailed(
          'ssh.agent is true, but no agent is reachable: SSH_AUTH_SOCK is not set. Start ssh-agent, or set ssh.key.',
        ),
      );
    return ok(agentCredentials(agentSocket));
  };
}

function agentCredentials(agentSocket: string): Credentials {
  const agent = ssh2.createAgent(agentSocket);
  return {
    methodsFor: (username) => [{ type: 'agent', username, agent } satisfies AgentAuthMethod],
    description: 'the keys of the agent',
    keyPath: null,
  };
}

async function keyCredentials(
  path: string,
  readKey: (path: string) => Promise<KeyFile>,
): Promise<Result<Credentials, ConnectFailure>> {
  let file: KeyFile;
  try {
    file = await readKey(path);
  } catch (error) {
    return err(authFailed(unreadableKeyText(path, error)));
  }
  switch (file.kind) {
    case 'usable': {
      const { key } = file;
      return ok({
        methodsFor: (username) => [{ type: 'publickey', username, key } satisfies PublicKeyAuthMethod],
        description: `the key ${path}`,
        keyPath: path,
      });
    }
    case 'too-open':
      return err(
        authFailed(
          `The key ${path} is open to others (mode ${file.mode}), so it is not used. Run chmod 600 '${path}'.`,
        ),
      );
    case 'passphrase':
      return err(
        authFailed(
          `The key ${path} has a passphrase, and nobody is there to type it. Load it with ssh-add and set ssh.agent: true, ` +
            `or use a key without a passphrase (ssh-keygen -p -f '${path}').`,
        ),
      );
    case 'unusable':
      return err(
        authFailed(`${path} is not a usable private key (${file.reason}). Make one with ssh-keygen -t ed25519.`),
      );
    default:
      return assertNever(file);
  }
}

function unreadableKeyText(path: string, error: unknown): string {
  const code = propertyOf(error, 'code');
  if (code === 'ENOENT')
    return `The key ${path} does not exist. Make one with ssh-keygen -t ed25519 -f '${path}', or correct ssh.key.`;
  if (code === 'EACCES') return `The key ${path} can't be read by this user. Correct its owner and mode (600).`;
  return `The key ${path} can't be read (${messageOf(error)}).`;
}

function parseKeyFile(content: FileContent): KeyFile {
  // As OpenSSH does: only for a file of ours; one that belongs to another user is that user's decision.
  const ours = content.uid === process.getuid?.();
  if (ours && (content.mode & 0o077) !== 0) return { kind: 'too-open', mode: `0${(content.mode & 0o777).toString(8)}` };
  const parsed = ssh2.utils.parseKey(content.bytes);
  if (parsed instanceof Error)
    return /passphrase|encrypted/i.test(parsed.message)
      ? { kind: 'passphrase' }
      : { kind: 'unusable', reason: messageOf(parsed) };
  const key: ParsedKey | undefined = Array.isArray(parsed) ? (parsed as ParsedKey[])[0] : parsed;
  if (key === undefined || !key.isPrivateKey()) return { kind: 'unusable', reason: 'it holds no private key' };
  return { kind: 'usable', key };
}
