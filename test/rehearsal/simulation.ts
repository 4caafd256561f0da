/** A simulated cluster without files and processes: memory for a disk, numbers for pids, a clock that a test moves. */
import { buildsOf } from '../../src/rehearsal/builds.ts';
import type { SeriesBuilds } from '../../src/rehearsal/builds.ts';
import { layOut, makeClusterState } from '../../src/rehearsal/model/create.ts';
import { makeMemoryDisk } from '../../src/rehearsal/model/memory-disk.ts';
import { nodesOf } from '../../src/rehearsal/model/tables.ts';
import { TIMING } from '../../src/rehearsal/model/timing.ts';
import type { Timing } from '../../src/rehearsal/model/timing.ts';
import type { MemberState } from '../../src/rehearsal/model/types.ts';
import { PATCH_FILE } from '../../src/rehearsal/model/world.ts';
import type { MemberDisk, Processes, World } from '../../src/rehearsal/model/world.ts';
import { makeStage } from '../../src/rehearsal/stage.ts';
import type { Stage } from '../../src/rehearsal/stage.ts';

const START_MS = Date.parse('2026-11-23T04:00:00Z');

export interface Simulation extends Stage {
  readonly builds: SeriesBuilds;
  phases(): readonly string[];
  /** `api_extensions` of every row. */
  counts(): readonly number[];
  hasPatch(name: string): boolean;
  file(name: string, path: string): string | null;
}

export interface SimulationOptions {
  readonly from?: 'higher' | 'lower';
  readonly pair?: 'plain' | 'fixed';
  readonly size?: number;
  readonly timing?: Partial<Timing>;
  readonly seed?: number;
}

function fakeProcesses(): Processes {
  let pid = 100;
  return {
    startDaemon: () => (pid += 1),
    endDaemon: () => undefined,
    addRecord: () => undefined,
    removeRecord: () => undefined,
  };
}

export function simulate(options: SimulationOptions = {}): Simulation {
  const builds = buildsOf('5.21', options.pair ?? 'plain');
  const first = options.from === 'lower' ? builds.lower : builds.higher;
  const state = makeClusterState({
    builds: [builds.higher, builds.lower],
    revision: first.revision,
    tracking: builds.tracking,
    size: options.size ?? 3,
    nowMs: START_MS,
    seed: options.seed ?? 7,
    addressOf: (index) => `10.0.0.${String(index + 1)}:8443`,
  });
  const disks = new Map(state.members.map((member) => [member.name, makeMemoryDisk()]));
  const diskOf = (name: string): MemberDisk => disks.get(name) ?? makeMemoryDisk();
  const world: World = {
    state,
    timing: { ...TIMING, ...options.timing },
    processes: fakeProcesses(),
    disk: (member: MemberState) => diskOf(member.name),
  };
  layOut(world);
  const stage = makeStage(world, builds);
  return {
    ...stage,
    builds,
    phases: () => state.members.map((member) => member.daemon?.phase ?? member.unit.active),
    counts: () => nodesOf(state.database).map((row) => row.extensions),
    hasPatch: (name) => diskOf(name).read(PATCH_FILE) !== null,
    file: (name, path) => diskOf(name).read(path),
  };
}

/** The guarded statement that lowers every row, living for `lifetimeS`. */
export function guardedPatch(simulation: Simulation, lifetimeS = 600): string {
  const { lower, higher } = simulation.builds;
  const deadline = Math.floor(simulation.world.state.now / 1000) + lifetimeS;
  return `-- lockstep rabc123\nUPDATE nodes SET api_extensions=${String(lower.extensions)} WHERE schema=${String(lower.schema)} AND id IN (1,2,3) AND api_extensions IN (${String(higher.extensions)}) AND CAST(strftime('%s','now') AS INTEGER) < ${String(deadline)};\n`;
}
