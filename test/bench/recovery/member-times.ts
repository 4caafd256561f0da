/**
 * What members themselves have on record of a recovery, by their own clocks: what was asked of systemd, when files came into being.
 * All members of a lab share this machine's clock.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';

const PLACE = '/var/snap/lxd/common/lockstep';

/** One changing call of `systemctl` on a member. */
export interface UnitCall {
  /** ms. */
  readonly at: number;
  readonly verb: string;
  readonly unit: string;
}

export function unitCalls(lab: Lab, from: number): readonly UnitCall[] {
  return lab.members
    .flatMap(({ name }) => readFileSync(join(lab.place.dir, name, 'state', 'calls'), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => {
      const [at = '', verb = '', unit = ''] = line.split('\t');
      return { at: Number(at) * 1000, verb, unit };
    })
    .filter(({ at }) => at >= from)
    .sort((a, b) => a.at - b.at);
}

/** From the first stop to the last start call, in ms; throws when one of the two is missing. */
export function stopToStart(calls: readonly UnitCall[]): number {
  const first = calls.find(({ verb }) => verb === 'stop');
  const last = calls.findLast(({ verb, unit }) => verb === 'start' && unit === 'snap.lxd.daemon.service');
  if (first === undefined || last === undefined) throw new Error('nothing was stopped, or nothing started');
  return last.at - first.at;
}

export interface FileTimes {
  /** When Lockstep's own folder was made on the last member: its marker is placed next. Null when there is none. */
  readonly markedAt: number;
  /** When the patch lay ready on the first member that got it. */
  readonly patchedAt: number;
  /** The longest `tar` of any member, from the birth of its file to its last byte. */
  readonly tarMs: number;
}

export async function fileTimes(lab: Lab, run: string): Promise<FileTimes> {
  const each = await Promise.all(lab.members.map(({ name }) => timesOn(lab, name, run)));
  const patched = each.flatMap(({ patchedAt }) => (patchedAt === null ? [] : [patchedAt]));
  return {
    markedAt: Math.max(...each.map(({ markedAt }) => markedAt)),
    patchedAt: Math.min(...patched),
    tarMs: Math.max(...each.map(({ tarMs }) => tarMs)),
  };
}

interface OnMember {
  readonly markedAt: number;
  readonly patchedAt: number | null;
  readonly tarMs: number;
}

async function timesOn(lab: Lab, member: string, run: string): Promise<OnMember> {
  const [folder, tar, patch] = await Promise.all(
    [PLACE, `${PLACE}/${run}/database.tgz`, `${PLACE}/${run}/patch.sql`].map((path) => stat(lab, member, path)),
  );
  if (!folder || !tar) throw new Error(`${member} has no back-up of ${run}`);
  return { markedAt: folder.born, patchedAt: patch?.written ?? null, tarMs: tar.written - tar.born };
}

async function stat(lab: Lab, member: string, path: string): Promise<{ born: number; written: number } | null> {
  const { code, stdout } = await lab.exec(member, ['stat', '-c', '%.3W %.3Y', path]);
  if (code !== 0) return null;
  const [born = 0, written = 0] = stdout
    .trim()
    .split(' ')
    .map((seconds) => Number(seconds) * 1000);
  return { born, written };
}
