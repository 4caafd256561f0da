import { describe, expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { Strategy } from '../../../src/domain/plan.ts';
import { downgradedAll, plan, putBackWhileServing, requirePlan, stoppedAll } from '../../support/planning.ts';

const rows = [
  { member: 'm1', project: 'default', name: 'web1' },
  { member: 'm1', project: 'shop', name: 'db' },
  { member: 'm2', project: 'default', name: 'web2' },
];
const KNOWN = { facts: { autostart: { rows, more: false } } };

function startsOf(observation: ClusterObservation, strategy: Strategy | null = null) {
  return requirePlan(plan(observation, { strategy })).starts;
}

describe('instances that LXD will start by itself', () => {
  test('stand in the plan per member, those that run already left out, another project named', () => {
    const running = [{ pid: 5, name: 'shop_db' }];
    const m1 = { facts: { ...KNOWN.facts, instances: { running } } };
    expect(startsOf(stoppedAll({ m1, m2: KNOWN, m3: KNOWN }))).toEqual([
      { member: 'm1', instances: ['web1'], more: 0, cut: false },
      { member: 'm2', instances: ['web2'], more: 0, cut: false },
    ]);
    const made = requirePlan(plan(stoppedAll({ m1: KNOWN, m2: KNOWN, m3: KNOWN })));
    expect(made.warnings.join(' ')).toContain('m1: web1, shop/db; m2: web2.');
  });

  test('none is an empty list, and what could not be read is null and said', () => {
    expect(startsOf(downgradedAll())).toEqual([]);
    const blind = { facts: { autostart: null } };
    const observation = downgradedAll({ m1: blind, m2: blind, m3: blind });
    expect(startsOf(observation)).toBeNull();
    expect(requirePlan(plan(observation)).warnings.join(' ')).toContain('could not be read');
    const uncounted = { facts: { instances: null } };
    expect(startsOf(downgradedAll({ m2: uncounted }))).toBeNull();
  });

  test('a member that serves on starts nothing', () => {
    expect(startsOf(putBackWhileServing({ m1: KNOWN, m2: KNOWN, m3: KNOWN }), 'sql-live')).toEqual([
      { member: 'm2', instances: ['web2'], more: 0, cut: false },
    ]);
  });

  test('the names are bounded, and a list that was cut says that there may be others', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ member: 'm1', project: 'default', name: `c${index}` }));
    const facts = { facts: { autostart: { rows: many, more: true } } };
    const starts = startsOf(stoppedAll({ m1: facts, m2: facts, m3: facts }));
    expect(starts?.[0]).toMatchObject({ member: 'm1', more: 5, cut: true });
    expect(starts?.[0]?.instances).toHaveLength(20);
  });
});
