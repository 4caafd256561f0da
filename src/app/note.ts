/**
 * "Add to LXD timeline": a message that somebody wrote in a chat becomes an entry, with its author, its time and where it stands.
 * Owns how the cluster is found that it belongs to.
 */
import type { ClusterConfig } from '../domain/cluster.ts';
import type { RunId } from '../domain/ids.ts';
import { describePerson } from '../domain/person.ts';
import { answerProblem, refuse } from './answer.ts';
import { refusedRole, visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';

/** Somebody's message in a chat, handed over to be kept in the timeline. All of it is hostile text. */
export interface ForeignNote {
  readonly text: string;
  readonly author: string;
  /** Null where the platform gives none. */
  readonly permalink: string | null;
  /** When it was written, ms UTC. */
  readonly writtenAt: number;
}

const MOST_EVIDENCE = 2_000;

export async function addForeignNote(call: Call, note: ForeignNote): Promise<void> {
  const place = await findPlace(call);
  if (place === null) {
    return answerProblem(call, {
      code: 'bad-argument',
      text: 'It is not clear which cluster this message is about.',
      next: 'Use it in the thread of a run or an incident, or in the channel of one cluster.',
    });
  }
  const role = refusedRole(call.person, 'operate', place.cluster);
  if (role !== null) return refuse(call, 'Nothing noted', role);
  const { deps } = call;
  const where = note.permalink === null ? '' : ` ${note.permalink}`;
  await deps.store.appendTimeline(
    [
      {
        happenedAt: note.writtenAt,
        kind: 'note',
        cluster: place.cluster.name,
        run: place.run,
        incident: null,
        member: null,
        actor: describePerson(call.person),
        text: `Added a message of ${note.author}.${where}`,
        evidence: note.text.slice(0, MOST_EVIDENCE),
      },
    ],
    deps.clock.nowMs(),
  );
}

interface Place {
  readonly cluster: ClusterConfig;
  readonly run: RunId | null;
}

/** The run whose card the thread belongs to, else the only cluster of that channel, else the only cluster. */
async function findPlace(call: Call): Promise<Place | null> {
  const { deps, address } = call;
  const clusters = visibleClusters(call.person, deps.clusters);
  if (address.thread !== null) {
    for (const run of await deps.store.listRuns({ limit: 50 })) {
      const cards = await deps.store.listCards({ kind: 'run', run: run.id });
      const cluster = clusters.find((each) => each.name === run.cluster);
      if (cluster !== undefined && cards.some((card) => card.externalId === address.thread)) {
        return { cluster, run: run.id };
      }
    }
  }
  const here = clusters.filter((cluster) => channelOf(cluster, address.platform) === address.channel);
  const [only, ...others] = here.length > 0 ? here : clusters;
  return only === undefined || others.length > 0 ? null : { cluster: only, run: null };
}

function channelOf(cluster: ClusterConfig, platform: Call['address']['platform']): string | null {
  return platform === 'console' ? null : cluster.channels[platform];
}
