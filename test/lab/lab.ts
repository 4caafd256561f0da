/**
 * A real LXD cluster for tests: start it, break it in a named way, look at it, take it away.
 * Owns the Lab object; how each state is made is in scenarios.ts, what runs on the host in lab.sh.
 * Needs root and Linux. Everything a lab makes is gone after `down`, also when `up` failed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { renderClustersYaml } from './clusters-yaml.ts';
import { reachScenario, type ScenarioName } from './scenarios.ts';
import { type LabPlace, labScript, requireLabScript, type ShellResult } from './shell.ts';

export const REVISIONS = {
  '500': { version: '5.0.0-b0287c1', extensions: 306 },
  '501': { version: '5.0.1-9dcf35b', extensions: 313 },
  '502': { version: '5.0.2-838e1b2', extensions: 318 },
} as const;

export type Revision = keyof typeof REVISIONS;

export const DATABASE = '/var/snap/lxd/common/lxd/database';

export interface LabMember {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface LabOptions {
  /** 1 to 7; 3 unless told. */
  readonly members?: number;
  /** A place of its own is chosen for what is left out. */
  readonly place?: Partial<LabPlace>;
}

export interface PendingChange {
  readonly kind: string;
  readonly summary: string;
  readonly task: string;
}

/** Start a lab: when this resolves, every member is ONLINE on revision 502 and refreshes are held. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const lab = new Lab(choosePlace(options.place ?? {}), options.members ?? 3);
  await lab.up();
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

export class Lab {
  readonly place: LabPlace;
  readonly members: readonly LabMember[];
  readonly key: string;
  readonly knownHosts: string;
  readonly configPath: string;
  readonly clustersYaml: string;
  #pristine = false;

  constructor(place: LabPlace, count: number) {
    this.place = place;
    this.members = Array.from({ length: count }, (_, i) => ({
      name: `m${i + 1}`,
      host: `${place.net}.${i + 1}`,
      port: 22,
    }));
    this.key = join(place.dir, 'key');
    this.knownHosts = join(place.dir, 'known_hosts');
    this.configPath = join(place.dir, 'clusters.yaml');
    this.clustersYaml = renderClustersYaml(this);
  }

  async up(): Promise<void> {
    await requireLabScript(this.place, ['up', String(this.members.length)]);
    await writeFile(this.configPath, this.clustersYaml);
    this.#pristine = true;
  }

  async down(): Promise<void> {
    await requireLabScript(this.place, ['down']);
  }

  /** Bring every member back to where it was at the end of `up`, whatever has happened since. */
  async reset(): Promise<void> {
    if (!this.#pristine) {
      await requireLabScript(this.place, ['reset']);
      this.#pristine = true;
    }
  }

  /** From a healthy cluster into a named state. Resolves with one line of what is true, once it is. */
  async scenario(name: ScenarioName): Promise<string> {
    await this.reset();
    return reachScenario(this, name);
  }

  /** Run a shell text on a member as root, with all tools of this machine in its PATH. */
  sh(member: string, command: string): Promise<ShellResult> {
    return this.exec(member, ['sh', '-c', command]);
  }

  exec(member: string, argv: readonly string[], input = ''): Promise<ShellResult> {
    this.#pristine = false;
    return labScript(this.place, ['on', member, ...argv], input);
  }

  /** As `sh`, for what must not fail. */
  async must(member: string, command: string): Promise<string> {
    const result = await this.sh(member, command);
    if (result.code !== 0) {
      throw new Error(
        `${member}: ${command} ended with ${result.code}: ${result.stderr.trim() || result.stdout.trim()}`,
      );
    }
    return result.stdout.trim();
  }

  /** Put members on a revision by `snap refresh`, side by side, without waiting for the refresh to end. */
  async refresh(members: string | readonly string[], revision: Revision): Promise<void> {
    const names = typeof members === 'string' ? [members] : members;
    await Promise.all(names.map((name) => this.must(name, `snap refresh lxd --revision=${revision} --no-wait`)));
  }

  /** What happened to instances and LXCFS of a member, one event per line; empty when nothing did. */
  async impact(member: string): Promise<readonly string[]> {
    const text = await readFile(this.#stateFile(member, 'impact'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  async clearImpact(): Promise<void> {
    await Promise.all(this.members.map((member) => rm(this.#stateFile(member.name, 'impact'), { force: true })));
  }

  /** The process that stands for LXCFS, as a pid on the member; null when it is dead. */
  async lxcfsAlive(member: string): Promise<number | null> {
    const pid = Number(/^lxcfs=(\d+)$/m.exec(await this.must(member, 'labctl status'))?.[1] ?? 0);
    return pid === 0 ? null : pid;
  }

  /** Names of the instances that run on a member. */
  async instances(member: string): Promise<readonly string[]> {
    const names = /^instances=(.*)$/m.exec(await this.must(member, 'labctl status'))?.[1] ?? '';
    return names.split(' ').filter((name) => name !== '');
  }

  async partition(member: string): Promise<void> {
    this.#pristine = false;
    await requireLabScript(this.place, ['unplug', member]);
  }

  async heal(member: string): Promise<void> {
    await requireLabScript(this.place, ['plug', member]);
  }

  /** Kill the member's init, and with it everything that runs there. Its disk stays. */
  async powerOff(member: string): Promise<void> {
    this.#pristine = false;
    await requireLabScript(this.place, ['power-off', member]);
  }

  async powerOn(member: string): Promise<void> {
    await requireLabScript(this.place, ['power-on', member]);
  }

  async powerCycle(member: string): Promise<void> {
    await this.powerOff(member);
    await this.powerOn(member);
  }

  /** What `date` on the member says, off by so many seconds. LXD itself keeps the true time. */
  async setClockOffset(member: string, seconds: number): Promise<void> {
    await this.must(
      member,
      `echo ${Math.trunc(seconds)} > /lab/state/clock-offset && ln -sf /lab/commands/date /usr/bin/date`,
    );
  }

  /** Every login command of the member starts so many seconds late; 0 ends it. */
  async slow(member: string, seconds: number): Promise<void> {
    await this.must(member, seconds > 0 ? `echo ${seconds} > /lab/state/slow` : 'rm -f /lab/state/slow');
  }

  async withdrawSudo(member: string): Promise<void> {
    await this.must(member, 'rm -f /etc/sudoers.d/ops');
  }

  /** A new host key, while known_hosts keeps the old one. */
  async changeHostKey(member: string): Promise<void> {
    await this.must(
      member,
      "rm -f /lab/state/hostkey /lab/state/hostkey.pub && ssh-keygen -q -t ed25519 -N '' -f /lab/state/hostkey && labctl sshd-restart",
    );
  }

  /** Leave so many KiB free where LXD keeps its database. */
  async fillDisk(member: string, freeKib = 512): Promise<void> {
    await this.must(
      member,
      `free=$(df --output=avail -k /var/snap | tail -1); [ "$free" -le ${freeKib} ] || fallocate -l $(( (free - ${freeKib}) * 1024 )) /var/snap/filler`,
    );
  }

  /** Enter a change that `snap changes` shows as Doing, until `endPendingChange`. Resolves with its number. */
  setPendingChange(member: string, change: Partial<PendingChange> = {}): Promise<string> {
    const {
      kind = 'auto-refresh',
      summary = 'Auto-refresh snap "lxd"',
      task = 'Download snap "lxd" (503) from channel "5.0/stable"',
    } = change;
    return this.exec(member, ['labctl', 'pending', kind, summary, task]).then((result) => result.stdout.trim());
  }

  async endPendingChange(member: string): Promise<void> {
    await this.must(member, 'labctl pending-end');
  }

  /** Swap the installed revision without touching services, as on a snap that was stopped before its refresh. */
  async install(member: string, revision: Revision): Promise<void> {
    await this.must(member, `labctl install ${revision}`);
  }

  /** Write LXD's patch file, mode 0600, complete or not at all. Also on a member that is switched off. */
  async putPatch(member: string, sql: string): Promise<void> {
    const target = `${DATABASE}/patch.global.sql`;
    const text = 'umask 077 && cat > "$1.new" && mv "$1.new" "$1"';
    this.#pristine = false;
    await requireLabScript(this.place, ['disk', member, 'sh', '-c', text, 'sh', target], sql);
  }

  /** Poll until it is true; rejects with what was waited for when the time is over. */
  async waitUntil(what: string, check: () => Promise<boolean>, seconds = 60): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await check())) {
      if (Date.now() > end) {
        throw new Error(`waited ${seconds} s in vain until ${what}`);
      }
      await pause(150);
    }
  }

  #stateFile(member: string, name: string): string {
    return join(this.place.dir, member, 'state', name);
  }
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
  return {
    dir: given.dir ?? join(tmpdir(), `lockstep-lab-${process.pid}-${third}`),
    net: given.net ?? `10.77.${third}`,
    tag: given.tag ?? `t${third}`,
  };
}
