/**
 * An incident: what is wrong with one cluster, from the moment that somebody said so to the moment that it is over. Owns the
 * record and the entries of its life; which change may follow which is in `incident-machine.ts`. A cluster has at most one that
 * is not resolved: what comes after joins it.
 */
import type { ClusterName, IncidentId, RunId } from './ids.ts';
import type { Platform } from './person.ts';
import type { NewTimelineEntry, TimelineKind } from './timeline.ts';

export const INCIDENT_STATES = ['open', 'acknowledged', 'mitigated', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Worst first. */
export const INCIDENT_SEVERITIES = ['critical', 'major', 'minor'] as const;
export type IncidentSeverity = (typeof INCIDENT_SEVERITIES)[number];

export const INCIDENT_ORIGINS = ['person', 'recover', 'watch'] as const;
export type IncidentOrigin = (typeof INCIDENT_ORIGINS)[number];

/** A resolved incident is opened again, instead of a new one, when trouble returns within this time, in ms. */
export const REOPEN_GRACE_MS = 30 * 60_000;

/** When something was done (ms UTC), and by whom as described. */
export interface Moment {
  readonly at: number;
  readonly by: string;
}

/** Where it was opened; its cards are the store's. */
interface IncidentPlace {
  readonly platform: Platform;
  readonly channel: string;
  readonly thread: string | null;
}

export interface Incident {
  readonly id: IncidentId;
  readonly cluster: ClusterName;
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  /** Who leads, as described; null while nobody does. */
  readonly lead: string | null;
  readonly origin: IncidentOrigin;
  readonly place: IncidentPlace;
  readonly opened: Moment;
  readonly acknowledged: Moment | null;
  readonly mitigated: Moment | null;
  readonly resolved: Moment | null;
  /** How often it was opened again. */
  readonly reopens: number;
  /** What a person said of it at the end. */
  readonly summary: string | null;
  /** Oldest first. */
  readonly runs: readonly RunId[];
}

export interface NewIncident {
  readonly id: IncidentId;
  readonly cluster: ClusterName;
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly origin: IncidentOrigin;
  readonly place: IncidentPlace;
  readonly opened: Moment;
}

export function newIncident(input: NewIncident): Incident {
  return {
    ...input,
    state: 'open',
    lead: null,
    acknowledged: null,
    mitigated: null,
    resolved: null,
    reopens: 0,
    summary: null,
    runs: [],
  };
}

export function isOver(incident: Pick<Incident, 'state'>): boolean {
  return incident.state === 'resolved';
}

/** Whether trouble at `now` belongs to this resolved incident rather than to a new one. */
export function isWithinGrace(incident: Incident, now: number, graceMs: number): boolean {
  return incident.resolved !== null && now - incident.resolved.at <= graceMs;
}

/** An entry of its life. The store makes it in the commit that changes the incident, since only there it is known what happened. */
export function incidentEntry(incident: Incident, kind: TimelineKind, moment: Moment, text: string): NewTimelineEntry {
  return {
    happenedAt: moment.at,
    kind,
    cluster: incident.cluster,
    run: null,
    incident: incident.id,
    member: null,
    actor: moment.by,
    text,
    evidence: null,
  };
}

/** `leadUp`: numbers of the entries that led to it. */
export function openedEntry(incident: Incident, leadUp: readonly number[]): NewTimelineEntry {
  const text = `Opened ${incident.id} (${incident.severity}): ${incident.title}`;
  return withLeadUp(incidentEntry(incident, 'incident-opened', incident.opened, text), leadUp);
}

export function withLeadUp(entry: NewTimelineEntry, leadUp: readonly number[]): NewTimelineEntry {
  return leadUp.length === 0 ? entry : { ...entry, includes: leadUp };
}
