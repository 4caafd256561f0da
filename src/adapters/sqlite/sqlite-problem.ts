/**
 * What SQLite or the file system refused, as a problem that a person can act on. Owns the mapping from error codes to problem
 * codes, and the sentences; decides nothing about what happens next. Keeps the original error as `cause`.
 */
import Database from 'better-sqlite3';
import type { Problem } from '../../domain/problem.ts';
import { StoreError } from '../../ports/store.ts';

/** https://www.sqlite.org/rescode.html, and errno names of Node's file system errors. */
export function describeStorageError(error: unknown, dataDir: string): Problem {
  const code = errorCode(error);
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC' || code === 'EDQUOT') return fullProblem(dataDir);
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) return corruptProblem(dataDir, code);
  if (isUnwritable(code)) return unwritableProblem(dataDir, code);
  return {
    code: 'internal',
    text: `The database in ${dataDir} answered ${code === '' ? String(error) : code}.`,
    next: 'Look at the log for the cause, and start Lockstep again once it is gone: what was committed is kept.',
  };
}

/** Only what a caller may see as "the store is broken"; a bug in our own code passes as it is. */
export function asStoreError(error: unknown, dataDir: string): unknown {
  if (error instanceof StoreError || errorCode(error) === '') return error;
  return new StoreError(describeStorageError(error, dataDir), { cause: error });
}

function fullProblem(dataDir: string): Problem {
  return {
    code: 'data-full',
    text: `There is no room left to write in ${dataDir}; the last change was not made.`,
    next: `Free space on that file system (df -h ${dataDir}), then start Lockstep again.`,
  };
}

function unwritableProblem(dataDir: string, detail: string): Problem {
  return {
    code: 'data-unwritable',
    text: `Lockstep can't write in the data directory ${dataDir} (${detail}).`,
    next: `Give the user who runs Lockstep that directory (ls -ld ${dataDir}), or name another one with --data DIR or LOCKSTEP_DATA.`,
  };
}

export function corruptProblem(dataDir: string, detail: string): Problem {
  return {
    code: 'data-corrupt',
    text: `The database in ${dataDir} is damaged or is not one of Lockstep's (${detail}).`,
    next: `Keep a copy of ${dataDir}, then restore lockstep.db from a backup, or move the directory away to begin with an empty one.`,
  };
}

function isUnwritable(code: string): boolean {
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT', 'EIO', 'ELOOP'].includes(code)) return true;
  return ['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_IOERR', 'SQLITE_AUTH'].some((prefix) =>
    code.startsWith(prefix),
  );
}

export function isSqliteError(error: unknown): boolean {
  return error instanceof Database.SqliteError;
}

function errorCode(error: unknown): string {
  if (error instanceof Database.SqliteError) return error.code;
  if (error instanceof Error && 'errno' in error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return '';
}
