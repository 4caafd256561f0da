import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that a mutant of the domain is judged by: its own, without processes and without a machine around them. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/domain/**/*.test.ts'],
    env: { LOCKSTEP_PROPERTY_RUNS: '10' },
    maxWorkers: 1,
    testTimeout: 30_000,
  },
});
