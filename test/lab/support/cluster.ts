/** A lab with what a test of Lockstep needs around it: data directories, the state of the members before and after. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import { DATABASE } from '../machines.ts';

const made: string[] = [];

/** Of its own for every test; gone after `removeDirectories`. Its name says whose it is, so that what was killed can be swept. */
export function newDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), `lockstep-lab-data-${process.pid}-`));
  made.push(dir);
  return dir;
}

/** A configuration of its own, in a directory of its own. */
export async function writeConfig(text: string): Promise<string> {
  const path = join(newDirectory(), 'clusters.yaml');
  await writeFile(path, text);
  return path;
}

export function removeDirectories(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

/** What a repair must not touch, per member: LXCFS and every instance, by process id. */
export interface Lives {
  readonly member: string;
  readonly lxcfs: number | null;
  /** `NAME PID`, sorted. */
  readonly instances: readonly string[];
}

/** Of the members that are switched on. */
export async function livesOf(lab: Lab): Promise<readonly Lives[]> {
  const names = lab.members.map(({ name }) => name);
  const on = await Promise.all(names.map(async (name) => (await lab.sh(name, 'true')).code === 0));
  return livesOfMembers(
    lab,
    names.filter((_, index) => on[index]),
  );
}

export async function livesOfMembers(lab: Lab, members: readonly string[]): Promise<readonly Lives[]> {
  return Promise.all(
    members.map(async (member) => {
      const { stdout } = await lab.sh(member, String.raw`pgrep -fa '^\[lxc monitor\]'`);
      const instances = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => `${line.split(' ').at(-1) ?? ''} ${line.split(' ')[0] ?? ''}`)
        .sort();
      return { member, lxcfs: await lab.lxcfsAlive(member), instances };
    }),
  );
}

/** Everything that happened to instances and LXCFS, over all members. */
export async function impactOf(lab: Lab): Promise<readonly string[]> {
  return (await onEach(lab, async (member) => (await lab.impact(member)).map((event) => `${member} ${event}`))).flat();
}

/** What Lockstep leaves on members, by path: empty when it changed nothing. */
export async function writtenOn(lab: Lab): Promise<readonly string[]> {
  const places = `${DATABASE}/patch.* ${DATABASE}/.lockstep* /var/snap/lxd/common/lockstep /dev/shm/lockstep* /tmp/lockstep*`;
  return (
    await onEach(lab, async (member) => {
      const { stdout } = await lab.sh(member, `ls -d ${places} 2>/dev/null`);
      return stdout.split('\n').flatMap((path) => (path === '' ? [] : [`${member} ${path}`]));
    })
  ).flat();
}

function onEach<T>(lab: Lab, act: (member: string) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(lab.members.map(({ name }) => act(name)));
}
