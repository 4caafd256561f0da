import { userInfo } from 'node:os';
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createClock } from '../../../src/adapters/system/clock.ts';
import { createIds } from '../../../src/adapters/system/ids.ts';
import { osUser } from '../../../src/adapters/system/os-user.ts';
import { createTimers } from '../../../src/adapters/system/timers.ts';
import { INCIDENT_ID_PATTERN, RUN_ID_PATTERN } from '../../../src/domain/ids.ts';

describe('ids', () => {
  const ids = createIds();

  test('run and incident ids have the form that people type', () => {
    for (let n = 0; n < 200; n += 1) {
      expect(ids.runId()).toMatch(RUN_ID_PATTERN);
      expect(ids.incidentId()).toMatch(INCIDENT_ID_PATTERN);
    }
  });

  test('tokens are URL-safe, carry at least 128 bits and never repeat', () => {
    const tokens = Array.from({ length: 1000 }, () => ids.token());
    expect(new Set(tokens).size).toBe(1000);
    for (const token of tokens) {
      expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
    }
  });

  test('message ids never repeat', () => {
    expect(new Set(Array.from({ length: 1000 }, () => ids.messageId())).size).toBe(1000);
  });
});

describe('clock', () => {
  test('wall clock and monotonic clock go on', () => {
    const clock = createClock();
    const [wall, monotonic] = [clock.nowMs(), clock.monotonicMs()];
    expect(Math.abs(wall - Date.now())).toBeLessThan(5000);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(monotonic);
  });
});

describe('timers', () => {
  const timers = createTimers();

  test('a sleep elapses, and a negative one at once', async () => {
    expect(await timers.sleep(1)).toBe('elapsed');
    expect(await timers.sleep(-5)).toBe('elapsed');
    expect(await timers.sleep(Number.NaN)).toBe('elapsed');
  });

  test('an aborted sleep ends at once and leaves no listener', async () => {
    const controller = new AbortController();
    const sleeping = timers.sleep(60_000, controller.signal);
    controller.abort();
    expect(await sleeping).toBe('aborted');
    expect(await timers.sleep(60_000, controller.signal)).toBe('aborted');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('a sleep that elapses leaves no listener', async () => {
    const controller = new AbortController();
    await timers.sleep(1, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('a sleep longer than Node can count does not fire at once', async () => {
    const controller = new AbortController();
    const sleeping = timers.sleep(2 ** 40, controller.signal);
    const first = await Promise.race([sleeping, timers.sleep(20).then(() => 'still asleep')]);
    expect(first).toBe('still asleep');
    controller.abort();
    expect(await sleeping).toBe('aborted');
  });
});

test('the OS user is the one who runs this process', () => {
  expect(osUser()).toBe(userInfo().username);
});
