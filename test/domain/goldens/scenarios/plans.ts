/** Situations in which a strategy that mends the rows can be planned, each with the strategies that somebody may ask for there. */
import type { Scenario } from '../../../support/golden.ts';
import { observationOf, three } from '../../../support/observation.ts';
import { downgradedAll, downgradedOne, putBackWhileServing, stoppedAll } from '../../../support/planning.ts';
import { instances } from './facts.ts';
import {
  PATCH,
  STOP,
  ALIGN,
  LIVE,
  ALL,
  ON,
  BLIND,
  UNHELD,
  DOING,
  STARTS,
  everywhere,
  raft,
  WAITS,
} from './plan-facts.ts';

export const PLANS: readonly Scenario[] = [
  {
    name: 'plan-patch-in-place',
    about: 'All crash-loop behind: every strategy asked for',
    observation: downgradedAll(),
    asks: ALL,
  },
  {
    name: 'plan-patch-in-place-instances',
    about: 'All crash-loop behind, instances run, LXD will start others, healing is on, refreshes are not held',
    observation: downgradedAll({
      m1: { facts: { ...STARTS, ...ON, ...UNHELD, ...instances(3) } },
      m2: { facts: { ...STARTS, ...ON, ...instances(1) } },
      m3: { facts: { ...STARTS, ...ON } },
    }),
    asks: [STOP, { ...STOP, instances: 'stop' }],
  },
  {
    name: 'plan-patch-in-place-blind',
    about: 'All crash-loop behind; settings, autostart and instances could not be read',
    observation: downgradedAll(everywhere({ ...BLIND, instances: null })),
    asks: [STOP, { ...STOP, instances: 'stop' }],
  },
  {
    name: 'plan-patch-rows',
    about: 'Rows with several counts, one evacuated, the first member no voter',
    observation: downgradedAll(everywhere(raft('stand-by', 'voter', 'voter')), {
      rows: { m1: 402, m2: 433, m3: 387 },
      row: { m1: { state: 'evacuated' } },
    }),
    asks: [STOP],
  },
  {
    name: 'plan-patch-no-kept',
    about: 'Nobody keeps the build of before',
    observation: downgradedAll(Object.fromEntries(['m1', 'm2', 'm3'].map((name) => [name, { kept: [] }]))),
    asks: [STOP],
  },
  {
    name: 'plan-patch-refresh-hangs',
    about: 'A refresh hangs on the crash loop',
    observation: downgradedAll({ m2: { facts: DOING } }),
    asks: [STOP],
  },
  {
    name: 'plan-stop-patch-start',
    about: 'All are stopped, behind: every strategy asked for',
    observation: stoppedAll(),
    asks: ALL,
  },
  {
    name: 'plan-stop-mixed-phases',
    about: 'One is stopped, the others retry',
    observation: downgradedAll({ m3: { daemon: 'stopped' } }),
    asks: ALL,
  },
  {
    name: 'plan-stop-instances',
    about: 'One serves with two instances; stopping was asked for',
    observation: putBackWhileServing({ m1: { facts: { ...instances(2), ...ON } } }),
    asks: [
      STOP,
      { ...STOP, instances: 'stop' },
      { ...STOP, instances: 'stop', confirmStop: 2 },
      { ...STOP, instances: 'stop', confirmStop: 3 },
      { ...STOP, instances: 'stop', confirmStop: 'at-approval' },
    ],
  },
  {
    name: 'plan-stop-one-instance',
    about: 'One serves with one instance',
    observation: putBackWhileServing({ m1: { facts: instances(1) } }),
    asks: [STOP, { ...STOP, instances: 'stop', confirmStop: 1 }],
  },
  {
    name: 'plan-sql-live',
    about: 'One serves, two crash-loop: every strategy asked for',
    observation: putBackWhileServing(),
    asks: ALL,
  },
  {
    name: 'plan-sql-live-healing',
    about: 'The same with automatic healing, unheld refreshes and instances',
    observation: putBackWhileServing(everywhere({ ...ON, ...UNHELD, ...STARTS, ...instances(2) })),
    asks: [],
  },
  {
    name: 'plan-sql-live-up',
    about: 'Rows below two serving members',
    observation: observationOf({ members: three({ build: '5.21.3' }, { m3: { build: '5.21.2' } }), rows: 387 }),
    asks: ALL,
  },
  {
    name: 'plan-sql-live-both',
    about: 'Rows above and below serving members',
    observation: observationOf({ members: three({ build: '5.21.3' }), rows: { m1: 387, m2: 433 } }),
    asks: [LIVE],
  },
  {
    name: 'plan-sql-live-all',
    about: 'All serve, all rows are below',
    observation: observationOf({ members: three({ build: '5.21.3' }), rows: 387 }),
  },
  {
    name: 'plan-align-forward',
    about: 'One went lower: every strategy asked for',
    observation: downgradedOne(),
    asks: [...ALL, { ...ALIGN, to: '5.21.2' }, { ...ALIGN, to: '32455' }, { to: '5.21.2' }],
  },
  {
    name: 'plan-align-forward-instances',
    about: 'One went lower; instances run there, healing is on',
    observation: downgradedOne(everywhere({ ...ON, ...instances(2), ...STARTS })),
  },
  {
    name: 'plan-align-unheld',
    about: 'One went lower, refreshes are not held',
    observation: downgradedOne({ m3: { facts: UNHELD } }),
  },
  {
    name: 'plan-align-two',
    about: 'Two went lower',
    observation: observationOf({
      members: three(
        { build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' },
        { m1: { build: '5.21.3', daemon: 'serving' } },
      ),
      rows: 402,
    }),
    asks: [PATCH, LIVE],
  },
  {
    name: 'plan-align-architecture',
    about: 'The lower member is of another architecture',
    observation: downgradedOne({ m3: { facts: { architecture: 'aarch64' } } }),
    asks: [ALIGN, PATCH],
  },
  {
    name: 'plan-align-upgrade',
    about: 'One went ahead and waits',
    observation: observationOf({ members: three({ build: '5.21.2' }, { m1: WAITS }) }),
    asks: [
      ...ALL,
      { ...ALIGN, to: '5.21.2' },
      { ...ALIGN, to: '30131' },
      { ...ALIGN, to: '5.21.4' },
      { ...ALIGN, to: 'latest' },
    ],
  },
  {
    name: 'plan-align-put-back-two',
    about: 'Two went ahead and wait',
    observation: observationOf({ members: three({ build: '5.21.2' }, { m1: WAITS, m2: WAITS }) }),
    asks: [{ ...ALIGN, to: '5.21.2' }, LIVE],
  },
  {
    name: 'plan-align-held-up',
    about: 'The waiting member is held by its own change',
    observation: observationOf({ members: three({ build: '5.21.2' }, { m1: { ...WAITS, facts: DOING } }) }),
    asks: [{ ...ALIGN, to: '5.21.2' }],
  },
  {
    name: 'plan-align-healing',
    about: 'One waits and healing is on',
    observation: observationOf({ members: three({ build: '5.21.2', facts: ON }, { m1: { ...WAITS, facts: ON } }) }),
    asks: [ALIGN],
  },
];
