/**
 * The contract of the store port, as a suite that every implementation runs. Each test gets a store of its own, empty; the
 * maker's `dispose` closes it and removes what it left.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { cardContract } from './store-cards.ts';
import { decisionContract } from './store-decisions.ts';
import { incidentContract } from './store-incidents.ts';
import { runContract } from './store-runs.ts';
import { timelineContract } from './store-timeline.ts';

export interface MadeStore {
  readonly store: Store;
  dispose(): Promise<void>;
}

export function storeContract(name: string, makeStore: () => Promise<MadeStore>): void {
  describe(`${name} keeps the store's contract`, () => {
    let made: MadeStore;
    beforeEach(async () => {
      made = await makeStore();
    });
    afterEach(async () => {
      await made.dispose();
    });
    const get = (): Store => made.store;
    describe('runs', () => runContract(get));
    describe('decisions', () => decisionContract(get));
    describe('cards', () => cardContract(get));
    describe('incidents', () => incidentContract(get));
    describe('timeline and small facts', () => timelineContract(get));
  });
}
