/** Where a sequence begins: members in one of the states that a strategy is there for, and the line that asks for it. */
import type { FakeCluster } from '../../support/fake-cluster.ts';
import type { FakeMember } from '../../support/fake-lxd.ts';

export interface Scenario {
  readonly prepare: (cluster: FakeCluster) => void;
  /** What is typed after `recover prod`. */
  readonly words: string;
  /** Two runs: the first one ends so, and the second one undoes it. */
  readonly undoes?: 'succeeded' | 'aborted';
}

type Looks = Partial<Pick<FakeMember, 'build' | 'daemon' | 'row' | 'dead' | 'held'>>;

function members(m1: Looks, m2: Looks, m3: Looks): Scenario['prepare'] {
  return (cluster) => {
    for (const [index, looks] of [m1, m2, m3].entries()) Object.assign(cluster.members[index]!, looks);
  };
}

const LOOPING = { build: '5.21.2', daemon: 'crash-looping', row: 402 } as const;
const STOPPED = { ...LOOPING, daemon: 'stopped' } as const;
const SERVING = { build: '5.21.2', daemon: 'serving', row: 387 } as const;
const AHEAD = { build: '5.21.3', daemon: 'serving', row: 402 } as const;
const WAITING = { ...AHEAD, daemon: 'waiting' } as const;

export const SCENARIOS = {
  'patch-in-place': { prepare: members(LOOPING, LOOPING, LOOPING), words: '' },
  'stop-patch-start': { prepare: members(STOPPED, { ...STOPPED, held: false }, STOPPED), words: '' },
  'sql-live': { prepare: members(SERVING, LOOPING, LOOPING), words: '' },
  'align-revision': { prepare: members(AHEAD, AHEAD, LOOPING), words: '--strategy align-revision' },
  'align-revision --to': {
    prepare: members(SERVING, WAITING, WAITING),
    words: '--strategy align-revision --to 5.21.2',
  },
  'planned-downgrade': {
    prepare: members(AHEAD, { ...AHEAD, held: false }, AHEAD),
    words: '--strategy planned-downgrade --to 5.21.2',
  },
  'unblock-dead-row': {
    prepare: members({ ...LOOPING, row: 387 }, { ...LOOPING, row: 387 }, { ...STOPPED, dead: true }),
    words: '--strategy unblock-dead-row --reason "m3 burnt"',
  },
  'rollback, forward': { prepare: members(LOOPING, LOOPING, LOOPING), words: '', undoes: 'succeeded' },
  'rollback, of the file': { prepare: members(LOOPING, LOOPING, LOOPING), words: '', undoes: 'aborted' },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;
