import { describe, expect, test } from 'vitest';
import type { StepKind } from '../../src/domain/plan.ts';
import type { DaemonState } from '../support/observation-spec.ts';
import { RUN } from '../support/planning.ts';
import { aRig, type Rig } from '../support/engine.ts';

/** Every kind of step of the two strategies, on a member that sends it. */
const STEPS: readonly (readonly [DaemonState, StepKind, string])[] = [
  ['crash-looping', 'back-up', 'm2'],
  ['crash-looping', 'write-patch', 'm1'],
  ['crash-looping', 'await-patch-consumed', 'm1'],
  ['crash-looping', 'await-ready', 'm3'],
  ['crash-looping', 'remove-patch', 'm2'],
  ['stopped', 'hold-refreshes', 'm2'],
  ['stopped', 'stop-not-ready', 'm1'],
  ['stopped', 'write-patch', 'm3'],
  ['stopped', 'start', 'm3'],
  ['stopped', 'release-hold', 'm2'],
];

/** Those whose effect is not there already without them. */
const MISSING: ReadonlySet<StepKind> = new Set(['back-up', 'write-patch', 'await-ready', 'hold-refreshes', 'start']);

function rigFor(daemon: DaemonState): Promise<Rig> {
  return aRig({
    daemon,
    prepare: (world) => {
      if (daemon === 'stopped') world.member('m2').held = false;
    },
  });
}

describe.each(STEPS)('on %s members, when the answer to %s on %s is lost', (daemon, kind, member) => {
  const at = `${kind}@${member}`;

  test('it is looked at, and what is there counts as done', async () => {
    const { runner, world, run, time } = await rigFor(daemon);
    world.mishap(kind, member, { kind: 'lost', effect: true });
    const begun = time.clock.nowMs();
    const ended = await runner.start(RUN);
    expect(ended.state, ended.explanation ?? '').toBe('succeeded');
    expect(world.sent).toContain(`look ${at}`);
    const step = (await run()).plan.stages.flatMap(({ steps }) => steps).find(({ call }) => call.kind === kind)!;
    // A stop that still runs could end what is started later: it is believed only when it can't run any longer.
    if (kind.startsWith('stop-')) expect(time.clock.nowMs() - begun).toBeGreaterThanOrEqual(step.timeoutMs);
    // A back-up leaves nothing that a look of this cluster would see.
    if (kind !== 'back-up') expect(world.sent.filter((text) => text === at)).toHaveLength(1);
  });

  test('and a look can not tell, it waits for a person and is not sent again', async () => {
    const { runner, world, steps } = await rigFor(daemon);
    world.mishap(kind, member, { kind: 'lost', effect: true });
    world.blindLook = 'unknown';
    const paused = await runner.start(RUN);
    expect(paused.state).toBe('paused');
    expect(paused.explanation).toContain(`/lxd resume ${RUN}`);
    expect(await steps()).toContain(`${at}=unknown`);
    // Its own patch is removed at a pause; nothing else is sent twice.
    if (kind !== 'remove-patch') expect(world.sent.filter((text) => text === at)).toHaveLength(1);
  });
});

test.each(STEPS.filter(([, kind]) => MISSING.has(kind)))(
  'on %s members, when %s on %s was lost and a look says that it did not happen, it is sent again once it can not run any longer',
  async (daemon, kind, member) => {
    const at = `${kind}@${member}`;
    const { runner, world, run, time } = await rigFor(daemon);
    const sentAt: number[] = [];
    world.onExec = (sent) => {
      if (sent === at) sentAt.push(time.clock.nowMs());
    };
    world.mishap(kind, member, { kind: 'timed-out', effect: false });
    const ended = await runner.start(RUN);
    expect(ended.state, ended.explanation ?? '').toBe('succeeded');
    const order = world.sent.filter((text) => text.endsWith(at));
    expect(order.slice(0, 2)).toEqual([at, `look ${at}`]);
    const step = (await run()).plan.stages.flatMap(({ steps }) => steps).find(({ call }) => call.kind === kind)!;
    const [first = 0, second = 0] = sentAt;
    // Only a step that reads may run twice at the same time.
    if (step.effect !== 'read') expect(second - first).toBeGreaterThanOrEqual(step.timeoutMs);
  },
);

describe('attempts', () => {
  test('end after three that certainly did nothing', async () => {
    const { runner, world } = await aRig();
    const miss = { kind: 'lost', effect: false } as const;
    world.mishap('write-patch', 'm1', miss, miss, miss, miss);
    const run = await runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(world.sent.filter((text) => text === 'write-patch@m1')).toHaveLength(3);
    expect(run.steps.find(({ id }) => id === '2-write-patch')).toMatchObject({ state: 'failed', attempts: 3 });
  });

  test('go on without a look where no connection came about, since nothing was sent', async () => {
    const { runner, world } = await aRig();
    world.mishap('write-patch', 'm1', { kind: 'unreachable' });
    expect((await runner.start(RUN)).state).toBe('succeeded');
    expect(world.sent.filter((text) => text.endsWith('write-patch@m1'))).toEqual(['write-patch@m1', 'write-patch@m1']);
  });

  test('end at once where sudo refuses, with that word and with nothing sent a second time', async () => {
    const { runner, world } = await aRig();
    world.mishap('write-patch', 'm1', { kind: 'exit', code: 1, stderr: 'sudo: a password is required\n' });
    const run = await runner.start(RUN);
    expect(run.state).toBe('paused');
    expect(run.explanation).toMatch(/sudo refuses the login user; nothing was sent/);
    expect(world.sent.filter((text) => text === 'write-patch@m1')).toHaveLength(1);
  });

  test('of a step that was cut off by its own limit count as unknown, not as failed', async () => {
    const { runner, world } = await aRig();
    world.mishap('await-ready', 'm2', { kind: 'exit', code: 124 });
    expect((await runner.start(RUN)).state).toBe('succeeded');
    expect(world.sent).toContain('look await-ready@m2');
  });
});
