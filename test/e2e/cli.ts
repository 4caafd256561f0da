/** The built command line as a child process: what a person or another program gets. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Data } from '../../src/domain/data.ts';
import { LINE_SCHEMA } from '../contract/data-schema.ts';
import type { Line } from '../app/world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist/src/cli.js');
const LOCK = join(ROOT, 'node_modules/.lockstep-building');

/** Builds when a source is newer than the build. One builder at a time, whatever test files run side by side. */
export async function ensureBuilt(): Promise<void> {
  for (let waited = 0; waited < 600; waited += 1) {
    try {
      mkdirSync(LOCK);
      break;
    } catch {
      await sleep(100);
    }
  }
  try {
    if (isFresh()) return;
    spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
      cwd: ROOT,
    });
    if (!existsSync(CLI)) throw new Error('the build made no command line');
  } finally {
    rmdirSync(LOCK);
  }
}

function isFresh(): boolean {
  if (!existsSync(CLI)) return false;
  const built = statSync(CLI).mtimeMs;
  return ['src', 'commands'].every((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).every(
      (name) => statSync(join(ROOT, folder, name)).mtimeMs <= built,
    ),
  );
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output matches. */
  printed(pattern: RegExp): Promise<void>;
}

/** `program`: what Node runs instead of the built command line. */
export function launch(args: readonly string[], input: string | null, program: readonly string[] = [CLI]): Running {
  const child = spawn(process.execPath, [...program, ...args], { stdio: 'pipe', cwd: ROOT, env: environment() });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  if (input !== null) child.stdin.end(input);
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (pattern.test(stdout)) resolve();
        };
        watchers.add(watch);
        watch();
        void ended.then(() => reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`)));
      }),
  };
}

export function run(args: readonly string[], ...lines: readonly string[]): Promise<Ended> {
  return launch(args, lines.map((line) => `${line}\n`).join('')).ended;
}

/** Without what a developer's own environment would add. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG };
}

/** Every line of standard output is a message of the contract, or the test fails. */
export function linesOf(ended: Ended): readonly Line[] {
  return ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => LINE_SCHEMA.parse(JSON.parse(line)) as Line);
}

export function kindsOf(lines: readonly Line[]): readonly Data['kind'][] {
  return lines.flatMap((line) => (line.data === null ? [] : [line.data.kind]));
}
