/** The facts of one member that follow from its build and the state of its daemon; used by `observationOf`. */
import type { LogFact, MemberFacts, NodesTable, ReadyAnswer, UnitFacts } from '../../src/domain/observation.ts';
import { BUILDS, type Build } from './builds.ts';
import { addressOf, binaryOf, type DaemonState, type MemberSpec, type ObservationSpec } from './observation-spec.ts';

export function factsOf(
  spec: ObservationSpec,
  member: MemberSpec,
  index: number,
  now: number,
  table: NodesTable | null,
): MemberFacts {
  const installed = member.build ?? '5.0.2';
  const build = BUILDS[installed];
  const ran = member.runs ?? installed;
  const daemon = member.daemon ?? 'serving';
  const serves = daemon === 'serving';
  const alive = serves || daemon === 'waiting';
  return {
    hostname: member.name,
    architecture: 'x86_64',
    clockOffsetMs: 0,
    install: 'snap',
    snap: {
      version: build.version,
      revision: build.revision,
      tracking: build.tracking,
      held: true,
      inCohort: false,
      disabled: false,
      broken: false,
    },
    changes: [],
    unit: unitOf(daemon),
    stateFile: stateFileOf(daemon),
    binaries: [installed, ...(member.kept ?? [])].map(binaryOf),
    process: alive ? { pid: 1000 + index, exe: binaryOf(ran).path, extensions: BUILDS[ran].extensions } : null,
    ready: readyOf(daemon),
    api: serves ? apiOf(BUILDS[ran], member.name, index) : null,
    clusterList: null,
    nodes: tableFor(daemon, build, table),
    raft: spec.members.map((one, id) => ({
      id: id + 1,
      address: addressOf(id),
      name: one.name,
      role: id < 3 ? 'voter' : 'stand-by',
    })),
    settings: { offlineThresholdS: null, healingThresholdS: null, shutdownTimeoutMin: null },
    clusterAddress: addressOf(index),
    clusterCertificate: 'c0ffee'.padEnd(64, '0'),
    autostart: { rows: [], more: false },
    clustered: true,
    log: logOf(daemon, build, now),
    instances: { running: [] },
    lacks: [],
    lxcfsPid: 900 + index,
    marker: null,
    leftovers: { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false },
    disk: { databaseBytes: 20_000_000, freeBytes: 5_000_000_000 },
    stopKnowsCrashed: true,
    extensionBump: null,
    failedParts: [],
    ...member.facts,
  };
}

function unitOf(daemon: DaemonState): UnitFacts {
  return {
    activeState: 'active',
    subState: 'running',
    unitFileState: 'static',
    result: 'success',
    mainPid: null,
    restarts: 0,
    restartsLater: 0,
    ...UNITS[daemon],
  };
}

const UNITS: Readonly<Record<DaemonState, Partial<UnitFacts>>> = {
  serving: { mainPid: 1000 },
  waiting: { mainPid: 1000 },
  'crash-looping': { result: 'exit-code', restarts: 25, restartsLater: 26 },
  stopped: { activeState: 'inactive', subState: 'dead' },
  failed: {
    activeState: 'failed',
    subState: 'failed',
    result: 'start-limit-hit',
    restarts: 5,
    restartsLater: 5,
  },
};

function readyOf(daemon: DaemonState): ReadyAnswer {
  if (daemon === 'serving') return 'ready';
  if (daemon === 'waiting') return 'not-ready';
  return daemon === 'crash-looping' ? 'no-answer' : 'not-asked';
}

function stateFileOf(daemon: DaemonState): string {
  if (daemon === 'stopped') return 'shutdown';
  return daemon === 'failed' ? 'crashed' : '';
}

/** Before the fix `lxd sql` works on a waiting member; a member that can't read live has a dump. */
function tableFor(daemon: DaemonState, build: Build, table: NodesTable | null): NodesTable | null {
  if (table === null || table.source === 'disk') return table;
  return daemon === 'serving' || (daemon === 'waiting' && !build.hasFix) ? table : null;
}

function apiOf(build: Build, serverName: string, index: number): MemberFacts['api'] {
  const version = build.version.split('-')[0] ?? null;
  return { version, extensions: build.names, serverName, clustered: true, clusterAddress: addressOf(index) };
}

const BEHIND =
  'level=error msg="Failed to start the daemon" err="Failed to initialize global database: failed to ensure schema: this node\'s version is behind, please upgrade"';

function logOf(daemon: DaemonState, build: Build, now: number): readonly LogFact[] {
  const line = (pattern: string, severity: string, text: string): LogFact => {
    return { pattern, severity, at: now - 3_000, text, captures: [], source: 'lxd.log' };
  };
  if (daemon === 'crash-looping' || daemon === 'failed') {
    return [line('behind_fatal', 'fatal', BEHIND), line('daemon_start_failed', 'fatal', BEHIND)];
  }
  if (daemon !== 'waiting') return [];
  return build.hasFix
    ? [
        line(
          'misaligned_wait_new',
          'blocked',
          'Wait for other cluster members to align their versions, cluster not started yet',
        ),
      ]
    : [
        line(
          'ahead_wait_old',
          'blocked',
          'Wait for other cluster nodes to upgrade their versions, cluster not started yet',
        ),
      ];
}
