/**
 * Composition root: store → SSH → prober → engine → app → chat, and their end in the opposite order. Knows every part and decides
 * nothing; the only place besides `cli` where adapters meet the app.
 */
import { COMMANDS } from '../commands/index.ts';
import { createPicture } from './adapters/picture/resvg.ts';
import { openStore, type SqliteStore } from './adapters/sqlite/open-store.ts';
import { createSshTransport } from './adapters/ssh/transport.ts';
import { createClock } from './adapters/system/clock.ts';
import { hostName } from './adapters/system/host-name.ts';
import { createIds } from './adapters/system/ids.ts';
import { createTimers } from './adapters/system/timers.ts';
import type { AppDeps, DoctorCheck, Runs } from './app/deps.ts';
import { documentCommands } from './app/docs.ts';
import { createInbound, type HandleInbound } from './app/inbound.ts';
import { createPresent } from './app/present.ts';
import { recordRestart } from './app/restart.ts';
import type { ClusterConfig } from './domain/cluster.ts';
import type { RunId } from './domain/ids.ts';
import type { Platform } from './domain/person.ts';
import type { Problem } from './domain/problem.ts';
import { ok, type Result } from './domain/result.ts';
import type { Run } from './domain/run.ts';
import { LXD_CATALOGUE } from './engine/catalogue.ts';
import { createFailpoints, type Failpoints } from './engine/failpoints.ts';
import { createMarkers } from './engine/markers.ts';
import { createOutbox, type Outbox } from './engine/outbox.ts';
import { createRunner, type Runner } from './engine/runner.ts';
import { logPatterns, releaseTable } from './lxd/data/index.ts';
import type { ChatPort } from './ports/chat.ts';
import type { Ids, Log, Timers } from './ports/system.ts';
import type { Transport } from './ports/transport.ts';
import { createOfferReader } from './probe/offers.ts';
import { createProber } from './probe/probe.ts';

export interface LockstepOptions {
  readonly clusters: readonly ClusterConfig[];
  readonly dataDir: string;
  readonly agentSocket: string | null;
  readonly log: Log;
  readonly codeVersion: string;
  /** What a person would type to start this process. */
  readonly command: string;
  readonly chats: readonly ChatPort[];
  /** Least time between two edits of one card, in ms. */
  readonly minEditMs: number;
  readonly helpNotes: readonly string[];
  localChecks(store: SqliteStore): Promise<readonly DoctorCheck[]>;
  /** Armed by a test that composes Lockstep itself; none otherwise. */
  readonly failpoints?: Failpoints;
}

export interface Lockstep {
  readonly handle: HandleInbound;
  readonly deps: AppDeps;
  readonly store: SqliteStore;
  /** Takes up what an earlier process left; resolves when each of those runs ended or paused. */
  reconcile(): Promise<readonly Run[]>;
  runsIdle(): Promise<void>;
  outboxIdle(): Promise<void>;
  /** Drains: what was sent is awaited and recorded, then everything is closed. Idempotent. */
  stop(): Promise<void>;
}

export async function createLockstep(options: LockstepOptions): Promise<Result<Lockstep, Problem>> {
  const { log, dataDir, command, codeVersion } = options;
  const clock = createClock();
  const ids = createIds();
  const opened = openStore({ dataDir, command, clock, codeVersion });
  if (!opened.ok) return opened;
  const store = opened.value;
  const head = store.checkHead();
  if (!head.ok) log.warn(head.problem.text, { next: head.problem.next });
  const tokenKey = await findTokenKey(store, ids);
  const timers = createTimers();
  const connect = (): Transport => createSshTransport({ clock, timers, log, agentSocket: options.agentSocket });
  const transport = connect();
  const installation = await findInstallation(store, ids);
  const looking = { releases: releaseTable, patterns: logPatterns, installation };
  const prober = createProber({ transport, clock, ids, log, ...looking });
  const chats = new Map<Platform, ChatPort>(options.chats.map((chat) => [chat.platform, chat]));
  const { clusters } = options;
  const present = createPresent({ store, clock, clusters, tokenKey });
  const outbox = createOutbox({ store, chats, present, clock, timers, log, minEditMs: options.minEditMs });
  const runner = createRunner({
    store,
    transport,
    prober,
    catalogue: LXD_CATALOGUE,
    markers: createMarkers({ transport, clock, timers, installation }),
    releases: releaseTable,
    findCluster: (name) => clusters.find((cluster) => cluster.name === name),
    clock,
    timers,
    log,
    codeVersion,
    failpoints: options.failpoints ?? createFailpoints(),
    onChange: () => outbox.kick(),
  });
  const deps: AppDeps = {
    clusters,
    releases: releaseTable,
    store,
    clock,
    timers,
    ids,
    log,
    prober,
    offers: createOfferReader({ connect, ids }),
    runs: runsOver(runner, log),
    outbox,
    chats,
    tokenKey,
    codeVersion,
    picture: createPicture(),
    localChecks: () => options.localChecks(store),
    docs: documentCommands(COMMANDS),
    helpNotes: options.helpNotes,
  };
  return ok(assemble({ deps, store, runner, outbox, transport, timers }));
}

interface Parts {
  readonly deps: AppDeps;
  readonly store: SqliteStore;
  readonly runner: Runner;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly timers: Timers;
}

/** What is said of the last step goes out if a chat takes it now; it is on record, and told at the next start otherwise. */
const LAST_WORDS_MS = 3_000;
/** A delivery that hangs is not waited for longer. */
const DELIVERY_MS = 10_000;

function assemble({ deps, store, runner, outbox, transport, timers }: Parts): Lockstep {
  let stopping: Promise<void> | null = null;
  return {
    handle: createInbound(deps, COMMANDS),
    deps,
    store,
    async reconcile() {
      await recordRestart(deps);
      outbox.kick();
      return runner.reconcile();
    },
    runsIdle: () => runner.idle(),
    outboxIdle: () => outbox.idle(),
    stop() {
      stopping ??= (async () => {
        await runner.stop();
        await within(timers, LAST_WORDS_MS, outbox.idle());
        await within(timers, DELIVERY_MS, outbox.stop());
        await transport.close();
        await store.close();
      })();
      return stopping;
    },
  };
}

async function within(timers: Timers, ms: number, work: Promise<void>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, timers.sleep(ms, enough.signal)]);
  enough.abort();
}

/** Work goes on after the command that began it; only a broken store makes it fail, and then its record stays as it is. */
function runsOver(runner: Runner, log: Log): Runs {
  return {
    begin(run: RunId) {
      runner.start(run).catch((cause: unknown) => log.error('a run stopped', { run }, cause));
    },
    release(run: RunId) {
      runner.release(run).catch((cause: unknown) => log.error('markers were not taken away', { run }, cause));
    },
    settled: (run) => runner.settled(run),
    resume: (request) => runner.resume(request),
  };
}

/** The host and a few random characters: what another installation is told when it meets a marker of this one. Kept for good. */
async function findInstallation(store: SqliteStore, ids: Ids): Promise<string> {
  const known = await store.getMeta('installation');
  if (known !== null) return known;
  const host = hostName()
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 40);
  const made = `${host === '' ? 'lockstep' : host}-${ids.messageId().slice(1, 9)}`;
  await store.setMeta('installation', made);
  return made;
}

async function findTokenKey(store: SqliteStore, ids: Ids): Promise<string> {
  const known = await store.getMeta('token-key');
  if (known !== null) return known;
  const made = `${ids.token()}${ids.token()}`;
  await store.setMeta('token-key', made);
  return made;
}
