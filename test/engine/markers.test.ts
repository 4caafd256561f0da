/** A run and its markers: taken before anything else, renewed, given back at every end; somebody else's are never touched. */
import { describe, expect, test } from 'vitest';
import { requireRunId } from '../../src/domain/ids.ts';
import { aRig, type Rig } from '../support/engine.ts';
import { RUN } from '../support/planning.ts';

const HOUR_MS = 3_600_000;
const THEIRS = 'there r999999';

function holdElsewhere({ markers, time }: Rig, member: string, forMs: number): void {
  markers.held.set(member, { owner: THEIRS, until: time.clock.nowMs() + forMs });
}

const heldBy = ({ markers }: Rig): readonly string[] =>
  [...markers.held].map(([name, { owner }]) => `${name} ${owner}`);

describe('the markers of a run', () => {
  test('are there before its first step, and gone when it succeeded', async () => {
    const rig = await aRig();
    const during: string[][] = [];
    rig.world.onExec = () => void during.push([...heldBy(rig)]);
    expect((await rig.runner.start(RUN)).state).toBe('succeeded');
    expect(during.length).toBeGreaterThan(0);
    for (const seen of during) expect(seen).toEqual([`m1 here ${RUN}`, `m2 here ${RUN}`, `m3 here ${RUN}`]);
    expect(heldBy(rig)).toEqual([]);
  });

  test('on one member another’s: nothing is sent, the refusal names it, and ours are gone everywhere', async () => {
    const rig = await aRig();
    holdElsewhere(rig, 'm3', HOUR_MS);
    const run = await rig.runner.start(RUN);
    expect(run).toMatchObject({ state: 'stale' });
    expect(run.explanation).toContain('m3 is held by there r999999');
    expect(run.explanation).toContain('Nothing was changed');
    expect(rig.world.sent).toEqual([]);
    expect(heldBy(rig)).toEqual([`m3 ${THEIRS}`]);
  });

  test('another’s whose deadline has passed is no obstacle', async () => {
    const rig = await aRig();
    holdElsewhere(rig, 'm1', -1);
    expect((await rig.runner.start(RUN)).state).toBe('succeeded');
  });

  test('a member that does not answer keeps the run from starting, and nothing is left', async () => {
    const rig = await aRig();
    rig.markers.silent.add('m2');
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('stale');
    expect(run.explanation).toContain('m2 did not answer');
    expect(heldBy(rig)).toEqual([]);
  });

  test('stay on a pause until their deadline, which the card names; then another may take them, and a resume is refused', async () => {
    const rig = await aRig({ prepare: (world) => world.mishap('back-up', 'm2', { kind: 'timed-out', effect: false }) });
    rig.world.blindLook = 'unknown';
    const paused = await rig.runner.start(RUN);
    expect(paused.state).toBe('paused');
    expect(paused.explanation).toMatch(/kept out until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    expect(heldBy(rig)).toHaveLength(3);
    for (const name of ['m1', 'm2', 'm3']) holdElsewhere(rig, name, HOUR_MS);
    const sent = rig.world.sent.length;
    const request = { run: RUN, verdict: 'done', step: null, member: null, by: 'alice' } as const;
    await rig.restart().resume(request);
    await new Promise((resolve) => setImmediate(resolve));
    const run = await rig.run();
    expect(run.state).toBe('paused');
    expect(run.explanation).toContain(`m1 is held by ${THEIRS}`);
    expect(rig.world.sent.slice(sent).filter((text) => !text.startsWith('remove-patch'))).toEqual([]);
    expect(heldBy(rig)).toEqual([`m1 ${THEIRS}`, `m2 ${THEIRS}`, `m3 ${THEIRS}`]);
  });

  test('that ran out during a pause are taken again by a resume, when nobody else came', async () => {
    const rig = await aRig();
    rig.world.mishap('await-patch-consumed', 'm1', { kind: 'exit', code: 7 });
    expect((await rig.runner.start(RUN)).state).toBe('paused');
    rig.time.advance(24 * HOUR_MS);
    const during: number[] = [];
    rig.world.onExec = () => {
      const now = rig.time.clock.nowMs();
      during.push([...rig.markers.held.values()].filter(({ until }) => until > now).length);
    };
    await rig.runner.resume({ run: RUN, verdict: 'retry', step: null, member: null, by: 'console:bob' });
    expect((await rig.runner.settled(RUN))?.state).toBe('succeeded');
    expect(new Set(during)).toEqual(new Set([3]));
    expect(heldBy(rig)).toEqual([]);
  });

  test('are given back by an abort of a run that is under way', async () => {
    const rig = await aRig();
    rig.world.onExec = async (sent) => {
      if (sent !== 'write-patch@m1') return;
      expect(heldBy(rig)).toHaveLength(3);
      await rig.store.requestAbort({ run: RUN, by: 'console:bob', at: rig.time.clock.nowMs(), entries: [] });
    };
    expect((await rig.runner.start(RUN)).state).toBe('aborted');
    expect(heldBy(rig)).toEqual([]);
  });

  test('of an earlier run of this installation that ended give way; those of one that did not, do not', async () => {
    const rig = await aRig();
    rig.markers.held.set('m2', { owner: 'here r000007', until: rig.time.clock.nowMs() + HOUR_MS });
    expect((await rig.runner.start(RUN)).state).toBe('stale');
    const other = await aRig();
    const ended = { ...(await other.run()), id: requireRunId('r000007'), state: 'aborted', steps: [] } as const;
    await other.store.draftRun({ run: ended, actions: [], cards: [], entries: [] });
    other.markers.held.set('m2', { owner: 'here r000007', until: other.time.clock.nowMs() + HOUR_MS });
    expect((await other.runner.start(RUN)).state).toBe('succeeded');
  });

  test('are given back when a person ends a paused run', async () => {
    const rig = await aRig({ prepare: (world) => world.mishap('back-up', 'm2', { kind: 'timed-out', effect: false }) });
    rig.world.blindLook = 'unknown';
    await rig.runner.start(RUN);
    const at = rig.time.clock.nowMs();
    await rig.store.changeState({ run: RUN, from: ['paused'], to: 'aborted', at, explanation: null, entries: [] });
    await rig.runner.release(RUN);
    expect(heldBy(rig)).toEqual([]);
  });

  test('of a run that is under way are not given back by that', async () => {
    const rig = await aRig();
    await rig.startAndDieAt('after-intent');
    await rig.restart().release(RUN);
    expect(heldBy(rig)).toHaveLength(3);
  });

  test.each([
    'after-marker',
    'before-running',
    'after-intent',
    'after-outcome',
    'before-verify',
    'before-end',
  ] as const)('after a crash at %s they are ours, and gone at the end', async (place) => {
    const rig = await aRig();
    await rig.startAndDieAt(place);
    expect(heldBy(rig)).toEqual([`m1 here ${RUN}`, `m2 here ${RUN}`, `m3 here ${RUN}`]);
    await rig.restart().reconcile();
    expect((await rig.run()).state).toBe('succeeded');
    expect(heldBy(rig)).toEqual([]);
  });

  test('taken over while Lockstep was down pause the run instead of sharing the cluster', async () => {
    const rig = await aRig();
    await rig.startAndDieAt('after-intent');
    for (const name of ['m1', 'm2', 'm3']) holdElsewhere(rig, name, HOUR_MS);
    const sent = rig.world.sent.length;
    await rig.restart().reconcile();
    const run = await rig.run();
    expect(run.state).toBe('paused');
    expect(run.explanation).toContain(THEIRS);
    expect(rig.world.sent.slice(sent)).toEqual([]);
  });
});

describe('a process that stood still until its markers had run out', () => {
  async function standStill(rig: Rig, place: 'before-intent' | 'before-look', theirs: boolean): Promise<void> {
    let isDue = true;
    rig.failpoints.arm(place, () => {
      if (!isDue) return;
      isDue = false;
      rig.time.advance(HOUR_MS);
      if (theirs) for (const name of ['m1', 'm2', 'm3']) holdElsewhere(rig, name, HOUR_MS);
    });
  }

  test('begins no step among those of whoever has the members by now, and says who that is', async () => {
    const rig = await aRig();
    await standStill(rig, 'before-intent', true);
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(run.explanation).toContain(`m1 is held by ${THEIRS}`);
    expect(rig.world.sent).toEqual([]);
    expect(heldBy(rig)).toEqual([`m1 ${THEIRS}`, `m2 ${THEIRS}`, `m3 ${THEIRS}`]);
  });

  test('takes them again where nobody else wants them, and goes on', async () => {
    const rig = await aRig();
    await standStill(rig, 'before-intent', false);
    const run = await rig.runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(run.steps.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(heldBy(rig)).toEqual([]);
  });

  test('does not send again what was lost, although a look says that it did not happen', async () => {
    const rig = await aRig();
    rig.world.mishap('write-patch', 'm1', { kind: 'lost', effect: false });
    await standStill(rig, 'before-look', true);
    const run = await rig.runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(rig.world.sent.filter((text) => text === 'write-patch@m1')).toHaveLength(1);
  });
});
