/** What keeps Lockstep from giving a member up or from undoing a run, to the word, and what is said where nothing does. */
import { expect, test } from 'vitest';
import { requireRunId } from '../../../src/domain/ids.ts';
import type { ClusterObservation, MemberFacts, NodeRow, Reach } from '../../../src/domain/observation.ts';
import type { Planned } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { align, clusterOf, snapOf, upgraded, withDatabaseSchema, type Each } from '../../support/moving.ts';
import { logLine, NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { deadRow, downgradedAll, plan, requirePlan } from '../../support/planning.ts';
import { told, toldSteps, toldWords } from '../../support/told.ts';

const CLEAN = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };
const HEALING = { settings: { offlineThresholdS: null, healingThresholdS: 300, shutdownTimeoutMin: null } };

function unblock(make: () => ClusterObservation): () => Planned {
  return () => plan(make(), { strategy: 'unblock-dead-row' });
}

const dead = (each: Each = {}, spec: Partial<ObservationSpec> = {}) => unblock(() => deadRow(each, spec));
const deadIs = (row: Partial<NodeRow>) => dead({}, { row: { m3: row } });

/** m3 died before an upgrade: m1 and m2 wait for it. */
const leftBehind = (facts: Partial<MemberFacts> = {}) =>
  unblock(() =>
    observationOf({
      members: three(
        { build: '5.21.3', daemon: 'waiting' },
        { m2: { facts }, m3: { build: '5.21.2', reach: UNREACHABLE } },
      ),
      source: 'live',
      row: { m3: { heartbeatMs: NOW - 3_600_000 } },
    }),
  );

const WAITS_FOR_LEADER = { log: [logLine('no_leader', 'blocked', 'x')] };

test('what keeps a dead member’s row from being changed', async () => {
  const reach = (given: Reach) => dead({ m3: { reach: given } });
  await expect(
    told({
      nothing: dead(),
      'everybody answers': unblock(() => downgradedAll()),
      'two do not answer': dead({ m2: { reach: UNREACHABLE } }),
      'no answer in time': reach({ kind: 'timed-out', text: 'x' }),
      'the login is refused': reach({ kind: 'auth-failed', text: 'x' }),
      'its host key changed': reach({ kind: 'host-key-refused', reason: 'changed', text: 'x' }),
      'sudo is refused': reach({ kind: 'sudo-refused', text: 'x' }),
      'the connection was lost': reach({ kind: 'lost', text: 'x' }),
      'it has no row': unblock(() =>
        observationOf({
          members: three({ build: '5.21.2', daemon: 'crash-looping' }, { m3: { build: '5.21.3', reach: UNREACHABLE } }),
          row: { m3: null },
        }),
      ),
      'LXD heard of it just within a minute': deadIs({ heartbeatMs: NOW - 59_999 }),
      'LXD heard of it a minute ago': deadIs({ heartbeatMs: NOW - 60_000 }),
      'when LXD heard of it is not known': deadIs({ heartbeatMs: null }),
      'one serves': dead({ m1: { daemon: 'serving' } }),
      'two serve': dead({ m1: { daemon: 'serving' }, m2: { daemon: 'serving' } }),
      'one is stopped': dead({ m2: { daemon: 'stopped' } }),
      'two are stopped': dead({ m1: { daemon: 'stopped' }, m2: { daemon: 'stopped' } }),
      'the schema of the database is not known': unblock(() => withDatabaseSchema(deadRow(), null)),
      'its row has a higher schema': deadIs({ schema: 74 }),
      'the database has a higher schema': dead({}, { databaseSchema: 74 }),
      'its row has a lower schema': deadIs({ schema: 72 }),
      'the database has a lower schema': dead({}, { databaseSchema: 72 }),
      'the row of a living one is wrong too': dead({}, { rows: { m1: 402, m3: 402 } }),
      'all rows are wrong': dead({}, { rows: 402 }),
      'another cause': dead({ m2: { facts: { log: [] } } }),
      'another cause on both': dead({ m1: { facts: { log: [] } }, m2: { facts: { log: [] } } }),
      'its row holds what the others have': dead({}, { rows: { m3: 387 } }),
      'it is evacuated': deadIs({ state: 'evacuated' }),
      'it is pending': deadIs({ state: 'pending' }),
      'its row is of another track': dead({}, { rows: { m3: 420 } }),
      'the living differ': dead({ m2: { build: '5.21.3', daemon: 'waiting' } }),
      'it was left behind, and the others wait': leftBehind(),
      'it was left behind, and one waits for a leader': leftBehind(WAITS_FOR_LEADER),
      'it was left behind, and one crashes': unblock(() =>
        observationOf({
          members: three(
            { build: '5.21.3', daemon: 'waiting' },
            { m2: { daemon: 'crash-looping' }, m3: { build: '5.21.2', reach: UNREACHABLE } },
          ),
          source: 'live',
          row: { m3: { heartbeatMs: NOW - 3_600_000 } },
        }),
      ),
      'its row is above, and one waits without the fix': dead({ m2: { daemon: 'waiting' } }),
    }),
  ).toMatchFileSnapshot('texts/dead-row.txt');
});

const DEAD: Readonly<Record<string, () => Planned>> = {
  'its row is above': dead(),
  'it was left behind': leftBehind(),
  'its row is above, of LXD with the fix': unblock(() =>
    observationOf({
      members: three({ build: '5.21.4', daemon: 'waiting' }, { m3: { build: '5.21.5', reach: UNREACHABLE } }),
      row: { m3: { heartbeatMs: NOW - 3_600_000 } },
    }),
  ),
  'healing is on': dead({ m1: { facts: HEALING }, m2: { facts: HEALING } }),
  'instances run': dead({
    m1: { facts: { instances: { running: [{ pid: 7, name: 'c7' }] } } },
    m2: { facts: { instances: null } },
  }),
};

test('the steps that change a dead member’s row', async () => {
  await expect(toldSteps(DEAD)).toMatchFileSnapshot('texts/dead-row-steps.txt');
});

test('what a person is told before a member is given up', async () => {
  await expect(toldWords(DEAD)).toMatchFileSnapshot('texts/dead-row-words.txt');
});

const RUN = requireRunId('rfirst1');

/** The patch did its work: all serve the lower version, and keep the one of before. */
const patched = (each: Each = {}, spec: Partial<ObservationSpec> = {}) =>
  clusterOf({ build: '5.21.2', kept: ['5.21.3'] }, each, spec);

function undo(make: () => ClusterObservation, options: Partial<PlanInput> = {}): () => Planned {
  return () => plan(make(), { strategy: 'rollback', undo: { run: RUN, count: 402 }, ...options });
}

/** Of a run that gave m3 up. */
function undoGivenUp(make: () => ClusterObservation): () => Planned {
  return () => {
    const { givenUp } = requirePlan(plan(deadRow(), { strategy: 'unblock-dead-row' }));
    if (givenUp === undefined) throw new Error('nobody was given up');
    return plan(make(), { strategy: 'rollback', undo: { run: RUN, count: 402, givenUp } });
  };
}

const file = (mark: string) => ({
  facts: { leftovers: { ...CLEAN, patchGlobal: `${mark}\nUPDATE nodes SET schema=1;\n` } },
});
const OURS = file('-- lockstep rfirst1');

const UNDONE: Readonly<Record<string, () => Planned>> = {
  'the file lies there': undo(() => downgradedAll({ m1: OURS })),
  'the file lies on two': undo(() => downgradedAll({ m1: OURS, m3: OURS })),
  'LXD has taken it': undo(() => patched()),
  'LXD has taken it, and refreshes are not held': undo(() =>
    patched({ m2: { facts: { snap: snapOf('5.21.2', { held: false }) } } }),
  ),
  'LXD has taken it, one has the build of before': undo(() => patched({ m1: { build: '5.21.3' } }, { rows: 387 })),
  'the file of a run that gave a member up': undoGivenUp(() => deadRow({ m1: OURS })),
  'the file of a run that gave a member up, which is back': undoGivenUp(() => downgradedAll({ m1: OURS })),
};

test('what keeps a run from being undone', async () => {
  await expect(
    told({
      ...UNDONE,
      'no run was named': undo(() => patched(), { undo: null }),
      'that run wrote no patch': undo(() => patched(), { undo: { run: RUN, count: null } }),
      'nobody keeps the build of before': undo(() => clusterOf({ build: '5.21.2' })),
      'all have it again': undo(() => upgraded()),
      'all have it again, and rows are above it': undo(() => upgraded({}, { rows: 433 })),
      'two rows are above it': undo(() =>
        patched({ m1: { daemon: 'stopped' } }, { rows: { m1: 387, m2: 433, m3: 433 } }),
      ),
      'rows are above it': undo(() =>
        clusterOf({ build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' }, {}, { rows: 433 }),
      ),
      'somebody else’s file lies there': undo(() => downgradedAll({ m2: file('-- lockstep rother1') })),
      'a file with our mark in the second line': undo(() => downgradedAll({ m2: file('x\n-- lockstep rfirst1') })),
      'left-overs were not read': undo(() => patched({ m2: { facts: { leftovers: null } } })),
      'our file, and one did not answer': undo(() => downgradedAll({ m1: OURS, m3: { reach: UNREACHABLE } })),
      'our file, and one is not a snap': undo(() =>
        downgradedAll({ m1: OURS, m3: { facts: { install: 'not-a-snap' } } }),
      ),
      'our file, the one given up is away, and another too': undoGivenUp(() =>
        deadRow({ m1: OURS, m2: { reach: UNREACHABLE } }),
      ),
      'our file, the one given up is away, and another installation works': undoGivenUp(() =>
        deadRow({ m1: OURS, m2: { facts: { marker: { kind: 'unreadable' } } } }),
      ),
      'taken, of a run that gave a member up': undoGivenUp(() => deadRow()),
      'one is stopped': undo(() => patched({ m3: { daemon: 'stopped' } })),
      'a row does not hold what its server runs': undo(() => patched({}, { rows: { m1: 402, m2: 387, m3: 387 } })),
    }),
  ).toMatchFileSnapshot('texts/undo.txt');
});

test('the steps that undo a run', async () => {
  await expect(toldSteps(UNDONE)).toMatchFileSnapshot('texts/undo-steps.txt');
});

test('what a person is told before a run is undone', async () => {
  await expect(toldWords(UNDONE)).toMatchFileSnapshot('texts/undo-words.txt');
});

test('a version goes with the strategies that take one', async () => {
  await expect(
    told({
      'with aligning': align(() => patched({ m3: { build: '5.21.3' } }), { to: '5.21.3' }),
      'with a patch': () => plan(downgradedAll(), { strategy: 'patch-in-place', to: '5.21.2' }),
      'with no strategy': () => plan(upgraded(), { to: '5.21.2' }),
      'none, with no strategy': () => plan(upgraded(), { to: null }),
    }),
  ).toMatchFileSnapshot('texts/version-asked.txt');
});
