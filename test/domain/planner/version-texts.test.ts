/** What is said where versions, counts, schemas or tracks keep Lockstep from writing a row, to the word. */
import { expect, test } from 'vitest';
import type { ClusterObservation, MemberFacts } from '../../../src/domain/observation.ts';
import type { Planned } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { BUILDS, type BuildName } from '../../support/builds.ts';
import { binaryLike, snapOf, withDatabaseSchema, type Each } from '../../support/moving.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { downgradedAll, downgradedOne, plan, putBackWhileServing, stoppedAll } from '../../support/planning.ts';
import { told } from '../../support/told.ts';

function patch(each: Each, spec: Partial<ObservationSpec> = {}, options: Partial<PlanInput> = {}): () => Planned {
  return () => plan(downgradedAll(each, spec), { strategy: 'patch-in-place', ...options });
}

function of(observation: () => ClusterObservation, options: Partial<PlanInput> = {}): () => Planned {
  return () => plan(observation(), options);
}

/** All three with these facts. */
const every = (facts: Partial<MemberFacts>): Each => ({ m1: { facts }, m2: { facts }, m3: { facts } });

/** All on this build, crash-looping below these rows. */
function below(build: BuildName, rows: number, facts: Partial<MemberFacts> = {}): () => Planned {
  return of(() => observationOf({ members: three({ build, daemon: 'crash-looping', facts }), rows }), {
    strategy: 'patch-in-place',
  });
}

test('counts that are not known, or not what they seem', async () => {
  const unread = [binaryLike('5.21.2', { extensions: null, schema: null, names: null })];
  const api = {
    version: '5.21.2',
    extensions: BUILDS['5.21.3'].names,
    serverName: null,
    clustered: true,
    clusterAddress: null,
  };
  const process = { pid: 7, exe: binaryOf('5.21.2').path, extensions: 387 };
  await expect(
    told({
      'no binary could be read on one member': patch({ m2: { facts: { binaries: unread } } }),
      'no binary could be read on any': patch(every({ binaries: unread })),
      'nothing is known of one': patch({ m2: { facts: { binaries: [], snap: null } } }),
      'its schema is not known': patch(every({ binaries: [binaryLike('5.21.2', { schema: null })] })),
      'the daemon says another number': patch({ m2: { facts: { api, process } } }),
      'a bump of nothing': patch(every({ extensionBump: 0 })),
      'a bump on two': patch({ m1: { facts: { extensionBump: 1 } }, m3: { facts: { extensionBump: -1 } } }),
      'another version on one': patch({ m3: { build: '5.21.3' } }),
      'three versions': patch({ m1: { build: '5.21.4' }, m3: { build: '5.21.3' } }),
      'another version of the same count': patch({ m3: { facts: { snap: snapOf('6.1') } } }),
      'no version on one': patch({ m3: { facts: { snap: null } } }),
      'other extensions of the same number': patch({
        m3: { facts: { binaries: [binaryLike('5.21.2', { names: BUILDS['6.1'].names })] } },
      }),
      'extensions of which one name differs': patch({
        m1: {
          facts: {
            binaries: [
              binaryLike('5.21.2', { names: BUILDS['5.21.2'].names.map((one, at) => (at === 0 ? 'x' : one)) }),
            ],
          },
        },
      }),
      'extensions without names': patch({ m3: { facts: { binaries: [binaryLike('5.21.2', { names: null })] } } }),
      'one that did not answer, with other versions': patch({ m1: { build: '5.21.3' }, m2: { reach: UNREACHABLE } }),
      'another binary of another schema': patch({
        m2: { facts: { binaries: [binaryLike('5.21.2', { schema: 72 })] } },
      }),
      'a process of another binary': patch({ m2: { daemon: 'waiting', runs: '5.21.3' } }),
      'two processes of another binary': patch({
        m2: { daemon: 'waiting', runs: '5.21.3' },
        m3: { daemon: 'waiting', runs: '5.21.3' },
      }),
      'a process that could not be counted': patch({
        m2: { daemon: 'waiting', facts: { process: { pid: 7, exe: null, extensions: null } } },
      }),
    }),
  ).toMatchFileSnapshot('texts/version-counts.txt');
});

test('schemas that do not go together', async () => {
  const rows = (m2: number, databaseSchema?: number) =>
    patch({}, { row: { m2: { schema: m2 } }, ...(databaseSchema === undefined ? {} : { databaseSchema }) });
  await expect(
    told({
      'a row is ahead': rows(74),
      'the database is ahead': patch({}, { databaseSchema: 74 }),
      'a row is behind': rows(72),
      'a row is behind, and not wrong': patch({}, { rows: { m1: 402, m2: 387, m3: 402 }, row: { m2: { schema: 72 } } }),
      'the database is behind': patch({}, { databaseSchema: 72 }),
      'the schema of the database is not known': of(() => withDatabaseSchema(downgradedAll(), null), {
        strategy: 'patch-in-place',
      }),
      'the database is ahead, and no row is wrong': patch({}, { rows: 387, databaseSchema: 74 }),
    }),
  ).toMatchFileSnapshot('texts/version-schemas.txt');
});

test('tracks that would be crossed', async () => {
  await expect(
    told({
      'rows of a later release of the track': below('5.21.2', 402),
      'rows of no release at all': below('5.21.2', 399),
      'rows of another track alone': below('5.21.2', 429),
      'rows that two tracks have': below('5.21.2', 433),
      'rows that two tracks have, and one member follows the other one': below('5.21.2', 433, {
        snap: snapOf('5.21.2', { tracking: '6/stable' }),
      }),
      'rows that two tracks have, following nothing': below('5.21.2', 433, {
        snap: snapOf('5.21.2', { tracking: null }),
      }),
      'rows of another track, following a third one': below('5.0.1', 317, {
        snap: snapOf('5.0.1', { tracking: '4.0/stable' }),
      }),
      'a release that is no LTS': below('6.1', 420),
      'a release that is not in the table': below('5.21.2', 402, { snap: snapOf('5.21.2', { version: '5.21.9-abc' }) }),
      'a word that names no release': below('5.21.2', 402, { snap: snapOf('5.21.2', { version: 'git-1a2b3c4' }) }),
      'no row is wrong': below('6.1', 387),
    }),
  ).toMatchFileSnapshot('texts/version-tracks.txt');
});

test('rows that a live database may not be given', async () => {
  const live = (each: Each = {}) => of(() => putBackWhileServing(each), { strategy: 'sql-live' });
  const mixed = (row: ObservationSpec['row'] = {}, each: Each = {}, databaseSchema?: number) =>
    of(
      () =>
        observationOf({
          members: three({ build: '5.21.3' }, { m3: { build: '5.21.2' }, ...each }),
          rows: 387,
          row,
          ...(databaseSchema === undefined ? {} : { databaseSchema }),
        }),
      { strategy: 'sql-live' },
    );
  const dump = (observation: ClusterObservation) => ({
    ...observation,
    members: observation.members.map((one) =>
      one.facts?.nodes
        ? { ...one, facts: { ...one.facts, nodes: { ...one.facts.nodes, source: 'disk' as const } } }
        : one,
    ),
  });
  await expect(
    told({
      'nobody serves': of(() => downgradedAll(), { strategy: 'sql-live' }),
      'the one that serves gave no table': live({ m1: { facts: { nodes: null } } }),
      'the one that serves gave a dump': of(() => dump(putBackWhileServing()), { strategy: 'sql-live' }),
      'two serve and gave no table': live({
        m1: { facts: { nodes: null } },
        m2: { daemon: 'serving', facts: { nodes: null } },
      }),
      'all is well': of(() => observationOf({ members: three({ build: '5.21.2' }) }), { strategy: 'sql-live' }),
      'rows of members that wait': live({ m2: { daemon: 'waiting' }, m3: { daemon: 'waiting' } }),
      'a row of a member that is stopped': live({ m3: { daemon: 'stopped' } }),
      'different binaries': mixed(),
      'the row of a server has a lower schema': mixed({ m1: { schema: 72 } }, {}, 73),
      'two rows have a lower schema': mixed({ m1: { schema: 72 }, m2: { schema: 72 } }, {}, 73),
      'the database has another schema than rows and servers': mixed({}, {}, 74),
      'the schema of the database is not known': of(() => withDatabaseSchema(putBackWhileServing(), null), {
        strategy: 'sql-live',
      }),
      'the schema of the running binary is not known': mixed(
        {},
        {
          m1: { facts: { binaries: [binaryLike('5.21.3', { schema: null })] } },
        },
      ),
      'a row is evacuated': mixed({ m1: { state: 'evacuated' } }),
      'a row is pending': mixed({ m1: { state: 'pending' } }),
      'only pending rows are wrong': mixed({ m1: { state: 'pending' }, m2: { state: 'pending' } }),
      'two lower versions have one count': of(
        () => observationOf({ members: three({ build: '5.21.2' }, { m3: { build: '6.1' } }), rows: 402 }),
        { strategy: 'sql-live' },
      ),
    }),
  ).toMatchFileSnapshot('texts/version-live.txt');
});

test('daemons that are not as the strategy needs them', async () => {
  const instances = (count: number) => ({
    facts: { instances: { running: Array.from({ length: count }, (_, pid) => ({ pid: pid + 1, name: `c${pid}` })) } },
  });
  const stop = (each: Each, confirmStop: PlanInput['confirmStop'], policy: 'keep' | 'stop' = 'stop') =>
    of(() => putBackWhileServing(each), { strategy: 'stop-patch-start', instances: policy, confirmStop });
  const waiting: Omit<MemberSpec, 'name'> = { daemon: 'waiting' };
  const fixed = (each: Each) =>
    of(() => observationOf({ members: three({ build: '5.21.4', daemon: 'waiting' }, each), rows: 442 }), {
      strategy: 'stop-patch-start',
    });
  await expect(
    told({
      'all stopped': of(() => stoppedAll(), { strategy: 'patch-in-place' }),
      'all waiting below rows': patch({ m1: waiting, m2: waiting, m3: waiting }),
      'one waits and the others crash': patch({ m1: waiting }),
      'one is stopped': patch({ m3: { daemon: 'stopped' } }),
      'two are stopped': patch({ m2: { daemon: 'stopped' }, m3: { daemon: 'failed' } }),
      'one serves': of(() => putBackWhileServing(), { strategy: 'patch-in-place' }),
      'two serve': of(() => putBackWhileServing({ m2: { daemon: 'serving' } }), { strategy: 'patch-in-place' }),
      'a snap that cannot stop a crashed daemon': of(
        () => downgradedAll({ m1: { facts: { stopKnowsCrashed: false } }, m2: { facts: { stopKnowsCrashed: null } } }),
        { strategy: 'stop-patch-start' },
      ),
      'a snap that cannot stop a waiting daemon': of(
        () => downgradedAll({ m1: { ...waiting, facts: { stopKnowsCrashed: false } } }),
        { strategy: 'stop-patch-start' },
      ),
      'such a snap, where LXD is stopped': of(
        () => downgradedAll({ m1: { daemon: 'stopped', facts: { stopKnowsCrashed: false } } }),
        { strategy: 'stop-patch-start' },
      ),
      'one instance stops, unsaid': stop({ m1: instances(1) }, null),
      'two stop, three were said': stop({ m1: instances(2) }, 3),
      'two stop, two were said': stop({ m1: instances(2) }, 2),
      'two stop, to be said by the approver': stop({ m1: instances(2) }, 'at-approval'),
      'none stops': stop({}, null),
      'two would stop, and are kept': stop({ m1: instances(2) }, null, 'keep'),
      'they were not counted': stop({ m1: { facts: { instances: null } } }, null),
      'they were not counted where LXD crashes anyway': stop({ m2: { facts: { instances: null } } }, null),
      'they were not counted, and are kept': stop({ m1: { facts: { instances: null } } }, null, 'keep'),
      'all have the fix': fixed({}),
      'all but one have the fix': fixed({ m3: { facts: { snap: snapOf('5.21.4', { version: '5.21.3-x' }) } } }),
      'nothing wrong, one waits': of(() => observationOf({ members: three({ build: '5.21.2' }, { m1: waiting }) })),
      'nothing wrong, two wait': of(() =>
        observationOf({ members: three({ build: '5.21.2' }, { m1: waiting, m2: waiting }) }),
      ),
      'all wait, and no table was read': of(() =>
        observationOf({ members: three({ build: '5.21.2', ...waiting }), rows: null }),
      ),
      'one is stopped, and no table was read': of(() =>
        observationOf({ members: three({ build: '5.21.2' }, { m1: { daemon: 'stopped' } }), rows: null }),
      ),
      'different binaries, one waits': of(
        () => observationOf({ members: three({ build: '5.21.2' }, { m3: { build: '5.21.3', ...waiting } }) }),
        { strategy: 'patch-in-place' },
      ),
      'one went lower, and has no version': of(() => downgradedOne({ m3: { facts: { snap: null } } }), {
        strategy: 'patch-in-place',
      }),
      'one went lower, of unknown architecture': of(() => downgradedOne({ m3: { facts: { architecture: null } } }), {
        strategy: 'patch-in-place',
      }),
      'two went lower, of two architectures': of(
        () => downgradedOne({ m2: { build: '5.21.2', daemon: 'crash-looping', facts: { architecture: 'aarch64' } } }),
        { strategy: 'patch-in-place' },
      ),
      'one went lower than two that differ': of(
        () =>
          observationOf({
            members: three(
              { build: '5.21.2' },
              { m2: { build: '6.1' }, m3: { build: '5.0.2', daemon: 'crash-looping' } },
            ),
          }),
        { strategy: 'patch-in-place' },
      ),
      'one went lower': of(() => downgradedOne(), { strategy: 'patch-in-place' }),
      'nobody answers': of(() =>
        downgradedAll(Object.fromEntries(['m1', 'm2', 'm3'].map((name) => [name, { reach: UNREACHABLE }]))),
      ),
    }),
  ).toMatchFileSnapshot('texts/version-daemons.txt');
});

test('healing that LXD could do meanwhile', async () => {
  const set = (healingThresholdS: number | null) => ({
    settings: { offlineThresholdS: null, healingThresholdS, shutdownTimeoutMin: null },
  });
  const live = (each: Each) => of(() => putBackWhileServing(each), { strategy: 'sql-live' });
  const nodes = { source: 'disk' as const, at: NOW - 60_000, rows: [], databaseSchema: 73 };
  await expect(
    told({
      'it is on, and a server can switch it off': live({ m1: { facts: set(300) } }),
      'it is on, and one waits': live({ m1: { facts: set(300) }, m2: { daemon: 'waiting' } }),
      'it is on, and two wait': of(
        () => putBackWhileServing({ m1: { facts: set(300) }, m2: { daemon: 'waiting' }, m3: { daemon: 'waiting' } }),
        { strategy: 'stop-patch-start' },
      ),
      'it is off where the live database is read, and on in a dump': live({
        m1: { facts: set(0) },
        m2: { facts: { ...set(300), nodes }, daemon: 'waiting' },
      }),
      'it is on in a dump alone, and the one that serves could not read it': live({
        m1: { facts: { settings: null } },
        m2: { facts: set(300) },
      }),
      'nobody serves': patch(every(set(300))),
      'it is not set': live({ m1: { facts: set(null) } }),
    }),
  ).toMatchFileSnapshot('texts/version-healing.txt');
});
