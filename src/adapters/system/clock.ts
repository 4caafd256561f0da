/** The machine's clocks behind the port: wall clock in UTC ms, and one that never goes back. */
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../ports/system.ts';

export function createClock(): Clock {
  return { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
}
