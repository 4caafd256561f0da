/**
 * The timeline in SQLite: appending with the chain's hash inside the caller's transaction, and reading. Owns the table
 * `timeline`; the chain itself is the domain's, the head file is `head-file.ts`.
 */
import type { ClusterName, IncidentId, MemberName, RunId } from '../../domain/ids.ts';
import type { FindingKind } from '../../domain/finding.ts';
import { entryHash, GENESIS_HASH } from '../../domain/timeline-chain.ts';
import { extrasOf } from '../../domain/timeline.ts';
import type {
  MemberState,
  NewTimelineEntry,
  TimelineEntry,
  TimelineExtras,
  TimelineKind,
} from '../../domain/timeline.ts';
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
  readonly since: number | null;
  readonly corrects: number | null;
  readonly state: MemberState | null;
  readonly finding: FindingKind | null;
  /** Names with commas between them, which no name has. */
  readonly members: string | null;
  readonly author: string | null;
  readonly link: string | null;
  /** Numbers with commas between them. */
  readonly includes: string | null;
}

export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

const INSERT = `INSERT INTO timeline (sequence, happened_at, recorded_at, kind, cluster, run, incident, member, actor, text,
  evidence, previous_hash, hash, since, corrects, state, finding, members, author, link, includes)
  VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`;

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
    const added = chain({ ...entry, incident: entry.incident ?? findIncidentOf(connection, entry) }, head, recordedAt);
    insertEntry(connection, added);
    head = added;
    return added;
  });
}

/** The incident of its run, else the open one of its cluster. */
function findIncidentOf(connection: Connection, { run, cluster }: NewTimelineEntry): IncidentId | null {
  return run === null && cluster === null
    ? null
    : (connection.select<Linked>(INCIDENT_OF).get(run, cluster)?.incident ?? null);
}

/** One statement, since every durable append waits for it. */
const INCIDENT_OF = `SELECT COALESCE((SELECT incident FROM run WHERE id = ?),
  (SELECT id FROM incident WHERE cluster = ? AND state <> 'resolved')) AS incident`;

interface Linked {
  readonly incident: IncidentId | null;
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
    ...extrasOf(entry),
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
    entry.since ?? null,
    entry.corrects ?? null,
    entry.state ?? null,
    entry.finding ?? null,
    entry.members?.join(',') ?? null,
    entry.author ?? null,
    entry.link ?? null,
    entry.includes?.join(',') ?? null,
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
  if (query.incident !== undefined) {
    const led = leadUpOf(connection, query.incident);
    where.push(`(incident = ? OR sequence IN (${led.map(() => '?').join(',')}))`);
    values.push(query.incident, ...led);
  }
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const sql = `SELECT * FROM timeline ${filter} ORDER BY sequence DESC LIMIT ?`;
  const rows = connection.select<TimelineRow>(sql).all(...values, query.limit ?? -1);
  return rows.map(toEntry).reverse();
}

function leadUpOf(connection: Connection, incident: IncidentId): readonly number[] {
  const sql = 'SELECT includes FROM timeline WHERE incident = ? AND includes IS NOT NULL';
  const rows = connection.select<{ readonly includes: string }>(sql).all(incident);
  return rows.flatMap(({ includes }) => numbersOf(includes)).filter(Number.isSafeInteger);
}

/**
 * Every entry, oldest first, one at a time, as evidence: one whose bytes are not those of the text that is read from them has no hash
 * that fits.
 */
export function* streamEvidence(connection: Connection): Generator<TimelineEntry> {
  for (const row of connection.select<TimelineRow>('SELECT * FROM timeline ORDER BY sequence').iterate())
    yield isAsStored(connection, row) ? toEntry(row) : { ...toEntry(row), hash: '' };
}

/** Bytes that are no UTF-8 read as U+FFFD, and so does a U+FFFD that was written: only there can two byte strings be one text. */
function isAsStored(connection: Connection, row: TimelineRow): boolean {
  const doubtful = Object.entries(row).filter(([, value]) => typeof value === 'string' && value.includes('\uFFFD'));
  return doubtful.every(([column, value]) => {
    const sql = `SELECT CAST(${column} AS BLOB) AS bytes FROM timeline WHERE sequence = ?`;
    const stored = connection.select<{ readonly bytes: Buffer }>(sql).get(row.sequence);
    return stored?.bytes.equals(Buffer.from(String(value))) === true;
  });
}

/** The first thing that SQLite finds wrong with the table or with its indexes, which a list of some entries is read from; null for none. */
export function findDamage(connection: Connection): string | null {
  const row = connection.select<{ readonly integrity_check: string }>("PRAGMA integrity_check('timeline')").get();
  return row === undefined || row.integrity_check === 'ok' ? null : row.integrity_check;
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
    ...extrasOfRow(row),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

/** A database of an older format, which a reader does not change, has fewer columns. */
function extrasOfRow(row: TimelineRow): TimelineExtras {
  return {
    ...(row.since == null ? {} : { since: row.since }),
    ...(row.corrects == null ? {} : { corrects: row.corrects }),
    ...(row.state == null ? {} : { state: row.state }),
    ...(row.finding == null ? {} : { finding: row.finding }),
    ...(row.members == null ? {} : { members: membersOf(row.members) }),
    ...(row.includes == null ? {} : { includes: numbersOf(row.includes) }),
    ...(row.author == null ? {} : { author: row.author }),
    ...(row.link == null ? {} : { link: row.link }),
  };
}

/** What was not written so is no number: a change shows in the hash, and in nothing else. */
function numbersOf(text: string): readonly number[] {
  return text.split(',').map((each) => (String(Number(each)) === each ? Number(each) : Number.NaN));
}

function membersOf(text: string): readonly MemberName[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by insertEntry alone; the chain shows a change
  return (text === '' ? [] : text.split(',')) as MemberName[];
}
