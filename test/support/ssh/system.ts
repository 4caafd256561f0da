/** The system ports for tests of adapters: real time, time that a test moves by hand, and a log that remembers. */
import type { Clock, Log, LogFields, Timers } from '../../../src/ports/system.ts';

export const realClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const realTimers: Timers = {
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve('aborted');
      const stop = (): void => {
        clearTimeout(timer);
        resolve('aborted');
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve('elapsed');
      }, ms);
      return signal?.addEventListener('abort', stop, { once: true });
    }),
};

export interface ManualTimers extends Timers {
  /** Lengths in ms of the sleeps that are waiting, in the order in which they began. */
  waiting(): readonly number[];
  /** Ends the oldest waiting sleep of exactly this length. Throws when there is none. */
  elapse(ms: number): void;
}

interface Sleeper {
  readonly ms: number;
  readonly end: (how: 'elapsed' | 'aborted') => void;
}

/** Timers that never end by themselves. */
export function createManualTimers(): ManualTimers {
  const sleepers = new Set<Sleeper>();
  return {
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve('aborted');
        const sleeper: Sleeper = {
          ms,
          end: (how) => {
            sleepers.delete(sleeper);
            resolve(how);
          },
        };
        sleepers.add(sleeper);
        return signal?.addEventListener('abort', () => sleeper.end('aborted'), { once: true });
      }),
    waiting: () => [...sleepers].map((sleeper) => sleeper.ms),
    elapse: (ms) => {
      const sleeper = [...sleepers].find((candidate) => candidate.ms === ms);
      if (sleeper === undefined) throw new Error(`no sleep of ${ms} ms is waiting`);
      sleeper.end('elapsed');
    },
  };
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export function createMemoryLog(
  lines: LogLine[] = [],
  base: LogFields = {},
): Log & { readonly lines: readonly LogLine[] } {
  const add =
    (level: LogLine['level']) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields: { ...base, ...fields } });
    };
  return {
    lines,
    debug: add('debug'),
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
    child: (fields) => createMemoryLog(lines, { ...base, ...fields }),
  };
}
