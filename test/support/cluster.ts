/** Builders for configuration and people, so that a test says only what it is about. */
import type { ApprovalPolicy, ClusterConfig, Member, Roles } from '../../src/domain/cluster.ts';
import { requireClusterName, requireMemberName } from '../../src/domain/ids.ts';
import type { Person } from '../../src/domain/person.ts';

function aMember(name: string, index = 1): Member {
  return { name: requireMemberName(name), host: `10.0.0.${index}`, port: 22 };
}

export interface ClusterOptions {
  readonly members?: readonly string[];
  readonly roles?: Partial<Roles>;
  readonly approvals?: Partial<ApprovalPolicy>;
  readonly changeWindow?: ClusterConfig['changeWindow'];
  readonly people?: readonly (readonly string[])[];
}

export function aCluster(options: ClusterOptions = {}): ClusterConfig {
  return {
    name: requireClusterName('prod'),
    description: null,
    members: (options.members ?? ['m1', 'm2', 'm3']).map((name, index) => aMember(name, index + 1)),
    ssh: {
      user: 'ubuntu',
      keyPath: '/keys/lockstep',
      agent: false,
      knownHostsPath: '/keys/known_hosts',
      sudo: true,
      jump: null,
      timeoutMs: 10_000,
    },
    channels: { slack: null, discord: null },
    roles: { viewers: ['*'], operators: ['console:alice'], approvers: ['console:bob'], ...options.roles },
    approvals: {
      required: 1,
      allowRequester: false,
      expiresMs: 900_000,
      console: true,
      breakGlass: [],
      ...options.approvals,
    },
    changeWindow: options.changeWindow ?? null,
    backups: { keep: 5, olderThanMs: 2_592_000_000 },
    watchEveryMs: null,
    ...(options.people === undefined ? {} : { people: options.people }),
  };
}

export function aPerson(principal: string, groups: readonly string[] = []): Person {
  const platform = (['slack', 'discord'] as const).find((name) => principal.startsWith(`${name}:`)) ?? 'console';
  const id = principal.slice(platform.length + 1);
  return { platform, id, displayName: id, groups, osUser: platform === 'console' ? 'root' : null };
}
