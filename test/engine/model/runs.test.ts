/**
 * Sequences of clicks, crashes, lost connections and changed facts against the whole of Lockstep but SSH and chat. More of them:
 * `npm run test:model`; a failure prints its seed, which `MODEL_SEED` takes.
 */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../../src/adapters/sqlite/open-store.ts';
import { STRATEGIES } from '../../../src/domain/plan.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { NOW } from '../../support/observation.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { play, sequences, SETTING } from './play.ts';
import type { Disk } from './system.ts';

/** The suite plays the same sequences each time; `npm run test:model` plays new ones, or those of a seed that failed. */
const ASKED = process.env['MODEL_RUNS'];
const RUNS = Number(ASKED ?? 200);
const SEED = process.env['MODEL_SEED'] ?? (ASKED === undefined ? '1' : undefined);
const PARAMETERS = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };

const seen = new Map<string, number>();

function account(reached: readonly string[]): void {
  for (const change of reached) seen.set(change, (seen.get(change) ?? 0) + 1);
}

function inMemory(): Disk {
  const disk: Disk = { store: createMemoryStore(), reopen: async () => disk, remove: async () => undefined };
  return disk;
}

function onDisk(): Disk {
  const directory = makeTemporaryDirectory();
  const open = (): Disk => {
    const opened = openStore({ dataDir: directory.path, command: 'test', clock: { nowMs: () => NOW } });
    if (!opened.ok) throw new Error(opened.error.text);
    const store = opened.value;
    return {
      store,
      async reopen() {
        await store.close();
        return open();
      },
      async remove() {
        await store.close();
        directory.remove();
      },
    };
  };
  return open();
}

test('whatever happens, in memory', { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(SETTING, sequences(), async (setting, sequence) =>
      account(await play(inMemory(), setting, sequence)),
    ),
    PARAMETERS,
  );
});

test('whatever happens, on disk', { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(SETTING, sequences(), async (setting, sequence) =>
      account(await play(onDisk(), setting, sequence)),
    ),
    { ...PARAMETERS, numRuns: Math.ceil(RUNS / 20) },
  );
});

afterAll(() => {
  if (ASKED !== undefined) console.log(Object.fromEntries(seen));
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining([
      ...['running → running', 'running → paused', 'paused → running', 'running → aborted', 'approved → stale'],
      ...['succeeded → rolled-back', 'aborted → rolled-back', 'awaiting-approval → expired'],
      ...STRATEGIES.map((strategy) => `${strategy}: running → succeeded`),
    ]),
  );
});
