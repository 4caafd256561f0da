/**
 * What may become of an incident, and what each change writes down. Pure; every change passes through here, so that what isn't
 * written here can't happen. A change that is refused leaves the incident as it is.
 *
 * `mitigated` means that the harm is over, `resolved` that the matter is closed. Opening it again forgets who acknowledged and
 * mitigated it the last time: the timeline keeps that.
 */
import { assertNever } from './assert-never.ts';
import { incidentEntry, type Incident, type IncidentState, type Moment } from './incident.ts';
import { err, ok, type Result } from './result.ts';
import type { NewTimelineEntry } from './timeline.ts';

export type IncidentChange =
  | { readonly kind: 'acknowledge' }
  /** `why` is a sentence for the timeline, or null. */
  | { readonly kind: 'mitigate'; readonly why: string | null }
  | { readonly kind: 'resolve'; readonly summary: string | null }
  | { readonly kind: 'reopen'; readonly why: string | null }
  | { readonly kind: 'lead'; readonly who: string };

/** The states in which each change may be made. */
export const INCIDENT_CHANGES: Readonly<Record<IncidentChange['kind'], readonly IncidentState[]>> = {
  acknowledge: ['open'],
  mitigate: ['open', 'acknowledged'],
  resolve: ['open', 'acknowledged', 'mitigated'],
  reopen: ['mitigated', 'resolved'],
  lead: ['open', 'acknowledged', 'mitigated'],
};

export interface Changed {
  readonly incident: Incident;
  readonly entry: NewTimelineEntry;
}

export function applyChange(
  incident: Incident,
  change: IncidentChange,
  moment: Moment,
): Result<Changed, { readonly from: IncidentState; readonly change: IncidentChange['kind'] }> {
  if (!INCIDENT_CHANGES[change.kind].includes(incident.state))
    return err({ from: incident.state, change: change.kind });
  return ok(changed(incident, change, moment));
}

function changed(incident: Incident, change: IncidentChange, moment: Moment): Changed {
  const entry = (kind: NewTimelineEntry['kind'], text: string): NewTimelineEntry =>
    incidentEntry(incident, kind, moment, text);
  switch (change.kind) {
    case 'acknowledge':
      return {
        incident: { ...incident, state: 'acknowledged', acknowledged: moment, lead: incident.lead ?? moment.by },
        entry: entry('incident-acknowledged', `Acknowledged ${incident.id}.`),
      };
    case 'mitigate':
      return {
        incident: { ...incident, state: 'mitigated', mitigated: moment },
        entry: entry('incident-mitigated', `${incident.id} is mitigated${because(change.why)}`),
      };
    case 'resolve':
      return {
        incident: { ...incident, state: 'resolved', resolved: moment, summary: change.summary ?? incident.summary },
        entry: entry('incident-resolved', `${incident.id} is resolved${because(change.summary)}`),
      };
    case 'reopen':
      return {
        incident: {
          ...incident,
          state: 'open',
          acknowledged: null,
          mitigated: null,
          resolved: null,
          reopens: incident.reopens + 1,
        },
        entry: entry('incident-reopened', `Opened ${incident.id} again${because(change.why)}`),
      };
    case 'lead':
      return {
        incident: { ...incident, lead: change.who },
        entry: entry('incident-lead', `${change.who} leads ${incident.id}.`),
      };
    default:
      return assertNever(change);
  }
}

function because(why: string | null): string {
  return why === null ? '.' : `: ${why}`;
}
