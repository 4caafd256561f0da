/** What is watched, how often, and what the watch makes of it: one table for all clusters, with its data. */
import type { WatchData } from '../../domain/data.ts';
import { heading, message, nextCommand, note, table } from '../build.ts';
import type { Message } from '../message.ts';
import { describeDuration, isoTime, plural, shortTime } from '../words.ts';

export interface WatchedCluster {
  readonly cluster: string;
  /** ms; null when it is not watched. */
  readonly periodMs: number | null;
  /** A person said so, against or beside the configuration; null while the configuration decides. */
  readonly by: string | null;
  /** ms UTC; null when nothing is muted now. */
  readonly mutedUntil: number | null;
  /** When anybody looked last, ms UTC. */
  readonly lastLookAt: number | null;
  readonly inTrouble: boolean;
  readonly flaps: number;
  readonly incident: string | null;
}

export function watchData(clusters: readonly WatchedCluster[]): WatchData {
  return {
    kind: 'watch',
    clusters: clusters.map((each) => ({
      cluster: each.cluster,
      on: each.periodMs !== null,
      everySeconds: each.periodMs === null ? null : each.periodMs / 1000,
      setBy: each.by,
      mutedUntil: each.mutedUntil === null ? null : isoTime(each.mutedUntil),
      lastLookAt: each.lastLookAt === null ? null : isoTime(each.lastLookAt),
      inTrouble: each.inTrouble,
      flaps: each.flaps,
      incident: each.incident,
    })),
  };
}

/** `words`: what was just changed; null for a list. */
export function watchMessage(words: string | null, clusters: readonly WatchedCluster[]): Message {
  const on = clusters.filter(({ periodMs }) => periodMs !== null).length;
  const title = words ?? `${on} of ${plural(clusters.length, 'cluster')} watched`;
  const trouble = clusters.some(({ inTrouble }) => inTrouble);
  return message(title, trouble ? 'warning' : 'neutral', [
    heading(title),
    table(
      ['cluster', 'watched', 'said by', 'last look', 'trouble', 'flaps'],
      clusters.map((each) => [
        each.cluster,
        watchedWords(each),
        each.by ?? 'configuration',
        each.lastLookAt === null ? 'never' : shortTime(each.lastLookAt),
        each.incident ?? (each.inTrouble ? 'yes' : ''),
        String(each.flaps),
      ]),
    ),
    note('A flap is something that one look saw and the next did not: counted, and not announced.'),
    nextCommand(nextOf(clusters)),
  ]);
}

/** What is going on comes first. */
function nextOf(clusters: readonly WatchedCluster[]): string {
  const incident = clusters.find((each) => each.incident !== null)?.incident ?? null;
  if (incident !== null) return `timeline ${incident}`;
  const first = clusters[0]?.cluster ?? '<cluster>';
  const isAnyOn = clusters.some(({ periodMs }) => periodMs !== null);
  return isAnyOn ? `status ${first} --since 7d` : `watch on ${first}`;
}

function watchedWords({ periodMs, mutedUntil }: WatchedCluster): string {
  if (periodMs === null) return 'no';
  const every = `every ${describeDuration(periodMs)}`;
  return mutedUntil === null ? every : `${every}, silent until ${shortTime(mutedUntil)}`;
}
