import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What takes whole recoveries to show, on rehearsal clusters, without root: two installations, two platforms, every repair to its end. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.long.test.ts'],
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
