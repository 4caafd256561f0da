/**
 * A real LXD cluster for tests: start it, break it in a named way, look at it, take it away.
 * Owns the life cycle of a lab and where it lives; single members are in machines.ts, named states in scenarios.ts.
 * Needs root and Linux. Everything a lab makes is gone after `down`, also when `up` failed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderClustersYaml } from './clusters-yaml.ts';
import { Machines } from './machines.ts';
import { reachScenario, type ScenarioName } from './scenarios.ts';
import { defaultPlace, type LabPlace, requireLabScript } from './shell.ts';

export interface LabOptions {
  /** 1 to 7; 3 unless told. */
  readonly members?: number;
  /** A place of its own is chosen for what is left out. */
  readonly place?: Partial<LabPlace>;
}

/**
 * Start a lab: when this resolves, every member is ONLINE on revision 502 and refreshes are held. It goes away with this process at
 * the latest, however that ends.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  await sweepLeftovers();
  const lab = new Lab(choosePlace(options.place ?? {}), options.members ?? 3);
  await lab.up(process.pid);
  return lab;
}

/** A lab that is up already, such as one started by `npm run lab up`. */
export function attachLab(place: LabPlace): Lab {
  const file = join(place.dir, 'members');
  if (!existsSync(file)) {
    throw new Error(`no lab is up in ${place.dir}; start one with: npm run lab up`);
  }
  return new Lab(place, readFileSync(file, 'utf8').trim().split('\n').length);
}

export class Lab extends Machines {
  readonly key: string;
  readonly knownHosts: string;
  /** The file that `up` writes, for `--config`; and its text. */
  readonly configPath: string;
  readonly clustersYaml: string;

  constructor(place: LabPlace, count: number) {
    super(place, count);
    this.key = join(place.dir, 'key');
    this.knownHosts = join(place.dir, 'known_hosts');
    this.configPath = join(place.dir, 'clusters.yaml');
    this.clustersYaml = renderClustersYaml(this);
  }

  /** With an owner, a process id, the lab is taken down also when that process ends without a word. */
  async up(owner: number | null = null): Promise<void> {
    const env = owner === null ? {} : { LOCKSTEP_LAB_OWNER: String(owner) };
    await requireLabScript(this.place, ['up', String(this.members.length)], { env });
    await writeFile(this.configPath, this.clustersYaml);
    this.pristine = true;
  }

  async down(): Promise<void> {
    await requireLabScript(this.place, ['down']);
  }

  /** Bring every member back to where it was at the end of `up`, whatever has happened since. */
  async reset(): Promise<void> {
    if (!this.pristine) {
      await requireLabScript(this.place, ['reset']);
      this.pristine = true;
    }
  }

  /** From a healthy cluster into a named state. Resolves with one line of what is true, once it is. */
  async scenario(name: ScenarioName): Promise<string> {
    await this.reset();
    return reachScenario(this, name);
  }
}

/** Take down what test runs left behind whose guard was ended too: the name of a chosen place says whose it is. */
async function sweepLeftovers(): Promise<void> {
  await requireLabScript(defaultPlace(), ['sweep']);
  for (const name of readdirSync(tmpdir())) {
    const [, pid, third] = /^lockstep-lab-(\d+)-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && third !== undefined && !existsSync(`/proc/${pid}`)) {
      await requireLabScript(chosenPlace(name, third), ['down']);
    }
  }
}

function chosenPlace(name: string, third: number | string): LabPlace {
  return { dir: join(tmpdir(), name), net: `10.77.${third}`, tag: `t${third}` };
}

function choosePlace(given: Partial<LabPlace>): LabPlace {
  const used = new Set(
    Object.values(networkInterfaces())
      .flat()
      .map((address) => address?.address.split('.').slice(0, 3).join('.')),
  );
  const start = process.pid % 200;
  const third =
    10 + (Array.from({ length: 200 }, (_, i) => (start + i) % 200).find((i) => !used.has(`10.77.${10 + i}`)) ?? start);
  return { ...chosenPlace(`lockstep-lab-${process.pid}-${third}`, third), ...given };
}
