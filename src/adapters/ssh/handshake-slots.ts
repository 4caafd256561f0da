/**
 * Bounds how many handshakes run side by side, over all members: a handshake is our own CPU work, and a hundred at once would
 * run each other into their time-outs. A slow one gives its slot up, because then it is the member that is slow, and members
 * that accept a connection and say nothing must not hold the healthy ones up.
 */
import pLimit from 'p-limit';
import type { Timers } from '../../ports/system.ts';

/** Time after which a handshake no longer counts, in ms. One takes about 5 ms of CPU. */
const SLOT_MS = 1000;

export type InSlot = <T>(handshake: () => Promise<T>) => Promise<T>;

export function createHandshakeSlots(max: number, timers: Timers): InSlot {
  const limit = pLimit(max);
  return (handshake) =>
    new Promise((resolve, reject) => {
      void limit(async () => {
        const attempt = handshake();
        attempt.then(resolve, reject);
        const done = new AbortController();
        await Promise.race([attempt.catch(() => undefined), timers.sleep(SLOT_MS, done.signal)]);
        done.abort();
      });
    });
}
