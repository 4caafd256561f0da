import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type OpenStore, type SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import { anEntry, T0 } from '../../contract/store-fixtures.ts';
import { startStoreProcess, type StoreProcess } from '../../support/sqlite/start-store-process.ts';
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

function start(
  word: string,
  more: { readonly lockWaitMs?: number; readonly unprivileged?: boolean } = {},
): StoreProcess {
  const process = startStoreProcess({ word, dataDir: folder.path, ...more });
  started.push(process);
  return process;
}

function open(changes: Partial<OpenStore> = {}): ReturnType<typeof openStore> {
  return openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 }, lockWaitMs: 0, ...changes });
}

function requireOpen(changes: Partial<OpenStore> = {}): SqliteStore {
  const opened = open(changes);
  if (!opened.ok) throw new Error(opened.error.text);
  return opened.value;
}

// Each starts Node processes one after the other: on a machine with more work than cores that alone takes half a minute.
describe('one process per data directory', { timeout: 90_000 }, () => {
  test('a second process is told who holds it and what to do', async () => {
    const holder = start('hold');
    const { pid } = await holder.until((event) => event.kind === 'opened');
    const refused = await start('touch').until((event) => event.kind === 'refused');
    expect(refused.problem?.code).toBe('data-in-use');
    expect(refused.problem?.text).toContain(`process ${pid}`);
    expect(refused.problem?.text).toContain('store-process hold');
    expect(refused.problem?.text).toContain(new Date(T0).toISOString());
    expect(refused.problem?.next).toContain(`kill ${pid}`);
    expect(refused.problem?.next).toContain('--data');
  });

  test('the lock of a killed process is gone at once', async () => {
    const holder = start('hold');
    await holder.until((event) => event.kind === 'opened');
    expect(open().ok).toBe(false);
    await holder.kill();
    expect(existsSync(join(folder.path, 'holder.json'))).toBe(true);
    await requireOpen().close();
    expect(existsSync(join(folder.path, 'holder.json'))).toBe(false);
  });

  test('processes that alternate go on where the other stopped', async () => {
    for (let turn = 1; turn <= 3; turn += 1) {
      expect(await start('touch').ended()).toEqual({ code: 0, signal: null });
      const store = requireOpen();
      expect((await store.timelineHead())?.sequence).toBe(turn);
      await store.close();
    }
  });

  test('of several that start at the same moment, each waits for its turn', async () => {
    const all = [1, 2, 3, 4].map(() => start('touch', { lockWaitMs: 20_000 }));
    const ends = await Promise.all(all.map((process) => process.ended()));
    expect(ends.map((end) => end.code)).toEqual([0, 0, 0, 0]);
    const store = requireOpen();
    expect((await store.timelineHead())?.sequence).toBe(4);
    expect(store.auditVerify().ok).toBe(true);
    await store.close();
  });

  test('a second opening in the same process is refused, and does not free the first', async () => {
    const store = requireOpen();
    expect(open()).toMatchObject({ ok: false, error: { code: 'data-in-use' } });
    const refused = await start('touch').until((event) => event.kind === 'refused');
    expect(refused.problem?.text).toContain(`process ${process.pid}`);
    await store.appendTimeline([anEntry('still ours')], T0);
    await store.close();
  });

  test('a holder note that cannot be read does not matter', async () => {
    const holder = start('hold');
    await holder.until((event) => event.kind === 'opened');
    writeFileSync(join(folder.path, 'holder.json'), '{"pid":');
    const opened = open();
    expect(opened.ok ? '' : opened.error.text).toContain('in use by another process');
  });

  test('an opening that failed lets go of the lock', async () => {
    writeFileSync(join(folder.path, 'lockstep.db'), 'no database at all, but long enough to look like one'.repeat(20));
    expect(open()).toMatchObject({ ok: false, error: { code: 'data-corrupt' } });
    expect(open()).toMatchObject({ ok: false, error: { code: 'data-corrupt' } });
  });
});

describe('files', () => {
  test('a new directory is 0700 and every file in it 0600', async () => {
    const dataDir = join(folder.path, 'new', 'data');
    const store = requireOpen({ dataDir });
    await store.appendTimeline([anEntry('x')], T0);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const names = readdirSync(dataDir);
    expect(names).toEqual(
      expect.arrayContaining(['holder.json', 'lock.db', 'lockstep.db', 'lockstep.db-wal', 'timeline-head.json']),
    );
    for (const name of names) expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o600);
    await store.close();
  });

  test('an empty directory is closed to others; one that holds other things keeps its mode', async () => {
    const empty = join(folder.path, 'empty');
    mkdirSync(empty);
    chmodSync(empty, 0o755);
    await requireOpen({ dataDir: empty }).close();
    expect(statSync(empty).mode & 0o777).toBe(0o700);
    const shared = join(folder.path, 'shared');
    mkdirSync(shared);
    writeFileSync(join(shared, 'theirs'), '');
    chmodSync(shared, 0o755);
    await requireOpen({ dataDir: shared }).close();
    expect(statSync(shared).mode & 0o777).toBe(0o755);
  });

  test('a database that others could read is closed to them', async () => {
    await requireOpen().close();
    chmodSync(join(folder.path, 'lockstep.db'), 0o644);
    await requireOpen().close();
    expect(statSync(join(folder.path, 'lockstep.db')).mode & 0o777).toBe(0o600);
  });

  test('a directory that may not be written is a problem that says so, for an ordinary user', async () => {
    chmodSync(folder.path, 0o555);
    const refused = await start('touch', { unprivileged: true }).until((event) => event.kind !== 'opened');
    expect(refused.problem?.code).toBe('data-unwritable');
    expect(refused.problem?.text).toContain(folder.path);
    expect(refused.problem?.next).toContain('--data');
  });

  test('a database file that may not be written is a problem that says so, for an ordinary user', async () => {
    await requireOpen().close();
    for (const name of readdirSync(folder.path)) chmodSync(join(folder.path, name), 0o444);
    chmodSync(folder.path, 0o555);
    const refused = await start('touch', { unprivileged: true }).until((event) => event.kind !== 'opened');
    expect(refused.problem?.code).toBe('data-unwritable');
  });

  test('a data directory that is a file is a problem', () => {
    const dataDir = join(folder.path, 'file');
    writeFileSync(dataDir, '');
    expect(open({ dataDir })).toMatchObject({ ok: false, error: { code: 'data-unwritable' } });
    expect(open({ dataDir: join(dataDir, 'below') })).toMatchObject({ ok: false, error: { code: 'data-unwritable' } });
    expect(readFileSync(dataDir, 'utf8')).toBe('');
  });
});
