/**
 * What a scenario can do to a new cluster: the acts of a person or of the hardware, and letting time pass. Every act goes the way
 * the real one would, so that logs, counters and files are the ones that such a history leaves.
 */
import { runSql } from './model/sql-run.ts';
import { mapNodes } from './model/tables.ts';
import { advance } from './model/advance.ts';
import type { SeriesBuilds } from './builds.ts';
import { evacuateInstances } from './model/daemon.ts';
import { addChange, linkRevision, refreshSteps } from './model/snapd.ts';
import type { MemberState } from './model/types.ts';
import { launch, startSockets, startUnit, stopUnit } from './model/unit.ts';
import { PATCH_FILE, requireMember } from './model/world.ts';
import type { World } from './model/world.ts';

export interface Stage {
  readonly world: World;
  readonly builds: SeriesBuilds;
  readonly names: readonly string[];
  member(name: string): MemberState;
  /** Seconds of simulated time. */
  pass(seconds: number): void;
  /** `snap refresh lxd --revision=…`, side by side. */
  refresh(names: readonly string[], revision: string): void;
  /** `snap stop lxd`, side by side. Instances end with it. */
  snapStop(names: readonly string[]): void;
  /** Another revision under a stopped snap. */
  swapRevision(names: readonly string[], revision: string): void;
  restart(names: readonly string[]): void;
  /** A revision is released into the channel that the members track. */
  release(revision: string): void;
  writePatch(name: string, text: string): void;
  sql(text: string): void;
  /** `lxc cluster evacuate --force`: its instances end. */
  evacuate(name: string): void;
  /** A change of snapd's own that does not come to an end. */
  pendingChange(name: string): void;
}

export function makeStage(world: World, builds: SeriesBuilds): Stage {
  const { state } = world;
  const each = (names: readonly string[], act: (member: MemberState) => void): void => {
    for (const name of names) act(requireMember(state, name));
  };
  return {
    world,
    builds,
    names: state.members.map((member) => member.name),
    member: (name) => requireMember(state, name),
    pass: (seconds) => advance(world, state.now + seconds * 1000),
    refresh(names, revision) {
      each(names, (member) => {
        const steps = refreshSteps(revision);
        addChange(world, member, { kind: 'refresh-snap', summary: 'Refresh "lxd" snap', steps });
      });
    },
    snapStop(names) {
      each(names, (member) => {
        const change = { kind: 'service-control', summary: 'Running service command' };
        addChange(world, member, { ...change, steps: [{ kind: 'stop' }] });
      });
    },
    swapRevision: (names, revision) => each(names, (member) => linkRevision(world, member, revision)),
    restart(names) {
      each(names, (member) => {
        stopUnit(world, member, 'refresh-snap');
        if (member.unit.stop === null) launch(world, member);
        else member.unit.stop.startAfter = true;
      });
    },
    release(revision) {
      state.channelHead = revision;
    },
    writePatch: (name, text) => world.disk(requireMember(state, name)).write(PATCH_FILE, text),
    sql(text) {
      state.database = runSql(state.database, text, state.now).database;
    },
    evacuate(name) {
      state.database = mapNodes(state.database, (row) => (row['name'] === name ? { ...row, state: 2 } : row));
      evacuateInstances(world, requireMember(state, name));
    },
    pendingChange(name) {
      const change = { kind: 'auto-refresh', summary: 'Auto-refresh snap "lxd"', steps: [{ kind: 'stuck' }] } as const;
      addChange(world, requireMember(state, name), change);
    },
  };
}

/** Every member starts and serves. */
export function boot(stage: Stage): void {
  for (const member of stage.world.state.members) {
    startSockets(member);
    startUnit(stage.world, member);
  }
  stage.pass(20);
}
