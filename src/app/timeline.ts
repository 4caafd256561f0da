/** `timeline`: what is on record of an incident, a cluster, a run or everything that the person may see; in the thread, or as a file. */
import { fileMessage, timelineData, timelineMessage } from '../chat/views/timeline.ts';
import type { RunId } from '../domain/ids.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import type { FilePart } from '../ports/chat.ts';
import { FORMAT_WORDS, type ReportFormat } from '../report/formats.ts';
import { answerProblem } from './answer.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { findCluster } from './clusters.ts';
import { chooseIncident, findThreadCard } from './incident-choice.ts';
import { INCIDENT_PREFIX, RUN_PREFIX } from './parse-value.ts';
import { fileOf, subjectOf, type Reported } from './report.ts';
import { chooseRun } from './run-choice.ts';
import { suggest } from './suggest.ts';

const MOST_SHOWN = 100;

/** What was asked for, and what to type next. */
interface Found extends Reported {
  readonly next: string;
}

/**
 * `about` is a cluster's name, a run's or an incident's id; null means the incident of this thread, else everything. Without a
 * format it is a card, with a picture where one can be drawn.
 */
export async function showTimeline(call: Call, about: string | null, format: ReportFormat | null): Promise<void> {
  const found = await find(call, about);
  if (found === null) return;
  await (format === null ? postCard(call, found) : postFile(call, found, format));
}

/** Null when the person was told why there is nothing. */
async function find(call: Call, about: string | null): Promise<Found | null> {
  const card = about === null ? await findThreadCard(call) : null;
  if (card?.subject.kind === 'incident') return ofIncident(call, card.subject.incident);
  if (about === null) return everything(call);
  const cluster = visibleClusters(call.person, call.deps.clusters).find((each) => each.name === about);
  if (cluster !== undefined) {
    const entries = await call.deps.store.listTimeline({ cluster: cluster.name });
    const next = `status ${about}`;
    return { kind: 'cluster', name: about, cluster: cluster.name, incident: null, entries, next };
  }
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
  return null;
}

async function ofRun(call: Call, id: string): Promise<Found | null> {
  const chosen = await chooseRun(call, { id, fits: [], command: 'timeline' });
  if (!chosen.ok) {
    await call.tell(chosen.error);
    return null;
  }
  const { cluster, id: run }: { readonly cluster: Reported['cluster']; readonly id: RunId } = chosen.value;
  const entries = await call.deps.store.listTimeline({ run });
  return { kind: 'run', name: run, cluster, incident: null, entries, next: `runs ${run}` };
}

async function ofIncident(call: Call, id: string): Promise<Found | null> {
  const chosen = await chooseIncident(call, { id, cluster: null, fits: [], command: 'timeline' });
  if (!chosen.ok) {
    await call.tell(chosen.error);
    return null;
  }
  const incident = chosen.value;
  const next = incident.state === 'resolved' ? `status ${incident.cluster}` : `incident note ${incident.id} <text>`;
  const entries = await call.deps.store.listTimeline({ incident: incident.id });
  return { kind: 'incident', name: incident.id, cluster: incident.cluster, incident, entries, next };
}

async function everything(call: Call): Promise<Found> {
  const visible = new Set(visibleClusters(call.person, call.deps.clusters).map((cluster) => cluster.name));
  const all = await call.deps.store.listTimeline({});
  const entries = all.filter((entry) => entry.cluster === null || visible.has(entry.cluster));
  return { kind: 'everything', name: 'everything', cluster: null, incident: null, entries, next: 'status' };
}

async function postCard(call: Call, found: Found): Promise<void> {
  const { shown, omitted } = newest(found.entries);
  const picture = await pictureOf(call, found);
  const message = timelineMessage({
    about: found.name,
    entries: shown,
    omitted,
    next: found.next,
    picture: picture?.name ?? null,
  });
  const data = timelineData(shown);
  await call.post(picture === null ? { message, data } : { message, data, files: [picture] });
}

/** Of everything at once there is none: the clusters have nothing to do with one another. */
async function pictureOf({ deps }: Call, found: Found): Promise<FilePart | null> {
  if (found.kind === 'everything' || found.entries.length === 0 || deps.picture === undefined) return null;
  const file = await fileOf(deps, await subjectOf(deps, found), 'png');
  if (file.ok) return file.value;
  deps.log.warn('a picture could not be drawn', { reason: file.error });
  return null;
}

async function postFile(call: Call, found: Found, format: ReportFormat): Promise<void> {
  const subject = await subjectOf(call.deps, found);
  const file = await fileOf(call.deps, subject, format);
  if (!file.ok) {
    await answerProblem(call, {
      code: 'internal',
      text: `There is no picture: ${file.error}.`,
      next: `timeline ${found.name === 'everything' ? '' : `${found.name} `}--format svg`,
    });
    return;
  }
  const { name, bytes } = file.value;
  const message = fileMessage({
    about: found.name,
    format: FORMAT_WORDS[format].name,
    file: name,
    bytes: bytes.byteLength,
    entries: subject.entries.length,
    range: subject.range,
    head: subject.head,
    isPicture: format === 'png',
    next: found.next,
  });
  await call.post({ message, data: timelineData(newest(found.entries).shown), files: [file.value] });
}

function newest(all: readonly TimelineEntry[]): { readonly shown: readonly TimelineEntry[]; readonly omitted: number } {
  const shown = all.slice(-MOST_SHOWN);
  return { shown, omitted: all.length - shown.length };
}
