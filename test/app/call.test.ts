import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCall, type Call } from '../../src/app/call.ts';
import type { Delivery } from '../../src/ports/chat.ts';
import { aPerson } from '../support/cluster.ts';
import { observationOf, three } from '../support/observation.ts';
import { createWorld, type World } from './world.ts';

const LATER: Delivery = { kind: 'retry', afterMs: 1_000, reason: 'rate limited' };
const THERE: Delivery = { kind: 'delivered', externalId: 'm1' };
const ANSWER = { message: { summary: 'pong', tone: 'info', blocks: [], actions: [] }, data: null } as const;

let world: World;

beforeEach(() => {
  world = createWorld({ observation: observationOf({ members: three({ build: '5.21.2' }) }) });
});

afterEach(() => world.close());

/** A chat that answers so, one after the other, and then always as at last; time passes by sleeping alone. */
function callOver(
  answers: readonly Delivery[],
  detached = new AbortController().signal,
): Call & { asked: () => number } {
  let now = 0;
  let asked = 0;
  const next = async (): Promise<Delivery> => answers[Math.min(asked++, answers.length - 1)] ?? THERE;
  const deps = {
    ...world.deps,
    chats: new Map([['console', { platform: 'console', post: next, edit: next }]] as const),
    clock: { ...world.deps.clock, monotonicMs: () => now },
    timers: {
      sleep: async (ms: number, signal?: AbortSignal) => {
        now += ms;
        return signal?.aborted === true ? ('aborted' as const) : ('elapsed' as const);
      },
    },
  };
  const address = { platform: 'console', channel: 'here', user: null, thread: null } as const;
  const call = createCall({ deps, person: aPerson('console:alice'), address, detached, handles: () => undefined });
  return { ...call, asked: () => asked };
}

describe('an answer', () => {
  test('is posted once the platform takes it again', async () => {
    const call = callOver([...Array<Delivery>(9).fill(LATER), THERE]);
    expect(await call.post(ANSWER)).toBe('m1');
    expect(call.asked()).toBe(10);
  });

  test('is given up after a minute', async () => {
    const call = callOver([LATER]);
    expect(await call.post(ANSWER)).toBeNull();
    expect(call.asked()).toBeGreaterThan(5);
    expect(call.asked()).toBeLessThan(61);
  });

  test('is given up at once where it can never arrive, or nobody waits any more', async () => {
    const gone = callOver([{ kind: 'gone', reason: 'no such channel' }]);
    expect(await gone.post(ANSWER)).toBeNull();
    expect(gone.asked()).toBe(1);
    const detached = callOver([LATER], AbortSignal.abort());
    expect(await detached.post(ANSWER)).toBeNull();
    expect(detached.asked()).toBe(1);
  });
});
