import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The suite that runs anywhere, without root: everything but what waits for minutes and the scenarios on real LXD daemons. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      // Pure functions: nothing that one file could leave behind for the next, so modules are loaded once per worker.
      { extends: true, test: { name: 'domain', include: ['test/domain/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/not-run.ts'],
          exclude: ['test/domain/**', 'test/lab/**', 'test/**/*.long.test.ts', 'node_modules/**', 'dist/**'],
        },
      },
    ],
    // Most of the suite waits for other processes, so more workers than cores.
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'commands/**/*.ts'],
      reporter: ['text-summary'],
    },
  },
});
