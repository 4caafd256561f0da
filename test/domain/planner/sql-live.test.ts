import { describe, expect, test } from 'vitest';
import type { RefusalCode } from '../../../src/domain/plan.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import { observationOf, three } from '../../support/observation.ts';
import {
  codesOf,
  downgradedAll,
  downgradedOne,
  plan,
  putBackWhileServing,
  requirePlan,
} from '../../support/planning.ts';

/** 5.21.3 serves on m1 and m2 with rows of 387: what patching the one lower member by hand leaves behind. */
function patchedDown(m3: Parameters<typeof three>[0] = { build: '5.21.2' }): ClusterObservation {
  return observationOf({ members: three({ build: '5.21.3' }, { m3 }), rows: 387 });
}

function callsOf(observation: ClusterObservation) {
  return requirePlan(plan(observation, { strategy: 'sql-live' })).stages.map(({ steps }) => ({
    kind: steps[0]?.call.kind,
    on: steps.map(({ member }) => member),
  }));
}

function statementsOf(observation: ClusterObservation) {
  const calls = requirePlan(plan(observation)).stages.flatMap(({ steps }) => steps.map(({ call }) => call));
  return calls.flatMap((call) => (call.kind === 'run-sql' ? call.statements : []));
}

describe('sql-live', () => {
  test('is what a cluster gets where somebody serves and rows are wrong: nothing stopped, no file', () => {
    const planned = plan(putBackWhileServing());
    expect(planned.kind === 'plan' && planned.recommended).toBe(true);
    expect(requirePlan(planned).strategy).toBe('sql-live');
    expect(callsOf(putBackWhileServing())).toEqual([
      { kind: 'back-up', on: ['m1', 'm2', 'm3'] },
      { kind: 'run-sql', on: ['m1'] },
      { kind: 'await-ready', on: ['m1', 'm2', 'm3'] },
    ]);
  });

  test('gives a crash-looping member the installed count, with every guard and a deadline shorter than the step', () => {
    expect(statementsOf(putBackWhileServing())).toEqual([
      { target: 387, schema: 73, rowIds: [2, 3], oldCounts: [402], lifetimeS: 30 },
    ]);
    const step = requirePlan(plan(putBackWhileServing())).stages[1]!.steps[0]!;
    expect(step.effect).toBe('once');
    expect(step.timeoutMs).toBeGreaterThan(30_000);
  });

  test('gives a serving member the running count, upwards too, and comes before any aligning', () => {
    expect(statementsOf(patchedDown())).toEqual([
      { target: 402, schema: 73, rowIds: [1, 2], oldCounts: [387], lifetimeS: 30 },
    ]);
    const made = requirePlan(plan(patchedDown()));
    expect(made.baseline.targets.map(({ member, extensions }) => [member, extensions])).toEqual([
      ['m1', 402],
      ['m2', 402],
    ]);
    expect(made.warnings.join(' ')).toContain('--strategy align-revision');
  });

  test('leaves the row of a waiting member alone: that one writes it itself within a minute', () => {
    const rows = { m1: 387, m2: 387, m3: 402 };
    const members = three({ build: '5.21.3' }, { m2: { build: '5.21.2' }, m3: { daemon: 'waiting' } });
    expect(statementsOf(observationOf({ members, rows }))).toMatchObject([{ target: 402, rowIds: [1] }]);
  });

  test('writes a statement per count', () => {
    const members = three({ build: '5.21.3' }, { m3: { build: '5.21.2' } });
    expect(statementsOf(observationOf({ members, rows: { m1: 387, m2: 402, m3: 402 } }))).toMatchObject([
      { target: 402, rowIds: [1], oldCounts: [387] },
      { target: 387, rowIds: [3], oldCounts: [402] },
    ]);
  });

  test('ends with nothing that it could have left behind, and stops no instance', () => {
    const made = requirePlan(plan(putBackWhileServing()));
    expect(made.instancesStopped).toBe(0);
    expect(made.instances).toContain('No instance is touched');
  });
});

test.each<[RefusalCode, string, ClusterObservation]>([
  ['strategy-not-available', 'nobody serves', downgradedAll()],
  ['strategy-not-available', 'no row is wrong: the member that went lower is rolled forward', downgradedOne()],
  ['strategy-not-available', 'all is well', observationOf({ members: three({ build: '5.21.2' }) })],
  [
    'schema-inconsistent',
    'the row has another schema than the daemon',
    observationOf({
      members: three({ build: '5.21.3' }, { m3: { build: '5.21.2' } }),
      rows: 387,
      row: { m1: { schema: 72 } },
      databaseSchema: 73,
    }),
  ],
  [
    'disk-low',
    'no room for the back-up',
    putBackWhileServing({ m2: { facts: { disk: { databaseBytes: 10, freeBytes: 30 } } } }),
  ],
  ['extension-bump-env', 'a bumped count', putBackWhileServing({ m2: { facts: { extensionBump: 2 } } })],
])('refuses, %s: %s', (code, _name, observation) => {
  expect(codesOf(plan(observation, { strategy: 'sql-live' }))).toContain(code);
});
