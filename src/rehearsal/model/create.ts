/**
 * A new simulated cluster: members, their snap trees and databases, all on one build, nothing started yet. Owns the initial
 * values; scenarios take it from there with the same acts that a person has.
 */
import { makeGlobalDatabase, makeLocalDatabase } from './tables.ts';
import type { Build, ClusterState, MemberState } from './types.ts';
import { COMMON, schedule } from './world.ts';
import type { World } from './world.ts';
import { linkRevision } from './snapd.ts';

export interface ClusterOptions {
  readonly builds: readonly Build[];
  /** Revision that every member starts on. */
  readonly revision: string;
  readonly tracking: string;
  readonly size: number;
  readonly nowMs: number;
  readonly seed: number;
  /** `127.0.7.N:8443` and the like. */
  readonly addressOf: (index: number) => string;
}

/** Above pid_max of any Linux: 2^22. */
const FIRST_RECORD_PID = 5_000_000;
/** All that matters of it is that every member has the same. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----\n${btoa('the certificate of a rehearsed cluster')}\n-----END CERTIFICATE-----\n`;
const VOTERS = 3;
const STAND_BYS = 2;
const GIB = 1024 ** 3;

/** LXD keeps the number of voters odd. */
function roleAt(index: number): MemberState['role'] {
  if (index < VOTERS) return 'voter';
  return index < VOTERS + STAND_BYS ? 'stand-by' : 'spare';
}

export function makeClusterState(options: ClusterOptions): ClusterState {
  const build = options.builds.find((one) => one.revision === options.revision);
  if (build === undefined) throw new Error(`no build ${options.revision}`);
  const members = Array.from({ length: options.size }, (_, index) => makeMember(options, build, index));
  const rows = members.map((member, index) => ({
    id: index + 1,
    name: member.name,
    address: member.address,
    schema: build.schema,
    extensions: build.extensions,
    heartbeat: options.nowMs,
    state: 0,
  }));
  return {
    now: options.nowMs,
    random: options.seed,
    builds: options.builds,
    channelHead: null,
    database: makeGlobalDatabase(rows, build.schema, options.nowMs),
    leader: null,
    transaction: null,
    agenda: [],
    order: 0,
    nextPid: FIRST_RECORD_PID,
    members,
  };
}

function makeMember(options: ClusterOptions, build: Build, index: number): MemberState {
  const name = `m${String(index + 1)}`;
  const address = options.addressOf(index);
  const raft = Array.from({ length: options.size }, (_, other) => ({
    id: other + 1,
    address: options.addressOf(other),
    role: ['voter', 'stand-by', 'spare'].indexOf(roleAt(other)),
    name: `m${String(other + 1)}`,
  }));
  return {
    name,
    address,
    role: roleAt(index),
    revision: build.revision,
    installed: [build.revision],
    tracking: options.tracking,
    held: true,
    cohort: false,
    changes: [],
    activatingPid: null,
    unit: {
      active: 'inactive',
      sub: 'dead',
      result: 'success',
      restarts: 0,
      enabled: true,
      mainPid: 0,
      starts: [],
      stop: null,
      changedAt: options.nowMs,
    },
    socket: { active: false, enabled: true, file: false },
    userSocket: { active: false, enabled: true, file: false },
    userDaemonActive: false,
    daemon: null,
    lxcfsPid: null,
    instances: [
      { name: `web${String(index + 1)}`, pid: null, kind: 'container', autostart: true },
      { name: `db${String(index + 1)}`, pid: null, kind: 'container', autostart: true },
    ],
    journal: [],
    impact: [],
    local: makeLocalDatabase(raft, address, build.localSchema, options.nowMs),
    faults: {
      partitioned: false,
      sudoRefused: false,
      hostKeyChanged: false,
      delayMs: 0,
      clockOffsetMs: 0,
      freeBytes: 40 * GIB,
      store: 'answers',
      restartOnFailure: true,
    },
    lastOutOfDateAt: 0,
  };
}

/** Puts the first files in place and sets the heartbeat going. */
export function layOut(world: World): void {
  for (const member of world.state.members) {
    const disk = world.disk(member);
    linkRevision(world, member, member.revision);
    disk.write(`${COMMON}/state`, '');
    disk.write(`${COMMON}/lxd/cluster.crt`, CERTIFICATE);
    disk.write(`${COMMON}/lxd/database/local.db`, JSON.stringify(member.local));
    disk.write(`${COMMON}/lxd/logs/lxd.log`, '');
  }
  schedule(world, world.timing.heartbeatMs, { kind: 'heartbeat' });
}
