/**
 * `incident <act> …`: from typed words to the use case. Owns which incident and which words are meant, since a first word that looks
 * like an id may be the beginning of a sentence.
 */
import { assertNever } from '../domain/assert-never.ts';
import type { ClusterConfig } from '../domain/cluster.ts';
import { INCIDENT_CHANGES, type IncidentChange } from '../domain/incident-machine.ts';
import type { Incident, IncidentSeverity, IncidentState } from '../domain/incident.ts';
import { describePerson } from '../domain/person.ts';
import { answerProblem } from './answer.ts';
import { visibleClusters } from './authorise.ts';
import type { Call } from './call.ts';
import { chooseIncident, clusterOfChannel } from './incident-choice.ts';
import { changeIncident, listIncidents, noteOn, openIncident } from './incidents.ts';

export interface IncidentLine {
  readonly act: 'open' | 'ack' | 'mitigate' | 'resolve' | 'reopen' | 'lead' | 'note' | 'list';
  readonly incident: string | null;
  readonly cluster: ClusterConfig | null;
  readonly text: string | null;
  readonly severity: IncidentSeverity | null;
  readonly ago: number | null;
  readonly corrects: number | null;
}

export async function handleIncident(call: Call, line: IncidentLine): Promise<void> {
  switch (line.act) {
    case 'open':
      return open(call, line);
    case 'list':
      return listIncidents(call, line.cluster?.name ?? null);
    case 'note':
      return note(call, line);
    case 'ack':
      return change(call, line, () => ({ kind: 'acknowledge' }));
    case 'mitigate':
      return change(call, line, (why) => ({ kind: 'mitigate', why }));
    case 'resolve':
      return change(call, line, (summary) => ({ kind: 'resolve', summary }));
    case 'reopen':
      return change(call, line, (why) => ({ kind: 'reopen', why }));
    case 'lead':
      return change(call, line, (who) => ({ kind: 'lead', who: who ?? describePerson(call.person) }));
    default:
      return assertNever(line.act);
  }
}

async function open(call: Call, line: IncidentLine): Promise<void> {
  const visible = visibleClusters(call.person, call.deps.clusters);
  const cluster = line.cluster ?? clusterOfChannel(call, visible) ?? (visible.length === 1 ? visible[0] : undefined);
  if (cluster === undefined) {
    return answerProblem(call, {
      code: 'missing-argument',
      text: 'incident open needs the cluster that it is about.',
      next: `incident open ${visible[0]?.name ?? '<cluster>'} ${line.text ?? '<title>'}`,
    });
  }
  const title = words(line) ?? `Something is wrong with ${cluster.name}`;
  await openIncident(call, cluster, { title, severity: line.severity ?? 'major', origin: 'person' });
}

async function change(call: Call, line: IncidentLine, make: (text: string | null) => IncidentChange): Promise<void> {
  const { kind } = make(null);
  const found = await find(call, line, kind === 'reopen' ? ['resolved'] : INCIDENT_CHANGES[kind]);
  if (found !== null) await changeIncident(call, found.incident, make(found.text));
}

async function note(call: Call, line: IncidentLine): Promise<void> {
  const found = await find(call, line, ['open', 'acknowledged', 'mitigated']);
  if (found === null) return;
  if (found.text === null) {
    return answerProblem(call, {
      code: 'missing-argument',
      text: 'incident note needs the words to keep.',
      next: `incident note ${found.incident.id} "what happened"`,
    });
  }
  await noteOn(call, found.incident, { text: found.text, agoMs: line.ago, corrects: line.corrects });
}

interface Found {
  readonly incident: Incident;
  readonly text: string | null;
}

async function find(call: Call, line: IncidentLine, fits: readonly IncidentState[]): Promise<Found | null> {
  const cluster = line.cluster?.name ?? null;
  const command = `incident ${line.act}`;
  const chosen = await chooseIncident(call, { id: line.incident, cluster, fits, command });
  if (chosen.ok) return { incident: chosen.value, text: line.text };
  // "incident note it hangs": no id, but the first word of a sentence.
  if (line.incident !== null && line.text !== null) {
    const meant = await chooseIncident(call, { id: null, cluster, fits, command });
    if (meant.ok) return { incident: meant.value, text: words(line) };
  }
  await call.tell(chosen.error);
  return null;
}

function words({ incident, text }: IncidentLine): string | null {
  return incident === null ? text : [incident, text].filter((part) => part !== null).join(' ');
}
