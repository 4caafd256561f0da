/**
 * The members of a lab and what can be done to them: run something there, change a revision, cut a cable, take sudo away.
 * Owns no life cycle (lab.ts) and no notion of a scenario (scenarios.ts); what runs on the host is lab.sh.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LabPlace, labScript, requireLabScript, type ShellResult } from './shell.ts';

export const REVISIONS = {
  '500': { version: '5.0.0-b0287c1', extensions: 306 },
  '501': { version: '5.0.1-9dcf35b', extensions: 313 },
  '502': { version: '5.0.2-838e1b2', extensions: 318 },
} as const;

export type Revision = keyof typeof REVISIONS;

export function isRevision(word: string): word is Revision {
  return Object.hasOwn(REVISIONS, word);
}

export const DATABASE = '/var/snap/lxd/common/lxd/database';

export interface LabMember {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface PendingChange {
  readonly kind: string;
  readonly summary: string;
  readonly task: string;
}

export class Machines {
  readonly place: LabPlace;
  readonly members: readonly LabMember[];
  /** Whether nothing was done to the members since they were last healthy. */
  protected pristine = false;

  constructor(place: LabPlace, count: number) {
    this.place = place;
    this.members = Array.from({ length: count }, (_, i) => ({
      name: `m${i + 1}`,
      host: `${place.net}.${i + 1}`,
      port: 22,
    }));
  }

  /** Run a shell text on a member as root, with all tools of this machine in its PATH. */
  sh(member: string, command: string): Promise<ShellResult> {
    return this.exec(member, ['sh', '-c', command]);
  }

  exec(member: string, argv: readonly string[], input = ''): Promise<ShellResult> {
    this.pristine = false;
    return labScript(this.place, ['on', member, ...argv], { input });
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
    this.pristine = false;
    await requireLabScript(this.place, ['unplug', member]);
  }

  async heal(member: string): Promise<void> {
    await requireLabScript(this.place, ['plug', member]);
  }

  /** Kill the member's init, and with it everything that runs there. Its disk stays. */
  async powerOff(member: string): Promise<void> {
    this.pristine = false;
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

  /** What the channel offers the member from now on. */
  async offer(member: string, revision: Revision): Promise<void> {
    await this.must(member, `echo ${revision} > /lab/state/channel-head`);
  }

  /** Write LXD's patch file, mode 0600, complete or not at all. Also on a member that is switched off. */
  async putPatch(member: string, sql: string): Promise<void> {
    const target = `${DATABASE}/patch.global.sql`;
    const text = 'umask 077 && cat > "$1.new" && mv "$1.new" "$1"';
    this.pristine = false;
    await requireLabScript(this.place, ['disk', member, 'sh', '-c', text, 'sh', target], { input: sql });
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
