/**
 * `incident`: opened, taken, closed and annotated by people. Each change is one commit of the store; the card in the channel is
 * edited by the outbox, and the person gets a short answer of their own.
 */
import { incidentAnswer, incidentData, incidentsData, incidentsMessage } from '../chat/views/incident.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import { requireIncidentId } from '../domain/ids.ts';
import type { IncidentChange } from '../domain/incident-machine.ts';
import { REOPEN_GRACE_MS, type Incident, type IncidentOrigin, type IncidentSeverity } from '../domain/incident.ts';
import type { Because } from '../domain/lead-up.ts';
import { describePerson } from '../domain/person.ts';
import type { TimelineEntry } from '../domain/timeline.ts';
import type { OpenIncident } from '../ports/store.ts';
import { announceEntry } from './milestones.ts';
import { answerProblem, refuse } from './answer.ts';
import { refusedRole, visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { requireCluster } from './clusters.ts';
import { mirrorsOf } from './mirrors.ts';

const MOST_LISTED = 50;
const LONGEST_TITLE = 200;
const LONGEST_EVIDENCE = 2_000;

export interface Opening {
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly origin: IncidentOrigin;
  /** What it is opened for; absent where a person says so. */
  readonly because?: Because;
}

/** What the store needs to open one from here, or to join the one that is open. */
export function openingHere(
  call: Call,
  cluster: ClusterConfig,
  { title, severity, origin, because }: Opening,
): OpenIncident {
  const { deps, address } = call;
  const { platform, channel, thread } = address;
  return {
    incident: {
      id: requireIncidentId(deps.ids.incidentId()),
      cluster: cluster.name,
      title: cut(title, LONGEST_TITLE),
      severity,
      origin,
      place: { platform, channel, thread },
      opened: { at: deps.clock.nowMs(), by: describePerson(call.person) },
    },
    graceMs: REOPEN_GRACE_MS,
    ...(because === undefined ? {} : { because }),
    card: { id: deps.ids.messageId(), address: { ...address, user: null } },
    mirrors: mirrorsOf(call, cluster).map((place) => ({ id: deps.ids.messageId(), address: place })),
  };
}

export async function openIncident(call: Call, cluster: ClusterConfig, opening: Opening): Promise<void> {
  const role = refusedRole(call.person, 'operate', cluster);
  if (role !== null) return refuse(call, `Not opening an incident on ${cluster.name}`, role);
  const opened = await call.deps.store.openIncident(openingHere(call, cluster, opening));
  call.deps.outbox.kick();
  const { id } = opened.incident;
  const words = {
    opened: `Opened ${id} on ${cluster.name}.`,
    joined: `${cluster.name} has an open incident already: ${id}, ${opened.incident.title}. What comes now belongs to it.`,
    reopened: `Opened ${id} again: it was resolved a moment ago.`,
  }[opened.kind];
  await answer(call, words, opened.incident);
}

const DONE: Readonly<Record<IncidentChange['kind'], string>> = {
  acknowledge: 'is acknowledged: you have it',
  mitigate: 'is mitigated',
  resolve: 'is resolved',
  reopen: 'is open again',
  lead: 'has a new lead',
};

export async function changeIncident(call: Call, incident: Incident, change: IncidentChange): Promise<void> {
  const role = refusedRole(call.person, 'operate', requireCluster(call.deps, incident.cluster));
  if (role !== null) return refuse(call, `Not changing ${incident.id}`, role);
  const moment = { at: call.deps.clock.nowMs(), by: describePerson(call.person) };
  const changed = await call.deps.store.changeIncident({ incident: incident.id, change, moment });
  if (changed.kind === 'changed') {
    call.deps.outbox.kick();
    await answer(call, `${incident.id} ${DONE[change.kind]}.`, changed.incident);
    return;
  }
  const now = changed.incident;
  const text =
    changed.kind === 'held'
      ? `${now.cluster} has another open incident, ${changed.holder.id}; only one at a time.`
      : `${now.id} is ${now.state}: that can’t be done with it now.`;
  await refuse(call, `Not changing ${now.id}`, {
    cluster: now.cluster,
    reasons: [{ code: 'already-decided', text }],
    next: `/lxd timeline ${changed.kind === 'held' ? changed.holder.id : now.id}`,
  });
}

export interface Note {
  readonly text: string;
  /** How long ago it happened, ms. */
  readonly agoMs: number | null;
  /** Sequence of the entry that it corrects. */
  readonly corrects: number | null;
}

export async function noteOn(call: Call, incident: Incident, note: Note): Promise<void> {
  const { deps } = call;
  const role = refusedRole(call.person, 'operate', requireCluster(deps, incident.cluster));
  if (role !== null) return refuse(call, 'Nothing noted', role);
  const corrected = note.corrects === null ? null : await deps.store.findTimelineEntry(note.corrects);
  if (note.corrects !== null && (corrected === null || !(await isOf(call, incident, corrected)))) {
    return answerProblem(call, {
      code: 'bad-argument',
      text: `There is no entry ${note.corrects} in the timeline of ${incident.id}.`,
      next: `timeline ${incident.id}`,
    });
  }
  const now = deps.clock.nowMs();
  const [entry] = await deps.store.appendTimeline(
    [
      {
        // A correction stands where the corrected entry stands, unless it says another time.
        happenedAt: note.agoMs === null ? (corrected?.happenedAt ?? now) : now - note.agoMs,
        kind: 'note',
        cluster: incident.cluster,
        run: null,
        incident: incident.id,
        member: corrected?.member ?? null,
        actor: describePerson(call.person),
        text: cut(note.text, LONGEST_EVIDENCE),
        evidence: null,
        ...(note.corrects === null ? {} : { corrects: note.corrects }),
      },
    ],
    now,
  );
  await confirmNote(call, incident, entry);
}

/** Also what led to it is of its timeline. */
async function isOf({ deps }: Call, { id }: Incident, { sequence, incident }: TimelineEntry): Promise<boolean> {
  if (incident === id) return true;
  return (await deps.store.listTimeline({ incident: id })).some((entry) => entry.sequence === sequence);
}

async function confirmNote(call: Call, incident: Incident, entry: TimelineEntry | undefined): Promise<void> {
  if (entry !== undefined) await announceEntry(call.deps, { kind: 'incident', incident: incident.id }, entry);
  call.deps.outbox.kick();
  const number = entry === undefined ? '' : ` as entry ${entry.sequence}`;
  await answer(call, `Noted in the timeline of ${incident.id}${number}.`, incident);
}

export async function listIncidents(call: Call, cluster: string | null): Promise<void> {
  const visible = visibleClusters(call.person, call.deps.clusters).filter(
    (each) => cluster === null || each.name === cluster,
  );
  const names = new Set(visible.map(({ name }) => name));
  const all = await call.deps.store.listIncidents({});
  const shown = all.filter((each) => names.has(each.cluster)).slice(0, MOST_LISTED);
  await call.post({ message: incidentsMessage(shown, visible[0]?.name ?? null), data: incidentsData(shown) });
}

async function answer(call: Call, words: string, incident: Incident): Promise<void> {
  await call.tell({ message: incidentAnswer(words, incident), data: incidentData(incident) });
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
