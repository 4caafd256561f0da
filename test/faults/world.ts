/** A real lab whose members are reached over cables of ours, and a Lockstep that knows no other way to them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, startLab } from '../lab/lab.ts';
import { newDirectory } from '../lab/support/cluster.ts';
import { type Cable, layCable } from './cable.ts';

export interface World {
  readonly lab: Lab;
  readonly config: string;
  /** Lockstep's data directory, on a small file system of its own. */
  readonly data: string;
  cable(member: string): Cable;
  /** Nothing more fits beside Lockstep's database, until `makeRoom`. */
  fillData(): void;
  makeRoom(): void;
  /** Cables as new, an empty data directory. */
  renew(): void;
  close(): Promise<void>;
}

const DATA_MIB = 16;

export async function openWorld(): Promise<World> {
  const lab = await startLab();
  const cables = new Map<string, Cable>();
  for (const { name, host, port } of lab.members) cables.set(name, await layCable(host, port));
  const cable = (member: string): Cable => {
    const found = cables.get(member);
    if (found === undefined) throw new Error(`no cable to ${member}`);
    return found;
  };
  const dir = newDirectory();
  const config = await writeConfig(lab, dir, cable);
  const data = join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  const mount = (): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DATA_MIB}m,mode=0700`, 'lockstep-faults', data]);
  };
  mount();
  const filler = join(data, 'filler');
  return {
    lab,
    config,
    data,
    cable,
    fillData() {
      try {
        writeFileSync(filler, Buffer.alloc(DATA_MIB * 1024 * 1024));
      } catch {
        // It is full, which was the purpose.
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    renew() {
      for (const each of cables.values()) each.mend();
      execFileSync('umount', [data]);
      mount();
    },
    async close() {
      for (const each of cables.values()) await each.close();
      execFileSync('umount', [data]);
      await lab.down();
    },
  };
}

/** The lab's own configuration, with the near ends of the cables in place of the members' addresses. */
async function writeConfig(lab: Lab, dir: string, cable: (member: string) => Cable): Promise<string> {
  const keys = await readFile(lab.knownHosts, 'utf8');
  let yaml = lab.clustersYaml;
  const known: string[] = [];
  for (const { name, host, port } of lab.members) {
    const near = cable(name).port;
    yaml = yaml.replace(
      `{name: ${name}, host: ${host}, port: ${port}}`,
      `{name: ${name}, host: 127.0.0.1, port: ${near}}`,
    );
    for (const line of keys.split('\n')) {
      if (line.startsWith(`${host} `)) known.push(`[127.0.0.1]:${near}${line.slice(host.length)}`);
    }
  }
  const knownHosts = join(dir, 'known_hosts');
  await writeFile(knownHosts, `${known.join('\n')}\n`);
  const config = join(dir, 'clusters.yaml');
  await writeFile(config, yaml.replace(JSON.stringify(lab.knownHosts), JSON.stringify(knownHosts)));
  return config;
}
