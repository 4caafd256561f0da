/** `watch on|off|list|mute`: what people say about the watch, kept for good, and what is watched now. */
import { watchData, watchMessage, type WatchedCluster } from '../../chat/views/watch.ts';
import { shortTime } from '../../chat/words.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { ClusterConfig } from '../../domain/cluster.ts';
import { describePerson } from '../../domain/person.ts';
import { answerProblem, refuse } from '../answer.ts';
import { refusedRole, visibleClusters } from '../authorise.ts';
import type { Call } from '../call.ts';
import { clusterOfChannel } from '../incident-choice.ts';
import { findMemberMemory } from '../member-states.ts';
import { findWatchSetting, isMuted, periodOf, scopeOf, saveWatchSetting, type WatchSetting } from './settings.ts';
import { quote } from '../parse-value.ts';
import { parseUntil } from './until.ts';
import { findWatchState } from './watch-once.ts';

export interface WatchLine {
  readonly act: 'on' | 'off' | 'list' | 'mute';
  readonly cluster: ClusterConfig | null;
  readonly until: string | null;
}

export async function handleWatch(call: Call, line: WatchLine): Promise<void> {
  const visible = visibleClusters(call.person, call.deps.clusters);
  // A word that is no cluster of theirs must not turn another one on or off.
  if (line.act !== 'mute' && line.until !== null) {
    return answerProblem(call, {
      code: 'unknown-cluster',
      text: `There is no cluster ${quote(line.until)}.`,
      next: 'watch list',
    });
  }
  if (line.act === 'list') return list(call, line.cluster === null ? visible : [line.cluster]);
  const cluster = line.cluster ?? clusterOfChannel(call, visible) ?? (visible.length === 1 ? visible[0] : undefined);
  if (cluster === undefined) {
    return answerProblem(call, {
      code: 'missing-argument',
      text: `watch ${line.act} needs the cluster that it is about.`,
      next: `watch ${line.act} ${visible[0]?.name ?? '<cluster>'}`,
    });
  }
  const role = refusedRole(call.person, 'operate', cluster);
  if (role !== null) return refuse(call, `Not changing the watch of ${cluster.name}`, role);
  switch (line.act) {
    case 'on':
      return set(call, cluster, { on: true }, `${cluster.name} is watched.`);
    case 'off':
      return set(call, cluster, { on: false }, `${cluster.name} is not watched any more.`);
    case 'mute':
      return mute(call, cluster, line.until);
    default:
      return assertNever(line.act);
  }
}

async function mute(call: Call, cluster: ClusterConfig, text: string | null): Promise<void> {
  const until = text === null ? null : parseUntil(text, call.deps.clock.nowMs());
  if (until === null || !until.ok) {
    return answerProblem(call, {
      code: until === null ? 'missing-argument' : 'bad-argument',
      text: until === null ? 'watch mute needs its end.' : until.error,
      next: `watch mute ${cluster.name} 2h, or 18:00 (UTC), or 2026-11-23T18:00Z`,
    });
  }
  const words = `The watch says nothing of ${cluster.name} until ${shortTime(until.value)}; it goes on looking, and what it sees is on record.`;
  await set(call, cluster, { mutedUntil: until.value }, words);
}

async function set(
  call: Call,
  cluster: ClusterConfig,
  change: Partial<Pick<WatchSetting, 'on' | 'mutedUntil'>>,
  words: string,
): Promise<void> {
  const before = await findWatchSetting(call.deps.store, cluster.name);
  // Turning it on or off ends a silence.
  const setting = { on: before.on, mutedUntil: null, ...change, by: describePerson(call.person) };
  await saveWatchSetting(call.deps.store, cluster.name, setting);
  await post(call, words, [cluster]);
}

async function list(call: Call, clusters: readonly ClusterConfig[]): Promise<void> {
  await post(call, null, clusters);
}

async function post(call: Call, words: string | null, clusters: readonly ClusterConfig[]): Promise<void> {
  const shown = await Promise.all(clusters.map((cluster) => describe(call, cluster)));
  await call.post({ message: watchMessage(words, shown), data: watchData(shown) });
}

async function describe({ deps }: Call, cluster: ClusterConfig): Promise<WatchedCluster> {
  const { store, clock } = deps;
  const setting = await findWatchSetting(store, cluster.name);
  const state = await findWatchState(store, cluster.name);
  const incident = await store.findOpenIncident(cluster.name);
  return {
    cluster: cluster.name,
    periodMs: periodOf(cluster, setting, scopeOf(deps.chats)),
    by: setting.by,
    mutedUntil: isMuted(setting, clock.nowMs()) ? setting.mutedUntil : null,
    lastLookAt: (await findMemberMemory(store, cluster.name))?.at ?? null,
    inTrouble: state.told.length > 0,
    flaps: state.flaps,
    incident: incident?.id ?? null,
  };
}
