/** Refreshes, live SQL and healing through crashes and lost connections: looked at first, and never sent twice without that. */
import { describe, expect, test } from 'vitest';
import type { Strategy, StepKind } from '../../src/domain/plan.ts';
import type { Failpoint } from '../../src/engine/failpoints.ts';
import { aRig, type Rig, type RigOptions } from '../support/engine.ts';
import { RUN } from '../support/planning.ts';
import { aheadOfOne, allAhead, leftBehind, putBack } from '../support/situations.ts';

const LOW_ALL = Array(3).fill(['5.21.2', 387, 'serving']);

function rigOf(prepare: RigOptions['prepare'], strategy: Strategy | null, to?: string, healingS = 0): Promise<Rig> {
  return aRig({
    prepare(world) {
      prepare?.(world);
      world.healingS = healingS;
    },
    ...(strategy === null ? {} : { strategy }),
    ...(to === undefined ? {} : { to }),
  });
}

const SITUATIONS = {
  'sql-live': () => rigOf(putBack, 'sql-live', undefined, 300),
  'align-revision --to': () => rigOf(aheadOfOne, 'align-revision', '5.21.2'),
  'planned-downgrade': () => rigOf(allAhead, 'planned-downgrade', '5.21.2', 300),
} as const;

/** Sendings of one step on one member between which nobody looked. */
function blindlyRepeated(sent: readonly string[]): readonly string[] {
  const open = new Set<string>();
  return sent.flatMap((text) => {
    if (text.startsWith('look ')) open.delete(text.slice('look '.length));
    else if (open.has(text)) return [text];
    else open.add(text);
    return [];
  });
}

async function placeOf(rig: Rig, kind: StepKind, member: string): Promise<number> {
  const { steps } = await rig.run();
  return steps.findIndex((step) => step.id.endsWith(`-${kind}`) && step.member === member) + 1;
}

const stateOf = ({ world }: Rig): unknown => world.members.map(({ build, row, daemon }) => [build, row, daemon]);

test('a member that was left behind is refreshed forward, and the others are not touched', async () => {
  const rig = await rigOf(leftBehind, 'align-revision');
  expect((await rig.runner.start(RUN)).state).toBe('succeeded');
  expect(rig.world.sent.filter((text) => text.startsWith('refresh'))).toEqual(['refresh@m3']);
  expect(stateOf(rig)).toEqual(Array(3).fill(['5.21.3', 402, 'serving']));
});

const STEPS: readonly (readonly [keyof typeof SITUATIONS, StepKind, string])[] = [
  ['sql-live', 'healing-off', 'm1'],
  ['sql-live', 'run-sql', 'm1'],
  ['sql-live', 'healing-back', 'm1'],
  ['align-revision --to', 'refresh', 'm2'],
  ['align-revision --to', 'run-sql', 'm1'],
  ['planned-downgrade', 'hold-refreshes', 'm2'],
  ['planned-downgrade', 'refresh', 'm3'],
  ['planned-downgrade', 'check-refreshed', 'm2'],
  ['planned-downgrade', 'write-patch', 'm1'],
  ['planned-downgrade', 'healing-back', 'm1'],
];

describe.each(STEPS)('%s, %s on %s', (situation, kind, member) => {
  const at = `${kind}@${member}`;

  test.each<[string, Failpoint]>([
    ['before it was sent', 'after-intent'],
    ['after it was sent, with no outcome on record', 'after-exec'],
    ['after its outcome was recorded', 'after-outcome'],
  ])('a process that dies %s: the next one ends well', async (_name, place) => {
    const rig = await SITUATIONS[situation]();
    await rig.startAndDieAt(place, await placeOf(rig, kind, member));
    const [run] = await rig.restart().reconcile();
    expect(run?.state, run?.explanation ?? '').toBe('succeeded');
    expect(stateOf(rig)).toEqual(LOW_ALL);
    expect(blindlyRepeated(rig.world.sent)).toEqual([]);
    // What only asks is answered by the look.
    const asked = kind === 'check-refreshed' && place === 'after-intent' ? 0 : 1;
    expect(rig.world.sent.filter((text) => text === at)).toHaveLength(asked);
    expect(rig.world.healingS).toBe((await rig.run()).plan.healingS ?? 0);
  });

  test.each([true, false])('a connection that is lost, with the effect there (%s): it ends well', async (effect) => {
    const rig = await SITUATIONS[situation]();
    rig.world.mishap(kind, member, { kind: 'lost', effect });
    const run = await rig.runner.start(RUN);
    expect(run.state, run.explanation ?? '').toBe('succeeded');
    expect(blindlyRepeated(rig.world.sent)).toEqual([]);
    expect(rig.world.sent).toContain(`look ${at}`);
  });

  test('and nobody can tell: it waits for a person, who says that it is done', async () => {
    const rig = await SITUATIONS[situation]();
    rig.world.mishap(kind, member, { kind: 'timed-out', effect: true });
    rig.world.onExec = (text) => void (rig.world.blindLook = text === `look ${at}` ? 'unknown' : null);
    const paused = await rig.runner.start(RUN);
    expect(paused.state).toBe('paused');
    expect(await rig.steps()).toContain(`${at}=unknown`);
    expect(rig.world.sent.filter((text) => text === at)).toHaveLength(1);
    rig.world.onExec = null;
    rig.world.blindLook = null;
    const step = paused.steps.find((one) => one.state === 'unknown')!;
    const verdict = { run: RUN, verdict: 'done', step: step.id, member: step.member, by: 'console:bob' } as const;
    await rig.runner.resume(verdict);
    // A file that the pause took away is written again only when somebody asks for that.
    if (kind === 'write-patch') return;
    expect((await rig.runner.settled(RUN))?.state).toBe('succeeded');
    expect(rig.world.sent.filter((text) => text === at)).toHaveLength(1);
  });
});

test('live SQL that was cut off between two statements is sent again once it can not run any longer', async () => {
  const rig = await SITUATIONS['sql-live']();
  rig.world.mishap('run-sql', 'm1', { kind: 'lost', effect: false });
  rig.world.onExec = (text) => {
    if (text === 'run-sql@m1' && rig.world.sent.every((one) => one !== text)) rig.world.member('m2').row = 387;
  };
  const run = await rig.runner.start(RUN);
  expect(run.state, run.explanation ?? '').toBe('succeeded');
  expect(rig.world.sent.filter((text) => text === 'run-sql@m1')).toHaveLength(2);
  expect(blindlyRepeated(rig.world.sent)).toEqual([]);
  expect(stateOf(rig)).toEqual(LOW_ALL);
});

test('another version of the code pauses with healing off, says so, and puts it back when a person goes on', async () => {
  const rig = await SITUATIONS['sql-live']();
  await rig.startAndDieAt('after-outcome', await placeOf(rig, 'run-sql', 'm1'));
  const next = rig.restart({ codeVersion: '0.2.0' });
  const [paused] = await next.reconcile();
  expect(paused).toMatchObject({ state: 'paused' });
  expect(paused?.explanation).toContain('lxc config set cluster.healing_threshold 300');
  expect(rig.world.healingS).toBe(0);
  await next.resume({ run: RUN, verdict: 'retry', step: null, member: null, by: 'console:bob' });
  expect((await next.settled(RUN))?.state).toBe('succeeded');
  expect(rig.world.healingS).toBe(300);
});
