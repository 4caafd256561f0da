/** Before the suite: the command line is built, unless what is built is newer than every source. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SOURCES = ['src', 'commands', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** The program that the tests run. */
export const CLI = join(ROOT, 'dist/src/cli.js');

/** Called by vitest once, before all files. */
export async function setup(): Promise<void> {
  if (isStale()) await promisify(execFile)('npm', ['run', '-s', 'build'], { cwd: ROOT });
  if (isStale()) throw new Error(`the build left ${CLI} older than its sources`);
}

function isStale(): boolean {
  return !existsSync(CLI) || newest(SOURCES.map((source) => join(ROOT, source))) > statSync(CLI).mtimeMs;
}

function newest(paths: readonly string[]): number {
  const times = paths.map((path) => {
    const found = statSync(path);
    return found.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : found.mtimeMs;
  });
  return Math.max(0, ...times);
}
