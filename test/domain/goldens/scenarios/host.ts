/** What else stands out on members: clocks, disks, snapd, left-overs, markers, and gaps of the probe. */
import type { Scenario } from '../../../support/golden.ts';
import { logLine, NOW, THEIR_MARKER, three, UNREACHABLE } from '../../../support/observation.ts';
import { CLEAN, instances, of, onM2, snapOf } from './facts.ts';

function change(status: string, summary = 'Refresh "lxd" snap from "5.0/stable" channel', spawn: string | null = null) {
  return { id: '42', status, summary, spawn };
}

const UNHELD = snapOf('5.0.2-838e1b2', '502', { held: false });
const ON = { settings: { offlineThresholdS: null, healingThresholdS: 30, shutdownTimeoutMin: null } };
const ROW = {
  id: 1,
  name: 'm1',
  address: '10.0.0.1:8443',
  schema: 60,
  apiExtensions: 313,
  heartbeatMs: null,
  state: 'created',
} as const;

export const HOST: readonly Scenario[] = [
  of('clock-ahead', 'One clock is ahead', onM2({ clockOffsetMs: 9_000 })),
  of('clock-behind', 'One clock is behind', onM2({ clockOffsetMs: -9_000 })),
  of('clock-hours', 'One clock is hours ahead', onM2({ clockOffsetMs: 7_230_000 })),
  of('clock-apart', 'Two clocks near ours, but not near each other', {
    members: three({}, { m1: { facts: { clockOffsetMs: 4_000 } }, m2: { facts: { clockOffsetMs: -4_000 } } }),
  }),
  of('clock-ours', 'All clocks differ from ours', { members: three({ facts: { clockOffsetMs: 8_000 } }) }),
  of('clock-limit', 'Five seconds are no skew', onM2({ clockOffsetMs: 5_000 })),
  of(
    'clock-log',
    'LXD complains of the time',
    onM2({ clockOffsetMs: null, log: [logLine('time_skew', 'warn', 'Time skew detected')] }),
  ),
  of('disk-low', 'No room for a back-up', onM2({ disk: { databaseBytes: 50_000_000, freeBytes: 149_000_000 } })),
  of('disk-enough', 'Just room for a back-up', onM2({ disk: { databaseBytes: 50_000_000, freeBytes: 150_000_000 } })),
  of('disk-full', 'LXD itself would stop', onM2({ disk: { databaseBytes: 1_000_000, freeBytes: 4_000_000 } })),
  of('disk-low-two', 'No room on two members', {
    members: three(
      { facts: { disk: { databaseBytes: 2_500_000_000, freeBytes: 1_200_000_000 } } },
      { m1: { facts: {} } },
    ),
  }),
  of('marker-theirs', 'Another installation is at work', onM2({ marker: THEIR_MARKER })),
  of('marker-ours', 'Our own marker', onM2({ marker: { ...THEIR_MARKER, isOurs: true } })),
  of('marker-over', 'A marker after its deadline', onM2({ marker: { ...THEIR_MARKER, isOver: true } })),
  of('marker-unreadable', 'Something that is no marker', onM2({ marker: { kind: 'unreadable' } })),
  of('marker-two', 'Two members are held', {
    members: three({ facts: { marker: THEIR_MARKER } }, { m1: { facts: { marker: null } } }),
  }),
  of('healing-on', 'Automatic healing while a member is out of reach', {
    members: three({ facts: ON }, { m3: { reach: UNREACHABLE } }),
  }),
  of('healing-on-in-step', 'Automatic healing on a healthy cluster', { members: three({ facts: ON }) }),
  of('refresh-doing', 'A refresh is under way', onM2({ changes: [change('Doing')] })),
  of('refresh-doing-two', 'Refreshes are under way on two members', {
    members: three(
      { facts: { changes: [change('Doing'), change('Do', 'Auto-refresh 3 snaps')] } },
      { m1: { facts: {} } },
    ),
  }),
  of(
    'refresh-done',
    'Refreshes that are over, or of another snap',
    onM2({
      changes: [change('Done'), change('Error'), change('Hold'), change('Doing', 'Refresh "core22" snap')],
    }),
  ),
  of('refresh-blocked', 'A refresh is held up by the daemon that waits', {
    members: three(
      { build: '5.0.1' },
      { m1: { build: '5.0.2', daemon: 'waiting', facts: { changes: [change('Doing')] } } },
    ),
  }),
  of('not-held', 'Refreshes are not held', { members: three({ facts: { snap: UNHELD } }) }),
  of('not-held-one', 'Refreshes are not held on one member', onM2({ snap: { ...UNHELD, tracking: null } })),
  of('not-held-cohort', 'Not held, but in a cohort', {
    members: three({ facts: { snap: { ...UNHELD, inCohort: true } } }),
  }),
  of(
    'snap-disabled',
    'The snap is disabled',
    onM2({ snap: snapOf('5.0.2-838e1b2', '502', { disabled: true }) }, 'stopped'),
  ),
  of('snap-broken', 'The snap is broken', onM2({ snap: snapOf('5.0.2-838e1b2', '502', { broken: true }) }, 'stopped')),
  of(
    'patch-left',
    'A patch file of somebody',
    onM2({ leftovers: { ...CLEAN, patchGlobal: 'UPDATE nodes SET api_extensions=313;' } }),
  ),
  of(
    'patch-left-ours',
    'A patch file of a run of ours',
    onM2({
      leftovers: { ...CLEAN, patchGlobal: '-- lockstep rother1\nUPDATE nodes SET api_extensions=387;\n' },
    }),
  ),
  of('patch-left-empty', 'An empty patch file', onM2({ leftovers: { ...CLEAN, patchGlobal: '' } })),
  of('patch-left-local', 'A patch of the local database', onM2({ leftovers: { ...CLEAN, patchLocal: true } })),
  of('patch-left-both', 'Patches of both databases on two members', {
    members: three({ facts: { leftovers: { ...CLEAN, patchGlobal: 'x', patchLocal: true } } }, { m1: { facts: {} } }),
  }),
  of('recovery-tarball', 'A recovery waits', onM2({ leftovers: { ...CLEAN, recoveryTarball: true } })),
  of('lxd-debug', 'A binary that replaces the snap’s', onM2({ leftovers: { ...CLEAN, lxdDebug: true } })),
  of('leftovers-unread', 'Left-overs could not be looked for', onM2({ leftovers: null })),
  of(
    'table-from-disk',
    'Members serve, and the table comes from a copy',
    { members: three({}), source: 'disk' },
    { checks: ['5.0.4'] },
  ),
  of(
    'tables-differ',
    'Members read different tables',
    onM2({ nodes: { source: 'live', at: 0, rows: [ROW], databaseSchema: 60 } }),
  ),
  of(
    'no-table',
    'Members serve, and no table could be read',
    { members: three({}), rows: null },
    { checks: ['5.0.4'] },
  ),
  of(
    'parts-failed',
    'Parts of the probe failed',
    onM2({
      instances: null,
      disk: null,
      changes: null,
      raft: null,
      failedParts: [
        { part: 'instances', reason: 'timed-out', text: '' },
        { part: 'disk', reason: 'command-missing', text: 'df: not found' },
        { part: 'changes', reason: 'unparsable', text: '???' },
        { part: 'raft', reason: 'truncated', text: 'x' },
      ],
    }),
  ),
  of(
    'parts-missing',
    'Facts are missing without a word',
    onM2({ snap: null, unit: null, binaries: [], process: null, api: null, clustered: null, clusterAddress: null }),
  ),
  of('many-things', 'Several things at once', {
    members: three(
      {
        build: '5.0.1',
        daemon: 'crash-looping',
        facts: { ...instances(2), snap: snapOf('5.0.1-9dcf35b', '501', { held: false }) },
      },
      { m2: { facts: { clockOffsetMs: 60_000, disk: { databaseBytes: 10, freeBytes: 10 }, marker: THEIR_MARKER } } },
    ),
    rows: 318,
    row: { m3: { heartbeatMs: NOW - 90_000 } },
  }),
];
