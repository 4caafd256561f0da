/** The processes that a case consists of, compiled beside the command line: starting one costs a third of what it costs from source. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../e2e/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = join(ROOT, 'dist/test/matrix');

export const PROGRAMS = { child: join(BUILT, 'child.js'), host: join(BUILT, 'host.js') } as const;

export async function buildPrograms(): Promise<void> {
  await ensureBuilt();
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const built = spawnSync(process.execPath, [compiler, '-p', 'test/matrix/tsconfig.json'], { cwd: ROOT });
  if (built.status !== 0) throw new Error(`the matrix could not be compiled: ${String(built.stdout)}`);
}
