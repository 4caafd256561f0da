/** Undoing a run through the engine: before LXD took the file it goes, afterwards all members go forward together; never SQL. */
import { describe, expect, test } from 'vitest';
import { requireRunId } from '../../src/domain/ids.ts';
import { aRig, type Rig } from '../support/engine.ts';
import { RUN } from '../support/planning.ts';

const UNDOING = requireRunId('rundo01');

async function undo(rig: Rig): Promise<void> {
  await rig.draft({ run: UNDOING, strategy: 'rollback', undo: { run: RUN, count: 402 } });
}

/** Aborted while the file lay on m1, which could not be reached when it was to go. */
async function leftAFile(): Promise<Rig> {
  const rig = await aRig();
  rig.world.onExec = async (sent) => {
    if (sent !== 'write-patch@m1') return;
    await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
  };
  rig.world.mishap('remove-patch', 'm1', { kind: 'unreachable' });
  expect((await rig.runner.start(RUN)).state).toBe('aborted');
  rig.world.onExec = null;
  expect(rig.world.member('m1').patch).toBe(true);
  expect((await rig.run()).explanation).toContain('is not known');
  return rig;
}

describe('a rollback', () => {
  test('of a run whose file was taken refreshes all members forward, and that run is rolled back', async () => {
    const rig = await aRig();
    await rig.runner.start(RUN);
    await undo(rig);
    const sent = rig.world.sent.length;
    const run = await rig.runner.start(UNDOING);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(rig.world.members.map(({ build, row, daemon }) => [build, row, daemon])).toEqual(
      Array(3).fill(['5.21.3', 402, 'serving']),
    );
    const kinds = new Set(rig.world.sent.slice(sent).map((text) => text.split('@')[0]));
    expect([...kinds]).toEqual(['back-up', 'refresh', 'await-ready']);
    expect(await rig.run()).toMatchObject({ state: 'rolled-back', explanation: `${UNDOING} undid it.` });
  });

  test('of a run whose file LXD has not taken removes that file, and changes nothing else', async () => {
    const rig = await leftAFile();
    await undo(rig);
    const sent = rig.world.sent.length;
    const run = await rig.runner.start(UNDOING);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(rig.world.sent.slice(sent)).toEqual(['remove-patch@m1', 'remove-patch@m2', 'remove-patch@m3']);
    expect(rig.world.members.map(({ patch, row }) => [patch, row])).toEqual(Array(3).fill([false, 402]));
    expect((await rig.run()).state).toBe('rolled-back');
  });

  test('that does not come to a good end leaves the first run as it was', async () => {
    const rig = await aRig();
    await rig.runner.start(RUN);
    await undo(rig);
    rig.world.mishap('refresh', 'm2', { kind: 'exit', code: 5 });
    expect((await rig.runner.start(UNDOING)).state).toBe('paused');
    expect((await rig.run()).state).toBe('succeeded');
    await rig.runner.resume({ run: UNDOING, verdict: 'retry', step: null, member: null, by: 'console:bob' });
    expect((await rig.runner.settled(UNDOING))?.state).toBe('succeeded');
    expect((await rig.run()).state).toBe('rolled-back');
  });

  test('whose process dies right before its end marks the first run once', async () => {
    const rig = await leftAFile();
    await undo(rig);
    await rig.reconcileAndDieAt('before-end');
    expect((await rig.run()).state).toBe('aborted');
    expect((await rig.restart().reconcile())[0]?.state).toBe('succeeded');
    expect((await rig.run()).state).toBe('rolled-back');
    const ends = (await rig.store.listTimeline({ run: RUN })).filter(({ text }) => text.includes('is rolled back'));
    expect(ends).toHaveLength(1);
  });
});
