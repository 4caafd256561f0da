/** Arbitrary observations for property tests: each fact present, odd or missing, independent of what LXD would really show. */
import * as fc from 'fast-check';
import type { LogFact, MemberFacts, NodeRow, NodesTable, Reach } from '../../src/domain/observation.ts';
import type { BuildName } from './builds.ts';
import { addressOf, type MemberSpec, type ObservationSpec } from './observation-spec.ts';
import { NOW } from './observation.ts';

const SEVERITY_OF: Readonly<Record<string, string>> = {
  behind_fatal: 'fatal',
  ahead_wait_old: 'blocked',
  misaligned_wait_new: 'blocked',
  schema_too_new: 'fatal_refuse',
  schema_too_new_local: 'fatal_refuse',
  inconsistent: 'fatal_refuse',
  patch_sql_failed: 'fatal',
  address_mismatch: 'fatal_refuse',
  dqlite_start_failed: 'fatal_refuse',
  daemon_start_failed: 'fatal',
  no_leader: 'quorum',
  notify_failed: 'info',
  out_of_date: 'danger',
  time_skew: 'warn',
  recovery_tarball: 'danger',
};

const log: fc.Arbitrary<readonly LogFact[]> = fc.array(
  fc
    .record({
      pattern: fc.constantFrom(...Object.keys(SEVERITY_OF)),
      ago: fc.integer({ min: 0, max: 2_000_000 }),
      timed: fc.boolean(),
    })
    .map(
      ({ pattern, ago, timed }): LogFact => ({
        pattern,
        severity: SEVERITY_OF[pattern] ?? 'info',
        at: timed ? NOW - ago : null,
        text: `line of ${pattern}`,
        captures: [],
        source: 'lxd.log',
      }),
    ),
  { maxLength: 5 },
);

const row = (index: number): fc.Arbitrary<NodeRow> =>
  fc.record({
    id: fc.constant(index + 1),
    name: fc.constantFrom(`m${index + 1}`, `m${index + 1}`, `m${index + 1}`, 'stranger'),
    address: fc.constantFrom(addressOf(index), addressOf(index), addressOf(index + 1), '0.0.0.0'),
    schema: fc.constantFrom(60, 60, 62, 73),
    apiExtensions: fc.constantFrom(306, 313, 318, 340, 402),
    heartbeatMs: fc.option(fc.integer({ min: NOW - 100_000, max: NOW })),
    state: fc.constantFrom('created', 'created', 'created', 'pending', 'evacuated', 'unknown'),
  });

const table: fc.Arbitrary<NodesTable> = fc.record({
  source: fc.constantFrom('live', 'disk'),
  at: fc.integer({ min: NOW - 100_000, max: NOW }),
  rows: fc.tuple(row(0), row(1), row(2)).chain((rows) => fc.subarray(rows)),
  databaseSchema: fc.option(fc.constantFrom(60, 62, 73)),
});

/** Overrides that contradict the rest: a probe may say anything. */
const overrides: fc.Arbitrary<Partial<MemberFacts>> = fc.record(
  {
    clockOffsetMs: fc.option(fc.integer({ min: -20_000, max: 20_000 })),
    install: fc.constantFrom('snap', 'not-a-snap', 'absent'),
    snap: fc.constant(null),
    unit: fc.constant(null),
    stateFile: fc.constantFrom(null, '', 'crashed', 'shutdown'),
    binaries: fc.constant([]),
    process: fc.constantFrom(
      null,
      { pid: 5, exe: null, extensions: null },
      { pid: 6, exe: '/snap/lxd/501/bin/lxd', extensions: 313 },
    ),
    ready: fc.constantFrom('ready', 'not-ready', 'no-answer', 'not-asked'),
    api: fc.constant(null),
    nodes: fc.option(table),
    raft: fc.constant(null),
    clusterAddress: fc.constantFrom(null, addressOf(0), '10.9.9.9:8443'),
    clustered: fc.constantFrom(null, true, false),
    log,
    instances: fc.constant(null),
    lacks: fc.constant(null),
    lxcfsPid: fc.constant(null),
    leftovers: fc.constantFrom(null, { patchGlobal: '', patchLocal: true, recoveryTarball: true, lxdDebug: true }),
    disk: fc.constantFrom(null, { databaseBytes: 10, freeBytes: 10 }),
    extensionBump: fc.constantFrom(null, 2),
    settings: fc.constantFrom(null, { offlineThresholdS: 60, healingThresholdS: 10, shutdownTimeoutMin: 5 }),
  },
  { requiredKeys: [] },
);

const reach: fc.Arbitrary<Reach> = fc.constantFrom<Reach>(
  { kind: 'unreachable', text: 'x' },
  { kind: 'auth-failed', text: 'x' },
  { kind: 'host-key-refused', reason: 'changed', text: 'x' },
  { kind: 'sudo-refused', text: 'x' },
  { kind: 'garbled', text: 'x' },
);

const buildName = fc.constantFrom<BuildName>('5.0.0', '5.0.1', '5.0.4', '5.2', '5.4', '5.21.3', '5.21.4', '6.6');

const member = (index: number): fc.Arbitrary<MemberSpec> =>
  fc
    .record(
      {
        build: fc.oneof(fc.constant<BuildName>('5.0.2'), buildName),
        daemon: fc.constantFrom('serving', 'serving', 'waiting', 'crash-looping', 'stopped', 'failed'),
        runs: buildName,
        facts: overrides,
      },
      { requiredKeys: ['build', 'daemon'] },
    )
    .chain((spec) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constant(spec) },
        { weight: 1, arbitrary: reach.map((one) => ({ ...spec, reach: one })) },
      ),
    )
    .map((spec) => ({ ...spec, name: `m${index + 1}` }));

/** None to three members, rows of any kind. As specs, so that a counterexample can be read. */
export const anySpec: fc.Arbitrary<ObservationSpec> = fc
  .record({
    members: fc.tuple(member(0), member(1), member(2)),
    size: fc.constantFrom(0, 1, 2, 3, 3, 3, 3),
    rows: fc.oneof(fc.constantFrom(306, 313, 318, 340), fc.constant({}), fc.constant(null)),
    source: fc.constantFrom<'live' | 'disk'>('live', 'disk'),
  })
  .map(({ members, size, rows, source }) => ({ members: members.slice(0, size), rows, source }));
