/** Binaries and rows that do not fit each other. */
import type { Scenario } from '../../../support/golden.ts';
import { logLine, three, UNREACHABLE } from '../../../support/observation.ts';
import { binary, fatal, of, snapOf } from './facts.ts';

const LOOPING_BELOW = { build: '5.0.1', kept: ['5.0.2'], daemon: 'crash-looping' } as const;

export const VERSIONS: readonly Scenario[] = [
  of(
    'in-step',
    'A healthy cluster',
    { members: three({ kept: ['5.0.1'] }) },
    {
      checks: ['5.0.4', '5.0.2', '5.0.1', '501', '5.4', '5.21.3', '999', '5.0.99', 'latest; rm -rf /', ''],
    },
  ),
  of('in-step-one-member', 'The only member is healthy', { members: [{ name: 'm1' }] }),
  of('in-step-no-member', 'No member is configured', { members: [] }),
  of('in-step-two-builds', 'Two builds with one count serve', {
    members: three({ build: '5.0.4' }, { m1: { build: '5.0.5' } }),
  }),
  of(
    'downgraded-all',
    'Every member was downgraded and crash-loops',
    { members: three(LOOPING_BELOW), rows: 318 },
    {
      checks: ['5.0.2', '5.0.1', '502'],
    },
  ),
  of('downgraded-all-failed', 'Every member was downgraded and systemd gave up', {
    members: three({ build: '5.0.1', daemon: 'failed' }),
    rows: 318,
  }),
  of('downgraded-all-stopped', 'Every member is stopped, below what is recorded', {
    members: three({ build: '5.0.1', daemon: 'stopped' }),
    rows: 318,
  }),
  of('downgraded-one-row', 'One row alone is above', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }),
    rows: { m2: 318 },
  }),
  of('downgraded-several-counts', 'The rows hold several counts above', {
    members: three({ build: '5.21.2', daemon: 'crash-looping' }),
    rows: { m1: 402, m2: 433, m3: 402 },
  }),
  of('downgraded-unknown-member', 'Two crash-loop below the rows, the third does not answer', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { reach: UNREACHABLE } }),
    rows: 318,
  }),
  of('downgraded-evacuated', 'Only an evacuated row is above', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }),
    rows: { m3: 318 },
    row: { m3: { state: 'evacuated' } },
  }),
  of('downgraded-no-table', 'Every member crash-loops and no table could be read', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }),
    rows: null,
  }),
  of('put-back-while-serving', 'One serves, two meet rows that nobody has any more', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m1: { daemon: 'serving' } }),
    rows: { m2: 318, m3: 318 },
  }),
  of('put-back-one', 'Two serve, one meets its own row that is above', {
    members: three({ build: '5.0.1' }, { m3: { daemon: 'crash-looping' } }),
    rows: { m3: 318 },
  }),
  of('not-restarted', 'A serving member still runs the higher binary', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m1: { daemon: 'serving', runs: '5.0.2' } }),
    rows: 318,
  }),
  of('not-restarted-higher', 'A serving member was not restarted after its upgrade', {
    members: three({ build: '5.0.2' }, { m1: { runs: '5.0.1' } }),
    rows: { m1: 313 },
  }),
  of('not-restarted-same-count', 'A serving member runs another build of the same count', {
    members: three({ build: '5.0.5' }, { m1: { runs: '5.0.4' }, m2: { runs: '5.0.4' } }),
  }),
  of('orphan-process', 'A process lives beside an inactive unit', {
    members: three({}, { m2: { daemon: 'stopped', facts: { process: { pid: 77, exe: null, extensions: null } } } }),
  }),
  of('process-of-another-path', 'The running binary is not one of the snap', {
    members: three({ facts: { process: { pid: 1, exe: '/usr/bin/lxd', extensions: 318 } } }),
  }),
  of('mixed-one-lower', 'One of three went lower and crash-loops', {
    members: three({ kept: ['5.0.1'] }, { m3: { build: '5.0.1', kept: ['5.0.2'], daemon: 'crash-looping' } }),
    rows: 318,
  }),
  of('mixed-one-higher', 'One of three is higher, all serve', {
    members: three({ build: '5.0.1' }, { m2: { build: '5.0.2' } }),
  }),
  of('mixed-all-below', 'Different binaries, all below what is recorded', {
    members: three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { build: '5.0.0', daemon: 'crash-looping' } }),
    rows: 318,
  }),
  of('mixed-three-builds', 'Three members, three builds', {
    members: three(
      { build: '5.0.4' },
      { m1: { build: '5.0.1', daemon: 'crash-looping' }, m2: { build: '5.0.2', daemon: 'waiting' } },
    ),
    rows: 340,
  }),
  of('mixed-lineages', 'A member of another lineage serves, one waits, one fails', {
    members: three({ build: '5.2' }, { m1: { build: '5.0.2', daemon: 'waiting' }, m2: { daemon: 'crash-looping' } }),
  }),
  of('mixed-without-names', 'One lower member, and names of extensions that nobody could read', {
    members: three(
      { facts: { binaries: [binary('502')], api: null } },
      { m3: { build: '5.0.1', daemon: 'crash-looping', facts: { binaries: [binary('501', { extensions: 313 })] } } },
    ),
    rows: 318,
  }),
  of('same-count', 'The same count from two series', { members: three({ build: '5.0.1' }, { m3: { build: '5.2' } }) }),
  of('same-count-release', 'Another build of the same release', {
    members: three(
      {},
      {
        m1: {
          facts: {
            snap: snapOf('5.0.2-0000000', '503'),
            binaries: [binary('503')],
            process: { pid: 1, exe: '/snap/lxd/503/bin/lxd', extensions: 318 },
          },
        },
      },
    ),
  }),
  of('upgrade-waiting', 'One was upgraded alone and waits', {
    members: three({ build: '5.0.1' }, { m1: { build: '5.0.2', kept: ['5.0.1'], daemon: 'waiting' } }),
  }),
  of('upgrade-waiting-two', 'Two were upgraded and wait for the third', {
    members: three({ build: '5.0.2', daemon: 'waiting' }, { m3: { build: '5.0.1', daemon: 'serving' } }),
  }),
  of('upgrade-waiting-stopped', 'Two wait for a third that is stopped', {
    members: three({ daemon: 'waiting' }, { m3: { daemon: 'stopped' } }),
    rows: { m3: 313 },
    source: 'live',
  }),
  of('upgrade-waiting-unreachable', 'Two wait for a third that does not answer', {
    members: three({ daemon: 'waiting' }, { m3: { reach: UNREACHABLE } }),
    rows: { m3: 313 },
    source: 'live',
  }),
  of('upgrade-waiting-and-mixed', 'One waits, a lower one fails besides', {
    members: three({ build: '5.0.1' }, { m1: { build: '5.0.2', daemon: 'waiting' }, m2: { daemon: 'crash-looping' } }),
  }),
  of('upgrade-waiting-schema', 'One went to a newer schema and waits', {
    members: three({ build: '5.21.4' }, { m1: { build: '6.6', daemon: 'waiting' } }),
    databaseSchema: 73,
    row: { m1: { schema: 78 } },
  }),
  of('latent-skew-below', 'The recipe on the one lower member left rows below two others', {
    members: three({}, { m3: { build: '5.0.1' } }),
    rows: 313,
  }),
  of('latent-skew-above', 'A row above what its member runs', { members: three({}), rows: { m1: 336 } }),
  of('latent-skew-all', 'All rows are below what all members run', { members: three({}), rows: 313 }),
  of('self-healing', 'Stale rows under a release with the fix', {
    members: three({ build: '5.21.4', daemon: 'waiting' }),
    rows: 442,
  }),
  of('self-healing-one', 'A lower member with the fix waits', {
    members: three({ build: '5.21.5' }, { m3: { build: '5.21.4', daemon: 'waiting' } }),
  }),
  of('below-the-fix', 'Rows of a release with the fix, members without it', {
    members: three({ build: '5.21.3', daemon: 'crash-looping' }),
    rows: 433,
  }),
  of(
    'fixed-series',
    'A healthy cluster with the fix',
    { members: three({ build: '5.21.5', kept: ['5.21.4'] }) },
    {
      checks: ['5.21.4', '5.21.3', '6.6', '6.1'],
    },
  ),
  of(
    'feature-series',
    'A healthy cluster of a feature series',
    { members: three({ build: '6.6' }) },
    { checks: ['6.5', '6.4', '6.1', '5.21.5'] },
  ),
  of(
    'schema-newer',
    'The database has a newer schema than every binary',
    {
      members: three({}, { m1: { daemon: 'crash-looping' } }),
      row: { m2: { schema: 61 }, m3: { schema: 61 } },
      databaseSchema: 61,
    },
    { checks: ['5.0.1', '5.0.4'] },
  ),
  of('schema-newer-known', 'A newer schema that a known release has', {
    members: three({ build: '5.0.1', daemon: 'stopped' }),
    databaseSchema: 62,
  }),
  of('schema-newer-from-log', 'A newer schema that only the log tells of', {
    members: three({
      daemon: 'crash-looping',
      facts: { log: [fatal('schema_too_new', "schema version '73' is more recent than expected '60'")] },
    }),
    rows: null,
  }),
  of('schema-newer-from-captures', 'A newer schema with its number in the log', {
    members: three({
      daemon: 'crash-looping',
      facts: { log: [{ ...fatal('schema_too_new', "schema version '73' is more recent"), captures: ['73', '60'] }] },
    }),
    rows: null,
  }),
  of('schema-inconsistent', 'Schema and count point in opposite directions', {
    members: three({}, { m3: { build: '5.4', daemon: 'crash-looping' } }),
    databaseSchema: 60,
  }),
  of('schema-inconsistent-from-log', 'LXD says that versions are inconsistent', {
    members: three(
      {},
      {
        m3: {
          daemon: 'crash-looping',
          facts: { log: [fatal('inconsistent', 'Cluster members have inconsistent versions')] },
        },
      },
    ),
  }),
  of('local-schema-newer', 'The local database is newer than the binary', {
    members: three(
      {},
      {
        m3: {
          daemon: 'crash-looping',
          facts: {
            log: [fatal('schema_too_new_local', "Failed to open local database: schema version '43' is more recent")],
          },
        },
      },
    ),
  }),
  of(
    'unknown-version',
    'Nothing tells the count of one member',
    {
      members: three(
        {},
        {
          m2: {
            facts: { snap: snapOf('git-1a2b3c4', 'x1', { tracking: null }), binaries: [], process: null, api: null },
          },
        },
      ),
    },
    { checks: ['5.0.2', '5.0.1'] },
  ),
  of(
    'unknown-version-all',
    'Nothing tells the count of any member',
    {
      members: three({
        facts: { snap: snapOf('git-1a2b3c4', 'x1', { tracking: null }), binaries: [], process: null, api: null },
      }),
    },
    { checks: ['5.0.2'] },
  ),
  of(
    'count-disputed',
    'The binary has more extensions than its release',
    {
      members: three({ facts: { binaries: [binary('502', { extensions: 340 })] } }),
    },
    { checks: ['5.0.2'] },
  ),
  of('count-from-table', 'The count comes from the table of releases alone', {
    members: three({ daemon: 'stopped', facts: { binaries: [] } }),
  }),
  of('extension-bump', 'The count is bumped for tests', { members: three({ facts: { extensionBump: 5 } }), rows: 323 }),
  of('leader-sought', 'A daemon waits for a leader, the others are stopped', {
    members: three(
      { daemon: 'stopped' },
      {
        m1: {
          daemon: 'waiting',
          facts: { log: [logLine('connecting_global_db', 'quorum', 'Failed connecting to global database attempt=6')] },
        },
      },
    ),
  }),
  of(
    'two-architectures',
    'Members of two architectures',
    {
      members: three({ kept: ['5.0.1'] }, { m3: { facts: { architecture: 'aarch64' } } }),
    },
    { checks: ['501', '5.0.1', '5.0.4'] },
  ),
];
