import { expect, test } from 'vitest';
import { actionsOf, findMeaning } from '../../src/app/run-actions.ts';
import type { StepState } from '../../src/domain/run.ts';
import { aRun } from '../contract/store-fixtures.ts';

function paused(state: StepState) {
  const run = aRun({ state: 'paused' });
  return { ...run, steps: run.steps.map((step, index) => (index === 0 ? { ...step, state } : step)) };
}

test('a paused run has a button for each step that waits for a verdict', () => {
  const run = paused('unknown');
  const { member } = run.steps[0]!;
  const labels = actionsOf('key', run).map(({ label }) => label);
  expect(labels).toEqual([
    `Retry on ${member}: wait until every member is ready`,
    `Take as done on ${member}: wait until every member is ready`,
    'Abort',
  ]);
});

test('a paused run in which no step waits for a verdict has a button to go on', () => {
  const run = paused('done');
  const actions = actionsOf('key', run);
  expect(actions.map(({ label }) => label)).toEqual(['Go on', 'Abort']);
  const meaning = findMeaning('key', run, actions[0]!.token);
  expect(meaning).toEqual({ kind: 'resume-retry', run: run.id, step: null, member: null });
});
