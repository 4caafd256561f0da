/**
 * One look of the watch at one cluster: probe, write down what changed, decide, say it, remember. What is said goes out before it is
 * remembered as said, and saying it again adds nothing: a process that dies in between repeats no word.
 */
import type { ClusterConfig } from '../../domain/cluster.ts';
import { diagnose } from '../../domain/diagnose/index.ts';
import type { ClusterName } from '../../domain/ids.ts';
import type { RunState } from '../../domain/run.ts';
import { decide, type Surroundings } from '../../domain/watch/decide.ts';
import { type Offered, offeredIn } from '../../domain/watch/offered.ts';
import { type Sight, sightOf, type Trouble } from '../../domain/watch/sight.ts';
import { isWorthKeeping, parseWatchState, type WatchState } from '../../domain/watch/state.ts';
import type { Store } from '../../ports/store.ts';
import { recordLook } from '../findings-memory.ts';
import type { ChannelAsker } from './ask-channel.ts';
import type { WatchDeps } from './deps.ts';
import { isMuted, type WatchSetting } from './settings.ts';
import { speak } from './speak.ts';

export interface Watched {
  readonly state: WatchState;
  /** When the state was last written, ms UTC; null when it never was here. */
  readonly writtenAt: number | null;
}

export interface Looked extends Watched {
  readonly again: boolean;
}

export interface LookOptions {
  readonly stopping?: AbortSignal;
  /** Null where nobody asks what the members' channels offer. */
  readonly channel?: ChannelAsker | null;
}

/** Longest time for which a state that only moved on is kept in the process alone, in ms. */
const FLUSH_MS = 5 * 60_000;
/** Somebody is at work on the cluster, or has to decide about work that stands still. */
const AT_WORK: readonly RunState[] = ['approved', 'running', 'paused'];

export async function watchOnce(
  deps: WatchDeps,
  cluster: ClusterConfig,
  setting: WatchSetting,
  before: Watched,
  { stopping, channel = null }: LookOptions = {},
): Promise<Looked> {
  const { store, prober, releases } = deps;
  const wasAtWork = await isAtWork(store, cluster.name);
  const observation = await unlessStopped(prober.probe(cluster), stopping);
  if (observation === null) return { ...before, again: false };
  const diagnosis = diagnose(observation, releases);
  await recordLook(deps, cluster, diagnosis, observation);
  const around = await surroundingsOf(deps, cluster.name, setting, wasAtWork);
  const memory = channel === null ? {} : await channel.memoryOf(cluster.name);
  const offered = offeredIn({ observation, diagnosis, memory, releases });
  const sight = withOffered(sightOf(diagnosis, observation.endedAt), offered);
  const { state, words, again } = decide(before.state, sight, around);
  const seen = { ...diagnosis, findings: [...diagnosis.findings, ...offered.map(({ finding }) => finding)] };
  for (const word of words) await speak(deps, cluster, seen, word);
  // A run has the members to itself.
  if (around.quiet !== 'run') channel?.ask(cluster, observation);
  const now = deps.clock.nowMs();
  const isOld = before.writtenAt === null || now - before.writtenAt >= FLUSH_MS;
  if (!isOld && !isWorthKeeping(before.state, state)) return { state, writtenAt: before.writtenAt, again };
  await store.setMeta(keyOf(cluster.name), JSON.stringify(state));
  return { state, writtenAt: now, again };
}

function withOffered(sight: Sight, offered: readonly Offered[]): Sight {
  const warnings = offered.map(({ finding, key }): Trouble => {
    const { kind, severity, members, title } = finding;
    return { key, kind, severity, members, title };
  });
  return { ...sight, warnings: [...sight.warnings, ...warnings] };
}

/** Null when the watch is stopped meanwhile: an answer that comes then is nobody's. */
function unlessStopped<T>(work: Promise<T>, stopping: AbortSignal | undefined): Promise<T | null> {
  if (stopping === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(null);
    if (stopping.aborted) stop();
    stopping.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => stopping.removeEventListener('abort', stop));
  });
}

export async function findWatchState(store: Pick<Store, 'getMeta'>, cluster: ClusterName): Promise<WatchState> {
  return parseWatchState(await store.getMeta(keyOf(cluster)));
}

function keyOf(cluster: ClusterName): string {
  return `watch:${cluster}`;
}

async function surroundingsOf(
  { store, clock }: WatchDeps,
  cluster: ClusterName,
  setting: WatchSetting,
  wasAtWork: boolean,
): Promise<Surroundings> {
  const incident = await store.findOpenIncident(cluster);
  const isMitigated = incident?.state === 'mitigated';
  // A run that began or ended while the members were asked is in what they said.
  if (wasAtWork || (await isAtWork(store, cluster))) return { quiet: 'run', isMitigated };
  return { quiet: isMuted(setting, clock.nowMs()) ? 'muted' : null, isMitigated };
}

async function isAtWork(store: Store, cluster: ClusterName): Promise<boolean> {
  const run = await store.findActiveRun(cluster);
  return run !== null && AT_WORK.includes(run.state);
}
