import { expect, test } from 'vitest';
import { requireMemberName } from '../../src/domain/ids.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { aRig, type Rig } from '../support/engine.ts';
import { RUN } from '../support/planning.ts';

const LIMIT_MS = 915_000;
const AT = 'refresh@m1';

/** A refresh of the first member in front of the start of all. */
function withRefresh(plan: Plan): Plan {
  const at = plan.stages.findIndex(({ steps }) => steps.some(({ call }) => call.kind === 'start'));
  const step = {
    id: '99-refresh',
    member: requireMemberName('m1'),
    call: { kind: 'refresh', revision: '30131', waitS: 900 },
    effect: 'idempotent',
    timeoutMs: LIMIT_MS,
  } as const;
  return {
    ...plan,
    stages: [...plan.stages.slice(0, at), { title: 'Refresh', steps: [step] }, ...plan.stages.slice(at)],
  };
}

function refreshing(): Promise<Rig> {
  return aRig({ daemon: 'stopped', altered: withRefresh });
}

async function dieBeforeItIsSent(rig: Rig): Promise<void> {
  const before = (await rig.run()).plan.stages.flatMap(({ steps }) => steps).findIndex(({ id }) => id === '99-refresh');
  await rig.startAndDieAt('after-intent', before + 1);
}

test('a refresh that was never sent is sent after one look, since a second sending joins the first', async () => {
  const rig = await refreshing();
  await dieBeforeItIsSent(rig);
  const begun = rig.time.clock.nowMs();
  const [run] = await rig.restart().reconcile();
  expect(run?.state, run?.explanation ?? '').toBe('succeeded');
  expect(rig.world.sent.filter((text) => text.endsWith(AT))).toEqual([`look ${AT}`, AT]);
  expect(rig.time.clock.nowMs() - begun).toBeLessThan(LIMIT_MS);
});

test('one whose answer is lost is watched until snapd has ended, and not sent again', async () => {
  const rig = await refreshing();
  rig.world.mishap('refresh', 'm1', { kind: 'lost', effect: true });
  let looks = 0;
  rig.world.onExec = (text) => {
    if (text !== `look ${AT}`) return;
    looks += 1;
    rig.world.blindLook = looks < 10 ? 'unknown' : null;
  };
  const begun = rig.time.clock.nowMs();
  const run = await rig.runner.start(RUN);
  expect(run.state, run.explanation ?? '').toBe('succeeded');
  expect(looks).toBe(10);
  expect(rig.world.sent.filter((text) => text === AT)).toHaveLength(1);
  expect(rig.time.clock.nowMs() - begun).toBeLessThan(LIMIT_MS);
});

test('one of which nobody can tell waits for a person, once its own time is over', async () => {
  const rig = await refreshing();
  rig.world.mishap('refresh', 'm1', { kind: 'lost', effect: false });
  rig.world.blindLook = 'unknown';
  const begun = rig.time.clock.nowMs();
  const run = await rig.runner.start(RUN);
  expect(run.state).toBe('paused');
  expect(await rig.steps()).toContain(`${AT}=unknown`);
  expect(rig.time.clock.nowMs() - begun).toBeGreaterThanOrEqual(LIMIT_MS);
});
