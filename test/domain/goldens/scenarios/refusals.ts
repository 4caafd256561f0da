/** Situations in which a strategy that was named has to be refused. */
import type { ClusterObservation, MemberFacts } from '../../../../src/domain/observation.ts';
import type { Scenario } from '../../../support/golden.ts';
import { logLine, observationOf, THEIR_MARKER, three, UNREACHABLE } from '../../../support/observation.ts';
import { downgradedAll, downgradedOne, putBackWhileServing, stoppedAll } from '../../../support/planning.ts';
import { binary, CLEAN, NO_LXD, snapOf } from './facts.ts';

const PATCH = { strategy: 'patch-in-place' } as const;
const STOP = { strategy: 'stop-patch-start' } as const;
const ALIGN = { strategy: 'align-revision' } as const;
const LIVE = { strategy: 'sql-live' } as const;
const LOWER = { strategy: 'planned-downgrade', to: '5.21.2' } as const;

const STRANGER = { id: 9, address: '10.0.0.9:8443', name: 'm9', role: 'voter' } as const;
const DOING = [{ id: '8', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }];
const UNCOUNTED = { extensions: null, schema: null, localSchema: null };

function onM2(name: string, about: string, facts: Partial<MemberFacts>): Scenario {
  return patch(name, about, downgradedAll({ m2: { facts } }));
}

function patch(name: string, about: string, observation: ClusterObservation): Scenario {
  return {
    name: `refused-${name}`,
    about: `All crash-loop behind, and: ${about}`,
    observation,
    asks: [PATCH, STOP, ALIGN, LOWER],
  };
}

function live(name: string, about: string, observation: ClusterObservation): Scenario {
  return {
    name: `refused-live-${name}`,
    about: `One serves, two crash-loop, and: ${about}`,
    observation,
    asks: [LIVE, STOP, ALIGN],
  };
}

export const REFUSALS: readonly Scenario[] = [
  patch('unreachable', 'one does not answer', downgradedAll({ m2: { reach: UNREACHABLE } })),
  patch(
    'unreachable-two',
    'two do not answer',
    downgradedAll({ m2: { reach: UNREACHABLE }, m3: { reach: { kind: 'sudo-refused', text: 'x' } } }),
  ),
  patch('auth-failed', 'one refuses the login', downgradedAll({ m2: { reach: { kind: 'auth-failed', text: 'x' } } })),
  patch(
    'host-key',
    'one has another host key',
    downgradedAll({ m2: { reach: { kind: 'host-key-refused', reason: 'changed', text: 'x' } } }),
  ),
  patch('garbled', 'one answers something else', downgradedAll({ m2: { reach: { kind: 'garbled', text: 'x' } } })),
  onM2('absent', 'no LXD on one', { ...NO_LXD, install: 'absent' }),
  onM2('not-a-snap', 'LXD from a package on one', { install: 'not-a-snap' }),
  onM2('not-clustered', 'one stands alone', { clustered: false }),
  patch('no-table', 'no table', downgradedAll({}, { rows: null })),
  onM2('leftovers-unread', 'left-overs not read', { leftovers: null }),
  onM2('disk-unread', 'free space not read', { disk: null }),
  onM2('changes-unread', 'snapd’s changes not read', { changes: null }),
  onM2('raft-unread', 'raft nodes not read', { raft: null }),
  onM2('unit-unread', 'the service not read', { unit: null }),
  onM2('clock-unread', 'the clock not read', { clockOffsetMs: null }),
  patch('no-row', 'no row for one', downgradedAll({}, { row: { m2: null } })),
  patch('stranger', 'a row that is not configured', downgradedAll({}, { row: { m2: { name: 'other' } } })),
  onM2('raft-stranger', 'a raft node that is not configured', { raft: [STRANGER] }),
  onM2('same-host', 'the same host twice', { clusterAddress: '10.0.0.1:8443' }),
  onM2('certificate', 'one of another cluster', { clusterCertificate: 'bad'.padEnd(64, '0') }),
  patch('pending', 'a pending row', downgradedAll({}, { row: { m2: { state: 'pending' } } })),
  patch(
    'uncounted',
    'no count could be measured',
    downgradedAll(
      Object.fromEntries(
        ['m1', 'm2', 'm3'].map((name) => [name, { facts: { binaries: [binary('30131', UNCOUNTED)] } }]),
      ),
    ),
  ),
  onM2('uncounted-one', 'the count of one could not be measured', { binaries: [binary('30131', UNCOUNTED)] }),
  onM2('marker', 'another installation is at work', { marker: THEIR_MARKER }),
  onM2('marker-unreadable', 'something that is no marker', { marker: { kind: 'unreadable' } }),
  onM2('lxd-debug', 'a binary that replaces the snap’s', { leftovers: { ...CLEAN, lxdDebug: true } }),
  onM2('bump', 'a count that is bumped', { extensionBump: 2 }),
  patch('mixed', 'another version on one', downgradedAll({ m2: { build: '5.21.3', daemon: 'waiting' } })),
  onM2('same-count', 'the same count from another version', {
    snap: snapOf('6.1-0f1a2b3', '30200', { tracking: '6/stable' }),
  }),
  patch('old-process', 'an old process lives on', downgradedAll({ m2: { daemon: 'waiting', runs: '5.21.3' } })),
  patch('schema-newer', 'the database is ahead', downgradedAll({}, { databaseSchema: 78 })),
  patch('schema-newer-row', 'a row is ahead', downgradedAll({}, { row: { m2: { schema: 78 } } })),
  patch('schema-inconsistent', 'more extensions, lower schema', downgradedAll({}, { row: { m2: { schema: 72 } } })),
  patch('crossing-tracks', 'a count that only the other track has', downgradedAll({}, { rows: 420 })),
  patch('unknown-count', 'a count that no release has', downgradedAll({}, { rows: 411 })),
  onM2('other-cause', 'another fatal line is newer', {
    log: [logLine('patch_apply_failed', 'fatal_refuse', 'failed patch', 1_000)],
  }),
  patch(
    'other-cause-all',
    'another fatal line on all',
    downgradedAll(
      Object.fromEntries(
        ['m1', 'm2', 'm3'].map((name) => [
          name,
          { facts: { log: [logLine('schema_too_new_local', 'fatal_refuse', 'x', 1_000)] } },
        ]),
      ),
    ),
  ),
  onM2('raft-damaged', 'the raft log of one is damaged', {
    log: [logLine('dqlite_start_failed', 'fatal_refuse', 'io: closed segment', 1_000)],
  }),
  {
    name: 'refused-refresh',
    about: 'All are stopped behind, and snapd is at work',
    observation: stoppedAll({ m2: { facts: { changes: DOING } } }),
    asks: [PATCH, STOP],
  },
  onM2('patch-left', 'somebody’s patch file', { leftovers: { ...CLEAN, patchGlobal: 'UPDATE nodes SET schema=1' } }),
  onM2('patch-local', 'a patch of the local database', { leftovers: { ...CLEAN, patchLocal: true } }),
  onM2('recovery', 'a recovery waits', { leftovers: { ...CLEAN, recoveryTarball: true } }),
  onM2('clock', 'clocks differ', { clockOffsetMs: -5_001 }),
  onM2('disk', 'no room for the back-up', { disk: { databaseBytes: 10, freeBytes: 30 } }),
  onM2('stop-unsafe', 'no crashed branch', { stopKnowsCrashed: false }),
  onM2('stop-unknown', 'whether there is a crashed branch is not known', { stopKnowsCrashed: null }),
  {
    name: 'refused-self-healing',
    about: 'This LXD has the fix',
    observation: observationOf({ members: three({ build: '5.21.4', daemon: 'waiting' }), rows: 442 }),
    asks: [PATCH, STOP],
  },
  {
    name: 'refused-waiting',
    about: 'One waits, nobody is above',
    observation: observationOf({ members: three({ build: '5.21.2' }, { m1: { daemon: 'waiting' } }) }),
    asks: [PATCH, STOP],
  },
  {
    name: 'refused-waits-crashing',
    about: 'Two wait beside one that crash-loops',
    observation: observationOf({
      members: three(
        { build: '5.21.2', daemon: 'crash-looping' },
        { m1: { build: '5.21.3', daemon: 'waiting' }, m2: { build: '5.21.3', daemon: 'waiting' } },
      ),
      rows: 402,
    }),
    asks: [PATCH, STOP, ALIGN],
  },
  {
    name: 'refused-in-step',
    about: 'Nothing is wrong',
    observation: observationOf({ members: three({ build: '5.21.2' }) }),
    asks: [PATCH, STOP, ALIGN, LIVE],
  },
  {
    name: 'refused-in-step-disk',
    about: 'In step, and a disk is full',
    observation: observationOf({
      members: three(
        { build: '5.21.2' },
        { m2: { facts: { disk: { databaseBytes: 20_000_000, freeBytes: 1_000_000 } } } },
      ),
    }),
    asks: [PATCH],
  },
  {
    name: 'refused-in-step-patch',
    about: 'In step, and a patch file was forgotten',
    observation: observationOf({
      members: three(
        { build: '5.21.2' },
        { m2: { facts: { leftovers: { ...CLEAN, patchGlobal: 'UPDATE nodes SET schema=1' } } } },
      ),
    }),
    asks: [PATCH],
  },
  {
    name: 'refused-stopped',
    about: 'LXD is only stopped',
    observation: observationOf({ members: three({ build: '5.21.2', daemon: 'stopped' }) }),
    asks: [PATCH, STOP],
  },
  {
    name: 'refused-quorum',
    about: 'Two of three are stopped',
    observation: observationOf({
      members: three({ build: '5.21.2', daemon: 'stopped' }, { m1: { daemon: 'serving' } }),
    }),
    asks: [PATCH, STOP],
  },
  {
    name: 'refused-track',
    about: 'The members follow different tracks',
    observation: observationOf({ members: three({ build: '5.0.2' }, { m1: { build: '5.21.2', daemon: 'waiting' } }) }),
    asks: [ALIGN],
  },
  {
    name: 'refused-roll-forward',
    about: 'A minority went lower and nobody may be patched',
    observation: downgradedOne({ m2: { facts: { marker: THEIR_MARKER } } }),
    asks: [PATCH, ALIGN, LIVE],
  },
  live(
    'disk',
    'no room on the one that serves',
    putBackWhileServing({ m1: { facts: { disk: { databaseBytes: 10, freeBytes: 30 } } } }),
  ),
  live('uncounted', 'its instances could not be counted', putBackWhileServing({ m1: { facts: { instances: null } } })),
  live('unreachable', 'one does not answer', putBackWhileServing({ m3: { reach: UNREACHABLE } })),
  live('marker', 'another installation is at work', putBackWhileServing({ m2: { facts: { marker: THEIR_MARKER } } })),
  live(
    'pending',
    'a row is pending',
    observationOf({ members: three({ build: '5.21.3' }), rows: { m1: 387 }, row: { m3: { state: 'pending' } } }),
  ),
  live(
    'old-process',
    'a process is older than its binary',
    observationOf({ members: three({ build: '5.21.3' }, { m2: { runs: '5.21.2' } }), rows: { m1: 387 } }),
  ),
];
