/** The plans that change rows: every step with its values, and what a person is told before approving. */
import { expect, test } from 'vitest';
import type { ClusterObservation, MemberFacts } from '../../../src/domain/observation.ts';
import type { Planned } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { binaryLike, clusterOf, snapOf, type Each } from '../../support/moving.ts';
import { observationOf } from '../../support/observation.ts';
import { binaryOf } from '../../support/observation-spec.ts';
import { downgradedAll, plan, putBackWhileServing, stoppedAll } from '../../support/planning.ts';
import { toldSteps, toldWords } from '../../support/told.ts';

const instances = (count: number | null) => ({
  instances:
    count === null ? null : { running: Array.from({ length: count }, (_, pid) => ({ pid: pid + 1, name: `c${pid}` })) },
});
const settings = (healingThresholdS: number | null, shutdownTimeoutMin: number | null = null) => ({
  settings: { offlineThresholdS: null, healingThresholdS, shutdownTimeoutMin },
});
const disk = (databaseBytes: number) => ({ disk: { databaseBytes, freeBytes: 1_000_000_000_000 } });
const unheld = { snap: snapOf('5.21.2', { held: false }) };

function patch(each: Each = {}, options: Partial<PlanInput> = {}, spec = {}): () => Planned {
  return () => plan(downgradedAll(each, spec), { strategy: 'patch-in-place', ...options });
}

function stop(make: () => ClusterObservation, options: Partial<PlanInput> = {}): () => Planned {
  return () => plan(make(), { strategy: 'stop-patch-start', ...options });
}

function live(make: () => ClusterObservation): () => Planned {
  return () => plan(make(), { strategy: 'sql-live' });
}

function raft(...roles: readonly ('voter' | 'stand-by')[]): Partial<MemberFacts> {
  return {
    raft: roles.map((role, index) => ({ id: index + 1, address: `10.0.0.${index + 1}:8443`, name: null, role })),
  };
}

/** 5.21.3 serves on m1 and m2 with rows of 387, m3 serves the lower one. */
const mixed = (each: Each = {}, spec = {}) =>
  clusterOf({ build: '5.21.3' }, { m3: { build: '5.21.2' }, ...each }, { rows: 387, ...spec });

test('the steps of a patch where nobody serves', async () => {
  const facts = (given: Partial<MemberFacts>): Each => ({
    m1: { facts: given },
    m2: { facts: given },
    m3: { facts: given },
  });
  await expect(
    toldSteps({
      'all crash': patch(),
      'only shown, without a run': patch({}, { run: null }),
      'the first member is no voter': patch(facts(raft('stand-by', 'voter', 'voter'))),
      'voters are not known': patch(facts({ raft: null })),
      'the first member waits': patch({ m1: { daemon: 'waiting' } }),
      'no crashing member is a voter': patch({
        m1: { daemon: 'waiting', facts: raft('voter', 'stand-by', 'stand-by') },
        m2: { facts: raft('voter', 'stand-by', 'stand-by') },
        m3: { facts: raft('voter', 'stand-by', 'stand-by') },
      }),
      'a row holds more than another': patch({}, {}, { rows: { m1: 433, m2: 387, m3: 402 } }),
      'an evacuated row': patch({}, {}, { row: { m2: { state: 'evacuated' } } }),
      'small and large databases': patch({
        m1: { facts: disk(99_000_000_000) },
        m2: { facts: disk(100_000_000) },
        m3: { facts: disk(0) },
      }),
      'healing is on': patch(facts(settings(300))),
    }),
  ).toMatchFileSnapshot('texts/patch-steps.txt');
});

test('the steps of stopping, patching and starting', async () => {
  await expect(
    toldSteps({
      'all stopped': stop(() => stoppedAll()),
      'all stopped, where the snap could not stop a crashed daemon': stop(() =>
        stoppedAll({ m1: { facts: { stopKnowsCrashed: false } }, m2: { facts: { stopKnowsCrashed: null } } }),
      ),
      'one serves, the others crash': stop(() => putBackWhileServing()),
      'one serves with a time of its own for shutting down': stop(() =>
        putBackWhileServing({ m1: { facts: settings(null, 1) } }),
      ),
      'one serves, and its settings were not read': stop(() =>
        putBackWhileServing({ m1: { facts: { settings: null } } }),
      ),
      'one serves, and its instances are stopped too': stop(
        () => putBackWhileServing({ m1: { facts: instances(2) } }),
        {
          instances: 'stop',
          confirmStop: 2,
        },
      ),
      'refreshes are not held on two': stop(() => stoppedAll({ m1: { facts: unheld }, m3: { facts: unheld } })),
      'healing is on and one serves': stop(() => putBackWhileServing({ m1: { facts: settings(300) } })),
      'healing is on and all are stopped': stop(() => stoppedAll({ m1: { facts: settings(300) } })),
      'healing is on and the first one is stopped': stop(() =>
        downgradedAll({ m1: { daemon: 'stopped' }, m3: { facts: settings(300) } }),
      ),
      'only shown, without a run': stop(() => stoppedAll(), { run: null }),
    }),
  ).toMatchFileSnapshot('texts/stop-steps.txt');
});

test('the steps of correcting rows where LXD serves', async () => {
  await expect(
    toldSteps({
      'two rows of members that crash': live(() => putBackWhileServing()),
      'one of them is stopped': live(() => putBackWhileServing({ m3: { daemon: 'stopped' } })),
      'one of them waits': live(() => putBackWhileServing({ m3: { daemon: 'waiting' } })),
      'the first that serves reads no table': live(() =>
        putBackWhileServing({ m1: { facts: { nodes: null } }, m2: { daemon: 'serving' } }),
      ),
      'different LXD, rows of two servers': live(() => mixed()),
      'different LXD, one of two counts each': live(() => mixed({}, { rows: { m1: 387, m2: 402, m3: 402 } })),
      'different LXD, different old counts': live(() => mixed({}, { rows: { m1: 387, m2: 382, m3: 387 } })),
      'different LXD, one crashes': live(() => mixed({ m3: { build: '5.21.2', daemon: 'crash-looping' } })),
      'different LXD, the schema of what runs is not known': live(() =>
        mixed({
          m1: { facts: { binaries: [binaryLike('5.21.3', { schema: null })] } },
          m2: { facts: { process: { pid: 7, exe: null, extensions: 402 } } },
        }),
      ),
      'an evacuated row': live(() => mixed({}, { row: { m1: { state: 'evacuated' } } })),
      'healing is on, and the second server read it': live(() =>
        putBackWhileServing({ m1: { facts: { settings: null } }, m2: { daemon: 'serving', facts: settings(300) } }),
      ),
      'healing is on': live(() => putBackWhileServing({ m1: { facts: settings(300) } })),
      'only shown, without a run': () => plan(putBackWhileServing(), { strategy: 'sql-live', run: null }),
    }),
  ).toMatchFileSnapshot('texts/live-steps.txt');
});

test('what a person is told before rows are changed', async () => {
  const kept = (...names: readonly ('5.21.3' | '5.21.4')[]) => ({
    facts: { binaries: [binaryOf('5.21.2'), ...names.map((name) => binaryOf(name))] },
  });
  await expect(
    toldWords({
      'all crash': patch({ m1: { facts: instances(1) } }),
      'all crash with two instances': patch({ m1: { facts: instances(2) }, m2: { facts: instances(0) } }),
      'instances were not counted on one': patch({ m1: { facts: instances(1) }, m2: { facts: instances(null) } }),
      'rows of two counts': patch({}, {}, { rows: { m1: 433, m2: 387, m3: 402 } }),
      'refreshes are not held': patch({ m2: { facts: unheld }, m3: { facts: unheld } }),
      'no revision is kept by all': patch({ m1: kept(), m2: kept('5.21.3') }),
      'members keep different revisions': patch({ m1: kept('5.21.3'), m2: kept('5.21.4'), m3: kept('5.21.3') }),
      'the first of several kept revisions': patch({
        m1: kept('5.21.4', '5.21.3'),
        m2: kept('5.21.4'),
        m3: kept('5.21.4'),
      }),
      'a kept binary without a count': patch({
        m1: { facts: { binaries: [binaryOf('5.21.2'), binaryLike('5.21.3', { extensions: null })] } },
      }),
      'healing is on': patch({ m1: { facts: settings(300) } }),
      'settings were not read': patch({
        m1: { facts: { settings: null } },
        m2: { facts: { settings: null } },
        m3: { facts: { settings: null } },
      }),
      'settings were read on one': patch({ m1: { facts: { settings: null } }, m2: { facts: { settings: null } } }),
      'all stopped': stop(() => stoppedAll({ m2: { facts: instances(3) } })),
      'one serves': stop(() => putBackWhileServing({ m1: { facts: instances(2) } })),
      'two serve, one instance stops': stop(
        () =>
          observationOf({
            members: ['m1', 'm2', 'm3'].map((name) => ({
              name,
              build: '5.21.2' as const,
              daemon: name === 'm3' ? ('crash-looping' as const) : ('serving' as const),
              ...(name === 'm2' ? { facts: instances(1) } : {}),
            })),
            rows: { m3: 402 },
          }),
        { instances: 'stop', confirmStop: 1 },
      ),
      'three instances stop': stop(
        () => putBackWhileServing({ m1: { facts: instances(3) }, m2: { facts: instances(1) } }),
        {
          instances: 'stop',
          confirmStop: 3,
        },
      ),
      'healing is on and one serves': stop(() => putBackWhileServing({ m1: { facts: settings(300) } })),
      'rows are corrected where one serves': live(() => putBackWhileServing()),
      'rows are corrected where two serve': live(() => putBackWhileServing({ m2: { daemon: 'serving' } })),
      'one is stopped and stays so': live(() => putBackWhileServing({ m3: { daemon: 'stopped' } })),
      'two are stopped and stay so': live(() =>
        clusterOf({ build: '5.21.2' }, { m2: { daemon: 'stopped' }, m3: { daemon: 'stopped' } }, { rows: { m2: 402 } }),
      ),
      'the members run different LXD': live(() => mixed()),
    }),
  ).toMatchFileSnapshot('texts/patch-words.txt');
});
