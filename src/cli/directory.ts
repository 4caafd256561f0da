/**
 * Making a data directory before anything else needs it. One level at a time: the recursive mkdir of Node 20 never ends where a file
 * system refuses new directories with ENOENT, as /proc does.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';

export function makeDirectory(path: string): Result<string, Problem> {
  try {
    make(path);
    return ok(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return err({
      code: 'data-unwritable',
      text: `The data directory ${path} can’t be made (${reason}).`,
      next: 'Name a directory that this user may write to, with --data DIR or LOCKSTEP_DATA.',
    });
  }
}

function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) make(parent);
  mkdirSync(path, { mode: 0o700 });
}
