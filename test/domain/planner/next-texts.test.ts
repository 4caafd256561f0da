/** The way forward where several things are in the way, and what a run's end would be held against where nothing can be planned. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { Strategy } from '../../../src/domain/plan.ts';
import { baselineOf } from '../../../src/domain/planner/index.ts';
import { aCluster } from '../../support/cluster.ts';
import { align, clusterOf, type Each } from '../../support/moving.ts';
import { UNREACHABLE } from '../../support/observation.ts';
import { downgradedAll, downgradedOne, plan, putBackWhileServing } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';
import { told } from '../../support/told.ts';

const FULL = { disk: { databaseBytes: 10, freeBytes: 30 } };
const HEALING = { settings: { offlineThresholdS: null, healingThresholdS: 300, shutdownTimeoutMin: null } };

/** m3 crashes on a lower version, the rows of the servers are as they were before they went up. */
const latent = (each: Each = {}) =>
  clusterOf({ build: '5.21.3' }, { m3: { build: '5.21.2', daemon: 'crash-looping' }, ...each }, { rows: 387 });

test('what is said where several things are in the way', async () => {
  const unread = { facts: { settings: null } };
  await expect(
    told({
      'rows of servers are wrong, and there is no room': align(() => latent({ m1: { build: '5.21.3', facts: FULL } })),
      'rows of servers are wrong, of two counts': align(() =>
        clusterOf(
          { build: '5.21.3', facts: FULL },
          { m3: { build: '5.21.2' } },
          { rows: { m1: 387, m2: 382, m3: 402 } },
        ),
      ),
      'a server runs what it no longer has installed': align(() =>
        clusterOf(
          { build: '5.21.3' },
          { m1: { build: '5.21.2', runs: '5.21.3' }, m3: { build: '5.21.2' } },
          { rows: { m1: 402, m2: 402, m3: 387 } },
        ),
      ),
      'healing is on, and no server could read it': align(() =>
        downgradedOne({ m1: unread, m2: unread, m3: { facts: HEALING } }),
      ),
      'healing is on, and one waits for an upgrade': align(() =>
        clusterOf({ build: '5.21.2', facts: HEALING }, { m1: { build: '5.21.3', daemon: 'waiting' } }),
      ),
      'nothing to patch where all serve': () => plan(clusterOf({ build: '5.21.2' }), { strategy: 'stop-patch-start' }),
      'rows of two counts, where one serves': () =>
        plan(
          clusterOf(
            { build: '5.21.2', daemon: 'crash-looping' },
            { m1: { daemon: 'serving' } },
            { rows: { m2: 402, m3: 433 } },
          ),
          {
            strategy: 'patch-in-place',
          },
        ),
      'a snap that cannot stop a waiting daemon, where all wait': () =>
        plan(clusterOf({ build: '5.21.2', daemon: 'waiting', facts: { stopKnowsCrashed: false } }, {}, { rows: 402 }), {
          strategy: 'stop-patch-start',
        }),
      'instances stop, unsaid, and the table is no live one': () =>
        plan(
          clusterOf(
            { build: '5.21.2', daemon: 'crash-looping' },
            { m1: { daemon: 'serving', facts: { instances: { running: [{ pid: 7, name: 'c7' }] } } } },
            { rows: { m2: 402, m3: 402 }, source: 'disk' },
          ),
          { strategy: 'stop-patch-start', instances: 'stop' },
        ),
      'full disks below wrong rows, one serves': () =>
        plan(putBackWhileServing({ m1: { facts: FULL } }), { strategy: 'patch-in-place' }),
    }),
  ).toMatchFileSnapshot('texts/next.txt');
});

describe('what an end is held against', () => {
  const of = (observation: ClusterObservation, strategy: Strategy | null = null) =>
    baselineOf({
      observation,
      diagnosis: diagnose(observation, RELEASES),
      cluster: aCluster(),
      releases: RELEASES,
      strategy,
      instances: 'keep',
      confirmStop: null,
      run: null,
    });
  const namesOf = (observation: ClusterObservation, strategy: Strategy | null = null) =>
    of(observation, strategy).targets.map(({ member, extensions }) => `${member} ${extensions}`);

  test('leaves out a member that has no row, whatever the strategy', () => {
    const row = { row: { m2: null } };
    expect(namesOf(downgradedAll({}, row))).toEqual(['m1 387', 'm3 387']);
    const serving = clusterOf({ build: '5.21.2' }, { m3: { daemon: 'crash-looping' } }, { rows: { m3: 402 }, ...row });
    expect(namesOf(serving, 'sql-live')).toEqual(['m1 387', 'm3 387']);
    const mixed = clusterOf({ build: '5.21.3' }, { m3: { build: '5.21.2' } }, { rows: 402, ...row });
    expect(namesOf(mixed, 'align-revision')).toEqual(['m1 402', 'm3 402']);
  });

  test('is nobody, and no schema, where no table was read', () => {
    expect(of(downgradedAll({}, { rows: null }))).toMatchObject({ targets: [], databaseSchema: 0 });
    const mixed = clusterOf({ build: '5.21.3' }, { m3: { build: '5.21.2' } }, { rows: null });
    expect(of(mixed, 'align-revision')).toMatchObject({ targets: [], databaseSchema: 73 });
  });

  test('is nobody where the binaries differ and are to stay so', () => {
    expect(namesOf(latent(), 'patch-in-place')).toEqual([]);
    expect(namesOf(latent(), 'sql-live')).toEqual(['m1 402', 'm2 402']);
  });

  test('has what lives on every member that answered, and nothing where it was not read', () => {
    const running = [7, 8].map((pid) => ({ pid, name: `c${pid}` }));
    const changes = [{ id: '5', status: 'Done', summary: 'x', spawn: null }];
    const seen = downgradedAll({
      m1: { facts: { instances: { running }, lxcfsPid: 77, changes } },
      m2: { facts: { instances: null, lxcfsPid: null, changes: null } },
      m3: { reach: UNREACHABLE },
    });
    expect(of(seen)).toMatchObject({
      instances: [
        { member: 'm1', pids: [7, 8] },
        { member: 'm2', pids: [] },
      ],
      lxcfs: [
        { member: 'm1', pid: 77 },
        { member: 'm2', pid: null },
      ],
      changes: [
        { member: 'm1', ids: ['5'] },
        { member: 'm2', ids: [] },
      ],
    });
  });
});
