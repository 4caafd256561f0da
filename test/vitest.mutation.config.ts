import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The one worker of `npm run mutate`, which holds the domain's tests and runs those that a mutant may be noticed by. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/mutation/worker.ts'],
    env: { LOCKSTEP_PROPERTY_RUNS: '10' },
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    // A machine with other work may be slow: an endless loop is Stryker's to end.
    testTimeout: 0,
    reporters: [{}],
    onConsoleLog: () => false,
  },
});
