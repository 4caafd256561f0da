import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAudit } from '../../../src/adapters/sqlite/audit.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import { entryHash, GENESIS_HASH } from '../../../src/domain/timeline-chain.ts';
import { anEntry, T0 } from '../../contract/store-fixtures.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../support/temporary-directory.ts';

let folder: TemporaryDirectory;
let isOpen: SqliteStore[];
const file = (name: string): string => join(folder.path, name);

beforeEach(async () => {
  folder = makeTemporaryDirectory();
  isOpen = [];
  await withStore((store) =>
    store.appendTimeline(
      ['one', 'two', 'three', 'four'].map((text) => anEntry(text)),
      T0,
    ),
  );
});
afterEach(async () => {
  for (const store of isOpen) await store.close();
  folder.remove();
});

function open(): SqliteStore {
  const opened = openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 } });
  if (!opened.ok) throw new Error(opened.error.text);
  isOpen.push(opened.value);
  return opened.value;
}

async function withStore<T>(work: (store: SqliteStore) => T | Promise<T>): Promise<T> {
  const store = open();
  const value = await work(store);
  await store.close();
  return value;
}

/** What somebody with the file and sqlite3 could do, the triggers notwithstanding. */
function tamper(sql: string): void {
  const db = new Database(file('lockstep.db'));
  db.exec(`DROP TRIGGER timeline_no_update; DROP TRIGGER timeline_no_delete; ${sql}`);
  db.close();
}

const verdict = () => withStore((store) => ({ audit: store.auditVerify(), head: store.checkHead() }));

describe('the chain', () => {
  test('is whole after ordinary use, and contains each of its hashes', async () => {
    await withStore(async (store) => {
      const entries = await store.listTimeline({});
      for (const { hash } of entries) {
        expect(store.auditVerify({ expect: hash })).toEqual({ ok: true, head: await store.timelineHead() });
      }
      expect(store.auditVerify({ expect: 'f'.repeat(64) })).toEqual({ ok: false, sequence: 0, reason: 'head' });
    });
  });

  test('can neither be changed nor shortened through the database of a running Lockstep', () => {
    const db = new Database(file('lockstep.db'));
    expect(() => db.exec(`UPDATE timeline SET text = 'x' WHERE sequence = 1`)).toThrow('append-only');
    expect(() => db.exec('DELETE FROM timeline WHERE sequence = 4')).toThrow('append-only');
    db.close();
  });

  test.each([
    ['a changed text', `UPDATE timeline SET text = 'changed' WHERE sequence = 2`, 2, 'hash'],
    ['a changed time', 'UPDATE timeline SET happened_at = happened_at + 1 WHERE sequence = 3', 3, 'hash'],
    ['a removed entry', 'DELETE FROM timeline WHERE sequence = 2', 2, 'gap'],
    ['a removed beginning', 'DELETE FROM timeline WHERE sequence = 1', 1, 'gap'],
    [
      'a hash that was made to fit itself alone',
      `UPDATE timeline SET previous_hash = '${GENESIS_HASH}' WHERE sequence = 3`,
      3,
      'previous-hash',
    ],
  ])('shows %s at its entry', async (_what, sql, sequence, reason) => {
    tamper(sql);
    expect((await verdict()).audit).toEqual({ ok: false, sequence, reason });
  });

  test('that was forged to its end is whole, but not the one whose head was noted', async () => {
    const entries = await withStore((store) => store.listTimeline({}));
    const noted = entries.at(-1)!.hash;
    let previous = GENESIS_HASH;
    const sql = entries.map((entry) => {
      const forged = { ...entry, text: `forged ${entry.text}` };
      const hash = entryHash(previous, forged);
      const set = `text = '${forged.text}', previous_hash = '${previous}', hash = '${hash}'`;
      previous = hash;
      return `UPDATE timeline SET ${set} WHERE sequence = ${entry.sequence};`;
    });
    tamper(sql.join('\n'));
    const { audit, head } = await verdict();
    expect(audit.ok).toBe(true);
    expect(head).toMatchObject({ ok: false, problem: { code: 'data-corrupt' } });
    expect(await withStore((store) => store.auditVerify({ expect: noted }))).toEqual({
      ok: false,
      sequence: 0,
      reason: 'head',
    });
  });
});

describe('the head beside the database', () => {
  test('is the last entry after each append', async () => {
    await withStore(async (store) => {
      for (const text of ['a', 'b']) {
        await store.appendTimeline([anEntry(text)], T0);
        expect(JSON.parse(readFileSync(file('timeline-head.json'), 'utf8'))).toEqual(await store.timelineHead());
      }
    });
  });

  test('shows a cut tail, and goes on showing it until a person has removed the note', async () => {
    tamper('DELETE FROM timeline WHERE sequence >= 3');
    const first = await verdict();
    expect(first.audit.ok).toBe(true);
    expect(first.head).toMatchObject({ ok: false });
    expect(first.head.ok ? '' : first.head.problem.text).toContain(
      'entry 4 had been recorded, the database ends at entry 2',
    );
    await withStore((store) =>
      store.appendTimeline(
        [3, 4, 5, 6].map((n) => anEntry(`again ${n}`)),
        T0,
      ),
    );
    expect((await verdict()).head.ok).toBe(false);
    rmSync(file('timeline-head-lost.json'));
    expect((await verdict()).head.ok).toBe(true);
  });

  test('shows an older copy of the database', async () => {
    copyFileSync(file('lockstep.db'), file('older'));
    await withStore((store) => store.appendTimeline([anEntry('five')], T0));
    copyFileSync(file('older'), file('lockstep.db'));
    const { head } = await verdict();
    expect(head.ok ? '' : head.problem.text).toContain('ends at entry 4');
  });

  test('shows another history that is longer', async () => {
    const other = makeTemporaryDirectory();
    const opened = openStore({ dataDir: other.path, command: 'test', clock: { nowMs: () => T0 } });
    if (!opened.ok) throw new Error(opened.error.text);
    await opened.value.appendTimeline(
      Array.from({ length: 9 }, () => anEntry('other')),
      T0,
    );
    await opened.value.close();
    copyFileSync(join(other.path, 'lockstep.db'), file('lockstep.db'));
    other.remove();
    const { head } = await verdict();
    expect(head.ok ? '' : head.problem.text).toContain('entry 4 has another hash');
  });

  test('shows a database that was removed', async () => {
    rmSync(file('lockstep.db'));
    const { head } = await verdict();
    expect(head.ok ? '' : head.problem.text).toContain('ends at entry 0');
  });

  test.each([
    ['missing', () => rmSync(file('timeline-head.json')), 'was missing while the database held 4 entries'],
    ['unreadable', () => writeFileSync(file('timeline-head.json'), '{"seq'), 'could not be read'],
  ])('that is %s is noticed', async (_what, spoil, text) => {
    spoil();
    const { head } = await verdict();
    expect(head.ok ? '' : head.problem.text).toContain(text);
  });

  test('that lags by a commit, as after a kill between the two, is fine', async () => {
    const lagging = readFileSync(file('timeline-head.json'));
    await withStore((store) => store.appendTimeline([anEntry('five')], T0));
    writeFileSync(file('timeline-head.json'), lagging);
    expect((await verdict()).head).toEqual({ ok: true });
    expect(existsSync(file('timeline-head-lost.json'))).toBe(false);
  });
});

describe('reading beside a running process', () => {
  test('sees what is committed, and writes nothing', async () => {
    const store = open();
    await store.appendTimeline([anEntry('five')], T0);
    const audit = openAudit(folder.path);
    if (!audit.ok) throw new Error(audit.error.text);
    expect(audit.value.auditVerify()).toMatchObject({ ok: true, head: { sequence: 5 } });
    expect(audit.value.checkHead()).toEqual({ ok: true });
    expect(audit.value.listTimeline({ limit: 1 }).map((entry) => entry.text)).toEqual(['five']);
    await store.appendTimeline([anEntry('six')], T0);
    expect(audit.value.auditVerify()).toMatchObject({ ok: true, head: { sequence: 6 } });
    audit.value.close();
  });

  test.each([
    ['a cut tail', () => tamper('DELETE FROM timeline WHERE sequence = 4'), 'the database ends at entry 3'],
    ['an empty database', () => tamper('DELETE FROM timeline'), 'the database ends at entry 0'],
    ['a missing head', () => rmSync(file('timeline-head.json')), 'timeline-head.json was missing'],
    ['a spoilt head', () => writeFileSync(file('timeline-head.json'), 'x'), 'could not be read'],
  ])('shows %s before any process has opened the directory, and notes nothing down', (_what, spoil, text) => {
    spoil();
    const audit = openAudit(folder.path);
    if (!audit.ok) throw new Error(audit.error.text);
    const head = audit.value.checkHead();
    expect(head.ok ? '' : head.problem.text).toContain(text);
    audit.value.close();
    expect(existsSync(file('timeline-head-lost.json'))).toBe(false);
  });

  test('takes a head that lags by a commit for what it is', async () => {
    const lagging = readFileSync(file('timeline-head.json'));
    await withStore((store) => store.appendTimeline([anEntry('five')], T0));
    writeFileSync(file('timeline-head.json'), lagging);
    const audit = openAudit(folder.path);
    if (!audit.ok) throw new Error(audit.error.text);
    expect(audit.value.checkHead()).toEqual({ ok: true });
    audit.value.close();
  });

  test('a directory without a database is a problem', () => {
    expect(openAudit(file('none'))).toMatchObject({ ok: false, error: { code: 'bad-argument' } });
  });
});
