import { describe, expect, test } from 'vitest';
import { RUN } from '../support/planning.ts';
import { aRig, type Rig } from '../support/engine.ts';

const COMMAND = 'lxc config set cluster.healing_threshold 300';

/** m1 serves, m2 and m3 crash-loop on rows that stayed high; healing is on. */
function rigOf(): Promise<Rig> {
  return aRig({
    prepare(world) {
      world.healingS = 300;
      world.member('m1').daemon = 'serving';
      world.member('m1').row = 387;
    },
  });
}

describe('automatic healing', () => {
  test('is switched off before anything else where somebody serves, and put back once the end was verified', async () => {
    const { runner, world, store, time } = await rigOf();
    let readyAt = 0;
    world.onExec = (text) => {
      if (text === 'healing-back@m1') readyAt = time.clock.nowMs();
      if (text.startsWith('run-sql')) expect(world.healingS).toBe(0);
    };
    const run = await runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(run.plan.healingS).toBe(300);
    expect([world.sent[0], world.sent.at(-1)]).toEqual(['healing-off@m1', 'healing-back@m1']);
    expect(world.healingS).toBe(300);
    // Two heartbeats after all were ready: not at once.
    expect(readyAt - run.startedAt!).toBeGreaterThanOrEqual(10_000);
    expect((await store.listTimeline({ run: RUN })).filter(({ kind }) => kind === 'verified')).toHaveLength(1);
  });

  test('is switched off by the patch where nobody serves, and put back all the same', async () => {
    const { runner, world } = await aRig({ prepare: (made) => void (made.healingS = 300) });
    const run = await runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(world.sent).not.toContain('healing-off@m1');
    expect(world.sent.at(-1)).toBe('healing-back@m1');
    expect(world.healingS).toBe(300);
  });

  test('stays off over a pause, the card says so with the command, and a resumed run puts it back', async () => {
    const { runner, world, run } = await rigOf();
    world.mishap('await-ready', 'm2', { kind: 'exit', code: 7 });
    const paused = await runner.start(RUN);
    expect(paused.state).toBe('paused');
    expect(world.healingS).toBe(0);
    expect(paused.explanation).toContain(COMMAND);
    await runner.resume({ run: RUN, verdict: 'retry', step: null, member: null, by: 'console:bob' });
    await runner.settled(RUN);
    expect((await run()).state).toBe('succeeded');
    expect(world.healingS).toBe(300);
  });

  test('stays off over an abort, since members may look offline, and the end says how to put it back', async () => {
    const rig = await rigOf();
    rig.world.onExec = async (sent) => {
      if (!sent.startsWith('run-sql')) return;
      await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
    };
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('aborted');
    expect(rig.world.healingS).toBe(0);
    expect(run.explanation).toContain(COMMAND);
  });

  test('an abort before it was touched says nothing about it', async () => {
    const rig = await rigOf();
    rig.failpoints.arm('before-intent', async () => {
      await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
    });
    expect((await rig.runner.start(RUN)).explanation).not.toContain('healing');
  });

  test('a run that dies while it puts it back ends well in the next process', async () => {
    const rig = await rigOf();
    const before = (await rig.run()).plan.stages.slice(0, -1).flatMap(({ steps }) => steps).length;
    await rig.startAndDieAt('after-intent', before + 1);
    expect(rig.world.healingS).toBe(0);
    const [run] = await rig.restart().reconcile();
    expect(run?.state, run?.explanation ?? '').toBe('succeeded');
    expect(rig.world.healingS).toBe(300);
  });

  test('that cannot be put back pauses the run, which says so', async () => {
    const { runner, world } = await rigOf();
    world.mishap('healing-back', 'm1', { kind: 'exit', code: 4 });
    const run = await runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(run.explanation).toMatch(/failed on m1 \(\d+-healing-back\)/);
    expect(run.explanation).toContain(COMMAND);
  });

  test('taken as put back by a person is read all the same', async () => {
    const { runner, world, run } = await rigOf();
    world.mishap('healing-back', 'm1', { kind: 'exit', code: 4 });
    await runner.start(RUN);
    await runner.resume({ run: RUN, verdict: 'done', step: null, member: null, by: 'console:bob' });
    await runner.settled(RUN);
    expect((await run()).state).toBe('paused');
    expect((await run()).explanation).toContain('cluster.healing_threshold is 0 s; it was 300 s before the run');
    expect(world.healingS).toBe(0);
  });
});

test('a threshold that was changed between approval and start makes the run stale: its old value would be lost', async () => {
  const { runner, world } = await rigOf();
  world.healingS = 600;
  expect((await runner.start(RUN)).state).toBe('stale');
  expect(world.sent).toEqual([]);
});
