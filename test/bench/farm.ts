/**
 * N real `sshd` on loopback, with the files that OpenSSH's own client needs to reach them by name. The members' home is an empty
 * folder: a heavy shell profile of whoever runs this would dominate every figure.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sshd, startSshd } from '../support/ssh/sshd.ts';
import { type SshWorld, createSshWorld } from '../support/ssh/world.ts';

export interface Farm {
  readonly world: SshWorld;
  readonly hosts: readonly { readonly name: string; readonly server: Sshd }[];
  readonly names: readonly string[];
  /** ssh_config without kept connections, and with them. */
  readonly coldConfig: string;
  readonly keptConfig: string;
  close(): Promise<void>;
}

/** `environment`: `NAME=value`, set by every server for what it runs. */
export async function startFarm(count: number, environment: readonly string[] = []): Promise<Farm> {
  const world = createSshWorld();
  const hosts: { readonly name: string; readonly server: Sshd }[] = [];
  for (let index = 1; index <= count; index += 1) {
    hosts.push({
      name: `n${index}`,
      server: await startSshd({
        authorizedKeys: [world.clientKey],
        config: [`SetEnv ${[`HOME=${world.directory}`, ...environment].join(' ')}`],
      }),
    });
  }
  world.writeKnownHosts(hosts.map(({ server }) => server.knownHostsText()).join(''));
  const common = [
    `  User ${hosts[0]?.server.user ?? 'nobody'}`,
    `  IdentityFile ${world.keyPath}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${world.knownHostsPath}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  LogLevel ERROR',
  ];
  const write = (name: string, extra: readonly string[]): string => {
    const blocks = hosts.map(
      ({ name: host, server }) => `Host ${host}\n  HostName ${server.host}\n  Port ${server.port}\n`,
    );
    const path = join(world.directory, name);
    writeFileSync(path, `${blocks.join('')}Host *\n${[...common, ...extra].join('\n')}\n`);
    return path;
  };
  return {
    world,
    hosts,
    names: hosts.map(({ name }) => name),
    coldConfig: write('cold_config', []),
    keptConfig: write('kept_config', [
      '  ControlMaster auto',
      `  ControlPath ${join(world.directory, 'cm-%n')}`,
      '  ControlPersist 600',
    ]),
    close: async () => {
      for (const { server } of hosts) await server.close();
      world.remove();
    },
  };
}
