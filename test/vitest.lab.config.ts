import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The scenarios on real LXD daemons: root, Debian; two files at a time, each with a lab of its own. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/lab/**/*.lab.test.ts'],
    globalSetup: ['test/lab/support/build.ts'],
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
