/** Break-glass through the engine: the member that was given up is left alone by every step, and is never counted as verified. */
import { expect, test } from 'vitest';
import type { BackupPolicy } from '../../src/domain/cluster.ts';
import { requireRunId } from '../../src/domain/ids.ts';
import { aRig, type Rig } from '../support/engine.ts';
import { RUN } from '../support/planning.ts';

/** m3 is dead with the higher count in its row; the others hold their own. */
function deadRig(backups?: BackupPolicy): Promise<Rig> {
  return aRig({
    ...(backups === undefined ? {} : { backups }),
    strategy: 'unblock-dead-row',
    prepare: (world) => {
      for (const name of ['m1', 'm2']) world.member(name).row = 387;
      Object.assign(world.member('m3'), { dead: true, daemon: 'stopped' });
    },
  });
}

test('changes that row through the living, verifies them alone, and says what is left to do', async () => {
  const { runner, world, store } = await deadRig();
  const run = await runner.start(RUN);
  expect(run.state, run.explanation ?? '').toBe('succeeded');
  expect(world.sent.filter((at) => at.endsWith('m3'))).toEqual([]);
  expect(world.members.map(({ name, row, daemon }) => [name, row, daemon])).toEqual([
    ['m1', 387, 'serving'],
    ['m2', 387, 'serving'],
    ['m3', 387, 'stopped'],
  ]);
  const end = (await store.listTimeline({ run: RUN })).find(({ kind }) => kind === 'run-ended');
  expect(end?.text).toContain('2 of 3 members are ready and in step without m3');
  expect(end?.text).toContain('lxc cluster remove --force m3');
});

test('a member that answers at the start of the run makes it stale, and nothing is sent', async () => {
  const { runner, world } = await deadRig();
  world.member('m3').dead = false;
  const run = await runner.start(RUN);
  expect(run).toMatchObject({ state: 'stale', explanation: expect.stringContaining('Nothing was changed') as string });
  expect(world.sent).toEqual([]);
});

test('a file that LXD takes and rolls back is written again, although the dead member says nothing', async () => {
  const { runner, world } = await deadRig();
  world.rollBacks = 1;
  const run = await runner.start(RUN);
  expect(run.state, run.explanation ?? '').toBe('succeeded');
  expect(world.member('m1').writes).toBe(2);
});

test('a member that comes back in the middle and writes its row again is no success', async () => {
  const { runner, world } = await deadRig();
  world.onExec = (at) => {
    if (at === 'remove-patch@m1') world.member('m3').row = 402;
  };
  const run = await runner.start(RUN);
  expect(run.state).toBe('paused');
  expect(run.explanation).toContain('The row of m3');
});

test.each(['after-marker', 'after-intent', 'after-exec', 'before-verify', 'before-end'] as const)(
  'a process that dies at %s: the next one ends well, and asks nothing of the dead member',
  async (place) => {
    const { startAndDieAt, restart, world, markers } = await deadRig();
    await startAndDieAt(place);
    expect([...markers.held.keys()]).toEqual(['m1', 'm2']);
    const [run] = await restart().reconcile();
    expect(run?.state, run?.explanation ?? '').toBe('succeeded');
    expect(world.sent.filter((at) => at.endsWith('m3'))).toEqual([]);
    expect([...markers.held.keys()]).toEqual([]);
  },
);

test('its back-ups and those of earlier runs are left to a run on all members', async () => {
  const { runner, markers, store, run } = await deadRig({ keep: 1, olderThanMs: 0 });
  const { steps: _steps, ...old } = await run();
  const id = requireRunId('rolder1');
  const at = old.createdAt - 1_000;
  const ended = { ...old, id, state: 'aborted', createdAt: at, startedAt: at, endedAt: at, steps: [] } as const;
  await store.draftRun({ run: ended, actions: [], cards: [], entries: [] });
  expect((await runner.start(RUN)).state).toBe('succeeded');
  expect(markers.asked.filter((asked) => asked.startsWith('prune'))).toEqual([]);
});
