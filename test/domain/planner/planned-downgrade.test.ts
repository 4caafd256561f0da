import { describe, expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { RefusalCode } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { observationOf, three } from '../../support/observation.ts';
import { codesOf, downgradedAll, plan, requirePlan, stoppedAll } from '../../support/planning.ts';

type Each = Parameters<typeof three>[1];

/** In step on 5.21.3; every member keeps 5.21.2. */
function upgraded(each: Each = {}): ClusterObservation {
  return observationOf({ members: three({ build: '5.21.3', kept: ['5.21.2'] }, each) });
}

function lower(observation: ClusterObservation, to: string | null = '5.21.2') {
  return plan(observation, { strategy: 'planned-downgrade', to });
}

function outline(observation: ClusterObservation, to?: string): readonly string[] {
  return requirePlan(lower(observation, to)).stages.map(
    ({ steps }) => `${steps[0]?.id ?? '?'}: ${steps.map(({ member }) => member).join(' ')}`,
  );
}

const unheld = {
  version: '5.21.3-75def3c',
  revision: '32455',
  tracking: '5.21/stable',
  held: false,
  inCohort: false,
  disabled: false,
  broken: false,
};

describe('planned-downgrade', () => {
  test('takes all members down side by side, then patches one, since nobody could start', () => {
    expect(outline(upgraded())).toEqual([
      '1-back-up: m1 m2 m3',
      '2-refresh: m1 m2 m3',
      '3-check-refreshed: m1 m2 m3',
      '4-write-patch: m1',
      '5-await-patch-consumed: m1',
      '6-await-ready: m1 m2 m3',
      '7-remove-patch: m1 m2 m3',
    ]);
    const made = requirePlan(lower(upgraded()));
    expect(made.stages[1]!.steps.map(({ call }) => call)).toEqual(
      Array(3).fill({ kind: 'refresh', revision: '30131', waitS: 900 }),
    );
    expect(made.stages[3]!.steps[0]!.call).toMatchObject({
      patch: { target: 387, schema: 73, rowIds: [1, 2, 3], oldCounts: [402] },
    });
    expect(made.baseline.targets.map(({ extensions }) => extensions)).toEqual([387, 387, 387]);
  });

  test('writes no row where that LXD waits and corrects its own', () => {
    const observation = observationOf({ members: three({ build: '5.21.5', kept: ['5.21.4'] }) });
    expect(outline(observation, '5.21.4')).toEqual([
      '1-back-up: m1 m2 m3',
      '2-refresh: m1 m2 m3',
      '3-await-ready: m1 m2 m3',
    ]);
  });

  test('takes a revision as well, and keeps what was asked for with the plan', () => {
    expect(outline(upgraded(), '30131')).toEqual(outline(upgraded()));
    expect(requirePlan(lower(upgraded(), '30131')).to).toBe('30131');
    expect('to' in requirePlan(plan(downgradedAll()))).toBe(false);
  });

  test('sets a hold where there is none and leaves it, or snapd would go up again', () => {
    const observation = upgraded({ m2: { facts: { snap: unheld } } });
    expect(outline(observation)[0]).toBe('1-hold-refreshes: m2');
    const made = requirePlan(lower(observation));
    expect(made.stages.some(({ steps }) => steps[0]?.call.kind === 'release-hold')).toBe(false);
    expect(made.warnings.join(' ')).toContain('unhold');
  });

  test('brings members together that went to different lower versions', () => {
    const apart = observationOf({
      members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { build: '5.0.0' } }),
      rows: 318,
    });
    expect(outline(apart, '5.0.1').slice(1, 4)).toEqual([
      '2-refresh: m3',
      '3-check-refreshed: m1 m2 m3',
      '4-write-patch: m1',
    ]);
  });

  test('says that data stays changed, and how to go up again', () => {
    const made = requirePlan(lower(upgraded()));
    expect(made.irreversible.join(' ')).toContain('does not undo them');
    expect(made.rollback).toContain('m1 32455');
    expect(made.instances).toContain('No instance is touched');
  });

  test('is never chosen for somebody, also where it is possible', () => {
    const planned = plan(upgraded());
    expect(codesOf(planned)).toEqual(['in-step']);
    expect(planned.alternatives.find(({ strategy }) => strategy === 'planned-downgrade')).toMatchObject({
      possible: false,
      why: expect.stringContaining('--to') as string,
    });
  });
});

test.each<[RefusalCode, string, ClusterObservation, Partial<PlanInput>]>([
  ['strategy-not-available', 'no version was named', upgraded(), { to: null }],
  ['strategy-not-available', '--to without the strategy', upgraded(), { strategy: null }],
  ['strategy-not-available', '--to with a patch', downgradedAll(), { strategy: 'patch-in-place' }],
  ['in-step', 'all have it already', upgraded(), { to: '5.21.3' }],
  ['strategy-not-available', 'all have it already and the rows are wrong', downgradedAll(), {}],
  ['strategy-not-available', 'it is higher', downgradedAll({}, { rows: 387 }), { to: '5.21.3' }],
  ['strategy-not-available', 'LXD is stopped', stoppedAll({ m3: { build: '5.21.3' } }), {}],
  ['unknown-version', 'nobody keeps that version', upgraded(), { to: '5.21.4' }],
  ['unknown-version', 'nobody keeps that revision', upgraded(), { to: '30999' }],
  [
    'schema-newer',
    'the database is above it',
    observationOf({ members: three({ build: '6.6', kept: ['6.1'] }) }),
    { to: '6.1' },
  ],
  [
    'crossing-tracks',
    'it is of another track',
    observationOf({ members: three({ build: '5.4', kept: ['5.0.1'] }) }),
    { to: '5.0.1' },
  ],
  [
    'latent-skew',
    'rows are wrong first',
    observationOf({ members: three({ build: '5.21.3', kept: ['5.21.2'] }), rows: 387 }),
    {},
  ],
])('refuses, %s: %s', (code, _name, observation, options) => {
  expect(codesOf(plan(observation, { strategy: 'planned-downgrade', to: '5.21.2', ...options }))).toContain(code);
});
