/**
 * A running rehearsal: simulated members on loopback, each behind a real SSH server. Owns its life from a scenario or a saved
 * state to its end; the loop is `host/live.ts`, what LXD does is in `model/`, what a script sees in `tools/`.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Series } from './builds.ts';
import { ensureKey, writeClusters, writeKnownHosts } from './host/config-files.ts';
import type { Place } from './host/config-files.ts';
import { layoutOf } from './host/layout.ts';
import type { Layout } from './host/layout.ts';
import { goLive } from './host/live.ts';
import { hostOf, prepareScenario } from './host/prepare.ts';
import { findUnprefixedPath, startText } from './host/run-text.ts';
import { findRunning, loadSaved, removeInfo, save, startTicksOf, writeInfo } from './host/saved.ts';
import type { RehearsalInfo } from './host/saved.ts';
import { openBlackHole, openMemberServer } from './host/ssh-server.ts';
import type { MemberServer } from './host/ssh-server.ts';
import type { ClusterState, MemberState } from './model/types.ts';
import type { World } from './model/world.ts';
import { findScenario } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';

export interface RehearsalOptions {
  readonly scenario: string;
  /** Everything of the rehearsal lives here. */
  readonly dir: string;
  readonly series?: Series | undefined;
  /** Ends by itself after so long without a connection or an exec. Default 30 min; 0 for never. */
  readonly idleMs?: number;
  /** Throw away what was saved of the same scenario and start it anew. */
  readonly fresh?: boolean | undefined;
  /** Same seed, same history. */
  readonly seed?: number;
  /** Told of every text that a member is about to run, for tests. */
  readonly onText?: (member: string, text: string) => void;
}

export interface Rehearsal {
  readonly info: RehearsalInfo;
  /** Path of the clusters.yaml that leads here. */
  readonly config: string;
  /** The simulated cluster itself, for tests. */
  readonly world: World;
  /** Resolves when it has ended: by `close`, by `stopRehearsal`, or because nobody used it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const IDLE_MS = 30 * 60_000;
const SAVE_EVERY_MS = 1000;
const SEED = 7;
const CLUSTER_NAME = 'rehearsal';

/** Throws when the host can't do it (not Linux, a tool missing) or when a rehearsal runs in that directory already. */
export async function runRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  if (process.platform !== 'linux') throw new Error('it needs Linux, since the members’ scripts run on this machine');
  const scenario = findScenario(options.scenario);
  if (scenario === undefined) throw new Error(`there is no scenario ${options.scenario}`);
  const series = options.series ?? '5.21';
  const layout = layoutOf(resolve(options.dir));
  mkdirSync(layout.dir, { recursive: true, mode: 0o700 });
  const other = findRunning(layout);
  if (other !== null) throw new Error(`one runs in ${layout.dir} already, as process ${String(other.pid)}`);
  rmSync(layout.stopFile, { force: true });
  const saved = options.fresh === true ? null : loadSaved(layout);
  const known = saved?.scenario === scenario.name && saved.series === series ? saved : null;
  const seed = options.seed ?? SEED;
  const state = known?.state ?? prepareScenario({ layout, scenario, series, nowMs: Date.now(), seed });
  return open({
    layout,
    scenario,
    series,
    state,
    before: known?.places ?? [],
    idleMs: options.idleMs ?? IDLE_MS,
    onText: options.onText ?? (() => undefined),
  });
}

interface Opening {
  readonly layout: Layout;
  readonly scenario: Scenario;
  readonly series: Series;
  readonly state: ClusterState;
  /** Where members listened last time: kept where possible. */
  readonly before: readonly Place[];
  readonly idleMs: number;
  readonly onText: (member: string, text: string) => void;
}

async function open(opening: Opening): Promise<Rehearsal> {
  const { layout, scenario, series, state, idleMs } = opening;
  let activeAt = Date.now();
  let savedAt = 0;
  const servers = await openServers(opening, () => {
    activeAt = Date.now();
  });
  const places = placesOf(state, servers);
  const keep = (): void => save(layout, { version: 1, scenario: scenario.name, series, places, state });
  const life = goLive(layout, state, () => {
    const now = Date.now();
    if (servers.some((server) => server.running() > 0)) activeAt = now;
    if (now - savedAt > SAVE_EVERY_MS) {
      savedAt = now;
      keep();
    }
    if (existsSync(layout.stopFile) || (idleMs > 0 && now - activeAt > idleMs)) void close();
  });
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolveEnded) => {
    finish = resolveEnded;
  });
  let closing = false;
  async function close(): Promise<void> {
    if (closing) return ended;
    closing = true;
    await Promise.all(servers.map((server) => server.close()));
    life.close();
    keep();
    removeInfo(layout);
    rmSync(layout.stopFile, { force: true });
    finish();
    return ended;
  }
  const info = announce(opening, places);
  return { info, config: layout.config, world: life.world, ended, close };
}

function placesOf(state: ClusterState, servers: readonly MemberServer[]): readonly Place[] {
  return state.members.map((member, index) => ({
    name: member.name,
    host: hostOf(index),
    port: servers[index]?.port ?? 0,
  }));
}

/** The files that lead here, the card last: whoever sees it can connect. */
function announce({ layout, scenario, series, state }: Opening, places: readonly Place[]): RehearsalInfo {
  const changed = new Set(state.members.filter((one) => one.faults.hostKeyChanged).map((one) => one.name));
  writeKnownHosts(layout, places, changed);
  writeClusters(layout, CLUSTER_NAME, places, `Rehearsal; at its start: ${scenario.summary}`);
  const info: RehearsalInfo = {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    scenario: scenario.name,
    series,
    config: layout.config,
    members: places,
  };
  writeInfo(layout, info);
  return info;
}

async function openServers(opening: Opening, onActivity: () => void): Promise<readonly MemberServer[]> {
  const clientKey = ensureKey(opening.layout, 'client').public;
  const servers: MemberServer[] = [];
  for (const [index, member] of opening.state.members.entries()) {
    servers.push(await openServer(opening, member, index, clientKey, onActivity));
  }
  return servers;
}

async function openServer(
  { layout, before, onText }: Opening,
  member: MemberState,
  index: number,
  clientKey: string,
  onActivity: () => void,
): Promise<MemberServer> {
  const host = hostOf(index);
  const port = before.find((place) => place.name === member.name)?.port ?? 0;
  if (member.faults.partitioned) return openBlackHole(host, port);
  return openMemberServer({
    host,
    port,
    hostKey: ensureKey(layout, member.name).private,
    clientKey,
    onActivity,
    start(text) {
      const path = findUnprefixedPath(text);
      if (path === null) {
        onText(member.name, text);
        return startText(layout, member.name, text, member.faults.delayMs / 1000);
      }
      return { refusal: `rehearsal: refused, a path of LXD’s own does not hang on LOCKSTEP_ROOT: ${path}` };
    },
  });
}
