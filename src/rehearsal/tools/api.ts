/**
 * LXD's own API on the unix socket, for curl, lxc and lxd alike: who answers, who hangs, who says EOF, by the daemon's phase
 * (lxd-facts, "What each situation looks like"). A connection to the socket of a stopped service starts it.
 */
import { canWrite } from '../model/raft.ts';
import { SqlError } from '../model/sql-lexer.ts';
import { runSql } from '../model/sql-run.ts';
import type { SqlDatabase, SqlResult } from '../model/sql-run.ts';
import type { Daemon } from '../model/types.ts';
import { startUnit } from '../model/unit.ts';
import { requireBuild } from '../model/world.ts';
import { findAutostart } from './autostart.ts';
import type { ToolContext } from './answer.ts';
import { clusterMembers, serverInfo, setConfig } from './cluster-api.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly root: boolean;
}

export type ApiResult =
  | { readonly kind: 'response'; readonly status: number; readonly body: string }
  | { readonly kind: 'no-socket' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'permission' }
  | { readonly kind: 'eof' };

export type Pending = () => ApiResult | null;

/** How long a serving member tries to reach a leader before it gives up. */
const NO_LEADER_MS = 10_000;
const NO_LEADER = 'failed to create dqlite connection: no available dqlite leader server found';

function success(metadata: unknown): ApiResult {
  const body = { type: 'sync', status: 'Success', status_code: 200, operation: '', error_code: 0, error: '', metadata };
  return { kind: 'response', status: 200, body: `${JSON.stringify(body)}\n` };
}

function failure(status: number, error: string): ApiResult {
  return {
    kind: 'response',
    status,
    body: `${JSON.stringify({ type: 'error', status: '', status_code: 0, operation: '', error_code: status, error, metadata: null })}\n`,
  };
}

/** Opens a connection now; what comes back is asked until it has an answer. */
export function request(context: ToolContext, wanted: ApiRequest): Pending {
  const { world, member } = context;
  const startedAt = world.state.now;
  let pid: number | null = null;
  let refusal: ApiResult | null = null;
  if (!member.socket.file) refusal = { kind: 'no-socket' };
  else if (!wanted.root) refusal = { kind: 'permission' };
  else if (!member.socket.active && member.daemon === null) refusal = { kind: 'refused' };
  else startUnit(world, member);
  return () => {
    if (refusal !== null) return refusal;
    const { daemon } = member;
    if (pid === null) pid = daemon?.pid ?? null;
    if (pid === null) return null;
    if (daemon?.pid !== pid || daemon.phase === 'stopping') return { kind: 'eof' };
    if (!daemon.listening) return null;
    return serve(context, wanted, daemon, startedAt);
  };
}

function serve(context: ToolContext, wanted: ApiRequest, daemon: Daemon, startedAt: number): ApiResult | null {
  const [path = ''] = wanted.path.split('?');
  if (path === '/internal/ready') {
    return daemon.phase === 'serving' ? success({}) : failure(503, 'LXD daemon not ready yet');
  }
  if (path === '/internal/sql') return sql(context, wanted.body, daemon, startedAt);
  if (daemon.phase !== 'serving')
    return path.startsWith('/internal') ? failure(503, 'LXD daemon setup in progress') : null;
  return servePublic(context, wanted, path, startedAt);
}

function servePublic(context: ToolContext, wanted: ApiRequest, path: string, startedAt: number): ApiResult | null {
  const { world, member } = context;
  if (path === '/1.0' && wanted.method === 'GET') return success(serverInfo(context));
  if (!canWrite(world.state, member)) {
    if (world.state.now - startedAt < NO_LEADER_MS) return null;
    return failure(500, `Failed to begin transaction: context deadline exceeded`);
  }
  if (path === '/1.0' && (wanted.method === 'PATCH' || wanted.method === 'PUT')) {
    const problem = setConfig(world, wanted.body);
    return problem === null ? success({}) : failure(400, problem);
  }
  if (path === '/1.0/cluster/members' && wanted.method === 'GET') {
    const found = clusterMembers(world);
    return 'error' in found ? failure(500, found.error) : success(found.members);
  }
  if (path === '/1.0/cluster') return success({ server_name: member.name, enabled: true, member_config: [] });
  return failure(404, 'Not Found');
}

function sql(context: ToolContext, body: string, daemon: Daemon, startedAt: number): ApiResult | null {
  const { world, member } = context;
  const asked = parseSqlBody(body);
  if (asked === null) return failure(400, 'unexpected end of JSON input');
  if (asked.database === 'local') {
    return execute(member.local, asked.query, world.state.now, (changed) => {
      member.local = changed;
    });
  }
  const build = requireBuild(world.state, daemon.revision);
  const hasHandle =
    daemon.phase === 'serving' || daemon.phase === 'aligned' || (daemon.phase === 'waiting' && !build.hasFix);
  if (!hasHandle) return { kind: 'eof' };
  if (!canWrite(world.state, member)) {
    return world.state.now - startedAt < NO_LEADER_MS ? null : failure(500, NO_LEADER);
  }
  const autostart = findAutostart(world, asked.query);
  if (autostart !== null) return answers([autostart]);
  if (world.state.transaction !== null) return null;
  return execute(world.state.database, asked.query, world.state.now, (changed) => {
    world.state.database = changed;
  });
}

function parseSqlBody(body: string): { database: string; query: string } | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return null;
    const database: unknown = Reflect.get(value, 'database');
    const query: unknown = Reflect.get(value, 'query');
    return typeof database === 'string' && typeof query === 'string' ? { database, query } : null;
  } catch {
    return null;
  }
}

/** Each statement is a transaction of its own, as in LXD: those before a mistake stay. */
function execute(
  database: SqlDatabase,
  query: string,
  nowMs: number,
  commit: (changed: SqlDatabase) => void,
): ApiResult {
  let current = database;
  const results: SqlResult[] = [];
  for (const statement of query.split(';').filter((text) => text.trim() !== '')) {
    try {
      const run = runSql(current, statement, nowMs);
      current = run.database;
      commit(current);
      results.push(...run.results);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return failure(500, `Failed to execute query: ${error.message}`);
    }
  }
  return answers(results);
}

function answers(results: readonly SqlResult[]): ApiResult {
  return success({
    Results: results.map(({ kind, columns, rows, rowsAffected }) => ({
      type: kind,
      columns: kind === 'select' ? columns : null,
      rows: kind === 'select' ? rows : null,
      rows_affected: rowsAffected,
    })),
  });
}
