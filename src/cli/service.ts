/**
 * The service: one Lockstep with all configured chats. Owns the order of start and drain, what is said when a platform is not there,
 * and the work that comes with the clock. A platform that is down stops neither another one nor a run.
 */
import { COMMANDS } from '../../commands/index.ts';
import type { SqliteStore } from '../adapters/sqlite/open-store.ts';
import { createClock } from '../adapters/system/clock.ts';
import { createTimers } from '../adapters/system/timers.ts';
import { createSurface } from '../app/create-surface.ts';
import type { DoctorCheck } from '../app/deps.ts';
import type { ChatAdapter, Started, Surface } from '../app/surface.ts';
import { startWatch } from '../app/watch/start-watch.ts';
import { absentMessage, platformName } from '../chat/views/absent.ts';
import { visibleLine } from '../chat/visible.ts';
import type { Config } from '../config/load.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { Problem } from '../domain/problem.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Run } from '../domain/run.ts';
import { createLockstep, type Lockstep } from '../main.ts';
import type { Log, Timers } from '../ports/system.ts';
import { checkChats, loadChats, stopChats, type Endpoints } from './chats.ts';

export interface ServiceOptions {
  readonly config: Pick<Config, 'clusters' | 'slack' | 'discord' | 'agentSocket'>;
  readonly dataDir: string;
  readonly codeVersion: string;
  readonly command: string;
  readonly log: Log;
  readonly helpNotes: readonly string[];
  localChecks(store: SqliteStore): Promise<readonly DoctorCheck[]>;
  /** A line for whoever started it. */
  say(line: string): void;
  readonly endpoints?: Endpoints;
  /** Around each chat, for tests that want to see what goes through it. */
  readonly around?: (chat: ChatAdapter) => ChatAdapter;
}

export interface Service {
  readonly lockstep: Lockstep;
  /** Resolves when every platform is there or has said that it is not yet. */
  readonly greeted: Promise<void>;
  /** The runs that an earlier process left, once each has ended or paused. */
  readonly reconciled: Promise<readonly Run[]>;
  /** Nothing new is taken, runs finish their step, cards go out; then everything is closed. Idempotent. */
  stop(): Promise<void>;
}

const EXPIRY_MS = 15_000;
const HEAD_MS = 24 * 3_600_000;

export async function startService(options: ServiceOptions): Promise<Result<Service, Problem>> {
  const { config, log } = options;
  const clock = createClock();
  const timers = createTimers();
  const loaded = await loadChats({ ...options, tokens: config, clusters: config.clusters, clock, timers });
  const chats = loaded.map(options.around ?? ((chat) => chat));
  const opened = await createLockstep({
    ...options,
    ...config,
    chats,
    minEditMs: 2_000,
    localChecks: async (store) => (await Promise.all([options.localChecks(store), checkChats(chats, timers)])).flat(),
  });
  if (!opened.ok) {
    await stopChats(chats, timers);
    return opened;
  }
  const lockstep = opened.value;
  const stopping = new AbortController();
  const reconciled = lockstep.reconcile();
  reconciled.catch((cause: unknown) => log.error('what an earlier process left could not be taken up', {}, cause));
  const surface = createSurface(lockstep.deps, COMMANDS, lockstep.handle);
  const greeted = greet(chats, surface, options);
  const watch = startWatch(lockstep.deps);
  const loops = keepTime(lockstep, { timers, log, signal: stopping.signal });
  let stopped: Promise<void> | null = null;
  return ok({
    lockstep,
    greeted,
    reconciled,
    stop() {
      stopped ??= (async () => {
        stopping.abort();
        await Promise.all([watch.stop(), stopChats(chats, timers)]);
        await Promise.all([loops, lockstep.stop()]);
      })();
      return stopped;
    },
  });
}

interface Arrival {
  readonly chat: ChatAdapter;
  readonly started: Started;
}

async function greet(chats: readonly ChatAdapter[], surface: Surface, options: ServiceOptions): Promise<void> {
  const arrivals = await Promise.all(
    chats.map(async (chat): Promise<Arrival> => {
      const started = await chat.start(surface);
      options.say(lineOf({ chat, started }));
      return { chat, started };
    }),
  );
  for (const late of arrivals) {
    if (late.started.kind === 'not-yet') await tellOthers(late, arrivals, options);
  }
}

function lineOf({ chat, started }: Arrival): string {
  const name = platformName(chat.platform);
  switch (started.kind) {
    case 'ready':
      return `${name}: connected as ${visibleLine(started.as)}.`;
    case 'not-yet':
      return `${name}: not connected yet, and tried again until it works. ${visibleLine(started.reason)}`;
    default:
      return assertNever(started);
  }
}

/** In the channels of the clusters that both platforms have: there somebody may be waiting on the other one. */
async function tellOthers(
  { chat: late, started }: Arrival,
  all: readonly Arrival[],
  options: ServiceOptions,
): Promise<void> {
  if (started.kind === 'ready') return;
  options.log.warn('a platform is not connected', { platform: late.platform, reason: started.reason });
  const shared = options.config.clusters.filter(({ channels }) => channels.slack !== null && channels.discord !== null);
  for (const { chat, started: other } of all) {
    const { platform } = chat;
    if (other.kind !== 'ready' || platform === 'console') continue;
    const channels = new Set(shared.flatMap((cluster) => cluster.channels[platform] ?? []));
    for (const channel of channels) {
      const message = absentMessage(late.platform, started.reason);
      const address = { platform, channel, user: null, thread: null };
      await chat.post(address, { message, data: null }, `absent-${late.platform}-${channel}`);
    }
  }
}

interface Time {
  readonly timers: Timers;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Approvals end when their time is over, also when nobody types; the timeline's head stands in the log once a day. */
async function keepTime({ store, deps }: Lockstep, time: Time): Promise<void> {
  const expire = async (): Promise<void> => {
    const expired = await store.expireRuns(deps.clock.nowMs());
    if (expired.length > 0) deps.outbox.kick();
  };
  const tellHead = async (): Promise<void> => {
    const head = await store.timelineHead();
    if (head !== null) time.log.info('the head of the timeline', { sequence: head.sequence, hash: head.hash });
  };
  await Promise.all([every(EXPIRY_MS, expire, time), every(HEAD_MS, tellHead, time)]);
}

async function every(ms: number, work: () => Promise<void>, { timers, log, signal }: Time): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (cause) {
      log.error('what comes with the clock could not be done', {}, cause);
    }
    await timers.sleep(ms, signal);
  }
}
