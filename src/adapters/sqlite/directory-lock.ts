/**
 * One process per data directory. The lock is an exclusive transaction on `lock.db`, held open: the kernel lets go of it when
 * the process ends, however it ends, so there is no stale lock to break. `holder.json` only says who holds it, for people.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import Database from 'better-sqlite3';
import type { Problem } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { preparePrivateFile, type DataFiles } from './data-files.ts';

interface Holder {
  readonly pid: number;
  readonly command: string;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly host: string;
}

export interface DirectoryLock {
  release(): void;
}

export interface LockRequest {
  readonly files: DataFiles;
  readonly command: string;
  readonly nowMs: number;
  /** How long a holder that is just ending is waited for, in ms. Blocks the process. */
  readonly waitMs: number;
}

export function takeDirectoryLock(request: LockRequest): Result<DirectoryLock, Problem> {
  const { files } = request;
  preparePrivateFile(files.lock);
  const lock = new Database(files.lock, { timeout: request.waitMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return err(inUse(files));
    throw error;
  }
  try {
    writeHolder(request);
  } catch (error) {
    lock.close();
    throw error;
  }
  return ok({
    release() {
      rmSync(files.holder, { force: true });
      lock.close();
    },
  });
}

function writeHolder({ files, command, nowMs }: LockRequest): void {
  const holder: Holder = { pid: process.pid, command, startedAt: new Date(nowMs).toISOString(), host: hostname() };
  writeFileSync(files.holder, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
}

function inUse(files: DataFiles): Problem {
  const holder = findHolder(files.holder);
  const who =
    holder === undefined
      ? 'another process'
      : `process ${holder.pid} on ${holder.host} (${holder.command}), running since ${holder.startedAt}`;
  const stop = holder === undefined ? 'Stop that process' : `Stop it (kill ${holder.pid})`;
  return {
    code: 'data-in-use',
    text: `The data directory ${files.directory} is in use by ${who}.`,
    next: `${stop}, or wait for its end, or name another directory with --data DIR or LOCKSTEP_DATA.`,
  };
}

function findHolder(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const has = value as Partial<Record<keyof Holder, unknown>>;
  return (
    typeof has.pid === 'number' &&
    typeof has.command === 'string' &&
    typeof has.startedAt === 'string' &&
    typeof has.host === 'string'
  );
}
