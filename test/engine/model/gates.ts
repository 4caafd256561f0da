/**
 * Places at which the engine stands still until the test lets it go on: so every interleaving of steps, clicks, crashes and changes
 * of the facts can be written down as a sequence, and found again by its seed.
 */
import type { Timers } from '../../../src/ports/system.ts';

export interface Gates {
  /** Resolves when the test opens this gate. */
  wait(place: string): Promise<void>;
  /** The places where something stands now. */
  standing(): readonly string[];
  /** Lets one go on (the `pick`-th, counted round) and all that follows happen up to the next gates; false when none stands. */
  open(pick: number): Promise<boolean>;
  /** The same for one that stands at this place. */
  openAt(place: string): Promise<boolean>;
  /** Whoever stands here never goes on. */
  dropAll(): void;
}

interface Standing {
  readonly place: string;
  readonly go: () => void;
}

export function createGates(): Gates {
  let waiting: Standing[] = [];

  async function release(one: Standing | undefined): Promise<boolean> {
    if (one === undefined) return false;
    waiting = waiting.filter((other) => other !== one);
    one.go();
    await quiet();
    return true;
  }

  return {
    wait: (place) => new Promise((go) => waiting.push({ place, go })),
    standing: () => waiting.map(({ place }) => place),
    open(pick) {
      // Between an intent and its sending nothing is waited for, so no sleep of another step ends there.
      const sending = waiting.some(({ place }) => isSending(place));
      const open = sending ? waiting.filter(({ place }) => place !== 'sleep') : waiting;
      return release(open[pick % Math.max(1, open.length)]);
    },
    openAt: (wanted) => release(waiting.find(({ place }) => place === wanted)),
    dropAll() {
      waiting = [];
    },
  };
}

export function isSending(place: string): boolean {
  return place === 'after-intent' || place.startsWith('exec ');
}

interface Sleepers extends Timers {
  wakeAll(): void;
  dropAll(): void;
}

/** Sleep until they are woken: the time of the engine does not pass for the sake of a card. */
export function createSleepers(): Sleepers {
  let sleepers: (() => void)[] = [];
  return {
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        sleepers.push(() => resolve('elapsed'));
        signal?.addEventListener('abort', () => resolve('aborted'));
      }),
    wakeAll() {
      for (const wake of sleepers.splice(0)) wake();
    },
    dropAll() {
      sleepers = [];
    },
  };
}

/** Nothing here waits for anything but a gate, so one turn of the event loop ends all that can happen. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
