import { describe, expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { Plan, Strategy } from '../../../src/domain/plan.ts';
import { observationOf, three } from '../../support/observation.ts';
import { codesOf, downgradedAll, plan, putBackWhileServing, requirePlan, stoppedAll } from '../../support/planning.ts';

const ON = { facts: { settings: { offlineThresholdS: null, healingThresholdS: 300, shutdownTimeoutMin: null } } };
const ALL_ON = { m1: ON, m2: ON, m3: ON };

function planOf(observation: ClusterObservation, strategy: Strategy | null = null): Plan {
  return requirePlan(plan(observation, { strategy }));
}

function callsOf({ stages }: Plan) {
  return stages.map(({ steps, after }) => [steps.map(({ member }) => member).join(), steps[0]?.call, after] as const);
}

describe('automatic healing in a plan', () => {
  test('goes off first through a member that serves, and back after the verification', () => {
    const made = planOf(putBackWhileServing(ALL_ON));
    expect(made.strategy).toBe('sql-live');
    expect(made.healingS).toBe(300);
    expect(callsOf(made)[0]).toEqual(['m1', { kind: 'healing-off', thresholdS: 300 }, undefined]);
    expect(callsOf(made).at(-1)).toEqual(['m1', { kind: 'healing-back', thresholdS: 300 }, 'verify']);
    expect(made.warnings.join(' ')).toContain('lxc config set cluster.healing_threshold 300');
  });

  test.each<[Strategy, ClusterObservation]>([
    ['patch-in-place', downgradedAll(ALL_ON)],
    ['stop-patch-start', stoppedAll(ALL_ON)],
  ])('goes off in the guarded file where nobody serves: %s', (strategy, observation) => {
    const made = planOf(observation, strategy);
    const kinds = callsOf(made).map(([, call]) => call?.kind);
    expect(kinds).not.toContain('healing-off');
    expect(kinds.at(-1)).toBe('healing-back');
    const written = callsOf(made).flatMap(([, call]) => (call?.kind === 'write-patch' ? [call.patch.healingS] : []));
    expect(written).toEqual([300]);
  });

  test('is left alone where it is off, and nothing of it stands in the plan', () => {
    const made = planOf(putBackWhileServing());
    expect('healingS' in made).toBe(false);
    expect(JSON.stringify(made)).not.toContain('healing');
  });

  test('comes from the live database where there is one: a dump is older', () => {
    const dump = { offlineThresholdS: null, healingThresholdS: 60, shutdownTimeoutMin: null };
    const made = planOf(putBackWhileServing({ m1: ON, m2: { facts: { settings: dump } } }));
    expect(made.healingS).toBe(300);
  });

  test('is a refusal while a member waits: LXD could not tell it, and would take the change back', () => {
    const members = three({ build: '5.21.2', ...ON }, { m1: { build: '5.21.3', daemon: 'waiting', ...ON } });
    const observation = observationOf({ members, rows: { m1: 402, m2: 387, m3: 387 } });
    const planned = plan(observation);
    expect(codesOf(plan(observation, { strategy: 'align-revision' }))).toContain('healing-on');
    expect(planned.kind === 'refusal' && planned.refusal.next).not.toBe('');
  });

  test('that nobody could read is said, not taken for off', () => {
    const blind = { facts: { settings: null } };
    const made = planOf(downgradedAll({ m1: blind, m2: blind, m3: blind }));
    expect(made.warnings.join(' ')).toContain('cluster.healing_threshold could not be read');
  });
});
