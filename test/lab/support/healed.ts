/** What is true on a lab after a repair: asked of the members themselves, and of Lockstep's own `status`. */
import { expect } from 'vitest';
import type { Lab } from '../lab.ts';
import { allServing, rows } from '../state.ts';
import { writtenOn } from './cluster.ts';
import { type ConsoleEnd, describeEnd, lastOf } from './console.ts';

/** Rows hold what the binaries have, everybody serves, and nothing of Lockstep is left but the run's own folder. */
export async function expectHealed(lab: Lab, extensions: number): Promise<void> {
  const names = lab.members.map(({ name }) => name);
  expect(await rows(lab, 'm1')).toEqual(names.map((name) => ({ name, schema: 60, extensions })));
  expect(await allServing(lab, names)).toBe(true);
  expect(await writtenOn(lab)).toEqual(names.map((name) => `${name} /var/snap/lxd/common/lockstep`));
}

/** The last `status` says so, with every member serving and recorded with this count. */
export function expectInStep(end: ConsoleEnd, extensions = 313): void {
  const { findings, members } = lastOf(end, 'status');
  expect(
    findings.map(({ kind }) => kind),
    describeEnd(end),
  ).toEqual(['in-step']);
  expect(members.map(({ daemon, row }) => [daemon, row?.apiExtensions])).toEqual(
    members.map(() => ['serving', extensions]),
  );
}
