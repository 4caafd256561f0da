/**
 * "Add to LXD timeline": a message that somebody wrote in a chat becomes an entry, with its author, its time and where it stands.
 * Owns how the cluster is found that it belongs to.
 */
import { message, nextCommand, text } from '../chat/build.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import type { IncidentId, RunId } from '../domain/ids.ts';
import { describePerson } from '../domain/person.ts';
import { answerProblem, refuse } from './answer.ts';
import { refusedRole, visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { clusterOfChannel, findThreadCard } from './incident-choice.ts';

/** Somebody's message in a chat, handed over to be kept in the timeline. All of it is hostile text. */
export interface ForeignNote {
  readonly text: string;
  readonly author: string;
  /** Null where the platform gives none. */
  readonly permalink: string | null;
  /** When it was written, ms UTC. */
  readonly writtenAt: number;
  /** Its own id: a card of ours that stands in a channel belongs to its incident or run without a thread. */
  readonly messageId?: string;
}

const MOST_EVIDENCE = 2_000;
const MOST_NAME = 100;
const MOST_LINK = 500;

export async function addForeignNote(call: Call, note: ForeignNote): Promise<void> {
  const place = await findPlace(call, note.messageId ?? null);
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
  const author = note.author.slice(0, MOST_NAME);
  const [entry] = await deps.store.appendTimeline(
    [
      {
        happenedAt: note.writtenAt,
        kind: 'note',
        cluster: place.cluster.name,
        run: place.run,
        incident: place.incident,
        member: null,
        actor: describePerson(call.person),
        text: `Added a message of ${author}.`,
        evidence: note.text.slice(0, MOST_EVIDENCE),
        author,
        ...(note.permalink === null ? {} : { link: note.permalink.slice(0, MOST_LINK) }),
      },
    ],
    deps.clock.nowMs(),
  );
  const about = place.incident ?? place.run ?? place.cluster.name;
  const number = entry === undefined ? '' : ` as entry ${entry.sequence}`;
  const words = `Noted in the timeline of ${about}${number}.`;
  await call.tell({ message: message(words, 'neutral', [text(words), nextCommand(`timeline ${about}`)]), data: null });
}

interface Place {
  readonly cluster: ClusterConfig;
  readonly run: RunId | null;
  /** Null: the store links it to the run's, or to the cluster's open one. */
  readonly incident: IncidentId | null;
}

/** The incident or the run whose thread it stands in, else the cluster of that channel, else the only one. */
async function findPlace(call: Call, messageId: string | null): Promise<Place | null> {
  const clusters = visibleClusters(call.person, call.deps.clusters);
  const thread = call.address.thread ?? messageId;
  const card = await findThreadCard({ deps: call.deps, address: { ...call.address, thread } });
  const subject = card?.subject ?? null;
  if (subject?.kind === 'incident') {
    const incident = await call.deps.store.findIncident(subject.incident);
    const cluster = clusters.find(({ name }) => name === incident?.cluster);
    return cluster === undefined ? null : { cluster, run: null, incident: subject.incident };
  }
  if (subject?.kind === 'run') {
    const run = await call.deps.store.findRun(subject.run);
    const cluster = clusters.find(({ name }) => name === run?.cluster);
    return cluster === undefined ? null : { cluster, run: subject.run, incident: run?.incident ?? null };
  }
  const cluster = clusterOfChannel(call, clusters) ?? (clusters.length === 1 ? clusters[0] : undefined);
  if (cluster === undefined) return null;
  const open = await call.deps.store.findOpenIncident(cluster.name);
  return { cluster, run: null, incident: open?.id ?? null };
}
