/**
 * Incidents as rows, and their changes as bodies of one transaction. Owns one open incident per cluster, the reopening within the
 * grace time, and where an incident's cards hang; which change may follow which is the domain's.
 */
import type { ClusterName, IncidentId, RunId } from '../../domain/ids.ts';
import { applyChange } from '../../domain/incident-machine.ts';
import { isWithinGrace, newIncident, openedEntry, withLeadUp } from '../../domain/incident.ts';
import type { Incident, IncidentOrigin, IncidentSeverity, IncidentState, Moment } from '../../domain/incident.ts';
import { leadUpTo, type Because, type Opening } from '../../domain/lead-up.ts';
import type { Platform } from '../../domain/person.ts';
import type { Card, IncidentChanged, NewCard, OpenedIncident, OpenIncident, Store } from '../../ports/store.ts';
import { bumpIncidentCards, insertCard, listCardsOf } from './cards.ts';
import type { Connection } from './connection.ts';
import { insertEntries, listEntries } from './timeline.ts';

interface IncidentRow {
  readonly id: IncidentId;
  readonly cluster: ClusterName;
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  readonly lead: string | null;
  readonly origin: IncidentOrigin;
  readonly platform: Platform;
  readonly channel: string;
  readonly thread: string | null;
  readonly opened_at: number;
  readonly opened_by: string;
  readonly acknowledged_at: number | null;
  readonly acknowledged_by: string | null;
  readonly mitigated_at: number | null;
  readonly mitigated_by: string | null;
  readonly resolved_at: number | null;
  readonly resolved_by: string | null;
  readonly reopens: number;
  readonly summary: string | null;
}

export function findIncidentRow(connection: Connection, id: IncidentId): Incident | null {
  return selectIncidents(connection, 'WHERE id = ?', id)[0] ?? null;
}

export function findOpen(connection: Connection, cluster: ClusterName): Incident | null {
  return selectIncidents(connection, `WHERE cluster = ? AND state <> 'resolved'`, cluster)[0] ?? null;
}

export function listIncidentRows(
  connection: Connection,
  { cluster, states, limit }: Parameters<Store['listIncidents']>[0],
): readonly Incident[] {
  const where = [
    ...(cluster === undefined ? [] : ['cluster = ?']),
    ...(states === undefined ? [] : [`state IN (${states.map(() => '?').join(',')})`]),
  ];
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const values = [...(cluster === undefined ? [] : [cluster]), ...(states ?? []), limit ?? -1];
  return selectIncidents(connection, `${filter} ORDER BY opened_at DESC, ordinal DESC LIMIT ?`, ...values);
}

export function openOrJoin(connection: Connection, open: OpenIncident): OpenedIncident {
  const opened = openRow(connection, open);
  for (const card of [open.card, ...(open.mirrors ?? [])]) addIncidentCard(connection, opened.incident.id, card);
  return opened;
}

function openRow(connection: Connection, { incident: wanted, graceMs, because }: OpenIncident): OpenedIncident {
  const present = findOpen(connection, wanted.cluster);
  if (present !== null) return { kind: 'joined', incident: present };
  const last = selectIncidents(
    connection,
    'WHERE cluster = ? ORDER BY resolved_at DESC, ordinal DESC LIMIT 1',
    wanted.cluster,
  )[0];
  if (last !== undefined && isWithinGrace(last, wanted.opened.at, graceMs)) {
    const change = { kind: 'reopen', why: wanted.title } as const;
    return {
      kind: 'reopened',
      incident: alter(connection, { incident: last.id, change, moment: wanted.opened }, because).incident,
    };
  }
  const made = newIncident(wanted);
  const led = leadUp(connection, made, { at: made.opened.at, because: because ?? null });
  insertIncident(connection, made);
  insertEntries(connection, [openedEntry(made, led)], made.opened.at);
  return { kind: 'opened', incident: made };
}

/** Entries of a cluster, from the newest, among which those are looked for that led to an incident. */
const LEAD_ENTRIES = 5_000;

function leadUp(
  connection: Connection,
  { id, cluster }: Pick<Incident, 'id' | 'cluster'>,
  opening: Pick<Opening, 'at' | 'because'>,
): readonly number[] {
  return leadUpTo(listEntries(connection, { cluster, limit: LEAD_ENTRIES }), { incident: id, ...opening });
}

export function alter(
  connection: Connection,
  input: Parameters<Store['changeIncident']>[0],
  because: Because | null = null,
): IncidentChanged {
  const before = findIncidentRow(connection, input.incident);
  if (before === null) throw new Error(`no incident ${input.incident} in the store`);
  const changed = applyChange(before, input.change, input.moment);
  if (!changed.ok) return { kind: 'refused', incident: before };
  const holder = findOpen(connection, before.cluster);
  if (holder !== null && holder.id !== before.id) return { kind: 'held', incident: before, holder };
  const { incident, entry } = changed.value;
  connection.run(
    `UPDATE incident SET state = ?, lead = ?, acknowledged_at = ?, acknowledged_by = ?, mitigated_at = ?, mitigated_by = ?,
      resolved_at = ?, resolved_by = ?, reopens = ?, summary = ? WHERE id = ?`,
    incident.state,
    incident.lead,
    ...columnsOf(incident.acknowledged),
    ...columnsOf(incident.mitigated),
    ...columnsOf(incident.resolved),
    incident.reopens,
    incident.summary,
    incident.id,
  );
  const led = input.change.kind === 'reopen' ? leadUp(connection, before, { at: input.moment.at, because }) : [];
  insertEntries(connection, [withLeadUp(entry, led)], input.moment.at);
  bumpIncidentCards(connection, incident.id);
  return { kind: 'changed', incident };
}

/** A card of the run under that of its incident in the same channel, if everybody sees it. */
export function underIncident(connection: Connection, incident: IncidentId, card: NewCard): NewCard {
  if (card.parent !== null || card.address.user !== null) return card;
  const parent = findCardIn(connection, incident, card.address);
  return parent === undefined ? card : { ...card, parent: parent.id };
}

function addIncidentCard(connection: Connection, incident: IncidentId, card: OpenIncident['card']): void {
  if (card === null || findCardIn(connection, incident, card.address) !== undefined) return;
  insertCard(connection, { id: card.id, subject: { kind: 'incident', incident }, address: card.address, parent: null });
}

function findCardIn(connection: Connection, incident: IncidentId, address: Card['address']): Card | undefined {
  return listCardsOf(connection, { kind: 'incident', incident }).find(
    (card) =>
      card.address.platform === address.platform &&
      card.address.channel === address.channel &&
      card.address.user === null,
  );
}

function insertIncident(connection: Connection, incident: Incident): void {
  connection.run(
    `INSERT INTO incident (id, cluster, title, severity, state, lead, origin, platform, channel, thread, opened_at, opened_by,
      reopens, summary) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
    incident.id,
    incident.cluster,
    incident.title.toWellFormed(),
    incident.severity,
    incident.state,
    incident.lead,
    incident.origin,
    incident.place.platform,
    incident.place.channel,
    incident.place.thread,
    incident.opened.at,
    incident.opened.by,
    incident.reopens,
    incident.summary,
  );
}

function columnsOf(moment: Moment | null): readonly [number | null, string | null] {
  return [moment?.at ?? null, moment?.by ?? null];
}

/** `tail` is fixed SQL of this file, never a user's text. */
function selectIncidents(
  connection: Connection,
  tail: string,
  ...values: readonly (string | number)[]
): readonly Incident[] {
  const rows = connection.select<IncidentRow>(`SELECT * FROM incident ${tail}`).all(...values);
  return rows.map((row) => toIncident(connection, row));
}

function toIncident(connection: Connection, row: IncidentRow): Incident {
  const runs = connection.select<{ id: RunId }>('SELECT id FROM run WHERE incident = ? ORDER BY ordinal').all(row.id);
  return {
    id: row.id,
    cluster: row.cluster,
    title: row.title,
    severity: row.severity,
    state: row.state,
    lead: row.lead,
    origin: row.origin,
    place: { platform: row.platform, channel: row.channel, thread: row.thread },
    opened: { at: row.opened_at, by: row.opened_by },
    acknowledged: toMoment(row.acknowledged_at, row.acknowledged_by),
    mitigated: toMoment(row.mitigated_at, row.mitigated_by),
    resolved: toMoment(row.resolved_at, row.resolved_by),
    reopens: row.reopens,
    summary: row.summary,
    runs: runs.map(({ id }) => id),
  };
}

function toMoment(at: number | null, by: string | null): Moment | null {
  return at === null || by === null ? null : { at, by };
}
