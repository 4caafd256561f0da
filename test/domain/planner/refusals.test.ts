import { describe, expect, test } from 'vitest';
import type { ClusterObservation, MemberFacts } from '../../../src/domain/observation.ts';
import type { RefusalCode, Strategy } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { logLine, observationOf, THEIR_MARKER, three, UNREACHABLE } from '../../support/observation.ts';
import {
  codesOf,
  downgradedAll,
  downgradedOne,
  plan,
  putBackWhileServing,
  requirePlan,
  stoppedAll,
} from '../../support/planning.ts';

function onM2(facts: Partial<MemberFacts>): ClusterObservation {
  return downgradedAll({ m2: { facts } });
}

const clean = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };
const noCount = {
  revision: '30131',
  path: '/snap/lxd/30131/bin/lxd',
  extensions: null,
  schema: null,
  localSchema: null,
  names: null,
};
const stranger = { id: 9, address: '10.0.0.9:8443', name: 'm9', role: 'voter' } as const;
const doing = [{ id: '8', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }];
const snap5 = {
  version: '6.1-0f1a2b3',
  revision: '30200',
  tracking: '6/stable',
  held: true,
  inCohort: false,
  disabled: false,
  broken: false,
};
const twoRunning = { running: [1, 2].map((pid) => ({ pid, name: `c${pid}` })) };
const bothStrategies: readonly (Strategy | null)[] = ['patch-in-place', 'stop-patch-start', null];

/** Each of these blocks a patch whatever strategy is named. */
test.each<[RefusalCode, string, ClusterObservation]>([
  ['member-unreachable', 'a member did not answer', downgradedAll({ m2: { reach: UNREACHABLE } })],
  ['lxd-missing', 'no lxd snap', onM2({ install: 'absent' })],
  ['not-a-snap', 'LXD from a package', onM2({ install: 'not-a-snap' })],
  ['not-clustered', 'a server that stands alone', onM2({ clustered: false })],
  ['probe-incomplete', 'no nodes table', downgradedAll({}, { rows: null })],
  ['probe-incomplete', 'leftovers not read', onM2({ leftovers: null })],
  ['probe-incomplete', 'free space not read', onM2({ disk: null })],
  ['own-row-missing', 'no row for a member', downgradedAll({}, { row: { m2: null } })],
  ['inventory-mismatch', 'a row that is not configured', downgradedAll({}, { row: { m2: { name: 'other' } } })],
  ['inventory-mismatch', 'raft_nodes hold another node', onM2({ raft: [stranger] })],
  ['inventory-mismatch', 'the same host twice', onM2({ clusterAddress: '10.0.0.1:8443' })],
  ['member-pending', 'a pending row', downgradedAll({}, { row: { m2: { state: 'pending' } } })],
  [
    'unknown-version',
    'the count could not be measured',
    downgradedAll({
      m1: { facts: { binaries: [noCount] } },
      m2: { facts: { binaries: [noCount] } },
      m3: { facts: { binaries: [noCount] } },
    }),
  ],
  ['extension-bump-env', 'a bumped count', onM2({ extensionBump: 2 })],
  ['held-elsewhere', 'another installation’s marker', onM2({ marker: THEIR_MARKER })],
  ['marker-unreadable', 'something in the marker’s place', onM2({ marker: { kind: 'unreadable' } })],
  ['lxd-debug', 'lxd.debug replaces the binary', onM2({ leftovers: { ...clean, lxdDebug: true } })],
  ['mixed-binaries', 'another version on one member', downgradedAll({ m2: { build: '5.21.3', daemon: 'waiting' } })],
  ['mixed-binaries', 'the same count from another version', downgradedAll({ m2: { facts: { snap: snap5 } } })],
  [
    'running-differs-from-installed',
    'an old process lives on',
    downgradedAll({ m2: { daemon: 'waiting', runs: '5.21.3' } }),
  ],
  ['schema-newer', 'the database is ahead', downgradedAll({}, { databaseSchema: 78 })],
  ['schema-newer', 'a row is ahead', downgradedAll({}, { row: { m2: { schema: 78 } } })],
  ['schema-inconsistent', 'more extensions, lower schema', downgradedAll({}, { row: { m2: { schema: 72 } } })],
  ['crossing-tracks', 'a count that only the other track has', downgradedAll({}, { rows: 420 })],
  [
    'crash-loop-other-cause',
    'another fatal line is newer',
    onM2({ log: [logLine('patch_apply_failed', 'fatal_refuse', 'failed patch', 1_000)] }),
  ],
  ['refresh-in-progress', 'snapd is at work', stoppedAll({ m2: { facts: { changes: doing } } })],
  [
    'patch-left-over',
    'somebody’s patch file',
    onM2({ leftovers: { ...clean, patchGlobal: 'UPDATE nodes SET schema=1' } }),
  ],
  ['patch-left-over', 'a patch of the local database', onM2({ leftovers: { ...clean, patchLocal: true } })],
  ['recovery-tarball', 'a recovery waits', onM2({ leftovers: { ...clean, recoveryTarball: true } })],
  ['clock-skew', 'clocks differ', onM2({ clockOffsetMs: -5_001 })],
  ['disk-low', 'no room for the back-up', onM2({ disk: { databaseBytes: 10, freeBytes: 30 } })],
  [
    'self-healing-version',
    'this LXD has the fix',
    observationOf({ members: three({ build: '5.21.4', daemon: 'waiting' }), rows: 442 }),
  ],
  [
    'upgrade-waiting',
    'one waits, nobody is above',
    observationOf({ members: three({ build: '5.21.2' }, { m1: { daemon: 'waiting' } }) }),
  ],
  ['in-step', 'nothing is wrong', observationOf({ members: three({ build: '5.21.2' }) })],
  ['in-step', 'LXD is only stopped', observationOf({ members: three({ build: '5.21.2', daemon: 'stopped' }) })],
  [
    'quorum-lost',
    'two of three are stopped',
    observationOf({ members: three({ build: '5.21.2', daemon: 'stopped' }, { m1: { daemon: 'serving' } }) }),
  ],
  ['roll-forward', 'a minority went lower', downgradedOne()],
])('%s: %s', (code, _name, observation) => {
  for (const strategy of bothStrategies) {
    const planned = plan(observation, { strategy });
    // Unnamed, another strategy may be what mends just this.
    if (strategy === null && planned.kind === 'plan') {
      expect(['mixed-binaries', 'roll-forward']).toContain(code);
      expect(planned.plan.strategy).toBe('align-revision');
      continue;
    }
    expect(codesOf(planned), String(strategy)).toContain(code);
    if (planned.kind === 'refusal') expect(planned.refusal.next).not.toBe('');
  }
});

test.each<[RefusalCode, string, ClusterObservation, Partial<PlanInput>]>([
  ['nobody-crash-loops', 'all are stopped', stoppedAll(), { strategy: 'patch-in-place' }],
  [
    'stop-unsafe',
    'one is stopped, the others retry',
    downgradedAll({ m3: { daemon: 'stopped' } }),
    { strategy: 'patch-in-place' },
  ],
  ['somebody-serves', 'a member serves', putBackWhileServing(), { strategy: 'patch-in-place' }],
  ['stop-unsafe', 'no crashed branch', onM2({ stopKnowsCrashed: false }), { strategy: 'stop-patch-start' }],
  ['stop-unsafe', 'crashed branch not known', onM2({ stopKnowsCrashed: null }), { strategy: 'stop-patch-start' }],
  [
    'confirm-stop',
    'the number was not said',
    putBackWhileServing({ m1: { facts: { instances: twoRunning } } }),
    { strategy: 'stop-patch-start', instances: 'stop' },
  ],
  [
    'confirm-stop',
    'another number was said',
    putBackWhileServing({ m1: { facts: { instances: twoRunning } } }),
    { strategy: 'stop-patch-start', instances: 'stop', confirmStop: 3 },
  ],
  [
    'probe-incomplete',
    'instances not counted',
    putBackWhileServing({ m1: { facts: { instances: null } } }),
    { strategy: 'stop-patch-start', instances: 'stop', confirmStop: 0 },
  ],
  ['strategy-not-available', 'not built', downgradedAll(), { strategy: 'sql-live' }],
  [
    'latent-skew',
    'a row that its own daemon contradicts',
    observationOf({ members: three({ build: '5.21.3' }, { m3: { build: '5.21.2' } }), rows: 387 }),
    { strategy: 'patch-in-place' },
  ],
])('%s: %s', (code, _name, observation, options) => {
  expect(codesOf(plan(observation, options))).toContain(code);
});

describe('the way forward', () => {
  function nextOf(observation: ClusterObservation, options: Partial<PlanInput> = {}): string {
    const planned = plan(observation, options);
    return planned.kind === 'refusal' ? planned.refusal.next : requirePlan(planned).outage;
  }

  test('of one member that went lower is to roll that one forward, with the command', () => {
    const next = nextOf(downgradedOne(), { strategy: 'patch-in-place' });
    expect(next).toContain('Roll m3 forward to 5.21.3-75def3c');
    expect(next).toContain('snap refresh lxd --no-wait --revision=32455');
  });

  test('of mixed architectures names no revision of the wrong one', () => {
    const next = nextOf(downgradedOne({ m3: { facts: { architecture: 'aarch64' } } }), {
      strategy: 'patch-in-place',
    });
    expect(next).not.toContain('--revision=32455');
    expect(next).toContain('aarch64');
  });

  test('of a named strategy that is not safe now is the one that is', () => {
    expect(nextOf(stoppedAll(), { strategy: 'patch-in-place' })).toContain('--strategy stop-patch-start');
    expect(nextOf(onM2({ stopKnowsCrashed: false }), { strategy: 'stop-patch-start' })).toContain(
      '--strategy patch-in-place',
    );
    expect(nextOf(downgradedAll(), { strategy: 'align-revision' })).toContain('--strategy patch-in-place');
  });

  test('of a serving member with wrong rows is the statement through it, once nothing is in its way', () => {
    const full = { disk: { databaseBytes: 10, freeBytes: 30 } };
    expect(nextOf(putBackWhileServing({ m1: { facts: full } }), { strategy: 'sql-live' })).toContain('Free space');
    const next = nextOf(putBackWhileServing(), { strategy: 'patch-in-place' });
    expect(next).toContain('--strategy sql-live. By hand: On m1: sudo lxd sql global');
    expect(next).toContain('api_extensions=387 WHERE schema=73 AND id IN (2,3) AND api_extensions IN (402)');
  });

  test('of latent skew is to put the rows right before anything restarts', () => {
    const patchedDown = observationOf({ members: three({ build: '5.21.3' }, { m3: { build: '5.21.2' } }), rows: 387 });
    const next = nextOf(patchedDown, { strategy: 'patch-in-place' });
    expect(next).toContain('--strategy sql-live');
    expect(next).toContain('api_extensions=402 WHERE schema=73 AND id IN (1,2) AND api_extensions IN (387)');
  });

  test('of a lost quorum is to start the others all at the same time', () => {
    const lost = observationOf({
      members: three({ build: '5.21.2', daemon: 'stopped' }, { m1: { daemon: 'serving' } }),
    });
    expect(nextOf(lost)).toContain('Start LXD on m2 and m3, all at the same time');
  });
});

test('a refusal does not say "nothing to repair" beside a reason that says otherwise', () => {
  const lost = observationOf({ members: three({ build: '5.21.2', daemon: 'stopped' }, { m1: { daemon: 'serving' } }) });
  expect(codesOf(plan(lost))).toEqual(['quorum-lost']);
});

test('a healthy cluster with a forgotten patch file is told of it', () => {
  const facts = { leftovers: { ...clean, patchGlobal: 'UPDATE nodes SET schema=1' } };
  const healthy = observationOf({ members: three({ build: '5.21.2' }, { m2: { facts } }) });
  expect(codesOf(plan(healthy))).toEqual(['patch-left-over', 'in-step']);
});

test('a stopping strategy is never chosen for somebody who did not name it', () => {
  for (const observation of [putBackWhileServing(), downgradedAll({ m3: { daemon: 'stopped' } })]) {
    const chosen = plan(observation);
    expect(chosen.kind === 'plan' ? chosen.plan.strategy : 'refused').not.toBe('stop-patch-start');
    expect(plan(observation, { strategy: 'stop-patch-start' }).kind).toBe('plan');
  }
});
