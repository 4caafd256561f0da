/** Lockstep's processes on a ground: started, killed where the case says, waited for. Owns their limit and what their ends mean. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunId } from '../../src/domain/ids.ts';
import { launch, type Ended, type Running } from '../e2e/cli.ts';
import { PROGRAMS } from './build.ts';
import type { Kill } from './cases.ts';
import type { Ground } from './ground.ts';

/** Longest that any one process may need, in ms: then it hangs, which is a wrong end. */
const PROCESS_LIMIT_MS = 400_000;
/** Reached once for each step of a run that nobody disturbs; the other places once. */
const PER_STEP: ReadonlySet<string> = new Set(['before-intent', 'after-intent', 'after-exec', 'after-outcome']);
/** A card of the run is out: it has begun, or is taken up. */
const UNDER_WAY = /"state":"(?:approved|running)"/;

function args({ home, options }: Ground, person: string): readonly string[] {
  return ['--json', ...options, '--data', home, '--as', person];
}

/** The built command line, to its end. */
export function say(ground: Ground, person: string, ...lines: readonly string[]): Promise<Ended> {
  return end(launch(['console', ...args(ground, person)], lines.map((line) => `${line}\n`).join('')));
}

/** The token of that button of the run's card, by the same way as a chat platform hands it in. Exit code 3: there is no such button. */
export function press(ground: Ground, run: RunId, label: string): Promise<Ended> {
  return end(launch(['press', run, label, ...args(ground, 'alice')], '', [PROGRAMS.child]));
}

/** True when it was killed; it may have come to its end before. */
export async function killed(ground: Ground, input: string, kill: Kill, steps: number): Promise<boolean> {
  return kill.kind === 'place'
    ? dieAt(ground, input, kill.place, nthOf(kill, steps))
    : dieAfter(ground, input, kill.afterMs);
}

export function nthOf({ place, share }: Extract<Kill, { kind: 'place' }>, steps: number): number {
  return PER_STEP.has(place) ? Math.floor((share * steps) / 1000) + 1 : 1;
}

async function dieAt(ground: Ground, input: string, place: string, nth: number): Promise<boolean> {
  const running = launch(['die', place, String(nth), ...args(ground, 'bob')], input, [PROGRAMS.child]);
  return (await end(running)).code === null;
}

async function dieAfter(ground: Ground, input: string, afterMs: number): Promise<boolean> {
  const running = launch(['console', ...args(ground, 'bob')], input);
  // It may end before it says anything: then nothing is left to kill.
  await running.printed(UNDER_WAY).catch(() => undefined);
  await Promise.race([sleep(afterMs, undefined, { ref: false }), running.ended]);
  running.child.kill('SIGKILL');
  return (await end(running)).code === null;
}

/** A process that hangs is ended, and that is an error. */
async function end(running: Running): Promise<Ended> {
  const limit = setTimeout(() => running.child.kill('SIGABRT'), PROCESS_LIMIT_MS);
  const ended = await running.ended;
  clearTimeout(limit);
  if (running.child.signalCode === 'SIGABRT') {
    throw new Error(
      `a process of Lockstep hung for ${String(PROCESS_LIMIT_MS / 1000)} s: ${ended.stdout.slice(-1000)}`,
    );
  }
  return ended;
}
