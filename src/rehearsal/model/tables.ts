/**
 * The tables of LXD's two databases that matter here, and typed access to `nodes`. Columns are those of 5.0 to 6.9.
 */
import type { SqlDatabase, SqlRow, SqlTable } from './sql-run.ts';
import { heartbeatText } from './words.ts';

export interface NodeRow {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly schema: number;
  readonly extensions: number;
  /** ms since the epoch. */
  readonly heartbeat: number;
  /** 0 created, 1 pending, 2 evacuated. */
  readonly state: number;
}

const NODES_COLUMNS = [
  'id',
  'name',
  'description',
  'address',
  'schema',
  'api_extensions',
  'heartbeat',
  'state',
  'arch',
  'failure_domain_id',
] as const;

function table(columns: readonly string[], rows: readonly SqlRow[], key: string | null = null): SqlTable {
  return { columns, rows, key };
}

export function makeGlobalDatabase(nodes: readonly NodeRow[], schema: number, nowMs: number): SqlDatabase {
  const at = Math.floor(nowMs / 1000);
  return {
    nodes: table(
      NODES_COLUMNS,
      nodes.map((node) => ({
        id: node.id,
        name: node.name,
        description: '',
        address: node.address,
        schema: node.schema,
        api_extensions: node.extensions,
        heartbeat: heartbeatText(node.heartbeat),
        state: node.state,
        arch: 2,
        failure_domain_id: null,
      })),
      'name',
    ),
    config: table(['id', 'key', 'value'], [], 'key'),
    schema: table(['id', 'version', 'updated_at'], [{ id: 1, version: schema, updated_at: at }], 'version'),
    nodes_config: table(['id', 'node_id', 'key', 'value'], []),
    nodes_roles: table(['node_id', 'role'], []),
  };
}

export interface RaftRow {
  readonly id: number;
  readonly address: string;
  /** 0 voter, 1 stand-by, 2 spare. */
  readonly role: number;
  readonly name: string;
}

export function makeLocalDatabase(
  raft: readonly RaftRow[],
  address: string,
  schema: number,
  nowMs: number,
): SqlDatabase {
  const at = Math.floor(nowMs / 1000);
  return {
    raft_nodes: table(
      ['id', 'address', 'role', 'name'],
      raft.map((row) => ({ ...row })),
      'id',
    ),
    config: table(
      ['id', 'key', 'value'],
      [
        { id: 1, key: 'cluster.https_address', value: address },
        { id: 2, key: 'core.https_address', value: address },
      ],
      'key',
    ),
    schema: table(['id', 'version', 'updated_at'], [{ id: 1, version: schema, updated_at: at }], 'version'),
    patches: table(['id', 'name', 'applied_at'], [], 'name'),
  };
}

export function nodesOf(database: SqlDatabase): readonly NodeRow[] {
  return (database['nodes']?.rows ?? []).map((row) => ({
    id: Number(row['id']),
    name: String(row['name']),
    address: String(row['address']),
    schema: Number(row['schema']),
    extensions: Number(row['api_extensions']),
    heartbeat: Date.parse(String(row['heartbeat'])),
    state: Number(row['state']),
  }));
}

/** The same database with the rows that `change` gives; it gets and returns raw columns. */
export function mapNodes(database: SqlDatabase, change: (row: SqlRow) => SqlRow): SqlDatabase {
  const nodes = database['nodes'];
  if (nodes === undefined) return database;
  return { ...database, nodes: { ...nodes, rows: nodes.rows.map(change) } };
}

/** Highest version in the `schema` table. */
export function schemaOf(database: SqlDatabase): number {
  return Math.max(0, ...(database['schema']?.rows ?? []).map((row) => Number(row['version'])));
}

export function configOf(database: SqlDatabase, key: string): string | null {
  const row = database['config']?.rows.find((one) => one['key'] === key);
  const value = row?.['value'];
  return value === undefined || value === null ? null : String(value);
}
