/**
 * Bodies of the public API that a probe reads: `/1.0`, the members with LXD's own status words, and the configuration. Status
 * comes from rows alone, as in LXD: it says nothing about who serves.
 */
import { runSql } from '../model/sql-run.ts';
import { configOf, nodesOf } from '../model/tables.ts';
import type { NodeRow } from '../model/tables.ts';
import { requireBuild } from '../model/world.ts';
import type { World } from '../model/world.ts';
import type { ToolContext } from './answer.ts';

export function serverInfo(context: ToolContext): Readonly<Record<string, unknown>> {
  const { world, member } = context;
  const build = requireBuild(world.state, member.daemon?.revision ?? member.revision);
  return {
    api_extensions: context.extensionNames(build.release).slice(0, build.extensions),
    api_status: 'stable',
    api_version: '1.0',
    auth: 'trusted',
    public: false,
    auth_methods: ['tls'],
    config: {
      ...clusterConfig(world),
      'cluster.https_address': member.address,
      'core.https_address': member.address,
    },
    environment: {
      addresses: [member.address],
      architectures: ['x86_64', 'i686'],
      driver: 'lxc',
      kernel: 'Linux',
      kernel_architecture: 'x86_64',
      os_name: 'Ubuntu',
      project: 'default',
      server: 'lxd',
      server_clustered: true,
      server_name: member.name,
      server_version: build.release,
    },
  };
}

/** As every daemon holds it: a change through the API reaches all that answer, at once. */
function clusterConfig(world: World): Readonly<Record<string, string>> {
  const rows = world.state.database['config']?.rows ?? [];
  return Object.fromEntries(rows.map((row) => [String(row['key']), String(row['value'])]));
}

interface MemberStatus {
  readonly status: string;
  readonly message: string;
}

function goDuration(ms: number): string {
  const seconds = ms / 1000;
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds.toFixed(3)}s` : `${String(minutes)}m${(seconds % 60).toFixed(3)}s`;
}

function statusOf(world: World, row: NodeRow, rows: readonly NodeRow[]): MemberStatus {
  const threshold = Number(configOf(world.state.database, 'cluster.offline_threshold') ?? 20) * 1000;
  const age = world.state.now - row.heartbeat;
  if (row.state === 1) return { status: 'Pending', message: 'Member is pending' };
  if (age > threshold) {
    const at = new Date(row.heartbeat).toISOString().replace('T', ' ').replace('Z', ' +0000 UTC');
    return { status: 'Offline', message: `No heartbeat for ${goDuration(age)} (${at})` };
  }
  if (row.state === 2) return { status: 'Evacuated', message: 'Unavailable due to maintenance' };
  const online = { status: 'Online', message: 'Fully operational' };
  const owner = world.state.members.find((member) => member.address === row.address);
  const build = requireBuild(world.state, owner?.daemon?.revision ?? owner?.revision ?? '');
  if (!build.hasFix) return online;
  if (rows.some((other) => other.schema > row.schema || other.extensions > row.extensions)) {
    return { status: 'Blocked', message: 'LXD version is older than other members' };
  }
  if (rows.some((other) => other.schema < row.schema || other.extensions < row.extensions)) {
    return { status: 'Blocked', message: 'LXD version is newer than other members' };
  }
  return online;
}

export function clusterMembers(world: World): { readonly members: readonly object[] } | { readonly error: string } {
  const rows = nodesOf(world.state.database);
  const members = rows.map((row) => {
    const owner = world.state.members.find((member) => member.name === row.name);
    const roles = owner?.role === 'voter' ? ['database'] : owner?.role === 'stand-by' ? ['database-standby'] : [];
    return {
      server_name: row.name,
      url: `https://${row.address}`,
      database: owner?.role === 'voter',
      ...statusOf(world, row, rows),
      architecture: 'x86_64',
      failure_domain: 'default',
      description: '',
      config: {},
      groups: ['default'],
      roles: world.state.leader === row.name ? ['database-leader', ...roles] : roles,
    };
  });
  return { members };
}

/** A PATCH of the server's configuration. Returns the problem, or null. */
export function setConfig(world: World, body: string): string | null {
  let config: unknown;
  try {
    const value: unknown = JSON.parse(body);
    config = typeof value === 'object' && value !== null ? Reflect.get(value, 'config') : null;
  } catch {
    return 'invalid JSON';
  }
  if (typeof config !== 'object' || config === null) return 'no config';
  for (const [key, value] of Object.entries(config)) setConfigKey(world, key, String(value));
  return null;
}

function setConfigKey(world: World, key: string, value: string): void {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const sql = `INSERT OR REPLACE INTO config (key, value) VALUES (${quote(key)}, ${quote(value)})`;
  world.state.database = runSql(world.state.database, sql, world.state.now).database;
}
