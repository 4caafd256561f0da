/** Where a sequence begins: members in one of the states that a strategy is there for, and the line that asks for it. */
import type { FakeCluster } from '../../support/fake-cluster.ts';
import { aheadOfOne, allAhead, deadAhead, leftBehind, loopAll, putBack, stopAll } from '../../support/situations.ts';

export interface Scenario {
  readonly prepare: (cluster: FakeCluster) => void;
  /** What is typed after `recover prod`. */
  readonly words: string;
  /** Two runs: the first one ends so, and the second one undoes it. */
  readonly undoes?: 'succeeded' | 'aborted';
}

export const SCENARIOS = {
  'patch-in-place': { prepare: loopAll, words: '' },
  'stop-patch-start': { prepare: stopAll, words: '' },
  'sql-live': { prepare: putBack, words: '' },
  'align-revision': { prepare: leftBehind, words: '--strategy align-revision' },
  'align-revision --to': {
    prepare: aheadOfOne,
    words: '--strategy align-revision --to 5.21.2',
  },
  'planned-downgrade': {
    prepare: allAhead,
    words: '--strategy planned-downgrade --to 5.21.2',
  },
  'unblock-dead-row': {
    prepare: deadAhead,
    words: '--strategy unblock-dead-row --reason "m3 burnt"',
  },
  'rollback, forward': { prepare: loopAll, words: '', undoes: 'succeeded' },
  'rollback, of the file': { prepare: loopAll, words: '', undoes: 'aborted' },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;
