/**
 * Lockstep's app layer in one process, behind the console: a real store in a directory of its own, a clock that tests move, and a
 * cluster that is whatever observation the test says. Every printed line is held against the contract.
 */
import { join } from 'node:path';
import { COMMANDS } from '../../commands/index.ts';
import { createConsoleChat } from '../../src/adapters/console/chat.ts';
import { PLAIN } from '../../src/adapters/console/style.ts';
import { createSession, type ConsoleSession } from '../../src/adapters/console/session.ts';
import { openStore, type SqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import type { AppDeps, DoctorCheck, Runs } from '../../src/app/deps.ts';
import { documentCommands } from '../../src/app/docs.ts';
import { createInbound } from '../../src/app/inbound.ts';
import { createPresent } from '../../src/app/present.ts';
import type { ClusterConfig } from '../../src/domain/cluster.ts';
import type { Data } from '../../src/domain/data.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { ClusterObservation } from '../../src/domain/observation.ts';
import type { Picture } from '../../src/ports/picture.ts';
import type { Card, Store } from '../../src/ports/store.ts';
import type { Ids, Log } from '../../src/ports/system.ts';
import { LINE_SCHEMA } from '../contract/data-schema.ts';
import { aCluster } from '../support/cluster.ts';
import { NOW } from '../support/observation.ts';
import { RELEASES } from '../support/releases.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

export interface Line {
  readonly kind: 'post' | 'edit';
  readonly id: string;
  readonly thread: string | null;
  readonly to: { readonly channel: string; readonly user: string | null };
  readonly message: {
    readonly summary: string;
    readonly actions: readonly { readonly label: string; readonly n: number }[];
  };
  readonly data: Data | null;
}

export interface World {
  readonly store: SqliteStore;
  readonly deps: AppDeps;
  readonly clock: { now: number };
  /** Where files of messages are written. */
  readonly exports: string;
  observation: ClusterObservation;
  /** Called by the prober; tests hang or fail here. */
  beforeProbe: () => Promise<void>;
  readonly started: RunId[];
  /** Runs whose markers were asked to be taken away. */
  readonly released: RunId[];
  /** Types lines as that person; gives what was printed. */
  type(person: string, ...lines: readonly string[]): Promise<readonly Line[]>;
  readonly session: ConsoleSession;
  readonly errors: unknown[];
  /** Moves every sleeper on. */
  wakeAll(): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly clusters?: readonly ClusterConfig[];
  readonly observation: ClusterObservation;
  readonly checks?: readonly DoctorCheck[];
  readonly store?: (store: SqliteStore) => Store;
  /** Text instead of JSON lines goes here. */
  readonly text?: (printed: string) => void;
  readonly picture?: Picture;
}

export function createWorld(options: WorldOptions): World {
  const directory = makeTemporaryDirectory();
  const clock = { now: NOW };
  const opened = openStore({ dataDir: directory.path, command: 'test', clock: { nowMs: () => clock.now } });
  if (!opened.ok) throw new Error(opened.error.text);
  const store = opened.value;
  const lines: Line[] = [];
  const sleepers = new Set<() => void>();
  const errors: unknown[] = [];
  const json = options.text === undefined;
  const chat = createConsoleChat({
    output: {
      print: (text) => (json ? lines.push(LINE_SCHEMA.parse(JSON.parse(text)) as Line) : options.text?.(text)),
      progress: (text) => options.text?.(`… ${text}`),
    },
    clock: { nowMs: () => clock.now },
    json,
    filesDirectory: join(directory.path, 'exports'),
    layout: () => ({ width: 100, style: PLAIN }),
  });
  const ids = countingIds();
  const used = options.store?.(store) ?? store;
  const deps: AppDeps = {
    clusters: options.clusters ?? [aCluster()],
    releases: RELEASES,
    store: used,
    clock: { nowMs: () => clock.now, monotonicMs: () => clock.now },
    timers: {
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          sleepers.add(() => resolve('elapsed'));
          signal?.addEventListener('abort', () => resolve('aborted'));
        }),
    },
    ids,
    log: silentLog(errors),
    prober: {
      async probe(cluster, { onMember } = {}) {
        await world.beforeProbe();
        const seen = { ...world.observation, cluster: cluster.name };
        for (const member of seen.members) onMember?.(member);
        return seen;
      },
    },
    runs: fakeRuns(() => world),
    outbox: { kick: () => undefined },
    chats: new Map([['console', chat]]),
    tokenKey: 'a key of the test',
    codeVersion: '0.0.0',
    ...(options.picture === undefined ? {} : { picture: options.picture }),
    localChecks: () => Promise.resolve(options.checks ?? []),
    docs: documentCommands(COMMANDS),
    helpNotes: [],
  };
  const present = createPresent(deps);
  const session = createSession({
    backend: {
      handle: createInbound(deps, COMMANDS),
      runsIdle: () => Promise.resolve(),
      outboxIdle: () => deliverAll(store, present, chat, clock),
    },
    chat,
    ids,
    name: 'alice',
    osUser: 'root',
    waitsForRuns: true,
  });
  const world: World = {
    store,
    deps,
    clock,
    exports: join(directory.path, 'exports'),
    observation: options.observation,
    beforeProbe: () => Promise.resolve(),
    started: [],
    released: [],
    session,
    errors,
    async type(person, ...typed) {
      const from = lines.length;
      await session.line(`/as ${person}`, new AbortController().signal);
      for (const line of typed) await session.line(line, new AbortController().signal);
      return lines.slice(from);
    },
    wakeAll() {
      for (const wake of sleepers) wake();
      sleepers.clear();
    },
    async close() {
      await store.close();
      directory.remove();
    },
  };
  return world;
}

function fakeRuns(world: () => World): Runs {
  return {
    begin: (run) => {
      world().started.push(run);
    },
    release: (run) => {
      world().released.push(run);
    },
    settled: (run) => world().store.findRun(run),
    async resume({ run }) {
      const found = await world().store.findRun(run);
      if (found === null) throw new Error('no such run');
      return found;
    },
  };
}

/** What the outbox does, without its waiting and retrying. */
async function deliverAll(
  store: Store,
  present: ReturnType<typeof createPresent>,
  chat: ReturnType<typeof createConsoleChat>,
  clock: { readonly now: number },
): Promise<void> {
  for (const card of await store.dueCards(clock.now)) {
    const rendered = await present.render(card.subject);
    if (rendered === null) continue;
    const address = { ...card.address, thread: await threadOf(store, card) };
    const delivery =
      card.externalId === null
        ? await chat.post(address, rendered, card.id)
        : await chat.edit(address, card.externalId, rendered);
    if (delivery.kind !== 'delivered') throw new Error('the console did not take a message');
    await store.recordDelivery({ card: card.id, revision: card.revision, externalId: delivery.externalId });
  }
}

async function threadOf(store: Store, card: Card): Promise<string | null> {
  const parent = card.parent === null ? null : await store.findCard(card.parent);
  if (parent === null) return card.address.thread;
  return (await threadOf(store, parent)) ?? parent.externalId;
}

function countingIds(): Ids {
  let next = 0;
  const count = (): string => {
    next += 1;
    return next.toString(36);
  };
  return {
    runId: () => `r${count().padStart(6, '0')}`,
    incidentId: () => `i${count().padStart(6, '0')}`,
    token: () => `token${count()}`,
    messageId: () => `m${count()}`,
  };
}

function silentLog(errors: unknown[]): Log {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_message, _fields, cause) => errors.push(cause),
    child: () => log,
  };
  return log;
}

/** The data of those lines that carry any, in order. */
export function dataOf(lines: readonly Line[]): readonly Data[] {
  return lines.flatMap((line) => (line.data === null ? [] : [line.data]));
}

/** The only data of that kind. */
export function only<K extends Data['kind']>(lines: readonly Line[], kind: K): Extract<Data, { kind: K }> {
  const found = dataOf(lines).filter((data): data is Extract<Data, { kind: K }> => data.kind === kind);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(
      `${found.length} × ${kind} in ${JSON.stringify(lines.map((line) => line.data?.kind ?? line.message.summary))}`,
    );
  }
  return found[0];
}
