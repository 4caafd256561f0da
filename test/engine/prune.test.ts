import { describe, expect, test } from 'vitest';
import { requireRunId } from '../../src/domain/ids.ts';
import type { Run } from '../../src/domain/run.ts';
import { prunable } from '../../src/engine/prune.ts';
import { aRig, type Rig } from '../support/engine.ts';
import { RUN } from '../support/planning.ts';

const DAY_MS = 86_400_000;
const POLICY = { keep: 3, olderThanMs: 30 * DAY_MS };

async function aged(ageDays: number, id: string, changes: Partial<Run> = {}): Promise<Run> {
  const rig = await aRig();
  const ended = await rig.runner.start(RUN);
  const at = ended.createdAt - ageDays * DAY_MS;
  return { ...ended, id: requireRunId(id), createdAt: at, startedAt: at, endedAt: at, ...changes };
}

describe('back-ups that policy lets go', () => {
  test('are both old and beyond the newest, the run that just succeeded among these', async () => {
    const now = (await aged(0, 'r000000')).createdAt;
    const runs = await Promise.all([
      aged(0, 'r000000'),
      aged(1, 'r000001'),
      aged(40, 'r000040'),
      aged(50, 'r000050'),
      aged(60, 'r000060'),
    ]);
    const ids = (policy = POLICY): readonly string[] =>
      prunable(runs, requireRunId('r000000'), policy, now).map(({ id }) => id);
    expect(ids()).toEqual(['r000060', 'r000050']);
    expect(ids({ ...POLICY, keep: 5 })).toEqual([]);
    expect(ids({ keep: 1, olderThanMs: 45 * DAY_MS })).toEqual(['r000060', 'r000050']);
    expect(ids({ keep: 1, olderThanMs: 100 * DAY_MS })).toEqual([]);
  });

  test('are never those of a run that has not ended', async () => {
    const now = (await aged(0, 'r000000')).createdAt;
    const paused = await aged(90, 'r000090', { state: 'paused', endedAt: null });
    expect(prunable([paused], requireRunId('r000000'), { ...POLICY, keep: 1 }, now)).toEqual([]);
  });
});

describe('a run removes them', () => {
  /** An ended run of two days ago, and a policy that lets it go. */
  async function withOld(): Promise<Rig> {
    const rig = await aRig({ backups: { keep: 1, olderThanMs: DAY_MS } });
    const old = await aged(2, 'r000002', { state: 'aborted' });
    await rig.store.draftRun({ run: old, actions: [], cards: [], entries: [] });
    return rig;
  }
  const prunesOf = ({ markers }: Rig): readonly string[] => markers.asked.filter((one) => one.startsWith('prune'));

  test('after its end was verified, once', async () => {
    const rig = await withOld();
    let verifying = false;
    rig.failpoints.arm('before-verify', () => {
      verifying = true;
      expect(prunesOf(rig)).toEqual([]);
    });
    expect((await rig.runner.start(RUN)).state).toBe('succeeded');
    expect(verifying).toBe(true);
    expect(prunesOf(rig)).toEqual(['prune r000002']);
  });

  test.each<[string, (rig: Rig) => void]>([
    ['failed', ({ world }) => world.mishap('back-up', 'm2', { kind: 'exit', code: 5 })],
    ['paused', ({ world }) => world.mishap('await-patch-consumed', 'm1', { kind: 'exit', code: 7 })],
    ['stale', ({ world }) => void (world.member('m2').row = 433)],
  ])('and not when it is %s', async (state, spoil) => {
    const rig = await withOld();
    spoil(rig);
    expect((await rig.runner.start(RUN)).state).toBe(state);
    expect(prunesOf(rig)).toEqual([]);
  });
});
