/** `recover`, `approve`, `reject`, `abort`, `wait`, `runs` through the console, with a real store and a runner that only notes. */
import { afterEach, describe, expect, test } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import { aCluster, type ClusterOptions } from '../support/cluster.ts';
import { observationOf, three } from '../support/observation.ts';
import { downgradedAll } from '../support/planning.ts';
import { createWorld, dataOf, only, type World, type WorldOptions } from './world.ts';

let world: World;
afterEach(() => world.close());

function open(cluster: ClusterOptions = {}, options: Partial<WorldOptions> = {}): void {
  world = createWorld({ observation: downgradedAll(), clusters: [aCluster(cluster)], ...options });
}

async function draft(line = 'recover prod'): Promise<RunId> {
  const { run } = only(await world.type('alice', line), 'plan');
  return run as RunId;
}

async function kindsOnRecord(): Promise<readonly string[]> {
  return (await world.store.listTimeline({})).map((entry) => entry.kind);
}

describe('recover', () => {
  test('drafts a run and posts the approval card with the exact text of every step', async () => {
    open();
    const lines = await world.type('alice', 'recover prod --reason "after the refresh"');
    const plan = only(lines, 'plan');
    const run = await world.store.findRun(plan.run as RunId);
    expect(run).toMatchObject({
      state: 'awaiting-approval',
      requestedBy: 'console:alice',
      reason: 'after the refresh',
    });
    expect(plan).toMatchObject({ strategy: 'patch-in-place', recommended: true, digest: run?.digest });
    expect(plan.steps.map(({ id, member, text }) => ({ id, member, text }))).toEqual(run?.compiled);
    expect(lines.at(-1)?.message.actions.map((action) => action.label)).toEqual(['Approve', 'Reject']);
    expect(await kindsOnRecord()).toEqual(expect.arrayContaining(['plan-drafted', 'approval-asked']));
  });

  test('is refused to a viewer, and nothing is asked of the members', async () => {
    open();
    world.beforeProbe = () => Promise.reject(new Error('was asked'));
    const refusal = only(await world.type('eve', 'recover prod'), 'refusal');
    expect(refusal.reasons[0]?.code).toBe('not-allowed');
    expect(await world.store.listRuns({})).toEqual([]);
  });

  test('--dry-run shows the plan without a run', async () => {
    open();
    const plan = only(await world.type('alice', 'recover prod --dry-run'), 'plan');
    expect(plan).toMatchObject({ run: null, expiresAt: null });
    expect(await world.store.listRuns({})).toEqual([]);
  });

  test('of a cluster in step is a refusal, and on record', async () => {
    open({}, { observation: observationOf({ members: three({ build: '5.21.2' }) }) });
    const refusal = only(await world.type('alice', 'recover prod'), 'refusal');
    expect(refusal.reasons[0]?.code).toBe('in-step');
    expect(await kindsOnRecord()).toContain('plan-refused');
  });

  test('a second one names the holder and the ways out', async () => {
    open();
    const run = await draft();
    const refusal = only(await world.type('alice', 'recover prod'), 'refusal');
    expect(refusal.reasons).toEqual([{ code: 'run-active', text: expect.stringContaining(run) as string }]);
    expect(refusal.next).toContain(`approve ${run}`);
  });

  test('a strategy that is not safe now is refused, and the next step names the one that is', async () => {
    open();
    const refusal = only(await world.type('alice', 'recover prod --strategy sql-live'), 'refusal');
    expect(refusal.reasons[0]?.code).toBe('strategy-not-available');
    expect(refusal.next).toContain('patch-in-place');
  });
});

describe('a rollback', () => {
  test('undoes only a run that ended after it had changed something', async () => {
    open();
    const run = await draft();
    await world.type('bob', `reject ${run}`);
    const refusal = only(await world.type('alice', `recover prod --strategy rollback --of ${run}`), 'refusal');
    expect(refusal.reasons).toEqual([
      { code: 'rollback-not-possible', text: expect.stringContaining(`${run} is rejected`) as string },
    ]);
    expect(refusal.next).toContain(`runs ${run}`);
  });

  test('is named together with its run, or not at all', async () => {
    open();
    const run = await draft();
    await world.type('bob', `reject ${run}`);
    for (const line of ['recover prod --strategy rollback', `recover prod --of ${run}`]) {
      const refusal = only(await world.type('alice', line), 'refusal');
      expect(refusal.reasons[0]?.code, line).toBe('strategy-not-available');
    }
    expect(only(await world.type('alice', 'recover prod --strategy rollback --of rzzzzzz'), 'problem').code).toBe(
      'unknown-run',
    );
  });
});

describe('approve', () => {
  test('by the person who asked is refused, recorded, and leaves the button good for another', async () => {
    open({ roles: { approvers: ['console:alice', 'console:bob'] } });
    const run = await draft();
    expect(only(await world.type('alice', '1'), 'refusal').reasons[0]?.code).toBe('own-approval');
    expect(await kindsOnRecord()).toContain('approval-refused');
    await world.type('bob', '1');
    expect(world.started).toEqual([run]);
  });

  test('under another name of the same person is refused too, and two names of one person are one approval', async () => {
    const people = [
      ['console:alice', 'console:alices-phone'],
      ['console:bob', 'console:bobs-phone'],
    ];
    const approvers = ['alices-phone', 'bob', 'bobs-phone', 'carol'].map((name) => `console:${name}`);
    open({ people, roles: { approvers }, approvals: { required: 2 } });
    const run = await draft();
    expect(only(await world.type('alices-phone', '1'), 'refusal').reasons[0]?.code).toBe('own-approval');
    await world.type('bob', '1');
    expect(only(await world.type('bobs-phone', `approve ${run}`), 'refusal').reasons[0]?.code).toBe('already-decided');
    expect(world.started).toEqual([]);
    await world.type('carol', `approve ${run}`);
    expect(world.started).toEqual([run]);
  });

  test('by a second person starts the run; the card turns into the run card, the thread says who', async () => {
    open();
    const run = await draft();
    const lines = await world.type('bob', 'approve');
    expect(world.started).toEqual([run]);
    expect(dataOf(lines)).toEqual([expect.objectContaining({ kind: 'run', run, state: 'approved' })]);
    expect(lines.some((line) => line.thread !== null && line.message.summary.includes(`Approved ${run}`))).toBe(true);
    expect(await world.store.findRun(run)).toMatchObject({
      approvals: [{ by: 'console:bob', describedAs: 'console:bob (OS user root)', decision: 'approve' }],
    });
    expect(world.session.runs).toEqual(new Set([run]));
  });

  test('takes as many different people as the policy says', async () => {
    open({ roles: { approvers: ['console:bob', 'console:carol'] }, approvals: { required: 2 } });
    const run = await draft();
    await world.type('bob', 'approve');
    expect(world.started).toEqual([]);
    expect(only(await world.type('bob', 'approve'), 'refusal').reasons[0]?.code).toBe('already-decided');
    await world.type('carol', '1');
    expect(world.started).toEqual([run]);
  });

  test('is refused where the console does not count', async () => {
    open({ approvals: { console: false } });
    await draft();
    const refusal = only(await world.type('bob', 'approve'), 'refusal');
    expect(refusal.reasons[0]?.code).toBe('console-approval-disallowed');
  });

  test('is refused outside the change window, and break-glass says it loudly', async () => {
    const changeWindow = { days: ['sun' as const], from: '01:00', to: '02:00', timezone: 'UTC' };
    open({ changeWindow, approvals: { breakGlass: ['console:carol'] } });
    const run = await draft();
    expect(only(await world.type('bob', 'approve'), 'refusal').reasons[0]?.code).toBe('outside-change-window');
    expect(only(await world.type('bob', 'approve --break-glass "now"'), 'refusal').reasons[0]?.code).toBe(
      'not-allowed',
    );
    await world.type('carol', 'approve --break-glass "all instances unreachable"');
    expect(world.started).toEqual([run]);
    const record = await world.store.listTimeline({ run });
    expect(record.find((entry) => entry.kind === 'approval-given')?.text).toContain('BREAK-GLASS');
  });

  test('is refused once the time is over, and the run is expired', async () => {
    open();
    const run = await draft();
    world.clock.now += 900_000;
    const refusal = only(await world.type('bob', `approve ${run}`), 'refusal');
    expect(refusal).toMatchObject({ reasons: [{ code: 'expired' }], next: '/lxd recover prod' });
    expect((await world.store.findRun(run))?.state).toBe('expired');
  });

  test('a number that nobody asked for is refused', async () => {
    open();
    await draft();
    expect(only(await world.type('bob', 'approve --confirm-stop 3'), 'refusal').reasons[0]?.code).toBe('confirm-stop');
    expect(world.started).toEqual([]);
  });

  test('without a run to approve says so', async () => {
    open();
    expect(only(await world.type('bob', 'approve'), 'refusal').reasons[0]?.code).toBe('no-pending-run');
    expect(only(await world.type('bob', 'approve rzzzzzz'), 'problem').code).toBe('unknown-run');
  });

  test('survives a renderer that starts anew: the same button, after the card was rendered again', async () => {
    open();
    const run = await draft();
    for (const card of await world.store.listCards({ kind: 'run', run })) await world.store.touchCard(card.id);
    const lines = await world.type('bob', 'runs', '1');
    expect(lines.length).toBeGreaterThan(0);
    expect(world.started).toEqual([run]);
  });
});

describe('which run', () => {
  const clusters = [aCluster(), { ...aCluster(), name: 'lab' as never }];

  test('several that fit are listed, and a prefix chooses', async () => {
    world = createWorld({ observation: downgradedAll(), clusters });
    const first = await draft('recover prod');
    const second = await draft('recover lab');
    const refusal = only(await world.type('bob', 'approve'), 'refusal');
    expect(refusal.reasons[0]).toMatchObject({
      code: 'ambiguous-run',
      text: expect.stringContaining(second) as string,
    });
    expect(only(await world.type('bob', 'approve r'), 'problem').code).toBe('ambiguous-run');
    await world.type('bob', `approve ${first.toUpperCase()}`);
    expect(world.started).toEqual([first]);
  });
});

describe('reject, abort, wait, runs', () => {
  test('a rejection carries its reason', async () => {
    open();
    const run = await draft();
    const lines = await world.type('bob', "reject it's too risky tonight");
    expect(only(lines, 'run')).toMatchObject({ run, state: 'rejected' });
    expect((await world.store.findRun(run))?.explanation).toBe("it's too risky tonight");
    expect(only(await world.type('bob', `approve ${run}`), 'refusal').reasons[0]?.code).toBe('already-decided');
  });

  test('the button of a decided run is used up', async () => {
    open();
    await draft();
    const [line] = (await world.type('bob', 'reject')).filter((each) => each.data?.kind === 'run');
    expect(line?.message.actions).toEqual([]);
    expect(only(await world.type('bob', '1'), 'problem').code).toBe('bad-argument');
  });

  test('an abort of a run that waits ends it at once', async () => {
    open();
    const run = await draft();
    const lines = await world.type('alice', 'abort');
    expect(dataOf(lines).at(-1)).toMatchObject({ kind: 'run', run, state: 'aborted' });
    expect(only(await world.type('alice', `abort ${run}`), 'refusal').reasons[0]?.code).toBe('already-decided');
    expect(only(await world.type('alice', 'wait'), 'run')).toMatchObject({ run, state: 'aborted' });
  });

  test('an abort of a paused run takes its markers off the members; of one that never began, there are none', async () => {
    open();
    const run = await draft();
    await world.type('bob', 'approve');
    const at = world.clock.now;
    for (const [from, to] of [
      ['approved', 'running'],
      ['running', 'paused'],
    ] as const) {
      await world.store.changeState({ run, from: [from], to, at, explanation: null, entries: [] });
    }
    await world.type('alice', 'abort');
    expect(world.released).toEqual([run]);
    await draft();
    await world.type('alice', 'abort');
    expect(world.released).toEqual([run]);
  });

  test('runs lists, and shows one with its outputs', async () => {
    open();
    const run = await draft();
    expect(only(await world.type('eve', 'runs'), 'runs').runs).toEqual([
      expect.objectContaining({ run, cluster: 'prod', state: 'awaiting-approval' }),
    ]);
    const one = only(await world.type('eve', `runs ${run.slice(0, 6)}`), 'run');
    expect(one.outputs).toHaveLength(one.steps.length);
  });

  test('the timeline tells the story in order', async () => {
    open();
    const run = await draft();
    await world.type('bob', 'reject no');
    const { entries } = only(await world.type('eve', `timeline ${run}`), 'timeline');
    expect(entries.map((entry) => entry.kind)).toEqual(['plan-drafted', 'approval-asked', 'rejected']);
    expect(only(await world.type('eve', 'timeline prod'), 'timeline').entries.length).toBeGreaterThan(3);
    expect(only(await world.type('eve', 'timeline prdo'), 'problem').text).toContain('Did you mean prod?');
  });
});
