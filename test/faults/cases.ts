/**
 * The faults, as data: in which recovery, at which moment, what happens, and what may come of it. Members answer every command a
 * moment late where a fault has to strike between a step's start and its work.
 */
import type { Line } from '../lab/support/console.ts';
import type { World } from './world.ts';

export interface FaultCase {
  readonly name: string;
  readonly scenario: 'downgraded-all' | 'stale-while-serving';
  readonly strategy: 'patch-in-place' | 'stop-patch-start' | 'sql-live';
  /** The fault strikes once a step of this kind is in this state; `verify` is the moment when the last step is done. */
  readonly at: { readonly step: string; readonly state: 'started' | 'done' };
  /** Every command of a member starts so many seconds late. */
  readonly lateS?: number;
  readonly strike: (world: World, run: PlanOf) => Promise<void> | void;
  /** Takes the fault away; what is not said here is mended before every case. */
  readonly undo?: (world: World, run: PlanOf) => Promise<void> | void;
  /** How the run may stand when the process that met the fault has ended. */
  readonly ends: readonly ('succeeded' | 'paused' | 'running' | 'failed')[];
  /** What the card of a run must name that paused or failed. */
  readonly says: RegExp;
  /** After the fault is gone and a person said "retry"; what failed is drafted and approved anew. */
  readonly then: readonly ('succeeded' | 'paused')[];
}

export interface PlanOf {
  /** Members that get a patch or a statement. */
  readonly writers: readonly string[];
  readonly members: readonly string[];
}

const BACK_UP = { step: 'back-up', state: 'started' } as const;
const WRITE = { step: 'write-patch', state: 'started' } as const;
const WRITTEN = { step: 'write-patch', state: 'done' } as const;
/** The daemon alone: the monitors of instances run the same binary. */
const KILL = 'kill -KILL $(cat /var/snap/lxd/common/lxd.pid)';
const VERIFY = { step: 'remove-patch', state: 'done' } as const;

export const FAULTS: readonly FaultCase[] = [
  network('FIN while the patch is written', (world, { writers }) => each(writers, (name) => world.cable(name).fin())),
  network('RST while the patch is written', (world, { writers }) => each(writers, (name) => world.cable(name).rst())),
  {
    ...network('black hole while the patch is written', (world, { writers }) =>
      each(writers, (name) => world.cable(name).hole()),
    ),
    says: /m\d/,
  },
  {
    ...network('a slow line (0.3 s for every KiB)', (world, { members }) =>
      each(members, (name) => world.cable(name).pinch(300)),
    ),
    at: BACK_UP,
  },
  {
    ...base('noise on standard error of every command'),
    at: BACK_UP,
    strike: (world, { members }) => greet(world, members, 'head -c 20000 /dev/urandom | base64 >&2'),
    undo: (world, { members }) => greet(world, members, null),
    ends: ['succeeded'],
  },
  {
    ...base('20 MB on standard output before every answer'),
    at: BACK_UP,
    lateS: 2,
    strike: (world, { members }) => greet(world, members, 'head -c 15000000 /dev/urandom | base64'),
    undo: (world, { members }) => greet(world, members, null),
    ends: ['paused'],
    says: /m\d/,
  },
  {
    ...base('the host key changes in the middle'),
    at: WRITE,
    lateS: 3,
    strike: async (world, { writers }) => {
      for (const name of writers) {
        await world.lab.must(
          name,
          'cp /lab/state/hostkey /lab/state/was && cp /lab/state/hostkey.pub /lab/state/was.pub',
        );
        await world.lab.changeHostKey(name);
        world.cable(name).rst();
      }
    },
    undo: async (world, { writers }) => {
      for (const name of writers) {
        await world.lab.must(
          name,
          'cp /lab/state/was /lab/state/hostkey && cp /lab/state/was.pub /lab/state/hostkey.pub && labctl sshd-restart',
        );
      }
    },
    ends: ['paused'],
    says: /host key/i,
  },
  {
    ...base('sudo is withdrawn in the middle'),
    at: WRITE,
    lateS: 3,
    strike: (world, { writers }) =>
      all(writers, (name) => world.lab.must(name, 'mv /etc/sudoers.d/ops /lab/state/ops')),
    undo: (world, { writers }) => all(writers, (name) => world.lab.must(name, 'mv /lab/state/ops /etc/sudoers.d/ops')),
    ends: ['paused'],
    says: /sudo/i,
  },
  {
    ...base('the disk is full at the back-up'),
    at: BACK_UP,
    lateS: 3,
    strike: (world, { members }) => all(members, (name) => fillUp(world, name)),
    undo: (world, { members }) => all(members, (name) => world.lab.must(name, 'rm -f /var/snap/filler*')),
    // Nothing was changed yet, so there is nothing to go on with.
    ends: ['failed'],
    says: /space|disk|room/i,
  },
  {
    ...base('the disk is full at the patch'),
    at: WRITE,
    lateS: 3,
    strike: (world, { writers }) => all(writers, (name) => fillUp(world, name)),
    undo: (world, { writers }) => all(writers, (name) => world.lab.must(name, 'rm -f /var/snap/filler*')),
    ends: ['paused'],
    says: /space|disk|room/i,
  },
  {
    ...base('the disk of Lockstep itself is full'),
    at: BACK_UP,
    lateS: 3,
    strike: (world) => world.fillData(),
    undo: (world) => world.makeRoom(),
    ends: ['running', 'paused'],
  },
  {
    ...base('a member loses its power between stop and start'),
    strategy: 'stop-patch-start',
    at: WRITE,
    lateS: 3,
    strike: async ({ lab }) => lab.powerCycle('m2'),
    ends: ['paused'],
    says: /m2/,
    then: ['paused'],
  },
  {
    ...base('a cable is pulled during the verification'),
    at: VERIFY,
    strike: async ({ lab }) => lab.partition('m3'),
    undo: async ({ lab }) => lab.heal('m3'),
    ends: ['paused'],
    says: /m3/,
  },
  {
    ...base('the leader changes while the patch is consumed'),
    at: WRITTEN,
    strike: async ({ lab }, { members, writers }) => {
      for (const name of members.filter((member) => !writers.includes(member))) {
        await lab.sh(name, `${KILL}; sleep 1; ${KILL}`);
      }
    },
    ends: ['succeeded', 'paused'],
  },
  {
    ...base('the serving member is killed while the rows are written'),
    scenario: 'stale-while-serving',
    strategy: 'sql-live',
    at: { step: 'run-sql', state: 'started' },
    lateS: 2,
    strike: async ({ lab }) => void (await lab.sh('m1', `sleep 2; ${KILL}`)),
    ends: ['succeeded', 'paused'],
    then: ['succeeded', 'paused'],
  },
  {
    ...base('somebody starts LXD by hand in the middle'),
    strategy: 'stop-patch-start',
    at: WRITE,
    lateS: 3,
    strike: async ({ lab }) => {
      await lab.must('m2', 'systemctl start --no-block snap.lxd.daemon.unix.socket snap.lxd.daemon.service');
    },
    ends: ['succeeded', 'paused'],
    then: ['succeeded', 'paused'],
  },
];

function base(name: string): FaultCase {
  return {
    name,
    scenario: 'downgraded-all',
    strategy: 'patch-in-place',
    at: WRITE,
    strike: () => undefined,
    ends: ['succeeded', 'paused'],
    says: /./,
    then: ['succeeded'],
  };
}

function network(name: string, strike: FaultCase['strike']): FaultCase {
  return { ...base(name), lateS: 2, strike };
}

/** To the last block: what is left after the bulk is filled by writing until it fails. */
async function fillUp({ lab }: World, name: string): Promise<void> {
  await lab.fillDisk(name, 4096);
  await lab.sh(
    name,
    'dd if=/dev/zero of=/var/snap/filler.rest bs=4k 2>/dev/null; dd if=/dev/zero of=/var/snap/filler.end bs=1 2>/dev/null',
  );
}

/** Runs on each of these members whenever somebody logs in; null takes it away. */
async function greet({ lab }: World, members: readonly string[], command: string | null): Promise<void> {
  await all(members, (name) =>
    command === null
      ? lab.must(name, 'rm -f /lab/state/greeting')
      : lab.must(
          name,
          `printf '#!/bin/sh\\n%s\\n' '${command}' > /lab/state/greeting && chmod 755 /lab/state/greeting`,
        ),
  );
}

function each(names: readonly string[], act: (name: string) => void): void {
  for (const name of names) act(name);
}

async function all(names: readonly string[], act: (name: string) => Promise<unknown>): Promise<void> {
  await Promise.all(names.map(act));
}

export function strikesAt({ at }: FaultCase): (line: Line) => boolean {
  return ({ data }) =>
    data?.kind === 'run' && data.steps.some(({ id, state }) => id.endsWith(at.step) && state === at.state);
}
