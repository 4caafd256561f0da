/**
 * Cards: what has to be shown where, and which revision of it was delivered. Owns the table `card`, which is the outbox; holds
 * references only, never a rendered text.
 */
import type { IncidentId, RunId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/person.ts';
import type { Card, CardSubject, NewCard, Store } from '../../ports/store.ts';
import type { Connection } from './connection.ts';

interface CardRow {
  readonly id: string;
  readonly subject_run: RunId | null;
  readonly subject_sequence: number | null;
  readonly subject_incident: IncidentId | null;
  readonly platform: Platform;
  readonly channel: string;
  readonly user: string | null;
  readonly thread: string | null;
  readonly parent: string | null;
  readonly external_id: string | null;
  readonly revision: number;
  readonly delivered_revision: number;
  readonly attempts: number;
  readonly not_before: number;
}

const BEHIND = 'delivered_revision < revision AND gone_because IS NULL';

/** A card whose id is already there stays as it is, so that adding may be repeated. */
export function insertCard(connection: Connection, card: NewCard): Card {
  const { subject, address } = card;
  connection.run(
    `INSERT INTO card (id, subject_run, subject_sequence, subject_incident, platform, channel, user, thread, parent,
      external_id, revision, delivered_revision, attempts, not_before)
      VALUES (?,?,?,?,?,?,?,?,?,NULL,1,0,0,0) ON CONFLICT (id) DO NOTHING`,
    card.id,
    subject.kind === 'run' ? subject.run : null,
    subject.kind === 'timeline-entry' ? subject.sequence : null,
    subject.kind === 'incident' ? subject.incident : null,
    address.platform,
    address.channel,
    address.user,
    address.thread,
    card.parent,
  );
  return requireCard(connection, card.id);
}

export function findCardRow(connection: Connection, id: string): Card | null {
  const row = connection.select<CardRow>('SELECT * FROM card WHERE id = ?').get(id);
  return row === undefined ? null : toCard(row);
}

function requireCard(connection: Connection, id: string): Card {
  const card = findCardRow(connection, id);
  if (card === null) throw new Error(`no card ${id} in the store`);
  return card;
}

export function listCardsOf(connection: Connection, subject: CardSubject): readonly Card[] {
  return connection.select<CardRow>(SELECT_OF[subject.kind]).all(valueOf(subject)).map(toCard);
}

const SELECT_OF: Readonly<Record<CardSubject['kind'], string>> = {
  run: 'SELECT * FROM card WHERE subject_run = ? ORDER BY ordinal',
  incident: 'SELECT * FROM card WHERE subject_incident = ? ORDER BY ordinal',
  'timeline-entry': 'SELECT * FROM card WHERE subject_sequence = ? ORDER BY ordinal',
};

function valueOf(subject: CardSubject): string | number {
  if (subject.kind === 'run') return subject.run;
  return subject.kind === 'incident' ? subject.incident : subject.sequence;
}

export function findCardAtMessage(connection: Connection, place: Parameters<Store['findCardAt']>[0]): Card | null {
  const sql = 'SELECT * FROM card WHERE external_id = ? AND platform = ? AND channel = ? ORDER BY ordinal LIMIT 1';
  const row = connection.select<CardRow>(sql).get(place.externalId, place.platform, place.channel);
  return row === undefined ? null : toCard(row);
}

export function listDue(connection: Connection, now: number): readonly Card[] {
  const sql = `SELECT * FROM card WHERE ${BEHIND} AND not_before <= ? ORDER BY ordinal`;
  return connection.select<CardRow>(sql).all(now).map(toCard);
}

export function countBehind(connection: Connection): number {
  return connection.select<{ n: number }>(`SELECT count(*) AS n FROM card WHERE ${BEHIND}`).get()?.n ?? 0;
}

export function bumpRunCards(connection: Connection, run: RunId): void {
  connection.run('UPDATE card SET revision = revision + 1 WHERE subject_run = ?', run);
}

export function bumpIncidentCards(connection: Connection, incident: IncidentId): void {
  connection.run('UPDATE card SET revision = revision + 1 WHERE subject_incident = ?', incident);
}

export function bumpCard(connection: Connection, id: string): void {
  requireCard(connection, id);
  connection.run('UPDATE card SET revision = revision + 1 WHERE id = ?', id);
}

/** An answer that comes late never takes a newer delivery back. */
export function settleDelivery(connection: Connection, input: Parameters<Store['recordDelivery']>[0]): void {
  requireCard(connection, input.card);
  connection.run(
    `UPDATE card SET delivered_revision = max(delivered_revision, min(?, revision)), external_id = ?, attempts = 0,
      not_before = 0, last_failure = NULL WHERE id = ?`,
    input.revision,
    input.externalId,
    input.card,
  );
}

export function settleFailure(connection: Connection, input: Parameters<Store['recordDeliveryFailure']>[0]): void {
  requireCard(connection, input.card);
  connection.run(
    `UPDATE card SET attempts = attempts + 1, not_before = ?, last_failure = ?, gone_because = coalesce(gone_because, ?)
      WHERE id = ?`,
    input.notBefore,
    input.reason,
    input.gone ? input.reason : null,
    input.card,
  );
}

function toCard(row: CardRow): Card {
  return {
    id: row.id,
    subject: toSubject(row),
    address: { platform: row.platform, channel: row.channel, user: row.user, thread: row.thread },
    parent: row.parent,
    externalId: row.external_id,
    revision: row.revision,
    deliveredRevision: row.delivered_revision,
    attempts: row.attempts,
    notBefore: row.not_before,
  };
}

function toSubject(row: CardRow): CardSubject {
  if (row.subject_run !== null) return { kind: 'run', run: row.subject_run };
  if (row.subject_incident !== null) return { kind: 'incident', incident: row.subject_incident };
  return { kind: 'timeline-entry', sequence: row.subject_sequence ?? 0 };
}
