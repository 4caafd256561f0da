import { describe, expect, test } from 'vitest';
import { FAILPOINTS } from '../../src/engine/failpoints.ts';
import { RUN } from '../support/planning.ts';
import { aRig } from '../support/engine.ts';

describe.each(['crash-looping', 'stopped'] as const)('after a crash on %s members', (daemon) => {
  test.each(FAILPOINTS.filter((place) => place !== 'before-look'))(
    'at %s the next process goes on and ends well',
    async (place) => {
      for (const nth of [1, 2, 4]) {
        if (nth > 1 && ['after-marker', 'before-running', 'before-verify', 'before-end'].includes(place)) continue;
        const rig = await aRig({ daemon });
        await rig.startAndDieAt(place, nth);
        const [run] = await rig.restart().reconcile();
        expect(run?.state, `${place} ${nth}: ${run?.explanation ?? ''}`).toBe('succeeded');
        expect(rig.world.member('m1').writes, place).toBe(1);
        expect(rig.world.members.every(({ patch }) => !patch)).toBe(true);
      }
    },
  );
});

test('what was sent when the process died is looked at before anything else is sent', async () => {
  const rig = await aRig();
  await rig.startAndDieAt('after-exec', 4);
  const before = rig.world.sent.length;
  await rig.restart().reconcile();
  expect(rig.world.sent[before]).toBe('look write-patch@m1');
});

test('an intent that was never sent is sent after the look, once', async () => {
  const rig = await aRig();
  await rig.startAndDieAt('after-intent', 4);
  expect(rig.world.sent).not.toContain('write-patch@m1');
  await rig.restart().reconcile();
  // The first look finds nothing, and counts only once the command can't run any longer.
  expect(rig.world.sent.filter((text) => text.endsWith('write-patch@m1'))).toEqual([
    'look write-patch@m1',
    'look write-patch@m1',
    'write-patch@m1',
  ]);
});

test('a run that was only approved starts, unless its approval has expired or the code has changed', async () => {
  const fresh = await aRig();
  expect((await fresh.restart().reconcile())[0]?.state).toBe('succeeded');
  const late = await aRig();
  late.time.advance(900_000);
  expect((await late.restart().reconcile())[0]?.state).toBe('expired');
  expect(late.world.sent).toEqual([]);
  const updated = await aRig();
  expect((await updated.restart({ codeVersion: '0.2.0' }).reconcile())[0]?.state).toBe('stale');
  expect(updated.world.sent).toEqual([]);
});

test('a run that waited for its approval under another version of the code has to be drafted again', async () => {
  const rig = await aRig();
  const run = await rig.restart({ codeVersion: '0.2.0' }).start(RUN);
  expect(run.state).toBe('stale');
  expect(run.explanation).toContain('version 0.1.0');
  expect(rig.world.sent).toEqual([]);
});

test('another version of the code pauses a run that is under way, and takes its patch away', async () => {
  const rig = await aRig();
  await rig.startAndDieAt('after-outcome', 4);
  const [run] = await rig.restart({ codeVersion: '0.2.0' }).reconcile();
  expect(run?.state).toBe('paused');
  expect(run?.explanation).toContain('version 0.1.0');
  expect(rig.world.member('m1').patch).toBe(false);
});

test('a patch that was taken away when the process died on its way to the pause is not taken away again', async () => {
  const rig = await aRig();
  const failed = { kind: 'exit', code: 5 } as const;
  rig.world.mishap('await-patch-consumed', 'm1', failed, failed, failed, failed);
  await rig.startAndDieAt('before-end');
  const [run] = await rig.restart().reconcile();
  expect(run?.state).toBe('paused');
  expect(run?.explanation).toContain('No patch file');
  const about = rig.world.sent.filter((text) => text.endsWith('remove-patch@m1'));
  expect(about).toEqual(['look remove-patch@m1', 'remove-patch@m1', 'look remove-patch@m1']);
});

test('a patch that was being written when the process died is removed only once it can not appear any more', async () => {
  const rig = await aRig();
  rig.world.mishap('write-patch', 'm1', { kind: 'lost', effect: false });
  await rig.startAndDieAt('after-exec', 4);
  const member = rig.world.member('m1');
  const appearsAt = rig.time.clock.nowMs() + 25_000;
  let isDue = true;
  const appear = (): void => {
    if (isDue && rig.time.clock.nowMs() >= appearsAt) [isDue, member.patch] = [false, true];
  };
  const sleep: typeof rig.time.timers.sleep = async (ms, signal) => {
    const slept = await rig.time.timers.sleep(ms, signal);
    appear();
    return slept;
  };
  const [run] = await rig.restart({ codeVersion: '0.2.0', timers: { sleep } }).reconcile();
  rig.time.advance(60_000);
  appear();
  expect(run?.state).toBe('paused');
  expect(member.patch).toBe(false);
});

test('a second writing that is under way is waited for, although the first one left its traces', async () => {
  const rig = await aRig();
  rig.world.rollBacks = 1;
  let writes = 0;
  rig.world.onExec = (text) => {
    if (text !== 'write-patch@m1') return;
    writes += 1;
    if (writes === 2) rig.world.mishap('write-patch', 'm1', { kind: 'lost', effect: false });
  };
  await rig.startAndDieAt('after-exec', 9);
  expect(rig.world.sent.at(-1)).toBe('write-patch@m1');
  const sentAt = rig.time.clock.nowMs();
  const before = rig.world.sent.length;
  let lookedAt = 0;
  rig.world.onExec = (text) => {
    if (text === 'look write-patch@m1') lookedAt ||= rig.time.clock.nowMs();
  };
  await rig.restart().reconcile();
  expect(rig.world.sent[before]).toBe('look write-patch@m1');
  const { timeoutMs } = (await rig.run()).plan.stages[1]!.steps[0]!;
  expect(lookedAt - sentAt).toBeGreaterThanOrEqual(timeoutMs);
});

test('the fourth crash in one run waits for a person', async () => {
  const rig = await aRig();
  await rig.startAndDieAt('after-outcome', 1);
  for (let resumes = 0; resumes < 3; resumes += 1) {
    const change = { run: RUN, from: ['running'], to: 'running', at: 0, explanation: null, entries: [] } as const;
    await rig.store.changeState({ ...change, countResume: true });
  }
  const [run] = await rig.restart().reconcile();
  expect(run?.state).toBe('paused');
  expect(run?.explanation).toContain('3 times');
  // No step waits for a verdict, and most have not begun: nobody could say that they are done.
  expect(run?.explanation).toContain(`Next: /lxd resume ${RUN} retry or /lxd abort ${RUN}`);
});

test('three processes that die in one run are taken up after, the fourth waits for a person, who can go on', async () => {
  const rig = await aRig();
  await rig.startAndDieAt('after-intent', 1);
  for (let resumes = 1; resumes <= 3; resumes += 1) {
    await rig.reconcileAndDieAt('before-look');
    expect(await rig.run()).toMatchObject({ state: 'running', resumes });
  }
  const next = rig.restart();
  const [paused] = await next.reconcile();
  expect(paused).toMatchObject({ state: 'paused', resumes: 3 });
  await next.resume({ run: RUN, verdict: 'retry', step: null, member: null, by: 'console:bob' });
  const run = await next.settled(RUN);
  expect(run?.state, run?.explanation ?? '').toBe('succeeded');
  expect(rig.world.member('m1').writes).toBe(1);
});

test('a drained run stays running, and the next process ends it', async () => {
  const rig = await aRig();
  rig.world.onExec = (sent) => {
    if (sent === 'write-patch@m1') void rig.runner.stop();
  };
  const left = await rig.runner.start(RUN);
  await rig.runner.stop();
  expect(left.state).toBe('running');
  expect(await rig.steps()).toContain('write-patch@m1=done');
  rig.world.onExec = null;
  expect((await rig.restart().reconcile())[0]?.state).toBe('succeeded');
  expect(rig.world.member('m1').writes).toBe(1);
});

describe('a person resumes', () => {
  test('with done, where steps have not begun: nothing is taken as done that nobody saw', async () => {
    const rig = await aRig();
    await rig.startAndDieAt('after-outcome', 3);
    const next = rig.restart({ codeVersion: '0.2.0' });
    const [paused] = await next.reconcile();
    expect(paused?.state).toBe('paused');
    const run = await next.resume({ run: RUN, verdict: 'done', step: null, member: null, by: 'console:bob' });
    expect(run.state).toBe('paused');
    await next.resume({ run: RUN, verdict: 'retry', step: null, member: null, by: 'console:bob' });
    expect((await next.settled(RUN))?.state).toBe('succeeded');
  });

  test('twice in the same moment: one verdict counts', async () => {
    const rig = await pausedAtWrite();
    rig.world.member('m1').patch = false;
    const both = { run: RUN, step: null, member: null, verdict: 'retry' } as const;
    await Promise.all([rig.runner.resume({ ...both, by: 'bob' }), rig.runner.resume({ ...both, by: 'alice' })]);
    expect((await rig.runner.settled(RUN))?.state).toBe('succeeded');
    const entries = await rig.store.listTimeline({ run: RUN });
    expect(entries.filter(({ kind }) => kind === 'run-resumed')).toHaveLength(1);
  });

  async function pausedAtWrite() {
    const rig = await aRig();
    rig.world.mishap('write-patch', 'm1', { kind: 'lost', effect: true });
    rig.world.blindLook = 'unknown';
    await rig.runner.start(RUN);
    rig.world.blindLook = null;
    return rig;
  }
  const verdict = { run: RUN, step: null, member: null, by: 'console:bob' } as const;

  test('with retry: looked at again, and sent again only if it did not happen', async () => {
    const rig = await pausedAtWrite();
    expect((await rig.runner.resume({ ...verdict, verdict: 'retry' })).state).toBe('running');
    expect((await rig.runner.settled(RUN))?.state).toBe('succeeded');
  });

  test('with done: taken as done, in that person’s name', async () => {
    const rig = await pausedAtWrite();
    // The pause took the file away; a person put the rows right by hand.
    for (const member of rig.world.members) member.row = 387;
    await rig.runner.resume({ ...verdict, verdict: 'done' });
    const run = await rig.runner.settled(RUN);
    expect(run?.state, run?.explanation ?? '').toBe('succeeded');
    expect(run?.steps.find(({ id }) => id === '2-write-patch')?.note).toBe('taken as done by console:bob');
  });

  test('with retry after a pause that took the unread file away: it is written again', async () => {
    const rig = await aRig();
    rig.world.mishap('await-patch-consumed', 'm1', { kind: 'exit', code: 7 });
    expect((await rig.runner.start(RUN)).state).toBe('paused');
    await rig.runner.resume({ ...verdict, verdict: 'retry' });
    const run = await rig.runner.settled(RUN);
    expect(run?.state, run?.explanation ?? '').toBe('succeeded');
    expect(rig.world.member('m1').writes).toBe(2);
  });

  test('with done when only the verification is open: the end is taken as it is', async () => {
    const rig = await aRig();
    rig.world.onExec = (sent) => {
      if (sent === 'remove-patch@m3') rig.world.member('m3').facts = { clusterList: [] };
    };
    expect((await rig.runner.start(RUN)).state).toBe('paused');
    const run = await rig.runner.resume({ ...verdict, verdict: 'done' });
    expect(run.state).toBe('succeeded');
    expect(run.explanation).toContain('console:bob');
  });
});
