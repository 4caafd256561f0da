/**
 * What has to be right on our side before anything connects: known_hosts can be read, a key or an agent is there. Owns the
 * order (no trust in the host, no look at the key) and keeps parsed files.
 */
import type { SshSettings } from '../../domain/cluster.ts';
import { type Result, err, ok } from '../../domain/result.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { LoginSettings } from './connection.ts';
import { createCredentialsLoader } from './credentials.ts';
import { type CheckedHost, type HostCheck, createHostCheck, knownHostsUnreadable } from './host-check.ts';
import { parseKnownHosts } from './known-hosts.ts';
import { messageOf, propertyOf } from './remote-text.ts';
import { createCachedReader } from './stat-cache.ts';

export interface Endpoint extends CheckedHost {
  readonly username: string;
}

export type PrepareLogin = (endpoint: Endpoint, ssh: SshSettings) => Promise<Result<LoginSettings, ConnectFailure>>;

export function createLoginPreparation(agentSocket: string | null, keepaliveMs: number): PrepareLogin {
  const loadCredentials = createCredentialsLoader(agentSocket);
  const loadKnownHosts = createCachedReader((content) => parseKnownHosts(content.bytes.toString('utf8')));

  async function checkFor(path: string, endpoint: Endpoint): Promise<Result<HostCheck, ConnectFailure>> {
    try {
      return ok(createHostCheck(path, await loadKnownHosts(path), endpoint));
    } catch (error) {
      return err(knownHostsUnreadable(path, propertyOf(error, 'code') ?? messageOf(error)));
    }
  }

  return async (endpoint, ssh) => {
    const check = await checkFor(ssh.knownHostsPath, endpoint);
    if (!check.ok) return check;
    const credentials = await loadCredentials(ssh);
    if (!credentials.ok) return credentials;
    const { username, label } = endpoint;
    return ok({ username, label, check: check.value, credentials: credentials.value, keepaliveMs });
  };
}
