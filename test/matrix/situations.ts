/** What is repaired while Lockstep is killed: one situation for each way that a strategy has of changing members. Data alone. */
import type { Strategy } from '../../src/domain/plan.ts';

export interface Situation {
  readonly name: string;
  readonly strategy: Strategy;
  /** Of the rehearsal and of the lab: both have it under this name. */
  readonly scenario: string;
  /** What stands behind `recover CLUSTER`. `LOWER` is the version that the members were put on, or keep. */
  readonly line: string;
  /** The run before, which this one undoes: `OF` in the line is its id. */
  readonly undoes?: string;
  /** A member of the rehearsal on which refreshes are not held, so that the hold is the run's own. */
  readonly unheld?: string;
  /** Its hold stays, or snapd would undo it: the run says so, and nothing else of it is left. */
  readonly keepsHold?: boolean;
  /** `cluster.healing_threshold` in s, as it was and has to be again. */
  readonly healing?: string;
  /** The release on which every member serves afterwards. */
  readonly end: 'lower' | 'higher';
  /** About how long an undisturbed run takes, in ms: fixed, so that a seed means the same on every machine. */
  readonly spanMs: number;
}

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'patch-in-place',
    strategy: 'patch-in-place',
    scenario: 'downgraded-all',
    line: '--strategy patch-in-place',
    end: 'lower',
    spanMs: 10_000,
  },
  {
    name: 'patch-in-place where healing is on',
    strategy: 'patch-in-place',
    scenario: 'healing-on',
    line: '--strategy patch-in-place',
    healing: '300',
    end: 'lower',
    spanMs: 11_000,
  },
  {
    name: 'stop-patch-start of stopped members',
    strategy: 'stop-patch-start',
    scenario: 'stopped-all',
    line: '--strategy stop-patch-start',
    unheld: 'm2',
    end: 'lower',
    spanMs: 12_000,
  },
  {
    name: 'stop-patch-start of crash-looping members',
    strategy: 'stop-patch-start',
    scenario: 'downgraded-all',
    line: '--strategy stop-patch-start --instances keep',
    end: 'lower',
    spanMs: 14_000,
  },
  {
    name: 'sql-live',
    strategy: 'sql-live',
    scenario: 'stale-while-serving',
    line: '--strategy sql-live',
    end: 'lower',
    spanMs: 18_000,
  },
  {
    name: 'align-revision of one behind',
    strategy: 'align-revision',
    scenario: 'downgraded-one',
    line: '--strategy align-revision',
    end: 'higher',
    spanMs: 18_000,
  },
  {
    name: 'align-revision of an upgrade under way',
    strategy: 'align-revision',
    scenario: 'upgrade-waiting',
    line: '--strategy align-revision',
    end: 'higher',
    spanMs: 12_000,
  },
  {
    name: 'planned-downgrade',
    strategy: 'planned-downgrade',
    scenario: 'upgraded',
    line: '--strategy planned-downgrade --to LOWER',
    unheld: 'm1',
    keepsHold: true,
    end: 'lower',
    spanMs: 20_000,
  },
  {
    name: 'rollback',
    strategy: 'rollback',
    scenario: 'downgraded-all',
    line: '--strategy rollback --of OF',
    undoes: '--strategy patch-in-place',
    end: 'higher',
    spanMs: 18_000,
  },
];
