/**
 * Bounds a piece of work in time and by a life above it. Owns the one way in which work is told to stop here: a signal with a
 * reason. Holds no timer of its own; time comes from the `Timers` port.
 */
import type { Timers } from '../../ports/system.ts';

/** Why work was told to stop: its own time was up, or the transport is closing. */
export type StopReason = 'expired' | 'closed';

export function stopReasonOf(signal: AbortSignal): StopReason | null {
  if (!signal.aborted) return null;
  return signal.reason === 'closed' ? 'closed' : 'expired';
}

/** Runs `body` with a signal that fires after `ms`, or with `outer`, whichever is first. The timer ends with the body. */
export async function withBound<T>(
  timers: Timers,
  ms: number,
  outer: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const done = new AbortController();
  const stop = (): void => inner.abort(outer.reason);
  if (outer.aborted) stop();
  else outer.addEventListener('abort', stop, { once: true });
  void abortAfter(timers, ms, inner, done.signal);
  try {
    return await body(inner.signal);
  } finally {
    done.abort();
    outer.removeEventListener('abort', stop);
  }
}

async function abortAfter(timers: Timers, ms: number, work: AbortController, done: AbortSignal): Promise<void> {
  if ((await timers.sleep(ms, done)) === 'elapsed') work.abort('expired' satisfies StopReason);
}

/** The promise's value, or `undefined` as soon as the signal fires. What the promise becomes later is not looked at. */
export async function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) {
    void promise.catch(() => undefined);
    return undefined;
  }
  return await new Promise<T | undefined>((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
