/**
 * `lockstep audit verify` as somebody types it, on a timeline that somebody else had in hand: what it prints, and its exit code. Every
 * column of every entry, every byte of the file.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAudit } from '../../src/adapters/sqlite/audit.ts';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { auditCommand } from '../../src/cli/audit.ts';
import { requireIncidentId } from '../../src/domain/ids.ts';
import type { NewTimelineEntry } from '../../src/domain/timeline.ts';
import { anEntry, M1, M2, PROD, RUN_A, T0 } from '../contract/store-fixtures.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';

const INCIDENT = requireIncidentId('iaaaaaa');
/** Between them they have something in every column. */
const ENTRIES: readonly NewTimelineEntry[] = [
  anEntry('m1 waits', { kind: 'member-state', state: 'waiting', member: M1, since: T0 - 9 }),
  anEntry('the table holds 402', { kind: 'finding-appeared', finding: 'stale-counter', members: [M1, M2] }),
  anEntry('quoted \uFFFD', {
    evidence: 'it\nwas \uFFFDme',
    author: 'dora \uFFFD',
    link: 'https://chat.example/1',
    run: RUN_A,
  }),
  anEntry('it was not', { corrects: 3, incident: INCIDENT }),
];

let folder: TemporaryDirectory;
const file = (name: string): string => join(folder.path, name);

beforeEach(async () => {
  folder = makeTemporaryDirectory();
  const opened = openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 } });
  if (!opened.ok) throw new Error(opened.error.text);
  await opened.value.appendTimeline(ENTRIES, T0);
  await opened.value.openIncident({
    incident: {
      id: INCIDENT,
      cluster: PROD,
      title: 'no member answers',
      severity: 'critical',
      origin: 'person',
      place: { platform: 'console', channel: 'here', thread: null },
      opened: { at: T0, by: 'alice' },
    },
    graceMs: 0,
    card: null,
  });
  await opened.value.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  folder.remove();
});

interface Verdict {
  readonly code: number;
  readonly said: string;
}

async function verify(...options: readonly string[]): Promise<Verdict> {
  const said: string[] = [];
  const hear = (text: string | Uint8Array): boolean => said.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
  try {
    return { code: await auditCommand(['verify', '--data', folder.path, ...options]), said: said.join('') };
  } finally {
    vi.restoreAllMocks();
  }
}

/** What somebody with the file and the right tool could do, the triggers notwithstanding. */
function tamper(work: (db: Database.Database) => void): void {
  const db = new Database(file('lockstep.db'));
  db.exec('DROP TRIGGER timeline_no_update; DROP TRIGGER timeline_no_delete; PRAGMA ignore_check_constraints = ON');
  work(db);
  db.close();
}

const COLUMNS = [
  'happened_at',
  'recorded_at',
  'kind',
  'cluster',
  'run',
  'incident',
  'member',
  'actor',
  'text',
  'evidence',
  'previous_hash',
  'hash',
  'since',
  'corrects',
  'state',
  'finding',
  'members',
  'author',
  'link',
  'includes',
];

function columnsOf(db: Database.Database): readonly string[] {
  return db
    .prepare<[], { name: string }>("SELECT name FROM pragma_table_info('timeline')")
    .all()
    .map(({ name }) => name);
}

describe('lockstep audit verify', () => {
  test('says that the chain is whole, how long it is and how it ends, and ends with 0', async () => {
    const { code, said } = await verify();
    expect(said).toMatch(/^The chain is whole: 5 entries, the last is [0-9a-f]{64}\.\n$/);
    expect(code).toBe(0);
    const [head = ''] = /[0-9a-f]{64}/.exec(said) ?? [];
    expect(await verify('--expect', head)).toEqual({ code: 0, said });
    const other = await verify('--expect', 'f'.repeat(64));
    expect(other).toEqual({ code: 1, said: expect.stringContaining('does not hold the expected hash') });
  });

  test('these tests know every column', () => {
    tamper((db) => {
      expect(columnsOf(db).toSorted()).toEqual(['sequence', ...COLUMNS].toSorted());
      for (const column of COLUMNS) {
        const sql = `SELECT count(*) AS n FROM timeline WHERE ${column} IS NOT NULL`;
        expect(db.prepare<[], { n: number }>(sql).get()?.n, column).toBeGreaterThan(0);
      }
    });
  });

  test('names the entry of which any byte of any column was changed', async () => {
    const whole = readFileSync(file('lockstep.db'));
    const change = fc.record({
      column: fc.constantFrom(...COLUMNS),
      sequence: fc.integer({ min: 1, max: 5 }),
      at: fc.nat(),
      to: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ column, sequence, at, to }) => {
        writeFileSync(file('lockstep.db'), whole);
        let isOther = false;
        tamper((db) => {
          const sql = `SELECT typeof(${column}) AS type, CAST(${column} AS BLOB) AS bytes FROM timeline WHERE sequence = ?`;
          const cell = db.prepare<[number], { type: string; bytes: Buffer | null }>(sql).get(sequence);
          const bytes = Buffer.from(cell?.bytes ?? []);
          const set = (expression: string, value: unknown): void => {
            db.prepare(`UPDATE timeline SET ${column} = ${expression} WHERE sequence = ?`).run(value, sequence);
          };
          if (cell?.bytes == null || bytes.length === 0) {
            const isNumber = /_at$|^since$|^corrects$/.test(column);
            set('?', isNumber ? to : String(to));
            isOther = true;
            return;
          }
          const index = at % bytes.length;
          isOther = bytes[index] !== to;
          bytes[index] = to;
          if (cell.type === 'text') set('CAST(? AS TEXT)', bytes);
          else {
            const number = /^-?\d{1,15}$/.test(bytes.toString()) ? Number(bytes.toString()) : to;
            isOther = number !== Number(Buffer.from(cell.bytes).toString());
            set('?', number);
          }
        });
        const { code, said } = await verify();
        expect(code).toBe(isOther ? 1 : 0);
        if (isOther) expect(said).toContain(`The chain is broken at entry ${sequence}`);
      }),
      { numRuns: 120 },
    );
  }, 60_000);

  test.each([1, 2, 3, 4])('names entry %i when it was removed', async (sequence) => {
    tamper((db) => db.exec(`DELETE FROM timeline WHERE sequence = ${sequence}`));
    expect(await verify()).toEqual({
      code: 1,
      said: `The chain is broken: entry ${sequence} is missing, or stands elsewhere.\n`,
    });
  });

  test('names the first entry that stands in another’s place', async () => {
    tamper((db) =>
      db.exec(`UPDATE timeline SET sequence = -1 WHERE sequence = 2; UPDATE timeline SET sequence = 2 WHERE sequence = 4;
        UPDATE timeline SET sequence = 4 WHERE sequence = -1`),
    );
    expect(await verify()).toEqual({ code: 1, said: expect.stringContaining('broken at entry 2') });
  });

  test('names the first entry that was put in', async () => {
    tamper((db) => {
      const names = columnsOf(db).filter((name) => name !== 'sequence');
      db.exec(
        'UPDATE timeline SET sequence = -sequence WHERE sequence > 2; UPDATE timeline SET sequence = 1 - sequence WHERE sequence < 0',
      );
      db.exec(
        `INSERT INTO timeline (sequence, ${names.join()}) SELECT 3, ${names.join()} FROM timeline WHERE sequence = 2`,
      );
    });
    expect(await verify()).toEqual({ code: 1, said: expect.stringContaining('broken at entry 3') });
  });

  test('notices a cut tail by the head beside the database, and says how much is gone', async () => {
    tamper((db) => db.exec('DELETE FROM timeline WHERE sequence > 3'));
    const { code, said } = await verify();
    expect(code).toBe(1);
    expect(said).toContain('The chain is whole: 3 entries');
    expect(said).toContain('entry 5 had been recorded, the database ends at entry 3 (a cut tail, or an older copy)');
    expect(said).toContain('Next: Compare with the newest export');
  });

  test('notices an older copy of the database, before and after Lockstep was started on it', async () => {
    copyFileSync(file('lockstep.db'), file('older'));
    const open = () => openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 } });
    const later = open();
    if (!later.ok) throw new Error(later.error.text);
    await later.value.appendTimeline([anEntry('later')], T0);
    await later.value.close();
    copyFileSync(file('older'), file('lockstep.db'));
    const before = await verify();
    expect(before).toEqual({ code: 1, said: expect.stringContaining('the database ends at entry 5') });
    const again = open();
    if (!again.ok) throw new Error(again.error.text);
    await again.value.close();
    expect(await verify()).toEqual({ code: 1, said: expect.stringContaining('the database ends at entry 5') });
  });

  test('says both where the chain is broken and that its end is another one', async () => {
    tamper((db) =>
      db.exec("DELETE FROM timeline WHERE sequence = 5; UPDATE timeline SET text = 'x' WHERE sequence = 2"),
    );
    const { code, said } = await verify();
    expect(code).toBe(1);
    expect(said).toContain('broken at entry 2');
    expect(said).toContain('the database ends at entry 4');
  });

  test('can’t notice that all of it was made anew, the head with it, but against a hash that was kept elsewhere', async () => {
    const kept = /[0-9a-f]{64}/.exec((await verify()).said)?.[0] ?? '';
    for (const name of ['lockstep.db', 'timeline-head.json']) rmSync(file(name));
    const opened = openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 } });
    if (!opened.ok) throw new Error(opened.error.text);
    await opened.value.appendTimeline([anEntry('all was well')], T0);
    await opened.value.close();
    expect((await verify()).code).toBe(0);
    expect((await verify('--expect', kept)).code).toBe(1);
  });

  test('any byte of the file: it is noticed, or every list reads as before', async () => {
    const whole = readFileSync(file('lockstep.db'));
    const lists = (): unknown => {
      const audit = openAudit(folder.path);
      if (!audit.ok) return audit.error.code;
      const { value: reader } = audit;
      const queries = [{}, { cluster: PROD }, { run: RUN_A }, { incident: INCIDENT }];
      try {
        return queries.map((query) => reader.listTimeline(query));
      } finally {
        reader.close();
      }
    };
    const before = lists();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        writeFileSync(file('lockstep.db'), bytes);
        const { code, said } = await verify();
        if (code === 0) expect({ at, lists: lists() }).toEqual({ at, lists: before });
        else expect({ at, code, said }).toEqual({ at, code: 1, said: expect.stringMatching(/broken|damaged/) });
      }),
      { numRuns: 120 },
    );
  }, 120_000);
});
