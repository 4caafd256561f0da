/** The buttons that an incident offers in its present state, and what a pressed one means. Nothing of them is stored. */
import type { Action } from '../chat/message.ts';
import { assertNever } from '../domain/assert-never.ts';
import { INCIDENT_CHANGES } from '../domain/incident-machine.ts';
import { isOver, type Incident } from '../domain/incident.ts';
import { deriveToken } from './action-token.ts';

export const INCIDENT_BUTTONS = ['acknowledge', 'mitigate', 'resolve', 'recover'] as const;
export type IncidentButton = (typeof INCIDENT_BUTTONS)[number];

export function incidentActions(key: string, incident: Incident): readonly Action[] {
  return INCIDENT_BUTTONS.filter((button) => isOffered(button, incident)).map((button) => ({
    ...shapeOf(button, incident),
    token: incidentToken(key, incident, button),
  }));
}

/** What the token means, if it belongs to a button that the incident offers now. */
export function findIncidentButton(key: string, incident: Incident, token: string): IncidentButton | undefined {
  return INCIDENT_BUTTONS.find(
    (button) => isOffered(button, incident) && incidentToken(key, incident, button) === token,
  );
}

/** Each opening has tokens of its own: a press that was meant for the last one does nothing. */
export function incidentToken(key: string, { id, reopens }: Incident, button: IncidentButton): string {
  return deriveToken(key, [`incident-${button}`, id, String(reopens)]);
}

function isOffered(button: IncidentButton, incident: Incident): boolean {
  if (button === 'recover') return !isOver(incident) && incident.state !== 'mitigated';
  return INCIDENT_CHANGES[button].includes(incident.state);
}

function shapeOf(button: IncidentButton, incident: Incident): Omit<Action, 'token'> {
  switch (button) {
    case 'acknowledge':
      return { label: 'Acknowledge', style: 'primary', confirm: null };
    case 'mitigate':
      return { label: 'Mitigated', style: 'plain', confirm: null };
    case 'resolve': {
      const ask = { title: `Resolve ${incident.id}`, label: 'What it was, and what helped', required: false };
      return { label: 'Resolve', style: 'plain', confirm: null, ask };
    }
    case 'recover':
      return { label: 'Draft recovery', style: 'primary', confirm: null };
    default:
      return assertNever(button);
  }
}
