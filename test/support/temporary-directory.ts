/** A directory of its own for one test, removed afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

export function makeTemporaryDirectory(prefix = 'lockstep-test-'): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), prefix));
  return {
    path,
    remove() {
      // A test may have taken the right to write away.
      chmodSync(path, 0o700);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
