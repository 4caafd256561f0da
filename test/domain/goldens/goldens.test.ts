/** Every text that Lockstep has for a situation, held against the file of that name. A changed text is read before it is accepted. */
import { expect, test } from 'vitest';
import { goldenOf } from '../../support/golden.ts';
import { SCENARIOS } from './scenarios/index.ts';

test('no two scenarios share a file', () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  'what is said of %s',
  async (name, scenario) => {
    await expect(goldenOf(scenario)).toMatchFileSnapshot(`texts/${name}.txt`);
  },
);
