/**
 * The end by the simulated cluster's own state, never by Lockstep's word: in step or not and why, what happened to instances, and
 * whether what a paused run says of itself is so.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { takesVerdict, type Run } from '../../src/domain/run.ts';
import { layoutOf } from '../../src/rehearsal/host/layout.ts';
import { nodesOf } from '../../src/rehearsal/model/tables.ts';
import type { ClusterState, MemberState } from '../../src/rehearsal/model/types.ts';
import { COMMON, DATABASE, PATCH_FILE } from '../../src/rehearsal/model/world.ts';

export interface Before {
  readonly held: ReadonlyMap<string, boolean>;
  /** `member/instance` → pid, of those that ran. */
  readonly pids: ReadonlyMap<string, number>;
  /** Length of each member's list of what repairs cost. */
  readonly impacts: ReadonlyMap<string, number>;
}

export function snapshot({ members }: ClusterState): Before {
  return {
    held: new Map(members.map(({ name, held }) => [name, held])),
    pids: new Map(members.flatMap(pidsOf)),
    impacts: new Map(members.map(({ name, impact }) => [name, impact.length])),
  };
}

function pidsOf({ name, instances }: MemberState): readonly (readonly [string, number])[] {
  return instances.flatMap((one) => (one.pid === null ? [] : [[`${name}/${one.name}`, one.pid] as const]));
}

/** A cluster at this moment. */
interface Now {
  readonly state: ClusterState;
  /** Of the rehearsal. */
  readonly dir: string;
}

/** Sentences about what is not in step or was left behind; empty when the cluster is as a recovery must leave it. */
export function whatIsWrong({ state, dir }: Now, before: Before): readonly string[] {
  const rows = nodesOf(state.database);
  const wrong = rows.length === state.members.length ? [] : [`${String(rows.length)} rows`];
  for (const member of state.members) {
    const { name, daemon } = member;
    const row = rows.find((one) => one.name === name);
    const build = state.builds.find(({ revision }) => revision === (daemon?.revision ?? member.revision));
    if (daemon?.phase !== 'serving') wrong.push(`${name} does not serve (${daemon?.phase ?? 'no daemon'})`);
    if (row === undefined || row.extensions !== build?.extensions || row.schema !== build.schema) {
      wrong.push(`${name} has row ${String(row?.extensions)} and binary ${String(build?.extensions)}`);
    }
    if (before.held.get(name) !== member.held) wrong.push(`the hold on ${name} is ${String(member.held)}`);
    wrong.push(...leftOn(dir, name).map((path) => `${path} is left on ${name}`));
  }
  return wrong;
}

function leftOn(dir: string, member: string): readonly string[] {
  const root = layoutOf(dir).rootOf(member);
  const marks = ['hold', 'terminated'].map((name) => `${COMMON}/lockstep/${name}`);
  const files = [PATCH_FILE, ...marks].filter((path) => existsSync(join(root, path)));
  const drafts = readdirSync(join(root, DATABASE)).filter((name) => name.startsWith('.lockstep'));
  return [...files, ...drafts];
}

/** What a recovery that keeps instances must never do to them. */
export function harmDone({ members }: ClusterState, before: Before): readonly string[] {
  const pids = new Map(members.flatMap(pidsOf));
  const gone = [...before.pids].filter(([name, pid]) => pids.get(name) !== pid).map(([name]) => `${name} was ended`);
  const events = members.flatMap(({ name, impact }) =>
    impact
      .slice(before.impacts.get(name) ?? 0)
      .filter(({ event }) => /^(instances-stopped|lxcfs-died)/.test(event))
      .map(({ event }) => `${name}: ${event}`),
  );
  return [...gone, ...events];
}

interface Known extends Now {
  /** `step@member` that reached a member. */
  readonly executed: readonly string[];
  readonly kills: number;
}

/** Each thing that the explanation of a paused run claims and that isn't so; also when it claims nothing that can be checked. */
export function findUntruths(run: Run, known: Known): readonly string[] {
  const text = run.explanation ?? '';
  const claims = CLAIMS.flatMap(({ pattern, isTrue }) =>
    [...text.matchAll(pattern)].map((match) => ({ said: match[0], holds: isTrue(match, run, known) })),
  );
  const untrue = claims.filter(({ holds }) => !holds).map(({ said }) => `not so: ${said}`);
  if (!claims.some(({ said }) => said.startsWith('Next:'))) untrue.push('it names no next act');
  if (claims.length < 2) untrue.push(`nothing in it can be checked: ${text}`);
  return untrue;
}

interface Claim {
  readonly pattern: RegExp;
  readonly isTrue: (match: RegExpMatchArray, run: Run, known: Known) => boolean;
}

const CLAIMS: readonly Claim[] = [
  {
    pattern: /(\S+) on (\S+) is (failed|unknown|started|pending):/g,
    isTrue: ([, id, member, state], run) =>
      run.steps.some((step) => step.id === id && step.member === member && step.state === state),
  },
  {
    pattern: /No patch file of \S+ is left on (\S+)\./g,
    isTrue: ([, member = ''], _run, { dir }) => !leftOn(dir, member).includes(PATCH_FILE),
  },
  {
    pattern: /Refreshes are still held by this run on ([^:]+):/g,
    isTrue: ([, members = ''], _run, { state }) =>
      members.split(', ').every((name) => state.members.some((one) => one.name === name && one.held)),
  },
  {
    pattern: /Lockstep stopped (\d+) times in the middle/g,
    isTrue: ([, times], _run, { kills }) => Number(times) <= kills,
  },
  { pattern: /Every step was done/g, isTrue: (_match, run) => run.steps.every(({ state }) => state === 'done') },
  {
    pattern: /Nothing was changed/g,
    isTrue: (_match, _run, { executed }) => executed.every((name) => /-(back-up|check|await)/.test(name)),
  },
  {
    pattern: /Next: \/lxd resume (\S+) retry/g,
    isTrue: ([, id], run) => id === run.id,
  },
  {
    pattern: /\/lxd resume \S+ done\b/g,
    isTrue: (_match, run) => takesVerdict(run, { verdict: 'done', step: null, member: null }),
  },
];
