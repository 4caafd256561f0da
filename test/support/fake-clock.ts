/** A clock that only moves when somebody sleeps on it: a sleep takes no time and moves the clock by what was asked. */
import { NOW } from './observation.ts';
import type { Clock, Timers } from '../../src/ports/system.ts';

export interface FakeTime {
  readonly clock: Clock;
  readonly timers: Timers;
  advance(ms: number): void;
}

export function createFakeTime(start = NOW): FakeTime {
  let now = start;
  return {
    clock: { nowMs: () => now, monotonicMs: () => now },
    timers: {
      async sleep(ms, signal) {
        // A turn of the event loop, so that a test that loops for ever fails by its time limit and not by hanging the process.
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (signal?.aborted === true) return 'aborted';
        now += ms;
        return 'elapsed';
      },
    },
    advance(ms) {
      now += ms;
    },
  };
}
