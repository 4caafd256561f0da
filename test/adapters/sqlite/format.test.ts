import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type OpenStore, type SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import type { Problem } from '../../../src/domain/problem.ts';
import { StoreError } from '../../../src/ports/store.ts';
import { aDraft, anEntry, aRun, OTHER, RUN_A, RUN_B, T0 } from '../../contract/store-fixtures.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../support/temporary-directory.ts';

let folder: TemporaryDirectory;
let database: string;
let isOpen: SqliteStore[];

beforeEach(() => {
  folder = makeTemporaryDirectory();
  database = join(folder.path, 'lockstep.db');
  isOpen = [];
});
afterEach(async () => {
  for (const store of isOpen) await store.close();
  folder.remove();
});

function open(changes: Partial<OpenStore> = {}): ReturnType<typeof openStore> {
  return openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 }, lockWaitMs: 0, ...changes });
}

function requireOpen(changes: Partial<OpenStore> = {}): SqliteStore {
  const opened = open(changes);
  if (!opened.ok) throw new Error(opened.error.text);
  isOpen.push(opened.value);
  return opened.value;
}

function requireProblem(): Problem {
  const opened = open();
  if (opened.ok) throw new Error('it opened');
  return opened.error;
}

function raw<T>(work: (db: Database.Database) => T): T {
  const db = new Database(database);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Enough pages that damage in the middle is in somebody's table. */
async function fill(store: SqliteStore): Promise<void> {
  await store.appendTimeline(
    Array.from({ length: 200 }, (_, n) => anEntry(`${n} ${'x'.repeat(500)}`)),
    T0,
  );
}

describe('the format of the database', () => {
  test('a new database is STRICT, in WAL mode, checks foreign keys and carries its version', async () => {
    const store = requireOpen({ codeVersion: '1.2.3' });
    expect(await store.getMeta('lockstep-version')).toBe('1.2.3');
    await store.close();
    raw((db) => {
      expect(db.pragma('user_version', { simple: true })).toBe(3);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      const tables = db.prepare(
        `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'`,
      );
      expect(tables.all().length).toBeGreaterThanOrEqual(8);
      expect(tables.all()).not.toContainEqual(expect.objectContaining({ strict: 0 }));
    });
  });

  test('opening again changes nothing and keeps everything', async () => {
    const first = requireOpen();
    await first.draftRun(aDraft());
    await first.close();
    const second = requireOpen();
    expect(await second.findRun(RUN_A)).toEqual(aRun());
  });

  test('a database of a newer Lockstep is refused with both versions, and left as it is', async () => {
    await requireOpen({ codeVersion: '9.8.7' }).close();
    raw((db) => db.pragma('user_version = 7'));
    const before = readFileSync(database);
    const problem = requireProblem();
    expect(problem.code).toBe('data-newer');
    expect(problem.text).toContain('format 7');
    expect(problem.text).toContain('9.8.7');
    expect(problem.text).toContain('up to 3');
    expect(problem.next).toContain('Start Lockstep 9.8.7');
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  test('a database of another program is refused and left as it is', () => {
    raw((db) => db.exec('CREATE TABLE theirs (a)'));
    const before = readFileSync(database);
    expect(requireProblem()).toMatchObject({ code: 'data-corrupt' });
    expect(readFileSync(database).equals(before)).toBe(true);
  });
});

describe('a damaged database', () => {
  test.each([
    ['text in place of a database', () => writeFileSync(database, 'not a database '.repeat(500))],
    ['the header overwritten', () => overwrite(0, 100)],
    ['pages overwritten in the middle', () => overwrite(4096 * 6, 4096 * 12)],
    ['the second half cut off', () => truncateSync(database, 4096 * 9)],
  ])('%s is refused, saying what to keep and what to do', async (_what, damage) => {
    const store = requireOpen();
    await fill(store);
    await store.close();
    damage();
    const problem = requireProblem();
    expect(problem.code).toBe('data-corrupt');
    expect(problem.next).toContain('backup');
  });

  function overwrite(from: number, to: number): void {
    const bytes = readFileSync(database);
    bytes.fill(0xa5, from, to);
    writeFileSync(database, bytes);
  }
});

describe('a full disk', () => {
  test('at the first opening is a problem', () => {
    const opened = open({ maxPageCount: 3 });
    expect(opened).toMatchObject({ ok: false, error: { code: 'data-full' } });
  });

  test('fails the change whole, keeps what was there, and goes on when there is room again', async () => {
    const before = requireOpen();
    await before.draftRun(aDraft());
    await before.close();
    const pages = statSync(database).size / 4096;
    const store = requireOpen({ maxPageCount: pages + 1 });
    const head = await store.timelineHead();
    const huge = aDraft(aRun({ id: RUN_B, cluster: OTHER }), { entries: [anEntry('x'.repeat(100_000))] });
    const failure = await store.draftRun(huge).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ problem: { code: 'data-full' } });
    expect(await store.findRun(RUN_B)).toBeNull();
    expect(await store.timelineHead()).toEqual(head);
    expect(await store.findRun(RUN_A)).toEqual(aRun());
    await store.close();
    const roomy = requireOpen();
    expect((await roomy.draftRun(huge)).ok).toBe(true);
    expect(roomy.auditVerify().ok).toBe(true);
    expect(roomy.checkHead()).toEqual({ ok: true });
  });
});

describe('a store that was closed', () => {
  test('rejects, and does not pretend', async () => {
    const store = requireOpen();
    await store.close();
    await expect(store.appendTimeline([anEntry('x')], T0)).rejects.toThrow();
  });

  test('leaves one file that can be copied', async () => {
    const store = requireOpen();
    await store.draftRun(aDraft());
    await store.close();
    const copy = makeTemporaryDirectory();
    try {
      copyFileSync(database, join(copy.path, 'lockstep.db'));
      const opened = openStore({ dataDir: copy.path, command: 'test', clock: { nowMs: () => T0 } });
      if (!opened.ok) throw new Error(opened.error.text);
      expect(await opened.value.findRun(RUN_A)).toEqual(aRun());
      await opened.value.close();
    } finally {
      copy.remove();
    }
  });
});
