/**
 * One connection: durability settings asserted, format checked and brought up to date, statements prepared once. Owns
 * transactions (`commit`) and the wrapping of SQLite's errors; knows no table but `meta`.
 */
import Database from 'better-sqlite3';
import type { Problem } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DataFiles } from './data-files.ts';
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts';
import { asStoreError, corruptProblem } from './sqlite-problem.ts';

type Value = string | number | null;

interface Select<Row> {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
  iterate(...values: readonly Value[]): IterableIterator<Row>;
}

export interface Connection {
  /** Prepared once per text. `Row` is what the statement selects: the caller vouches for it, STRICT tables and CHECKs help. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as in better-sqlite3's own types
  select<Row>(sql: string): Select<Row>;
  /** Number of rows changed. */
  run(sql: string, ...values: readonly Value[]): number;
  /** All of `work` in one durable transaction, or none of it. Throws `StoreError` when the database can't. */
  commit<T>(work: () => T): T;
  /** Reads without a transaction, errors wrapped as in `commit`. */
  read<T>(work: () => T): T;
  close(): void;
}

export interface OpenDatabase {
  readonly files: DataFiles;
  /** Upper bound of the file in pages, to provoke a full disk in tests; null for none. */
  readonly maxPageCount: number | null;
}

export function openConnection(open: OpenDatabase): Result<Connection, Problem> {
  const raw = new Database(open.files.database, { timeout: 5000 });
  try {
    const problem = checkFormat(raw, open.files.directory) ?? checkStructure(raw, open.files.directory);
    if (problem !== null) {
      raw.close();
      return err(problem);
    }
    configure(raw, open.maxPageCount);
    migrate(raw);
    return ok(wrap(raw, open.files.directory));
  } catch (error) {
    raw.close();
    throw error;
  }
}

/**
 * Read-only and without the directory's lock, for looking at the database of a running process, or at a damaged one: what of it can't
 * be read shows when it is read.
 */
export function openReader(files: DataFiles): Result<Connection, Problem> {
  const raw = new Database(files.database, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const problem = checkFormat(raw, files.directory);
    if (problem === null) return ok(wrap(raw, files.directory));
    raw.close();
    return err(problem);
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** Before anything is written: a database of another program, a newer Lockstep or a broken disk is left as it is. */
function checkFormat(raw: Database.Database, directory: string): Problem | null {
  const version = pragma(raw, 'user_version');
  const application = pragma(raw, 'application_id');
  const isEmpty = pragma(raw, 'schema_version') === 0;
  if (isEmpty) return null;
  if (application !== APPLICATION_ID) return corruptProblem(directory, 'it carries the mark of another program');
  return version > MIGRATIONS.length ? newerProblem(raw, directory, version) : null;
}

function checkStructure(raw: Database.Database, directory: string): Problem | null {
  const verdict: unknown = raw.pragma('quick_check(1)', { simple: true });
  return verdict === 'ok' ? null : corruptProblem(directory, String(verdict));
}

function newerProblem(raw: Database.Database, directory: string, version: number): Problem {
  const writer = findWriter(raw);
  const known = MIGRATIONS.length;
  return {
    code: 'data-newer',
    text: `The database in ${directory} has format ${version}, written by Lockstep ${writer ?? 'of a later version'}; this Lockstep knows formats up to ${known}.`,
    next: `Start Lockstep ${writer ?? 'of that later version'} or newer on it, or restore a backup from before the upgrade, or name another directory with --data DIR.`,
  };
}

function findWriter(raw: Database.Database): string | undefined {
  try {
    return raw.prepare<[], { value: string }>(`SELECT value FROM meta WHERE key = 'lockstep-version'`).get()?.value;
  } catch {
    return undefined;
  }
}

function configure(raw: Database.Database, maxPageCount: number | null): void {
  if (maxPageCount !== null) raw.pragma(`max_page_count = ${Math.trunc(maxPageCount)}`);
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  raw.pragma('foreign_keys = ON');
  raw.pragma('trusted_schema = OFF');
  raw.pragma('journal_size_limit = 8388608');
  const mode: unknown = raw.pragma('journal_mode', { simple: true });
  if (mode !== 'wal') throw new Error(`the database would not use a write-ahead log: ${String(mode)}`);
  if (pragma(raw, 'synchronous') !== 2) throw new Error('the database would not write synchronously');
  if (pragma(raw, 'foreign_keys') !== 1) throw new Error('the database would not check foreign keys');
}

function migrate(raw: Database.Database): void {
  for (let version = pragma(raw, 'user_version'); version < MIGRATIONS.length; version += 1) {
    const sql = MIGRATIONS[version] ?? '';
    raw
      .transaction(() => {
        raw.exec(sql);
        raw.pragma(`application_id = ${APPLICATION_ID}`);
        raw.pragma(`user_version = ${version + 1}`);
      })
      .immediate();
  }
}

/** Plain statements, since better-sqlite3's own wrapper costs several times as much as a small change itself. */
function inTransaction<T>(raw: Database.Database, control: Control, work: () => T): T {
  control.begin.run();
  try {
    const value = work();
    control.commit.run();
    return value;
  } finally {
    // SQLite may have rolled back by itself (full disk): https://www.sqlite.org/lang_transaction.html
    if (raw.inTransaction) control.rollback.run();
  }
}

interface Control {
  readonly begin: Database.Statement<[]>;
  readonly commit: Database.Statement<[]>;
  readonly rollback: Database.Statement<[]>;
}

function pragma(raw: Database.Database, name: string): number {
  return Number(raw.pragma(name, { simple: true }));
}

function wrap(raw: Database.Database, directory: string): Connection {
  const statements = new Map<string, Database.Statement<Value[]>>();
  const prepare = (sql: string): Database.Statement<Value[]> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = raw.prepare<Value[]>(sql);
    statements.set(sql, made);
    return made;
  };
  const control: Control = {
    begin: raw.prepare('BEGIN IMMEDIATE'),
    commit: raw.prepare('COMMIT'),
    rollback: raw.prepare('ROLLBACK'),
  };
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, directory);
    }
  };
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters -- one trusted place
    select: <Row>(sql: string) => prepare(sql) as Select<Row>,
    run: (sql, ...values) => prepare(sql).run(...values).changes,
    commit: <T>(work: () => T) => guarded(() => inTransaction(raw, control, work)),
    read: guarded,
    close: () => {
      raw.close();
    },
  };
}
