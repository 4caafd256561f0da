/**
 * The files of a data directory: their names and who may read them (directory 0700, files 0600). Owns creation; opens none of
 * them a second time, since closing any descriptor of a file drops this process's POSIX locks on it, SQLite's included.
 */
import { accessSync, chmodSync, closeSync, constants, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface DataFiles {
  readonly directory: string;
  readonly database: string;
  readonly lock: string;
  readonly holder: string;
  readonly head: string;
  readonly lostHead: string;
}

export function dataFiles(directory: string): DataFiles {
  return {
    directory,
    database: join(directory, 'lockstep.db'),
    lock: join(directory, 'lock.db'),
    holder: join(directory, 'holder.json'),
    head: join(directory, 'timeline-head.json'),
    lostHead: join(directory, 'timeline-head-lost.json'),
  };
}

/** Creates the directory where it is missing. One that holds other things already keeps its mode: it isn't ours to change. */
export function prepareDirectory(files: DataFiles): void {
  mkdirSync(files.directory, { recursive: true, mode: 0o700 });
  accessSync(files.directory, constants.R_OK | constants.W_OK | constants.X_OK);
  const isOpen = (statSync(files.directory).mode & 0o077) !== 0;
  if (isOpen && readdirSync(files.directory).length === 0) chmodSync(files.directory, 0o700);
}

/** Creates an empty file with mode 0600, or corrects the mode of the one that is there. SQLite gives `-wal` and `-shm` the same. */
export function preparePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  }
}
