/**
 * LXD's own tables as facts: `nodes`, `schema`, `config`, `raft_nodes`, live or from disk. A table is taken whole or not at all:
 * a row left out could be the one that matters.
 */
import type { ClusterSettings, NodeRow, RaftNode, RowState } from '../../domain/observation.ts';
import { clipText, parseCount } from './bytes.ts';
import type { Cell, Table } from './tables.ts';
import { parseTime } from './times.ts';

type Row = ReadonlyMap<string, Cell>;

function rowsOf(table: Table): readonly Row[] {
  return table.rows.map((row) => new Map(table.columns.map((name, at) => [name, row[at] ?? null])));
}

function countIn(row: Row, column: string): number | null {
  const cell = row.get(column);
  return parseCount(cell === null || cell === undefined ? undefined : String(cell));
}

function textIn(row: Row, column: string): string | null {
  const cell = row.get(column);
  return cell === null || cell === undefined ? null : clipText(String(cell));
}

/** 5.0 and later: `state` 0 created, 1 pending, 2 evacuated. 4.0: `pending` 0 or 1. */
function stateOf(row: Row): RowState {
  if (row.has('state')) return (['created', 'pending', 'evacuated'] as const)[countIn(row, 'state') ?? -1] ?? 'unknown';
  return (['created', 'pending'] as const)[countIn(row, 'pending') ?? -1] ?? 'unknown';
}

function nodeOf(row: Row): NodeRow | null {
  const id = countIn(row, 'id');
  const schema = countIn(row, 'schema');
  const apiExtensions = countIn(row, 'api_extensions');
  const name = textIn(row, 'name');
  const address = textIn(row, 'address');
  if (id === null || schema === null || apiExtensions === null || name === null || address === null) return null;
  const heartbeatMs = parseTime(textIn(row, 'heartbeat') ?? '');
  return { id, name, address, schema, apiExtensions, heartbeatMs, state: stateOf(row) };
}

export function nodesOf(table: Table): readonly NodeRow[] | null {
  const rows = rowsOf(table).map(nodeOf);
  const whole = rows.filter((row) => row !== null);
  return whole.length === rows.length ? whole : null;
}

/** The one number of `SELECT MAX(version)`. */
export function versionOf(table: Table | undefined): number | null {
  const row = table === undefined ? undefined : rowsOf(table)[0];
  return row === undefined ? null : countIn(row, 'version');
}

export function raftOf(table: Table): readonly RaftNode[] | null {
  const nodes = rowsOf(table).map((row): RaftNode | null => {
    const id = countIn(row, 'id');
    const address = textIn(row, 'address');
    if (id === null || address === null) return null;
    const name = textIn(row, 'name');
    const role = (['voter', 'stand-by', 'spare'] as const)[countIn(row, 'role') ?? -1] ?? 'unknown';
    return { id, address, name: name === '' ? null : name, role };
  });
  const whole = nodes.filter((node) => node !== null);
  return whole.length === nodes.length ? whole : null;
}

export function configOf(table: Table | undefined): ReadonlyMap<string, string> {
  const rows = table === undefined ? [] : rowsOf(table);
  return new Map(rows.map((row) => [textIn(row, 'key') ?? '', textIn(row, 'value') ?? '']));
}

export function settingsOf(config: ReadonlyMap<string, string>): ClusterSettings {
  return {
    offlineThresholdS: parseCount(config.get('cluster.offline_threshold')),
    healingThresholdS: parseCount(config.get('cluster.healing_threshold')),
    shutdownTimeoutMin: parseCount(config.get('core.shutdown_timeout')),
  };
}
