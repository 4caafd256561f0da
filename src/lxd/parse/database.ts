/**
 * The databases of one member: from its daemon as JSON (curl) or as a drawn box (`lxd sql`), else from the copy of what lies on
 * disk. Says where each table came from and what was not to be had.
 */
import type { ClusterSettings, FailedPart, NodesTable, RaftNode } from '../../domain/observation.ts';
import { decodeText, parseCount } from './bytes.ts';
import { configOf, nodesOf, raftOf, settingsOf, versionOf } from './nodes.ts';
import { failedPart, textOf, type Parts } from './part.ts';
import { parseCsv, parseSqlBoxes, parseSqlJson, type Table } from './tables.ts';

export interface DatabaseFacts {
  readonly nodes: NodesTable | null;
  readonly settings: ClusterSettings | null;
  readonly raft: readonly RaftNode[] | null;
  /** `cluster.https_address` of the local database; null where it is not set, undefined where the database was not read. */
  readonly clusterAddress: string | null | undefined;
  readonly localSchema: number | null;
  readonly failed: readonly FailedPart[];
}

function liveTables(parts: Parts, name: 'global' | 'local'): readonly Table[] | null {
  const json = parts.get(name);
  if (json !== undefined) return parseSqlJson(decodeText(json.bytes));
  const boxes = parts.get(`${name}-text`);
  return boxes === undefined || boxes.code !== 0 ? null : parseSqlBoxes(decodeText(boxes.bytes));
}

/** An empty result has no header in CSV: for `config` that means that nothing is set. */
function diskTable(parts: Parts, name: string): Table | undefined {
  const part = parts.get(name);
  return part === undefined ? undefined : (parseCsv(decodeText(part.bytes)) ?? undefined);
}

/** ms of the newest file of the dump; null when it changed while it was copied. */
function dumpTime(parts: Parts, name: string): number | null {
  const text = textOf(parts, name);
  if (!text.ok) return null;
  const lines = text.value.trim().split('\n');
  const half = lines.length / 2;
  if (lines.slice(0, half).join('\n') !== lines.slice(half).join('\n')) return null;
  const times = lines.slice(0, half).map((line) => parseCount(/ (\d{1,12})[.,]\d+$/.exec(line)?.[1]));
  return times.includes(null) || times.length === 0 ? null : Math.max(...times.map((time) => (time ?? 0) * 1000));
}

function diskNodes(parts: Parts): Pick<DatabaseFacts, 'nodes' | 'settings' | 'failed'> {
  const nothing = (failed: FailedPart): Pick<DatabaseFacts, 'nodes' | 'settings' | 'failed'> => ({
    nodes: null,
    settings: null,
    failed: [failed],
  });
  const missing = parts.get('disk');
  if (missing !== undefined) return nothing(failedPart('nodes', 'command-missing', 'no sqlite3 on this member'));
  const stat = textOf(parts, 'stat-db.bin');
  if (!stat.ok) return nothing(failedPart('nodes', stat.error.reason, `no dump on disk: ${stat.error.text}`));
  const at = dumpTime(parts, 'stat-db.bin');
  if (at === null) return nothing(failedPart('nodes', 'failed', 'the dump changed while it was copied'));
  const table = diskTable(parts, 'disk-nodes');
  const rows = table === undefined ? null : nodesOf(table);
  if (rows === null || rows.length === 0) {
    const sqlite = textOf(parts, 'sqlite-db.bin');
    return nothing(
      sqlite.ok ? failedPart('nodes', 'unparsable', 'the dump holds no rows') : { ...sqlite.error, part: 'nodes' },
    );
  }
  const databaseSchema = versionOf(diskTable(parts, 'disk-schema'));
  const settings = settingsOf(configOf(diskTable(parts, 'disk-settings')));
  return { nodes: { source: 'disk', at, rows, databaseSchema }, settings, failed: [] };
}

function globalFacts(parts: Parts, at: number): Pick<DatabaseFacts, 'nodes' | 'settings' | 'failed'> {
  const [nodes, schema, settings] = liveTables(parts, 'global') ?? [];
  const rows = nodes === undefined ? null : nodesOf(nodes);
  if (rows === null) return diskNodes(parts);
  return {
    nodes: { source: 'live', at, rows, databaseSchema: versionOf(schema) },
    settings: settings === undefined ? null : settingsOf(configOf(settings)),
    failed: [],
  };
}

function localFacts(parts: Parts): Pick<DatabaseFacts, 'raft' | 'clusterAddress' | 'localSchema'> {
  const live = liveTables(parts, 'local');
  const disk = parts.get('sqlite-local.db')?.code === 0;
  const raft = live?.[0] ?? diskTable(parts, 'disk-raft');
  const read = live !== null || disk;
  const address = configOf(live === null ? diskTable(parts, 'disk-address') : live[2]).get('cluster.https_address');
  return {
    raft: raft === undefined ? (read ? [] : null) : raftOf(raft),
    clusterAddress: read ? (address ?? null) : undefined,
    localSchema: versionOf(live === null ? diskTable(parts, 'disk-local-schema') : live[1]),
  };
}

/** A daemon that is ready and whose global database is silent has lost its quorum, or is about to say so. */
function silence(parts: Parts): FailedPart {
  const waited = parts.get('http')?.code === 28;
  return failedPart(
    'global',
    waited ? 'timed-out' : 'failed',
    'the daemon is ready and its global database does not answer',
  );
}

/** `at`: when the live query ran, on Lockstep's clock. `ready`: the daemon said that it is. */
export function parseDatabases(parts: Parts, at: number, ready: boolean): DatabaseFacts {
  const facts = globalFacts(parts, at);
  const failed = ready && facts.nodes?.source !== 'live' ? [silence(parts), ...facts.failed] : facts.failed;
  return { ...facts, failed, ...localFacts(parts) };
}
