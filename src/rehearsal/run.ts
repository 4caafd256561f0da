/**
 * A running rehearsal: simulated members on loopback, each behind a real SSH server, stepping in real time. Owns the loop, the
 * saved state and the end; everything that LXD does is in `model/`, everything that a script sees in `tools/` and `host/`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve, sep } from 'node:path';
import { releaseTable } from '../lxd/data/index.ts';
import type { Series } from './builds.ts';
import { openBroker } from './host/broker.ts';
import type { Broker } from './host/broker.ts';
import { ensureKey, writeClusters, writeKnownHosts } from './host/config-files.ts';
import type { Place } from './host/config-files.ts';
import { makeProcesses } from './host/daemon-process.ts';
import { layoutOf } from './host/layout.ts';
import type { Layout } from './host/layout.ts';
import { adopt, hostOf, makeWorld, prepareScenario, writeFaults } from './host/prepare.ts';
import { findUnprefixedPath, startText } from './host/run-text.ts';
import { findRunning, loadSaved, removeInfo, save, startTicksOf, writeInfo } from './host/saved.ts';
import type { RehearsalInfo } from './host/saved.ts';
import { openSocketFiles } from './host/socket-files.ts';
import { openBlackHole, openMemberServer } from './host/ssh-server.ts';
import type { MemberServer } from './host/ssh-server.ts';
import { advance, processDied, signalArrived } from './model/advance.ts';
import { nextAt } from './model/world.ts';
import type { MemberState } from './model/types.ts';
import type { World } from './model/world.ts';
import { findScenario } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import type { ToolContext } from './tools/answer.ts';
import { answerCall } from './tools/index.ts';

export interface RehearsalOptions {
  readonly scenario: string;
  /** Everything of the rehearsal lives here. */
  readonly dir: string;
  readonly series?: Series;
  /** Ends by itself after so long without a connection or an exec. Default 30 min; 0 for never. */
  readonly idleMs?: number;
  /** Throw away what was saved of the same scenario and start it anew. */
  readonly fresh?: boolean;
  readonly seed?: number;
}

export interface Rehearsal {
  readonly info: RehearsalInfo;
  /** Path of the clusters.yaml that leads here. */
  readonly config: string;
  /** For tests: the simulated cluster itself. */
  readonly world: World;
  /** Resolves when it has ended, by `close`, by `stopRehearsal` or by being idle. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const IDLE_MS = 30 * 60_000;
const SAVE_EVERY_MS = 1000;
const LOOK_EVERY_MS = 250;

export const CLUSTER_NAME = 'rehearsal';

function requireScenario(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

/** Throws when the host can't do it (not Linux, a tool missing) or when a rehearsal runs in that directory already. */
export async function runRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  if (process.platform !== 'linux')
    throw new Error('a rehearsal needs Linux: it runs the members scripts on this machine');
  const scenario = requireScenario(options.scenario);
  const series = options.series ?? '5.21';
  const layout = layoutOf(resolve(options.dir));
  mkdirSync(layout.dir, { recursive: true, mode: 0o700 });
  const other = findRunning(layout);
  if (other !== null) throw new Error(`a rehearsal runs in ${layout.dir} already, as process ${String(other.pid)}`);
  rmSync(layout.stopFile, { force: true });
  const saved = options.fresh === true ? null : loadSaved(layout);
  const known = saved?.scenario === scenario.name && saved.series === series ? saved : null;
  const seed = options.seed ?? 7;
  const state = known?.state ?? prepareScenario({ layout, scenario, series, nowMs: Date.now(), seed });
  return startRehearsal({ options, layout, scenario, series, state, places: known?.places ?? [] });
}

interface Parts {
  readonly options: RehearsalOptions;
  readonly layout: Layout;
  readonly scenario: Scenario;
  readonly series: Series;
  readonly state: World['state'];
  readonly places: readonly Place[];
}

async function startRehearsal(parts: Parts): Promise<Rehearsal> {
  const { layout, scenario, series, state } = parts;
  let live = true;
  let lastActivity = Date.now();
  let places = parts.places;
  const processes = makeProcesses(layout, {
    onSignal: (member, pid, signal) => step(() => signalArrived(world, member, pid, signal)),
    onDeath: (member, pid) => step(() => processDied(world, member, pid)),
  });
  const world = makeWorld(layout, state, processes);
  adopt(layout, world, Date.now());
  const sockets = openSocketFiles(layout);
  const brokers: Broker[] = state.members.map((member) => {
    writeFaults(layout, member);
    return openBroker({
      talk: layout.talkOf(member.name),
      nowMs: () => Date.now(),
      delayMs: () => member.faults.delayMs,
      handle(call) {
        catchUp();
        const reply = answerCall(contextOf(layout, world, member), call);
        catchUp();
        arm();
        return reply;
      },
    });
  });

  let timer: NodeJS.Timeout | undefined;
  let savedAt = 0;
  function catchUp(): void {
    advance(world, Math.max(Date.now(), state.now));
    sockets.match(state.members);
  }
  function step(act: () => void): void {
    if (!live) return;
    catchUp();
    act();
    tick();
  }
  function tick(): void {
    if (!live) return;
    catchUp();
    for (const broker of brokers) broker.poll();
    if (Date.now() - savedAt > SAVE_EVERY_MS) keep();
    const idleMs = parts.options.idleMs ?? IDLE_MS;
    const busy = servers.some((server) => server.running() > 0);
    if (busy) lastActivity = Date.now();
    if (existsSync(layout.stopFile) || (idleMs > 0 && Date.now() - lastActivity > idleMs)) void close();
    else arm();
  }
  function arm(): void {
    if (!live) return;
    clearTimeout(timer);
    const hanging = brokers.some((broker) => broker.waiting() > 0);
    const due = (nextAt(state) ?? Number.POSITIVE_INFINITY) - Date.now();
    timer = setTimeout(tick, Math.max(2, Math.min(due, hanging ? 50 : LOOK_EVERY_MS)));
  }
  function keep(): void {
    savedAt = Date.now();
    save(layout, { version: 1, scenario: scenario.name, series, places, state });
  }

  const servers: MemberServer[] = [];
  const clientKey = ensureKey(layout, 'client').public;
  for (const [index, member] of state.members.entries()) {
    servers.push(await openMember(layout, member, index, parts.places, clientKey, () => (lastActivity = Date.now())));
  }
  places = state.members.map((member, index) => ({
    name: member.name,
    host: hostOf(index),
    port: servers[index]?.port ?? 0,
  }));
  const changed = new Set(state.members.filter((one) => one.faults.hostKeyChanged).map((one) => one.name));
  writeKnownHosts(layout, places, changed);
  writeClusters(layout, CLUSTER_NAME, places, `Rehearsal: ${scenario.summary}`);

  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolveEnded) => {
    finish = resolveEnded;
  });
  async function close(): Promise<void> {
    if (!live) return ended;
    live = false;
    clearTimeout(timer);
    await Promise.all(servers.map((server) => server.close()));
    for (const broker of brokers) broker.close();
    keep();
    processes.endAll();
    sockets.close();
    removeInfo(layout);
    rmSync(layout.stopFile, { force: true });
    finish();
    return ended;
  }
  const info: RehearsalInfo = {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    scenario: scenario.name,
    series,
    config: layout.config,
    members: places,
  };
  keep();
  writeInfo(layout, info);
  arm();
  return { info, config: layout.config, world, ended, close };
}

async function openMember(
  layout: Layout,
  member: MemberState,
  index: number,
  places: readonly Place[],
  clientKey: string,
  onActivity: () => void,
): Promise<MemberServer> {
  const host = hostOf(index);
  const port = places.find((place) => place.name === member.name)?.port ?? 0;
  if (member.faults.partitioned) return openBlackHole(host, port);
  return openMemberServer({
    host,
    port,
    hostKey: ensureKey(layout, member.name).private,
    clientKey,
    onActivity,
    start(text) {
      const path = findUnprefixedPath(text);
      if (path === null) return startText(layout, member.name, text);
      return { refusal: `rehearsal: refused, a path of LXD's own does not hang on LOCKSTEP_ROOT: ${path}` };
    },
  });
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
      if (inside(path)) writeFileSync(path, text);
    },
  };
}
