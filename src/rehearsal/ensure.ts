/**
 * Starting, finding and ending a rehearsal from another process: the console, the demo, a test. Owns the detached child and its
 * card in the directory; a pid is only believed together with the start time of its process.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Series } from './builds.ts';
import { layoutOf } from './host/layout.ts';
import { findRunning, hasEnded, loadSaved } from './host/saved.ts';
import type { RehearsalInfo } from './host/saved.ts';

export interface EnsureOptions {
  readonly dir: string;
  /** Null takes what runs or was saved there, else the default scenario. */
  readonly scenario: string | null;
  readonly series?: Series;
  /** Throw away what was saved of that scenario. Does not end one that runs. */
  readonly fresh?: boolean;
  /** Default: this program again, with `rehearsal` and its options after it. */
  readonly command?: readonly string[];
}

export interface Ensured extends RehearsalInfo {
  /** False when it ran already. */
  readonly started: boolean;
}

const START_MS = 30_000;
const STOP_MS = 10_000;
const LOOK_MS = 50;
const DEFAULT = 'downgraded-all';

/**
 * A rehearsal that runs in that directory: the one that is there, or a new child that outlives us. One of another scenario is
 * ended first. Throws when the child can't be started, with what it said.
 */
export async function ensureRehearsal(options: EnsureOptions): Promise<Ensured> {
  const layout = layoutOf(resolve(options.dir));
  const running = findRunning(layout);
  const wantedSeries = options.series ?? running?.series ?? loadSaved(layout)?.series ?? '5.21';
  if (running !== null) {
    const same =
      options.scenario === null || (running.scenario === options.scenario && running.series === wantedSeries);
    if (same) return { ...running, started: false };
    await stopRehearsal(layout.dir);
  }
  const scenario = options.scenario ?? loadSaved(layout)?.scenario ?? DEFAULT;
  mkdirSync(layout.dir, { recursive: true, mode: 0o700 });
  const logFile = join(layout.dir, 'rehearsal.log');
  const log = openSync(logFile, 'w', 0o600);
  const self = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
  const [program = '', ...first] = options.command ?? self;
  const flags = ['rehearsal', '--scenario', scenario, '--dir', layout.dir];
  if (wantedSeries !== '5.21') flags.push('--series', wantedSeries);
  if (options.fresh === true) flags.push('--fresh');
  const child = spawn(program, [...first, ...flags], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: layout.dir,
  });
  closeSync(log);
  const state = { gone: false };
  const left = (): void => {
    state.gone = true;
  };
  child.on('error', left);
  child.on('exit', left);
  child.unref();
  for (let waited = 0; waited < START_MS && !state.gone; waited += LOOK_MS) {
    const info = findRunning(layout);
    if (info !== null) return { ...info, started: true };
    await sleep(LOOK_MS);
  }
  throw new Error(`the rehearsal did not start: ${readFileSync(logFile, 'utf8').trim().slice(-500)}`);
}

/** Ends the rehearsal that runs there. True when one did and its process is gone now, not only its card. */
export async function stopRehearsal(dir: string): Promise<boolean> {
  const layout = layoutOf(resolve(dir));
  const running = findRunning(layout);
  if (running === null) return false;
  writeFileSync(layout.stopFile, '');
  for (let waited = 0; waited < STOP_MS; waited += LOOK_MS) {
    if (hasEnded(running)) {
      rmSync(layout.stopFile, { force: true });
      return true;
    }
    await sleep(LOOK_MS);
  }
  return false;
}
