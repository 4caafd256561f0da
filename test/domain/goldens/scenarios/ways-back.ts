/** Planned downgrades, rollbacks, and members that are given up. */
import type { Scenario } from '../../../support/golden.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../../../support/observation.ts';
import { deadRow, downgradedAll } from '../../../support/planning.ts';
import { instances, SILENT, snapOf } from './facts.ts';
import { PATCH, ALIGN, LOWER, BREAK, UNDO, ALL, ON, STARTS, UNDO_GIVEN_UP, OURS } from './plan-facts.ts';

export const WAYS_BACK: readonly Scenario[] = [
  {
    name: 'plan-downgrade',
    about: 'In step, a lower version is kept',
    observation: observationOf({ members: three({ build: '5.21.3', kept: ['5.21.2'] }) }),
    asks: [
      { ...LOWER, to: '5.21.2' },
      { ...LOWER, to: '30131' },
      { ...LOWER, to: '5.21.3' },
      { ...LOWER, to: '5.21.4' },
      { ...LOWER, to: '30999' },
      LOWER,
    ],
  },
  {
    name: 'plan-downgrade-unheld',
    about: 'The same, refreshes not held, instances, healing',
    observation: observationOf({
      members: three({
        build: '5.21.3',
        kept: ['5.21.2'],
        facts: { ...ON, ...STARTS, ...instances(1), snap: snapOf('5.21.3-75def3c', '32455', { held: false }) },
      }),
    }),
    asks: [{ ...LOWER, to: '5.21.2' }],
  },
  {
    name: 'plan-downgrade-fixed',
    about: 'A downgrade to a release that corrects its own row',
    observation: observationOf({ members: three({ build: '5.21.5', kept: ['5.21.4'] }) }),
    asks: [{ ...LOWER, to: '5.21.4' }],
  },
  {
    name: 'plan-downgrade-schema',
    about: 'A downgrade below the schema',
    observation: observationOf({ members: three({ build: '6.6', kept: ['6.1'] }) }),
    asks: [{ ...LOWER, to: '6.1' }],
  },
  {
    name: 'plan-downgrade-track',
    about: 'A downgrade across tracks',
    observation: observationOf({ members: three({ build: '5.4', kept: ['5.0.1'] }) }),
    asks: [{ ...LOWER, to: '5.0.1' }],
  },
  {
    name: 'plan-downgrade-together',
    about: 'Members went to different lower versions',
    observation: observationOf({
      members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { build: '5.0.0' } }),
      rows: 318,
    }),
    asks: [{ ...LOWER, to: '5.0.1' }, ALIGN],
  },
  {
    name: 'plan-rollback-forward',
    about: 'The patch did its work; its run is undone',
    observation: observationOf({ members: three({ build: '5.21.2', kept: ['5.21.3'] }) }),
    asks: [
      UNDO,
      { ...UNDO, undo: null },
      { ...UNDO, undo: { ...UNDO.undo, count: null } },
      { ...UNDO, undo: { ...UNDO.undo, count: 387 } },
    ],
  },
  {
    name: 'plan-rollback-file',
    about: 'The patch was not taken yet; its run is undone',
    observation: downgradedAll({ m1: { facts: OURS } }),
    asks: [UNDO, PATCH],
  },
  {
    name: 'plan-rollback-not-kept',
    about: 'Nobody keeps the build of before',
    observation: observationOf({ members: three({ build: '5.21.2' }) }),
    asks: [UNDO],
  },
  {
    name: 'plan-rollback-back',
    about: 'All have the build of before again',
    observation: observationOf({ members: three({ build: '5.21.3' }) }),
    asks: [UNDO],
  },
  {
    name: 'plan-rollback-given-up',
    about: 'A run that gave a member up is undone',
    observation: deadRow({ m1: { facts: OURS } }),
    asks: [UNDO, UNDO_GIVEN_UP],
  },
  {
    name: 'plan-rollback-given-up-over',
    about: 'A run that gave a member up, after its file was taken',
    observation: deadRow(),
    asks: [UNDO_GIVEN_UP],
  },
  {
    name: 'plan-dead-row',
    about: 'A dead member went ahead: every strategy asked for',
    observation: deadRow(),
    asks: ALL,
  },
  {
    name: 'plan-dead-row-instances',
    about: 'The same, with instances, healing and things that LXD starts',
    observation: deadRow({ m1: { facts: { ...ON, ...STARTS, ...instances(2) } }, m2: { facts: ON } }),
    asks: [BREAK],
  },
  {
    name: 'plan-dead-row-raise',
    about: 'A dead member was left behind by an upgrade',
    observation: observationOf({
      members: three({ build: '5.21.3', daemon: 'waiting' }, { m3: { build: '5.21.2', reach: UNREACHABLE } }),
      source: 'live',
      row: { m3: SILENT },
    }),
    asks: [BREAK],
  },
  {
    name: 'plan-dead-row-fixed',
    about: 'A dead member under a release with the fix',
    observation: observationOf({
      members: three({ build: '5.21.4', daemon: 'waiting' }, { m3: { build: '5.21.5', reach: UNREACHABLE } }),
      row: { m3: SILENT },
    }),
    asks: [BREAK],
  },
  {
    name: 'plan-dead-row-mixed-phases',
    about: 'A dead member, one living waits, one crash-loops',
    observation: deadRow({}, { rows: { m3: 402 }, row: { m3: { heartbeatMs: NOW - 90_000 } } }),
    asks: [BREAK],
  },
];
