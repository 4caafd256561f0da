import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The scenarios on real LXD daemons: root, Debian, one lab at a time. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/lab/**/*.lab.test.ts'],
    globalSetup: ['test/lab/support/build.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
