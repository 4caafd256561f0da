/**
 * The timeline in SQLite: appending with the chain's hash inside the caller's transaction, and reading. Owns the table
 * `timeline`; the chain itself is the domain's, the head file is `head-file.ts`.
 */
import type { ClusterName, IncidentId, MemberName, RunId } from '../../domain/ids.ts';
import { entryHash, GENESIS_HASH } from '../../domain/timeline-chain.ts';
import type { NewTimelineEntry, TimelineEntry, TimelineKind } from '../../domain/timeline.ts';
import type { TimelineQuery } from '../../ports/store.ts';
import type { Connection } from './connection.ts';

interface TimelineRow {
  readonly sequence: number;
  readonly happened_at: number;
  readonly recorded_at: number;
  readonly kind: TimelineKind;
  readonly cluster: ClusterName | null;
  readonly run: RunId | null;
  readonly incident: IncidentId | null;
  readonly member: MemberName | null;
  readonly actor: string;
  readonly text: string;
  readonly evidence: string | null;
  readonly previous_hash: string;
  readonly hash: string;
}

export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

const INSERT = `INSERT INTO timeline (sequence, happened_at, recorded_at, kind, cluster, run, incident, member, actor, text,
  evidence, previous_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`;

export function findHead(connection: Connection): ChainHead | null {
  return (
    connection.select<ChainHead>('SELECT sequence, hash FROM timeline ORDER BY sequence DESC LIMIT 1').get() ?? null
  );
}

/** Must be called inside a transaction: the number and the hash of the next entry rest on the last one. */
export function insertEntries(
  connection: Connection,
  entries: readonly NewTimelineEntry[],
  recordedAt: number,
): readonly TimelineEntry[] {
  if (entries.length === 0) return [];
  let head = findHead(connection) ?? { sequence: 0, hash: GENESIS_HASH };
  return entries.map((entry) => {
    const added = chain(entry, head, recordedAt);
    insertEntry(connection, added);
    head = added;
    return added;
  });
}

function chain(entry: NewTimelineEntry, head: ChainHead, recordedAt: number): TimelineEntry {
  const unhashed = {
    sequence: head.sequence + 1,
    happenedAt: entry.happenedAt,
    recordedAt,
    kind: entry.kind,
    cluster: entry.cluster,
    run: entry.run,
    incident: entry.incident,
    member: entry.member,
    actor: entry.actor,
    text: wellFormed(entry.text),
    evidence: entry.evidence === null ? null : wellFormed(entry.evidence),
  };
  return { ...unhashed, previousHash: head.hash, hash: entryHash(head.hash, unhashed) };
}

/** Half a surrogate pair does not survive UTF-8: it would read back as another text than the one that was hashed. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

function insertEntry(connection: Connection, entry: TimelineEntry): void {
  connection.run(
    INSERT,
    entry.sequence,
    entry.happenedAt,
    entry.recordedAt,
    entry.kind,
    entry.cluster,
    entry.run,
    entry.incident,
    entry.member,
    entry.actor,
    entry.text,
    entry.evidence,
    entry.previousHash,
    entry.hash,
  );
}

export function findEntry(connection: Connection, sequence: number): TimelineEntry | null {
  const row = connection.select<TimelineRow>('SELECT * FROM timeline WHERE sequence = ?').get(sequence);
  return row === undefined ? null : toEntry(row);
}

/** Oldest first; with a limit, the newest so many. */
export function listEntries(connection: Connection, query: TimelineQuery): readonly TimelineEntry[] {
  const where: string[] = [];
  const values: (string | number)[] = [];
  if (query.cluster !== undefined) {
    where.push('cluster = ?');
    values.push(query.cluster);
  }
  if (query.run !== undefined) {
    where.push('run = ?');
    values.push(query.run);
  }
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const sql = `SELECT * FROM timeline ${filter} ORDER BY sequence DESC LIMIT ?`;
  const rows = connection.select<TimelineRow>(sql).all(...values, query.limit ?? -1);
  return rows.map(toEntry).reverse();
}

/** Every entry, oldest first, one at a time. */
export function* streamEntries(connection: Connection): Generator<TimelineEntry> {
  for (const row of connection.select<TimelineRow>('SELECT * FROM timeline ORDER BY sequence').iterate())
    yield toEntry(row);
}

function toEntry(row: TimelineRow): TimelineEntry {
  return {
    sequence: row.sequence,
    happenedAt: row.happened_at,
    recordedAt: row.recorded_at,
    kind: row.kind,
    cluster: row.cluster,
    run: row.run,
    incident: row.incident,
    member: row.member,
    actor: row.actor,
    text: row.text,
    evidence: row.evidence,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
