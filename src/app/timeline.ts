/** `timeline`: what is on record of an incident, a cluster, a run or everything that the person may see. */
import { timelineData, timelineMessage } from '../chat/views/timeline.ts';
import type { ClusterName, RunId } from '../domain/ids.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import { answerProblem } from './answer.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { findCluster } from './clusters.ts';
import { chooseIncident, findThreadCard } from './incident-choice.ts';
import { INCIDENT_PREFIX, RUN_PREFIX } from './parse-value.ts';
import { chooseRun } from './run-choice.ts';
import { suggest } from './suggest.ts';

const MOST_SHOWN = 100;

/** `about` is a cluster's name, a run's or an incident's id; null means the incident of this thread, else everything. */
export async function showTimeline(call: Call, about: string | null): Promise<void> {
  const card = about === null ? await findThreadCard(call) : null;
  if (card?.subject.kind === 'incident') return ofIncident(call, card.subject.incident);
  if (about === null) return post(call, 'everything', await everything(call), 'status');
  const cluster = visibleClusters(call.person, call.deps.clusters).find((each) => each.name === about);
  if (cluster !== undefined) return post(call, about, await ofCluster(call, cluster.name), `status ${about}`);
  if (findCluster(call.deps, about) === undefined && RUN_PREFIX.test(about.toLowerCase()))
    return ofRun(call, about.toLowerCase());
  if (findCluster(call.deps, about) === undefined && INCIDENT_PREFIX.test(about.toLowerCase()))
    return ofIncident(call, about.toLowerCase());
  const names = visibleClusters(call.person, call.deps.clusters).map((each) => each.name);
  const near = suggest(about, names);
  await answerProblem(call, {
    code: 'unknown-cluster',
    text: `There is no cluster, run or incident ${JSON.stringify(about.slice(0, 60))}.${near === null ? '' : ` Did you mean ${near}?`}`,
    next: `timeline ${near ?? names[0] ?? ''}`.trim(),
  });
}

async function ofRun(call: Call, id: string): Promise<void> {
  const chosen = await chooseRun(call, { id, fits: [], command: 'timeline' });
  if (!chosen.ok) {
    await call.tell(chosen.error);
    return;
  }
  const run: RunId = chosen.value.id;
  await post(call, run, await call.deps.store.listTimeline({ run }), `runs ${run}`);
}

async function ofIncident(call: Call, id: string): Promise<void> {
  const chosen = await chooseIncident(call, { id, cluster: null, fits: [], command: 'timeline' });
  if (!chosen.ok) return call.tell(chosen.error);
  const incident = chosen.value;
  const next = incident.state === 'resolved' ? `status ${incident.cluster}` : `incident note ${incident.id} <text>`;
  await post(call, incident.id, await call.deps.store.listTimeline({ incident: incident.id }), next);
}

function ofCluster(call: Call, cluster: ClusterName): Promise<readonly TimelineEntry[]> {
  return call.deps.store.listTimeline({ cluster });
}

async function everything(call: Call): Promise<readonly TimelineEntry[]> {
  const visible = new Set(visibleClusters(call.person, call.deps.clusters).map((cluster) => cluster.name));
  const entries = await call.deps.store.listTimeline({});
  return entries.filter((entry) => entry.cluster === null || visible.has(entry.cluster));
}

async function post(call: Call, about: string, all: readonly TimelineEntry[], next: string): Promise<void> {
  const entries = all.slice(-MOST_SHOWN);
  const omitted = all.length - entries.length;
  await call.post({ message: timelineMessage({ about, entries, omitted, next }), data: timelineData(entries) });
}
