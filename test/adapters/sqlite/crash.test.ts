import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import { requireRunId } from '../../../src/domain/ids.ts';
import type { Run } from '../../../src/domain/run.ts';
import { RUN_A, T0 } from '../../contract/store-fixtures.ts';
import { startStoreProcess, type StoreEvent, type StoreProcess } from '../../support/sqlite/start-store-process.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../support/temporary-directory.ts';

let folder: TemporaryDirectory;
const started: StoreProcess[] = [];

beforeEach(() => {
  folder = makeTemporaryDirectory();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.kill()));
  folder.remove();
});

function start(word: string): StoreProcess {
  const process = startStoreProcess({ word, dataDir: folder.path });
  started.push(process);
  return process;
}

function reopen(): SqliteStore {
  const opened = openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 } });
  if (!opened.ok) throw new Error(opened.error.text);
  return opened.value;
}

function last<T>(values: readonly T[]): T {
  const value = values.at(-1);
  if (value === undefined) throw new Error('nothing there');
  return value;
}

// Each starts Node processes one after the other: on a machine with more work than cores that alone takes half a minute.
describe('a process that is killed', { timeout: 90_000 }, () => {
  test('while it appends loses nothing that it had told, and the chain holds', async () => {
    for (const enough of [3, 40, 150]) {
      const process = start('race');
      await process.until((event) => event.kind === 'committed' && process.events.length > enough);
      await process.kill();
      const told = last(process.events.filter((event) => event.kind === 'committed')).sequence ?? 0;
      const store = reopen();
      const head = await store.timelineHead();
      expect(head?.sequence).toBeGreaterThanOrEqual(told);
      // At most the one entry whose commit was done and not yet told.
      expect(head?.sequence).toBeLessThanOrEqual(told + 1);
      expect(store.auditVerify()).toEqual({ ok: true, head });
      expect(store.checkHead()).toEqual({ ok: true });
      await store.close();
    }
  });

  test('between the commits of runs leaves every run in a whole state, with the entries of each change', async () => {
    for (const enough of [4, 33, 101]) {
      const process = start('runs');
      await process.until((event) => event.kind === 'stage' && process.events.length > enough);
      await process.kill();
      const told = process.events.filter((event) => event.kind === 'stage');
      const store = reopen();
      for (const run of await store.listRuns({})) await expectWhole(store, run, told);
      expect((await store.findRun(requireRunId(last(told).run ?? '')))?.id).toBe(last(told).run);
      expect(store.auditVerify().ok).toBe(true);
      expect(store.checkHead()).toEqual({ ok: true });
      await store.close();
      folder.remove();
      folder = makeTemporaryDirectory();
    }
  });

  test('inside a transaction leaves nothing of it', async () => {
    await reopen().close();
    const process = start('tear');
    expect(await process.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    const store = reopen();
    expect(await store.findRun(RUN_A)).toBeNull();
    expect(await store.timelineHead()).toBeNull();
    expect(await store.pendingCards()).toBe(0);
    await store.close();
  });
});

/** The number of changes that the run has seen, read from its own row, its step, its approvals and its action: all of them have to agree. */
async function expectWhole(store: SqliteStore, run: Run, told: readonly StoreEvent[]): Promise<void> {
  const stage = stageOf(run);
  const toldStages = told.filter((event) => event.run === run.id).length;
  expect([toldStages, toldStages + 1]).toContain(stage);
  expect(await store.listTimeline({ run: run.id })).toHaveLength(2 * stage);
  expect((await store.findAction(`token-of-${run.id}`))?.consumedAt === null).toBe(stage < 2);
  expect(run.approvals).toHaveLength(stage < 2 ? 0 : 1);
  expect((await store.findCard(`card-of-${run.id}`))?.revision).toBe(stage);
}

function stageOf(run: Run): number {
  if (run.state === 'awaiting-approval') return 1;
  if (run.state === 'approved') return 2;
  const step = run.steps[0]?.state;
  const stage = 3 + ['pending', 'started', 'done'].indexOf(step ?? '');
  if (run.state !== 'running' || stage < 3) throw new Error(`${run.state} with ${step ?? 'no step'}`);
  return stage;
}
