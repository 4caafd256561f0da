/** Members that are out of reach, down, or not what the configuration says. */
import type { Scenario } from '../../../support/golden.ts';
import { logLine, NOW, three, UNREACHABLE } from '../../../support/observation.ts';
import type { Reach } from '../../../../src/domain/observation.ts';
import { CLEAN, fatal, instances, NO_LXD, of, onM2, SILENT } from './facts.ts';

const REACHES: readonly (readonly [string, Reach])[] = [
  ['unreachable', UNREACHABLE],
  ['timed-out', { kind: 'timed-out', text: 'after 10 s' }],
  ['lost', { kind: 'lost', text: 'reset' }],
  ['auth-failed', { kind: 'auth-failed', text: 'Permission denied' }],
  ['sudo-refused', { kind: 'sudo-refused', text: 'a password is required' }],
  ['host-key-changed', { kind: 'host-key-refused', reason: 'changed', text: 'SHA256:x' }],
  ['host-key-revoked', { kind: 'host-key-refused', reason: 'revoked', text: '' }],
  ['host-key-unknown', { kind: 'host-key-refused', reason: 'unknown', text: '' }],
  ['host-key-unreadable', { kind: 'host-key-refused', reason: 'known-hosts-unreadable', text: '' }],
  ['garbled', { kind: 'garbled', text: 'Welcome!' }],
];

const OFF = {
  activeState: 'inactive',
  subState: 'dead',
  unitFileState: 'disabled',
  result: 'success',
  mainPid: null,
  restarts: 0,
  restartsLater: 0,
};

function raftOf(addresses: readonly string[], role: 'voter' | 'stand-by' = 'voter') {
  return addresses.map((address, id) => ({ id: id + 1, address: `${address}:8443`, name: null, role }));
}

function stoppedOfFive(stopped: readonly string[]) {
  return ['m1', 'm2', 'm3', 'm4', 'm5'].map((name) => ({
    name,
    daemon: stopped.includes(name) ? ('stopped' as const) : ('serving' as const),
  }));
}

export const MEMBERS: readonly Scenario[] = [
  ...REACHES.map(([name, reach]) =>
    of(`reach-${name}`, `One member: ${name}`, { members: three({}, { m2: { reach } }) }),
  ),
  ...REACHES.map(([name, reach]) => of(`reach-${name}-all`, `Every member: ${name}`, { members: three({ reach }) })),
  of(
    'reach-two',
    'Two members, two reasons',
    {
      members: three({}, { m2: { reach: { kind: 'sudo-refused', text: 'x' } }, m3: { reach: UNREACHABLE } }),
    },
    { checks: ['5.0.4'] },
  ),
  of(
    'partition',
    'The cluster has not heard of the unreachable member either',
    {
      members: three({}, { m3: { reach: UNREACHABLE } }),
      row: { m3: { heartbeatMs: NOW - 61_000 } },
    },
    { checks: ['5.0.1', '5.0.4'] },
  ),
  of('daemon-stopped', 'LXD is stopped on one member', onM2({}, 'stopped')),
  of('daemon-stopped-two', 'LXD is stopped on two of five', { members: stoppedOfFive(['m4', 'm5']) }),
  of('daemon-stopped-all', 'LXD is stopped everywhere, the versions fit', { members: three({ daemon: 'stopped' }) }),
  of('quorum-lost', 'Two of three are stopped', {
    members: three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } }),
    source: 'disk',
  }),
  of('quorum-lost-of-five', 'Two voters of five are stopped', { members: stoppedOfFive(['m2', 'm3']), source: 'disk' }),
  of('quorum-lost-unreachable', 'A daemon finds no leader, the others are out of sight', {
    members: [
      {
        name: 'm1',
        facts: {
          nodes: null,
          failedParts: [{ part: 'nodes', reason: 'failed', text: 'no available dqlite leader server found' }],
        },
      },
      { name: 'm2', reach: UNREACHABLE },
      { name: 'm3', reach: UNREACHABLE },
    ],
  }),
  of('daemon-failed', 'systemd gave up on one member', onM2({}, 'failed')),
  of('daemon-disabled', 'The service is disabled and down', onM2({ unit: OFF }, 'stopped')),
  of('daemon-starting', 'LXD was started just now', {
    members: three({}, { m1: { daemon: 'waiting', facts: { log: [] } } }),
  }),
  of('daemons-starting', 'LXD was started just now on two', {
    members: three({ daemon: 'waiting', facts: { log: [] } }, { m1: { daemon: 'serving' } }),
  }),
  of('daemon-silent', 'A steady process that nobody can ask', onM2({ ready: 'no-answer', log: [] }, 'waiting')),
  of(
    'daemon-unknown',
    'Neither the service nor the process could be read',
    onM2({ unit: null, process: null }, 'stopped'),
  ),
  of(
    'crash-patch-failed',
    'A patch file that SQL does not take',
    onM2(
      {
        log: [
          logLine(
            'patch_sql_failed',
            'fatal',
            'failed to execute queries from patch.global.sql: near "FOO": syntax error',
          ),
          logLine('daemon_start_failed', 'fatal', 'Failed to start the daemon'),
        ],
        leftovers: { ...CLEAN, patchGlobal: 'FOO;' },
      },
      'crash-looping',
    ),
  ),
  of('crash-unexplained', 'A crash loop that the log does not explain', onM2({ log: [] }, 'crash-looping')),
  of('crash-unexplained-two', 'Two crash loops that the log does not explain', {
    members: three({ daemon: 'crash-looping', facts: { log: [] } }, { m1: { daemon: 'serving' } }),
  }),
  of(
    'crash-start-failed',
    'A line that a start failed, and no more',
    onM2({ log: [fatal('snap_failed', '=> LXD failed to start')] }, 'crash-looping'),
  ),
  of(
    'raft-damaged',
    'The raft log can not be opened',
    onM2(
      { log: [fatal('dqlite_start_failed', 'Failed to start dqlite server: raft_start(): io: closed segment')] },
      'crash-looping',
    ),
  ),
  of('heartbeat-stale', 'The cluster has lost a member that serves', {
    members: three({}),
    row: { m3: { heartbeatMs: NOW - 35_000 } },
  }),
  of('heartbeat-stale-two', 'The cluster has lost two members that serve', {
    members: three({}),
    row: { m2: { heartbeatMs: NOW - 3_700_000 }, m3: { heartbeatMs: null } },
  }),
  of('heartbeat-stale-all', 'All heartbeats are old', {
    members: three({}),
    row: { m1: SILENT, m2: SILENT, m3: SILENT },
  }),
  of('inventory-no-row', 'A configured member without a row', { members: three({}), row: { m3: null } }),
  of('inventory-no-rows', 'Two configured members without rows', { members: three({}), row: { m2: null, m3: null } }),
  of('inventory-stranger', 'A row that is not configured', { members: three({}), row: { m3: { name: 'other' } } }),
  of('inventory-swapped', 'Swapped addresses', {
    members: three(
      {},
      {
        m1: { facts: { clusterAddress: '10.0.0.2:8443' } },
        m2: { facts: { clusterAddress: '10.0.0.1:8443' } },
      },
    ),
  }),
  of(
    'inventory-same-host',
    'One host behind two names',
    onM2({
      clusterAddress: '10.0.0.1:8443',
      api: { version: '5.0.2', extensions: [], serverName: 'm1', clustered: true, clusterAddress: '10.0.0.1:8443' },
    }),
  ),
  of('inventory-raft', 'A raft node without a row', {
    members: three({ facts: { raft: raftOf(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9']) } }),
  }),
  of('inventory-certificate', 'One member of another cluster', onM2({ clusterCertificate: 'bad'.padEnd(64, '0') })),
  of(
    'own-row-missing',
    'LXD does not find its own row',
    onM2({ log: [fatal('address_mismatch', 'updated 0 rows instead of 1')] }, 'crash-looping'),
  ),
  of('own-row-address', 'An address that stands in no row', onM2({ clusterAddress: '10.9.9.9:8443' })),
  of('lxd-missing', 'No LXD on one member', onM2({ ...NO_LXD, install: 'absent' })),
  of('lxd-missing-all', 'No LXD anywhere', { members: three({ facts: { ...NO_LXD, install: 'absent' } }) }),
  of('not-a-snap', 'LXD from a package on one member', onM2({ install: 'not-a-snap' })),
  of('not-a-snap-all', 'LXD from a package everywhere', {
    members: three({ facts: { ...NO_LXD, install: 'not-a-snap' } }),
  }),
  of(
    'not-clustered',
    'One member stands alone',
    onM2({ clustered: false, nodes: null, clusterAddress: null, raft: [], api: null }),
  ),
  of('not-clustered-all', 'Every member stands alone', {
    members: three({ facts: { clustered: false, nodes: null, clusterAddress: null, raft: [], api: null } }),
  }),
  of('evacuated', 'An evacuated member that serves', { members: three({}), row: { m3: { state: 'evacuated' } } }),
  of('evacuated-stopped', 'An evacuated member that is stopped', {
    members: three({}, { m3: { daemon: 'stopped' } }),
    row: { m3: { state: 'evacuated' } },
  }),
  of('pending', 'A pending member', { members: three({}), row: { m3: { state: 'pending' } } }),
  of('pending-stranger', 'A pending member that is not configured', {
    members: three({}),
    row: { m3: { state: 'pending', name: 'new' } },
  }),
  of('dead-row', 'Nobody serves since the row of an unreachable member differs', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { reach: UNREACHABLE } }),
    rows: { m1: 313, m2: 313, m3: 318 },
  }),
  of('dead-row-serving', 'Somebody serves beside an unreachable member with another row', {
    members: three({}, { m3: { reach: UNREACHABLE } }),
    row: { m3: { heartbeatMs: NOW - 60_000 } },
    rows: { m3: 336 },
  }),
  of('lxcfs-dead', 'LXCFS is gone under running instances', onM2({ lxcfsPid: null, ...instances(1) })),
  of('lxcfs-dead-many', 'LXCFS is gone under instances of two members', {
    members: three({ facts: { lxcfsPid: null, ...instances(3) } }, { m1: { facts: {} } }),
  }),
];
