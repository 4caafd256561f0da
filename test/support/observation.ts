/**
 * Observations for tests of diagnosis and planner: say what differs, the rest is a healthy member. `observationOf({members: […]})`
 * gives each member a build, a state of its daemon and a row; facts that follow from those (ready answer, log, table) are derived
 * here as LXD behaves (lxd-facts §3), and `facts` overrides any of them.
 */
import { type ClusterName, requireClusterName, requireMemberName } from '../../src/domain/ids.ts';
import type {
  ClusterObservation,
  LogFact,
  MemberObservation,
  NodeRow,
  NodesTable,
  Reach,
} from '../../src/domain/observation.ts';
import { BUILDS } from './builds.ts';
import { factsOf } from './member-facts.ts';
import { addressOf, type MemberSpec, type ObservationSpec } from './observation-spec.ts';

/** The moment of every test observation: 2026-11-23T04:40:00Z. */
export const NOW = Date.UTC(2026, 10, 23, 4, 40, 0);

/** Three members m1, m2, m3 with the given specs laid over `all`. */
export function three(
  all: Omit<MemberSpec, 'name'>,
  each: Readonly<Record<string, Omit<MemberSpec, 'name'>>> = {},
): readonly MemberSpec[] {
  return ['m1', 'm2', 'm3'].map((name) => ({ ...all, ...each[name], name }));
}

export function observationOf(spec: ObservationSpec): ClusterObservation {
  const cluster: ClusterName = requireClusterName(spec.cluster ?? 'prod');
  const table = tableOf(spec);
  const members = spec.members.map((member, index) => memberOf(spec, member, index, table));
  return {
    cluster,
    configured: members.map(({ member, host, port }) => ({ name: member, host, port })),
    startedAt: NOW - 2_000,
    endedAt: NOW,
    members,
  };
}

/** A recognised log line `ago` ms before the observation. */
export function logLine(pattern: string, severity: string, text: string, ago = 3_000): LogFact {
  return { pattern, severity, at: NOW - ago, text, captures: [], source: 'lxd.log' };
}

export const UNREACHABLE: Reach = { kind: 'unreachable', text: 'connect EHOSTUNREACH' };

function memberOf(
  spec: ObservationSpec,
  member: MemberSpec,
  index: number,
  table: NodesTable | null,
): MemberObservation {
  const reach: Reach = member.reach ?? { kind: 'answered' };
  return {
    member: requireMemberName(member.name),
    host: `192.0.2.${index + 1}`,
    port: 22,
    reach,
    at: NOW,
    facts: reach.kind === 'answered' ? factsOf(spec, member, index, NOW, table) : null,
  };
}

function tableOf(spec: ObservationSpec): NodesTable | null {
  if (spec.rows === null) return null;
  const rows = spec.members.flatMap((member, index) => {
    const override = spec.row?.[member.name];
    return override === null ? [] : [{ ...plainRow(spec, member, index), ...override }];
  });
  const live = spec.members.some(({ daemon, reach }) => reach === undefined && (daemon ?? 'serving') === 'serving');
  const source = spec.source ?? (live ? 'live' : 'disk');
  const databaseSchema = spec.databaseSchema ?? Math.max(...rows.map((row) => row.schema), 0);
  return { source, at: source === 'live' ? NOW : NOW - 3_600_000, rows, databaseSchema };
}

function plainRow(spec: ObservationSpec, member: MemberSpec, index: number): NodeRow {
  const build = BUILDS[member.build ?? '5.0.2'];
  const count = typeof spec.rows === 'number' ? spec.rows : spec.rows?.[member.name];
  return {
    id: index + 1,
    name: member.name,
    address: addressOf(index),
    schema: build.schema,
    apiExtensions: count ?? build.extensions,
    heartbeatMs: NOW - 4_000,
    state: 'created',
  };
}

/** The marker of another installation that works on the cluster until noon. */
export const THEIR_MARKER = {
  kind: 'held',
  installation: 'ops2-bb',
  run: 'r999zzz',
  by: 'slack:U01BOB',
  isOurs: false,
  until: Date.UTC(2026, 10, 23, 12),
  isOver: false,
} as const;
