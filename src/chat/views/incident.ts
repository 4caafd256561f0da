/** An incident as a card, as the answer to a change of it, and the list of them; with their data. */
import type { IncidentData, IncidentsData } from '../../domain/data.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { Incident, IncidentState, Moment } from '../../domain/incident.ts';
import { fields, heading, message, nextCommand, strong, table, text, time, type Part } from '../build.ts';
import type { Action, Message, Tone } from '../message.ts';
import { describeDuration, isoTime, shortTime } from '../words.ts';

export function incidentData(incident: Incident): IncidentData {
  return { kind: 'incident', ...incidentFields(incident) };
}

export function incidentsData(incidents: readonly Incident[]): IncidentsData {
  return { kind: 'incidents', incidents: incidents.map(incidentFields) };
}

function incidentFields(incident: Incident): Omit<IncidentData, 'kind'> {
  const { id, cluster, title, severity, state, lead, origin, reopens, summary, runs } = incident;
  return {
    incident: id,
    cluster,
    title,
    severity,
    state,
    lead,
    origin,
    openedAt: isoTime(incident.opened.at),
    openedBy: incident.opened.by,
    acknowledgedAt: isoOf(incident.acknowledged),
    acknowledgedBy: incident.acknowledged?.by ?? null,
    mitigatedAt: isoOf(incident.mitigated),
    mitigatedBy: incident.mitigated?.by ?? null,
    resolvedAt: isoOf(incident.resolved),
    resolvedBy: incident.resolved?.by ?? null,
    reopens,
    summary,
    runs,
  };
}

function isoOf(moment: Moment | null): string | null {
  return moment === null ? null : isoTime(moment.at);
}

/** The card in the channel, edited in place; its thread has the rest. */
export function incidentMessage(incident: Incident, actions: readonly Action[]): Message {
  const title = titleOf(incident);
  return message(
    title,
    toneOf(incident),
    [
      heading(title),
      text(strong(incident.title)),
      fields([
        ['Severity', incident.severity],
        ['Lead', incident.lead ?? 'nobody yet'],
        ['Opened', whenBy(incident.opened)],
        ['Acknowledged', incident.acknowledged === null ? null : whenBy(incident.acknowledged)],
        ['Mitigated', incident.mitigated === null ? null : whenBy(incident.mitigated)],
        ['Resolved', incident.resolved === null ? null : whenBy(incident.resolved)],
        ['Took', tookOf(incident)],
        ['Runs', incident.runs.length === 0 ? null : incident.runs.join(', ')],
        ['Summary', incident.summary],
      ]),
      nextCommand(...commandsAfterIncident(incident)),
    ],
    actions,
  );
}

/** What a person is told who changed it; the card says the rest. */
export function incidentAnswer(words: string, incident: Incident): Message {
  return message(words, toneOf(incident), [text(words), nextCommand(...commandsAfterIncident(incident))]);
}

export function incidentsMessage(incidents: readonly Incident[], cluster: string | null): Message {
  const [newest] = incidents;
  if (newest === undefined) {
    const words = 'There has been no incident yet.';
    return message(words, 'neutral', [text(words), nextCommand(`incident open ${cluster ?? '<cluster>'} <title>`)]);
  }
  const open = incidents.filter(({ state }) => state !== 'resolved').length;
  const title = `${incidents.length === 1 ? 'One incident' : `${incidents.length} incidents, the newest first`}; ${open} open`;
  return message(title, open > 0 ? 'warning' : 'neutral', [
    heading(title),
    table(
      ['incident', 'cluster', 'state', 'severity', 'opened', 'lead', 'title'],
      incidents.map((each) => [
        each.id,
        each.cluster,
        each.state,
        each.severity,
        shortTime(each.opened.at),
        each.lead ?? '',
        each.title,
      ]),
    ),
    nextCommand(`timeline ${newest.id}`),
  ]);
}

const STATE_WORDS: Readonly<Record<IncidentState, string>> = {
  open: 'open, nobody has taken it yet',
  acknowledged: 'being worked on',
  mitigated: 'mitigated',
  resolved: 'resolved',
};

function titleOf(incident: Incident): string {
  return `Incident ${incident.id} on ${incident.cluster}: ${STATE_WORDS[incident.state]}`;
}

function toneOf({ state, severity }: Incident): Tone {
  if (state === 'resolved' || state === 'mitigated') return 'good';
  return severity === 'minor' ? 'warning' : 'danger';
}

function whenBy({ at, by }: Moment): readonly Part[] {
  return [time(at), ` by ${by}`];
}

function tookOf({ opened, mitigated, resolved }: Incident): string | null {
  const end = mitigated ?? resolved;
  return end === null
    ? null
    : `${describeDuration(end.at - opened.at)} until ${mitigated === null ? 'resolved' : 'mitigated'}`;
}

function commandsAfterIncident({ state, id, cluster }: Incident): readonly string[] {
  switch (state) {
    case 'open':
      return [`incident ack ${id}`, `recover ${cluster}`];
    case 'acknowledged':
      return [`recover ${cluster}`, `timeline ${id}`];
    case 'mitigated':
      return [`incident resolve ${id}`, `timeline ${id}`];
    case 'resolved':
      return [`timeline ${id}`, `status ${cluster}`];
    default:
      return assertNever(state);
  }
}
