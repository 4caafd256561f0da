import { describe, expect, test } from 'vitest';
import { RUN } from '../support/planning.ts';
import { aRig, type Rig } from '../support/engine.ts';

async function abortAt(rig: Rig, text: string): Promise<void> {
  rig.world.onExec = async (sent) => {
    if (sent !== text) return;
    await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
  };
}

describe('an abort', () => {
  test('is honoured before the next intent, and what is under way is finished and recorded', async () => {
    const rig = await aRig();
    await abortAt(rig, 'back-up@m1');
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('aborted');
    expect([...rig.world.sent].sort()).toEqual(['back-up@m1', 'back-up@m2', 'back-up@m3']);
    expect(run.steps.filter(({ state }) => state === 'done')).toHaveLength(3);
    expect(run.explanation).toContain('console:bob aborted it');
  });

  test('takes our own patch away that LXD has not taken', async () => {
    const rig = await aRig();
    await abortAt(rig, 'write-patch@m1');
    expect((await rig.runner.start(RUN)).state).toBe('aborted');
    expect(rig.world.sent.slice(-3)).toEqual(['write-patch@m1', 'look remove-patch@m1', 'remove-patch@m1']);
    expect(rig.world.member('m1')).toMatchObject({ patch: false, row: 402 });
  });

  test('that comes while the run is on its way to a pause ends it', async () => {
    const rig = await aRig();
    rig.world.mishap('await-patch-consumed', 'm1', { kind: 'exit', code: 7 });
    rig.failpoints.arm('before-end', async () => {
      await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
    });
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('aborted');
    expect(run.explanation).toContain('console:bob aborted it');
  });

  test('that comes between the last look at the run and the intent is honoured', async () => {
    const rig = await aRig();
    rig.failpoints.arm('before-intent', async () => {
      await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
    });
    expect((await rig.runner.start(RUN)).state).toBe('aborted');
    expect(rig.world.sent).toEqual([]);
  });

  test('of a run whose worker was lost with a broken store ends it, without sending a step', async () => {
    const rig = await aRig();
    const recordOutcome = rig.store.recordOutcome.bind(rig.store);
    rig.store.recordOutcome = () => Promise.reject(new Error('disk full'));
    await expect(rig.runner.start(RUN)).rejects.toThrow('disk full');
    rig.store.recordOutcome = recordOutcome;
    const before = rig.world.sent.length;
    expect((await rig.runner.start(RUN)).state).toBe('running');
    await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
    expect((await rig.runner.start(RUN)).state).toBe('aborted');
    expect(rig.world.sent).toHaveLength(before);
  });

  test('says which hold it leaves behind', async () => {
    const rig = await aRig({
      daemon: 'stopped',
      prepare: (world) => {
        world.member('m3').held = false;
      },
    });
    await abortAt(rig, 'back-up@m1');
    expect((await rig.runner.start(RUN)).explanation).toContain('still held by this run on m3');
  });

  test('does not claim a hold that may never have come about', async () => {
    const rig = await aRig({
      daemon: 'stopped',
      prepare: (world) => {
        world.member('m3').held = false;
      },
    });
    rig.world.mishap('hold-refreshes', 'm3', { kind: 'lost', effect: false });
    rig.world.blindLook = 'unknown';
    const { explanation } = await rig.runner.start(RUN);
    expect(explanation).toContain('Whether refreshes are held by this run on m3 is not known: snap list lxd says so');
    expect(explanation).not.toContain('still held');
  });

  test('before the start changes nothing at all', async () => {
    const rig = await aRig();
    await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: 0, entries: [] });
    expect((await rig.runner.start(RUN)).state).toBe('aborted');
    expect(rig.world.sent).toEqual([]);
  });
});

describe('a run is stale, and sends nothing, when', () => {
  test.each<[string, (rig: Rig) => void]>([
    ['a member serves by now', ({ world }) => void (world.member('m2').daemon = 'serving')],
    ['a row has another count', ({ world }) => void (world.member('m2').row = 433)],
    ['a patch file lies there', ({ world }) => void (world.member('m3').patch = true)],
    [
      'a member is set to another architecture',
      ({ world }) => void (world.member('m3').facts = { architecture: 'aarch64' }),
    ],
    [
      'the disk has filled',
      ({ world }) => void (world.member('m1').facts = { disk: { databaseBytes: 9, freeBytes: 1 } }),
    ],
  ])('%s', async (_name, change) => {
    const rig = await aRig();
    change(rig);
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('stale');
    expect(run.explanation).toContain('/lxd recover prod');
    expect(rig.world.sent).toEqual([]);
  });

  test('but not when a crash loop blurs one reading', async () => {
    const rig = await aRig();
    const facts = rig.world.member('m2').facts;
    rig.world.member('m2').facts = { unit: null };
    const { probe } = rig.world.prober;
    let probes = 0;
    rig.world.prober.probe = async () => {
      probes += 1;
      if (probes === 2) rig.world.member('m2').facts = facts;
      return probe();
    };
    expect((await rig.runner.start(RUN)).state).toBe('succeeded');
  });
});

describe('a step that fails', () => {
  test('before anything was changed ends the run as failed', async () => {
    const rig = await aRig();
    rig.world.mishap('back-up', 'm2', { kind: 'exit', code: 5 });
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('failed');
    expect(run.explanation).toContain('"Back up the database directory" failed on m2 (1-back-up)');
    expect(rig.world.sent.some((text) => text.startsWith('write'))).toBe(false);
  });

  test('after that pauses it, without our patch', async () => {
    const rig = await aRig();
    rig.world.mishap('await-patch-consumed', 'm1', { kind: 'exit', code: 7 });
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(rig.world.member('m1').patch).toBe(false);
    expect(run.explanation).toContain('No patch file of rtest01 is left on m1');
  });
});

describe('the verification', () => {
  test.each<[string, (rig: Rig) => void, string]>([
    [
      'an instance ended',
      ({ world }) => void (world.member('m1').facts = { instances: { running: [] } }),
      'instances on m1 ended',
    ],
    ['LXCFS is another process', ({ world }) => void (world.member('m2').facts = { lxcfsPid: 7 }), 'LXCFS on m2'],
    [
      'snapd refreshed a member',
      ({ world }) =>
        void (world.member('m3').facts = {
          changes: [{ id: '9', status: 'Done', summary: 'Auto-refresh snap "lxd"', spawn: null }],
        }),
      'change 9',
    ],
    [
      'a patch file lies there',
      ({ world }) =>
        void (world.member('m3').facts = {
          leftovers: { patchGlobal: 'x', patchLocal: false, recoveryTarball: false, lxdDebug: false },
        }),
      'patch file is left on m3',
    ],
    [
      'a member is listed as offline',
      ({ world }) =>
        void (world.member('m3').facts = { clusterList: [{ name: 'm1', url: null, status: 'Offline', message: '' }] }),
      'm1 as offline',
    ],
  ])('pauses the run when %s', async (_name, change, text) => {
    const rig = await aRig({
      prepare: (world) => {
        world.member('m1').facts = { instances: { running: [{ pid: 4711, name: 'c1' }] } };
      },
    });
    rig.world.onExec = (sent) => {
      if (sent === 'remove-patch@m3') change(rig);
    };
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(run.explanation).toContain(text);
    expect((await rig.store.listTimeline({ run: RUN })).some(({ kind }) => kind === 'verify-failed')).toBe(true);
  });

  test('names what is lost for good, and not what only had no time yet', async () => {
    const rig = await aRig({
      prepare: (world) => {
        world.member('m1').facts = { instances: { running: [{ pid: 4711, name: 'c1' }] } };
      },
    });
    rig.world.onExec = (sent) => {
      if (sent === 'remove-patch@m3') rig.world.member('m1').facts = { instances: { running: [] } };
    };
    const run = await rig.runner.start(RUN);
    expect(run.explanation).toContain('instances on m1 ended');
    expect(run.explanation).not.toContain('heartbeat');
  });

  test('waits no longer than three heartbeats and a little', async () => {
    const rig = await aRig();
    rig.world.onExec = (sent) => {
      if (sent === 'remove-patch@m3') rig.world.member('m3').facts = { clusterList: [] };
    };
    let ready = 0;
    rig.failpoints.arm('before-verify', () => void (ready = rig.time.clock.nowMs()));
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(rig.time.clock.nowMs() - ready).toBeLessThanOrEqual(44_000);
  });
});

describe('a patch that LXD took and rolled back', () => {
  test('is written again', async () => {
    const rig = await aRig();
    rig.world.rollBacks = 2;
    const run = await rig.runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(rig.world.member('m1').writes).toBe(3);
  });

  test('but not for ever', async () => {
    const rig = await aRig();
    rig.world.rollBacks = 99;
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(rig.world.member('m1').writes).toBe(4);
  });
});
