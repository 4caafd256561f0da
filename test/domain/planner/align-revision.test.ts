import { describe, expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { RefusalCode } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { observationOf, three } from '../../support/observation.ts';
import {
  codesOf,
  downgradedAll,
  downgradedOne,
  plan,
  putBackWhileServing,
  requirePlan,
} from '../../support/planning.ts';

/** m1 went ahead and waits; m2 and m3 serve the lower version. */
function upgradeWaiting(each: Parameters<typeof three>[1] = {}): ClusterObservation {
  const ahead = { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' } as const;
  return observationOf({ members: three({ build: '5.21.2' }, { ...each, m1: { ...ahead, ...each?.['m1'] } }) });
}

function refreshesOf(observation: ClusterObservation, options: Partial<PlanInput> = {}): readonly string[] {
  const steps = requirePlan(plan(observation, { strategy: 'align-revision', ...options })).stages.flatMap(
    (stage) => stage.steps,
  );
  return steps.flatMap(({ call, member }) => (call.kind === 'refresh' ? [`${member} ${call.revision}`] : []));
}

function kindsOf(observation: ClusterObservation, options: Partial<PlanInput> = {}): readonly string[] {
  const made = requirePlan(plan(observation, { strategy: 'align-revision', ...options }));
  return made.stages.map(({ steps }) => steps[0]?.call.kind ?? '');
}

describe('align-revision', () => {
  test('rolls the member that went lower forward, and is what is recommended', () => {
    const planned = plan(downgradedOne());
    expect(planned.kind === 'plan' && planned.recommended && planned.plan.strategy).toBe('align-revision');
    expect(refreshesOf(downgradedOne())).toEqual(['m3 32455']);
    expect(kindsOf(downgradedOne())).toEqual(['back-up', 'refresh', 'await-ready']);
  });

  test('finishes an upgrade on the rest, side by side, and never touches the member that waits', () => {
    expect(refreshesOf(upgradeWaiting())).toEqual(['m2 32455', 'm3 32455']);
    const [, refresh] = requirePlan(plan(upgradeWaiting())).stages;
    expect(refresh?.steps.map(({ id }) => id)).toEqual(['2-refresh', '2-refresh']);
  });

  test('puts the one that is ahead back when that was asked for, without SQL', () => {
    for (const to of ['5.21.2', '30131', '5.21.2-2f4ba6b']) {
      expect(refreshesOf(upgradeWaiting(), { to }), to).toEqual(['m1 30131']);
      expect(kindsOf(upgradeWaiting(), { to }), to).toEqual(['back-up', 'refresh', 'await-ready']);
    }
  });

  test('puts two back in one plan with the correction of their rows through the one that serves', () => {
    const two = upgradeWaiting({ m2: { build: '5.21.3', kept: ['5.21.2'], daemon: 'waiting' } });
    expect(refreshesOf(two, { to: '5.21.2' })).toEqual(['m1 30131', 'm2 30131']);
    expect(kindsOf(two, { to: '5.21.2' })).toEqual(['back-up', 'refresh', 'run-sql', 'await-ready']);
    const made = requirePlan(plan(two, { strategy: 'align-revision', to: '5.21.2' }));
    expect(made.stages[2]!.steps.map(({ member, call }) => [member, call])).toEqual([
      [
        'm3',
        {
          kind: 'run-sql',
          run: 'rtest01',
          statements: [{ target: 387, schema: 73, rowIds: [1, 2], oldCounts: [402], lifetimeS: 30 }],
        },
      ],
    ]);
  });

  test('holds the end against the build that all are brought to', () => {
    const { baseline } = requirePlan(plan(upgradeWaiting()));
    expect(baseline.targets.map(({ extensions, schema }) => [extensions, schema])).toEqual(Array(3).fill([402, 73]));
  });

  test('says where LXD itself may interfere, and that instances stay', () => {
    const made = requirePlan(plan(downgradedOne()));
    expect(made.instances).toContain('No instance is touched');
    expect(made.outage).toContain('m1 and m2 serve on');
    expect(made.warnings.join(' ')).toContain('head of 5.21/stable');
  });

  test('neither sets nor releases a hold', () => {
    const calls = requirePlan(plan(downgradedOne())).stages.flatMap(({ steps }) => steps.map(({ call }) => call.kind));
    expect(calls.filter((kind) => kind.includes('hold'))).toEqual([]);
  });
});

const doing = [{ id: '8', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }];

test.each<[RefusalCode, string, ClusterObservation, Partial<PlanInput>]>([
  ['strategy-not-available', 'the binaries are equal', downgradedAll(), {}],
  ['strategy-not-available', 'the binaries are equal and somebody serves', putBackWhileServing(), {}],
  [
    'latent-skew',
    'rows are wrong first',
    observationOf({ members: three({ build: '5.21.3' }, { m3: { build: '5.21.2' } }), rows: 387 }),
    {},
  ],
  [
    'roll-forward',
    'equal binaries would still be below the rows',
    observationOf({
      members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { build: '5.0.0' } }),
      rows: 318,
    }),
    {},
  ],
  [
    'unknown-version',
    'no revision for that architecture',
    downgradedOne({ m3: { facts: { architecture: 'aarch64' } } }),
    {},
  ],
  ['unknown-version', 'a version that nobody has', downgradedOne(), { to: '5.21.4' }],
  ['unknown-version', 'a word that is no version', downgradedOne(), { to: 'latest' }],
  [
    'refresh-in-progress',
    'the waiting member is held by its own change',
    upgradeWaiting({ m1: { facts: { changes: doing } } }),
    { to: '5.21.2' },
  ],
  [
    'crossing-tracks',
    'the members follow different tracks',
    observationOf({ members: three({ build: '5.0.2' }, { m1: { build: '5.21.2', daemon: 'waiting' } }) }),
    {},
  ],
])('refuses, %s: %s', (code, _name, observation, options) => {
  expect(codesOf(plan(observation, { strategy: 'align-revision', ...options }))).toContain(code);
});

test('a patch on different binaries stays refused, and points here', () => {
  const planned = plan(downgradedOne(), { strategy: 'patch-in-place' });
  expect(codesOf(planned)).toEqual(expect.arrayContaining(['mixed-binaries', 'roll-forward']));
  expect(planned.kind === 'refusal' && planned.refusal.next).toContain(
    '--strategy align-revision. By hand: Roll m3 forward',
  );
});
