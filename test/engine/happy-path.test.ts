import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../src/domain/timeline-chain.ts';
import { RUN } from '../support/planning.ts';
import { aRig } from '../support/engine.ts';

describe('a run on members that crash-loop', () => {
  test('backs up, patches one, waits, cleans up, verifies, and ends with every member serving', async () => {
    const { runner, world, store } = await aRig();
    const run = await runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(world.sent).toEqual([
      'back-up@m1',
      'back-up@m2',
      'back-up@m3',
      'write-patch@m1',
      'await-patch-consumed@m1',
      'await-ready@m1',
      'await-ready@m2',
      'await-ready@m3',
      'remove-patch@m1',
      'remove-patch@m2',
      'remove-patch@m3',
    ]);
    expect(world.members.map(({ daemon, row }) => [daemon, row])).toEqual(Array(3).fill(['serving', 387]));
    expect(run.steps.every(({ state, attempts }) => state === 'done' && attempts === 1)).toBe(true);
    expect(verifyChain(await store.listTimeline({})).kind).toBe('intact');
  });

  test('tells each event in the timeline, and the milestones in the thread of its card', async () => {
    const { runner, store } = await aRig();
    await runner.start(RUN);
    const entries = await store.listTimeline({ run: RUN });
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(
      new Set(['run-started', 'step-started', 'step-done', 'verified', 'run-ended']),
    );
    const posted = [];
    for (const entry of entries) {
      const cards = await store.listCards({ kind: 'timeline-entry', sequence: entry.sequence });
      if (cards.length > 0) posted.push(`${entry.kind}: ${cards.map(({ parent }) => parent).join()}`);
    }
    expect(posted).toEqual(['run-started: card', ...Array<string>(5).fill('step-done: card'), 'run-ended: card']);
  });

  test('does not call the end good before a heartbeat has come after all were ready', async () => {
    const { runner, time, run } = await aRig();
    const begun = time.clock.nowMs();
    await runner.start(RUN);
    expect((await run()).endedAt! - begun).toBeGreaterThanOrEqual(10_000);
  });
});

describe('a run on members that are stopped', () => {
  test('writes on all before it starts any, and releases only the hold that it set', async () => {
    const { runner, world } = await aRig({
      daemon: 'stopped',
      prepare: (made) => {
        made.member('m2').held = false;
      },
    });
    const run = await runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    const lastWrite = world.sent.lastIndexOf('write-patch@m3');
    expect(lastWrite).toBeGreaterThan(0);
    expect(world.sent.findIndex((text) => text.startsWith('start@'))).toBeGreaterThan(lastWrite);
    expect(world.sent.filter((text) => text.includes('hold'))).toEqual(['hold-refreshes@m2', 'release-hold@m2']);
    expect(world.members.map(({ held }) => held)).toEqual([true, false, true]);
  });
});

test('two starts of one run are one run', async () => {
  const { runner, world, restart } = await aRig();
  const runs = await Promise.all([runner.start(RUN), runner.start(RUN), restart().start(RUN)]);
  expect(runs.map(({ state }) => state)).toContain('succeeded');
  expect(world.sent.filter((text) => text === 'write-patch@m1')).toHaveLength(1);
  expect(world.sent.filter((text) => text === 'back-up@m1')).toHaveLength(1);
});
