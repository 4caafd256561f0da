/**
 * Opens a data directory as the durable store: lock, files, format, head, in this order. Owns the assembly; every method of the
 * port is one transaction of the functions beside this file. The only module of this folder that others import.
 */
import type { Problem } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Clock } from '../../ports/system.ts';
import type { Store } from '../../ports/store.ts';
import { auditOver, type Audit } from './audit.ts';
import { openConnection, type Connection } from './connection.ts';
import { dataFiles, prepareDirectory, preparePrivateFile, type DataFiles } from './data-files.ts';
import { takeDirectoryLock, type DirectoryLock } from './directory-lock.ts';
import { openHeadFile, type HeadFile } from './head-file.ts';
import { describeStorageError } from './sqlite-problem.ts';
import { storeOver } from './store-over.ts';
import { findEntry, findHead } from './timeline.ts';

export interface OpenStore {
  readonly dataDir: string;
  /** What a person would type to start this process; shown to whoever finds the directory in use. */
  readonly command: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Version of Lockstep, kept in the database so that an older one can name it. */
  readonly codeVersion?: string;
  /** How long a process that is just ending is waited for, in ms. Default 1000. */
  readonly lockWaitMs?: number;
  /** Upper bound of the database in pages, to provoke a full disk in tests. */
  readonly maxPageCount?: number;
}

export interface SqliteStore extends Store, Audit {
  readonly dataDir: string;
}

export function openStore(options: OpenStore): Result<SqliteStore, Problem> {
  const files = dataFiles(options.dataDir);
  try {
    prepareDirectory(files);
    const lock = takeDirectoryLock({
      files,
      command: options.command,
      nowMs: options.clock.nowMs(),
      waitMs: options.lockWaitMs ?? 1000,
    });
    return lock.ok ? openLocked(options, files, lock.value) : lock;
  } catch (error) {
    return err(describeStorageError(error, options.dataDir));
  }
}

function openLocked(options: OpenStore, files: DataFiles, lock: DirectoryLock): Result<SqliteStore, Problem> {
  let connection: Connection | null = null;
  try {
    preparePrivateFile(files.database);
    const opened = openConnection({ files, maxPageCount: options.maxPageCount ?? null });
    if (!opened.ok) {
      lock.release();
      return opened;
    }
    connection = opened.value;
    noteVersion(connection, options.codeVersion);
    const headFile = openHead(files, connection);
    return ok(assemble({ files, connection, headFile, lock }));
  } catch (error) {
    connection?.close();
    lock.release();
    throw error;
  }
}

function noteVersion(connection: Connection, version: string | undefined): void {
  if (version === undefined) return;
  const key = 'lockstep-version';
  const sql = 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
  const known = connection.select<{ value: string }>('SELECT value FROM meta WHERE key = ?').get(key)?.value;
  if (known !== version) connection.commit(() => connection.run(sql, key, version));
}

function openHead(files: DataFiles, connection: Connection): HeadFile {
  return openHeadFile(files, {
    head: findHead(connection),
    findHash: (sequence) => findEntry(connection, sequence)?.hash ?? null,
  });
}

interface Parts {
  readonly files: DataFiles;
  readonly connection: Connection;
  readonly headFile: HeadFile;
  readonly lock: DirectoryLock;
}

function assemble({ files, connection, headFile, lock }: Parts): SqliteStore {
  let isOpen = true;
  const store = storeOver(connection, headFile);
  return {
    ...store,
    ...auditOver(connection, files),
    dataDir: files.directory,
    close() {
      if (isOpen) {
        isOpen = false;
        connection.close();
        headFile.close();
        lock.release();
      }
      return Promise.resolve();
    },
  };
}
