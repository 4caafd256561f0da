/** Sleeping behind the port: resolves, never rejects, and leaves neither a timer nor a listener behind. */
import type { Timers } from '../../ports/system.ts';

/** Node fires a longer timer at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const LONGEST_MS = 2 ** 31 - 1;

export function createTimers(): Timers {
  return {
    async sleep(ms, signal) {
      let left = Number.isNaN(ms) ? 0 : ms;
      while (left > LONGEST_MS) {
        if ((await sleepOnce(LONGEST_MS, signal)) === 'aborted') return 'aborted';
        left -= LONGEST_MS;
      }
      return sleepOnce(left, signal);
    },
  };
}

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<'elapsed' | 'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve('aborted');
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      resolve('aborted');
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve('elapsed');
      },
      Math.max(0, ms),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
