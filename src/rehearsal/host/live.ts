/**
 * The simulation in real time: processes, sockets and stand-ins of all members on one loop. Owns when the model moves: at every
 * question of a script, at every signal, and when the agenda says so.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve, sep } from 'node:path';
import { releaseTable } from '../../lxd/data/index.ts';
import { advance, processDied, signalArrived } from '../model/advance.ts';
import type { ClusterState, MemberState } from '../model/types.ts';
import { nextAt } from '../model/world.ts';
import type { World } from '../model/world.ts';
import { failed } from '../tools/answer.ts';
import type { ToolContext } from '../tools/answer.ts';
import { answerCall } from '../tools/index.ts';
import { openBroker } from './broker.ts';
import type { Broker } from './broker.ts';
import { makeProcesses } from './daemon-process.ts';
import type { Layout } from './layout.ts';
import { adopt, makeWorld, writeFaults } from './prepare.ts';
import { openSocketFiles } from './socket-files.ts';

export interface Live {
  readonly world: World;
  /** Ends the loop and every process of the members. */
  close(): void;
}

/** Longest time between two looks, and while a caller hangs. */
const LOOK_MS = 250;
const HANGING_MS = 50;
const SHORTEST_MS = 2;

/** `onTick` is called after every step. */
export function goLive(layout: Layout, state: ClusterState, onTick: () => void): Live {
  let live = true;
  let timer: NodeJS.Timeout | undefined;
  let brokers: readonly Broker[] = [];
  const processes = makeProcesses(layout, {
    onSignal: (member, pid, signal) => step(() => signalArrived(world, member, pid, signal)),
    onDeath: (member, pid) => step(() => processDied(world, member, pid)),
  });
  const sockets = openSocketFiles(layout);
  const world = makeWorld(layout, state, processes);

  function catchUp(): void {
    advance(world, Math.max(Date.now(), state.now));
    sockets.match(state.members);
  }
  function step<T>(act: () => T): T | undefined {
    if (!live) return undefined;
    catchUp();
    const result = act();
    catchUp();
    arm();
    return result;
  }
  function arm(): void {
    clearTimeout(timer);
    if (!live) return;
    const hanging = brokers.some((broker) => broker.waiting() > 0);
    const due = (nextAt(state) ?? Number.POSITIVE_INFINITY) - Date.now();
    timer = setTimeout(tick, Math.max(SHORTEST_MS, Math.min(due, hanging ? HANGING_MS : LOOK_MS)));
  }
  function tick(): void {
    step(() => {
      for (const broker of brokers) broker.poll();
    });
    if (live) onTick();
  }

  adopt(layout, world, Date.now());
  brokers = state.members.map((member) => {
    writeFaults(layout, member);
    const context = contextOf(layout, world, member);
    return openBroker({
      talk: layout.talkOf(member.name),
      handle: (call) => step(() => answerCall(context, call)) ?? failed('the rehearsal ends', 70),
    });
  });
  step(() => undefined);
  return {
    world,
    close() {
      live = false;
      clearTimeout(timer);
      for (const broker of brokers) broker.close();
      processes.endAll();
      sockets.close();
    },
  };
}

function contextOf(layout: Layout, world: World, member: MemberState): ToolContext {
  const root = layout.rootOf(member.name);
  const inside = (path: string): boolean => [root, tmpdir()].some((place) => resolve(path).startsWith(place + sep));
  return {
    world,
    member,
    root,
    extensionNames: (release) => releaseTable.extensionNames(release),
    readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
    writeFile(path, text) {
      if (path === '/dev/null') return true;
      if (!inside(path)) return false;
      try {
        writeFileSync(path, text);
        return true;
      } catch {
        return false;
      }
    },
  };
}
