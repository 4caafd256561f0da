/** A rehearsal as ground: its state, what its members heard, and its end. Its process is used for one case after the other. */
import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOf } from '../../src/rehearsal/host/layout.ts';
import { configOf, nodesOf } from '../../src/rehearsal/model/tables.ts';
import type { ClusterState, MemberState } from '../../src/rehearsal/model/types.ts';
import { COMMON, DATABASE, PATCH_FILE } from '../../src/rehearsal/model/world.ts';
import { PROGRAMS } from './build.ts';
import type { Ground, Heard, MemberSight, Sight } from './ground.ts';
import type { HostAnswer, HostOrder } from './host.ts';
import type { Situation } from './situations.ts';

export interface Host {
  ask(order: HostOrder): Promise<ClusterState>;
  end(): Promise<void>;
}

/** A process that simulates one cluster at a time, so that nothing else on its loop makes the members late. */
export function startHost(): Host {
  const child: ChildProcess = fork(PROGRAMS.host, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        void gone.then(() => reject(new Error('the rehearsal ended')));
        child.once('message', (answer) => {
          const said = answer as HostAnswer;
          if (said.kind === 'state') resolve(said.state);
          else reject(new Error(said.text));
        });
        child.send(order);
      }),
    async end() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

export interface RehearsalOptions {
  readonly host: Host;
  readonly situation: Situation;
  /** Lockstep's data directory: the rehearsal lives where its console looks for one. */
  readonly home: string;
  readonly seed: number;
}

export async function openRehearsal({ host, situation, home, seed }: RehearsalOptions): Promise<Ground> {
  const dir = join(home, 'rehearsal');
  const file = join(home, 'heard');
  writeFileSync(file, '');
  const { scenario, unheld = null } = situation;
  let before = snapshot(await host.ask({ kind: 'open', scenario, dir, seed, file, unheld }));
  return {
    cluster: 'rehearsal',
    home,
    options: [],
    lower: '5.21.2',
    heard: () => Promise.resolve(readHeard(file)),
    mark: (text) => appendFileSync(file, `${JSON.stringify({ at: Date.now(), member: '*', text })}\n`),
    see: async () => sightOf(await host.ask({ kind: 'state' }), dir, before),
    async begin() {
      before = snapshot(await host.ask({ kind: 'state' }));
    },
    async close() {
      await host.ask({ kind: 'close' });
    },
  };
}

function readHeard(file: string): readonly Heard[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Heard);
}

interface Before {
  readonly held: ReadonlyMap<string, boolean>;
  /** `member/instance` → pid, of those that ran. */
  readonly pids: ReadonlyMap<string, number>;
  /** Length of each member's list of what repairs cost. */
  readonly impacts: ReadonlyMap<string, number>;
}

function snapshot({ members }: ClusterState): Before {
  return {
    held: new Map(members.map(({ name, held }) => [name, held])),
    pids: new Map(members.flatMap(pidsOf)),
    impacts: new Map(members.map(({ name, impact }) => [name, impact.length])),
  };
}

function pidsOf({ name, instances }: MemberState): readonly (readonly [string, number])[] {
  return instances.flatMap((one) => (one.pid === null ? [] : [[`${name}/${one.name}`, one.pid] as const]));
}

function sightOf(state: ClusterState, dir: string, before: Before): Sight {
  const [higher, lower] = state.builds;
  return {
    members: state.members.map((member) => memberSight(member, dir)),
    rows: wrongRows(state),
    harm: harmDone(state, before),
    holds: state.members.flatMap(({ name, held }) =>
      before.held.get(name) === held ? [] : [`the hold on ${name} is ${String(held)}`],
    ),
    healing: configOf(state.database, 'cluster.healing_threshold'),
    revisions: { higher: higher?.revision ?? '', lower: lower?.revision ?? '' },
  };
}

function memberSight({ name, daemon, revision, held }: MemberState, dir: string): MemberSight {
  const left = leftOn(dir, name);
  return {
    name,
    serves: daemon?.phase === 'serving',
    runs: daemon !== null,
    revision: daemon?.revision ?? revision,
    held,
    hasPatch: left.includes(PATCH_FILE),
    left,
  };
}

function leftOn(dir: string, member: string): readonly string[] {
  const root = layoutOf(dir).rootOf(member);
  const marks = ['hold', 'terminated', 'marker'].map((name) => `${COMMON}/lockstep/${name}`);
  const files = [PATCH_FILE, ...marks].filter((path) => existsSync(join(root, path)));
  const drafts = readdirSync(join(root, DATABASE)).filter((name) => name.startsWith('.lockstep'));
  return [...files, ...drafts];
}

function wrongRows({ database, members, builds }: ClusterState): readonly string[] {
  const rows = nodesOf(database);
  const count = rows.length === members.length ? [] : [`${String(rows.length)} rows`];
  const wrong = members.flatMap(({ name, daemon, revision }) => {
    const row = rows.find((one) => one.name === name);
    const build = builds.find((one) => one.revision === (daemon?.revision ?? revision));
    if (row?.extensions === build?.extensions && row?.schema === build?.schema) return [];
    return [`${name} has row ${String(row?.extensions)} and binary ${String(build?.extensions)}`];
  });
  return [...count, ...wrong];
}

/** What a recovery that keeps instances must never do to them. */
function harmDone({ members }: ClusterState, before: Before): readonly string[] {
  const pids = new Map(members.flatMap(pidsOf));
  const gone = [...before.pids].filter(([name, pid]) => pids.get(name) !== pid).map(([name]) => `${name} was ended`);
  const events = members.flatMap(({ name, impact }) =>
    impact
      .slice(before.impacts.get(name) ?? 0)
      .filter(({ event }) => /^(instances-stopped|lxcfs-died)/.test(event))
      .map(({ event }) => `${name}: ${event}`),
  );
  return [...gone, ...events];
}
