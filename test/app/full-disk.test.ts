/** The disk of Lockstep itself is full: people can still look at their clusters, and nothing is begun. */
import { afterEach, expect, test } from 'vitest';
import { StoreError } from '../../src/ports/store.ts';
import { downgradedAll } from '../support/planning.ts';
import { createWorld, dataOf, only, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const FULL = { code: 'data-full', text: 'No room in /data.', next: 'Make room there.' } as const;

function open(): void {
  const full = (): Promise<never> => Promise.reject(new StoreError(FULL));
  world = createWorld({
    observation: downgradedAll(),
    store: (store) => ({
      ...store,
      claimDelivery: full,
      appendTimeline: full,
      setMeta: full,
      draftRun: full,
    }),
  });
}

test('status and its explanation are given, and then the full disk is told of', async () => {
  open();
  const lines = await world.type('viewer', 'status prod');
  expect(dataOf(lines).map((data) => data.kind)).toEqual(['status', 'explanation', 'problem']);
  expect(only(lines, 'problem')).toMatchObject(FULL);
});

test('help is given', async () => {
  open();
  expect(dataOf(await world.type('viewer', 'help')).map((data) => data.kind)).toEqual(['help', 'problem']);
});

test('a recovery is not begun', async () => {
  open();
  const lines = await world.type('alice', 'recover prod');
  expect(dataOf(lines).map((data) => data.kind)).toEqual(['problem']);
  expect(await world.store.listRuns({})).toEqual([]);
});
