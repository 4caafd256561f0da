/** How a step is called where people read of it. */
import { expect, test } from 'vitest';
import { stepTitle } from '../../src/domain/plan.ts';
import { downgradedAll, plan, requirePlan } from '../support/planning.ts';

test('a step is called by the title of its stage, and by its id where the plan has no such step', () => {
  const drafted = requirePlan(plan(downgradedAll()));
  for (const { title, steps } of drafted.stages) {
    for (const { id } of steps) expect(stepTitle(drafted, id)).toBe(title);
  }
  expect(new Set(drafted.stages.map(({ title }) => title)).size).toBeGreaterThan(2);
  expect(stepTitle(drafted, 'never-heard-of/m1')).toBe('never-heard-of/m1');
});
