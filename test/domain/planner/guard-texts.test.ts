/** What is said of everything that keeps Lockstep from changing a cluster, to the word, and at each boundary also what does not. */
import { expect, test } from 'vitest';
import type {
  ClusterObservation,
  MarkerFacts,
  MemberFacts,
  Reach,
  SnapChange,
} from '../../../src/domain/observation.ts';
import type { Planned } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { downgradedAll, plan, putBackWhileServing, stoppedAll } from '../../support/planning.ts';
import { told } from '../../support/told.ts';

const CLEAN = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };

/** The named members with these facts, all crash-looping on 5.21.2 below rows of 402. */
function on(names: string, facts: Partial<MemberFacts>): () => Planned {
  return () => patch(downgradedAll(Object.fromEntries(names.split(' ').map((name) => [name, { facts }]))));
}

function patch(observation: ClusterObservation, options: Partial<PlanInput> = {}): Planned {
  return plan(observation, { strategy: 'patch-in-place', ...options });
}

const change = (status: string, summary = 'Refresh "lxd" snap'): SnapChange => ({
  id: '8',
  status,
  summary,
  spawn: null,
});

test('left-overs, unclear daemons and full disks', async () => {
  const disk = (databaseBytes: number, freeBytes: number) => ({ disk: { databaseBytes, freeBytes } });
  await expect(
    told({
      'left-overs not read': on('m1 m3', { leftovers: null }),
      'a patch file': on('m2', { leftovers: { ...CLEAN, patchGlobal: 'x' } }),
      'a patch file of the local database': on('m1 m2 m3', { leftovers: { ...CLEAN, patchLocal: true } }),
      'a recovery tarball': on('m1 m3', { leftovers: { ...CLEAN, recoveryTarball: true } }),
      'lxd.debug': on('m1 m2', { leftovers: { ...CLEAN, lxdDebug: true } }),
      'a daemon of which nothing is clear': on('m2 m3', { unit: null, ready: 'no-answer' }),
      'one crash loop with another cause': on('m2', { log: [] }),
      'two crash loops with another cause': on('m2 m3', { log: [] }),
      'exactly three times the size is free': on('m1 m2', disk(10, 30)),
      'a byte more is free': on('m1', disk(10, 31)),
      'free space not read': on('m3', { disk: null }),
    }),
  ).toMatchFileSnapshot('texts/guard-leftovers.txt');
});

test('what snapd is doing', async () => {
  const stopped = (status: string) => () =>
    plan(stoppedAll({ m2: { facts: { changes: [change(status)] } } }), { strategy: 'stop-patch-start' });
  const settled = ['Done', 'Error', 'Hold', 'Undone', 'Do', 'Doing', 'Undo', 'Undoing', 'Wait', 'Abort'];
  const doing = { facts: { changes: [change('Doing')] } };
  await expect(
    told({
      ...Object.fromEntries(settled.map((status) => [`a change is in state ${status}`, stopped(status)])),
      'changes not read': () =>
        plan(stoppedAll({ m2: { facts: { changes: null } } }), { strategy: 'stop-patch-start' }),
      'a change hangs because LXD does not come up': on('m1 m2', { changes: [change('Doing')] }),
      'one hangs, another does not': () =>
        plan(downgradedAll({ m2: doing, m3: { daemon: 'stopped', ...doing } }), { strategy: 'stop-patch-start' }),
      'another snap is changed': on('m2', { changes: [change('Doing', 'Refresh "core22" snap')] }),
      'another snap is changed where LXD serves': () =>
        plan(putBackWhileServing({ m1: { facts: { changes: [change('Doing', 'Refresh "core22" snap')] } } })),
    }),
  ).toMatchFileSnapshot('texts/guard-changes.txt');
});

test('the majority of the database', async () => {
  const raft = (...roles: readonly ('voter' | 'stand-by' | 'spare')[]) =>
    roles.map((role, index) => ({ id: index + 1, address: `10.0.0.${index + 1}:8443`, name: `m${index + 1}`, role }));
  const away = { reach: UNREACHABLE };
  const allWith =
    (facts: Partial<MemberFacts>, more: Readonly<Record<string, object>> = {}) =>
    () =>
      patch(downgradedAll({ m1: { facts }, m2: { facts }, m3: { facts }, ...more }));
  const four =
    (reach: readonly string[], roles = raft('voter', 'voter', 'voter', 'stand-by')) =>
    () =>
      patch(
        observationOf({
          members: ['m1', 'm2', 'm3', 'm4'].map((name) => ({
            name,
            build: '5.21.2' as const,
            daemon: 'crash-looping' as const,
            ...(reach.includes(name) ? { reach: UNREACHABLE } : { facts: { raft: roles } }),
          })),
          rows: 402,
        }),
      );
  const resting = (m1: 'serving' | 'stopped' | 'waiting', m2: 'serving' | 'stopped', m3: 'serving' | 'stopped') => () =>
    plan(
      observationOf({
        members: three({ build: '5.21.2' }, { m1: { daemon: m1 }, m2: { daemon: m2 }, m3: { daemon: m3 } }),
      }),
    );
  const voters = { raft: raft('voter', 'voter', 'stand-by') };
  await expect(
    told({
      'two of three away': () => patch(downgradedAll({ m1: away, m2: away })),
      'one of three away': () => patch(downgradedAll({ m1: away })),
      'one of two voters away': allWith(voters, { m1: away }),
      'the stand-by away': allWith(voters, { m3: away }),
      'voters not read anywhere, one away': allWith({ raft: null }, { m3: away }),
      'voters not read anywhere, two away': allWith({ raft: null }, { m2: away, m3: away }),
      'voters read on the last member alone': () =>
        patch(downgradedAll({ m1: { facts: { raft: null } }, m2: { facts: { raft: [] } }, m3: { facts: voters } })),
      'voters read on the last member alone, the other one away': () =>
        patch(downgradedAll({ m1: away, m2: { facts: { raft: [] } }, m3: { facts: voters } })),
      'an address not read': allWith({ clusterAddress: null }),
      'a stand-by of four away': four(['m4']),
      'a voter of four away': four(['m1']),
      'two voters of four away': four(['m1', 'm2']),
      'a voter and the stand-by of four away': four(['m1', 'm4']),
      'two of four away, voters all': four(['m1', 'm4'], raft('voter', 'voter', 'voter', 'voter')),
      'nothing wrong, one stopped': resting('serving', 'serving', 'stopped'),
      'nothing wrong, two stopped': resting('serving', 'stopped', 'stopped'),
      'nothing wrong, all stopped': resting('stopped', 'stopped', 'stopped'),
      'nothing wrong, one waits beside two stopped': resting('waiting', 'stopped', 'stopped'),
      'rows wrong and two stopped': () =>
        plan(downgradedAll({ m2: { daemon: 'stopped' }, m3: { daemon: 'stopped' } }), { strategy: 'stop-patch-start' }),
    }),
  ).toMatchFileSnapshot('texts/guard-quorum.txt');
});

test('the clocks of the members', async () => {
  const clocks = (m1: number | null, m2: number | null, m3: number | null) => () =>
    patch(
      downgradedAll({
        m1: { facts: { clockOffsetMs: m1 } },
        m2: { facts: { clockOffsetMs: m2 } },
        m3: { facts: { clockOffsetMs: m3 } },
      }),
    );
  await expect(
    told({
      'exactly five seconds apart': clocks(0, 5_000, 0),
      'a little more': clocks(0, 5_001, 0),
      'on both sides': clocks(-3_000, 0, 3_500),
      'far, all by the same': clocks(90_000, 90_000, 90_000),
      'far, one not read': clocks(null, 90_000, 90_000),
      'none read': clocks(null, null, null),
    }),
  ).toMatchFileSnapshot('texts/guard-clocks.txt');
});

test('members that are not the ones that are meant', async () => {
  const reach = (m2: Reach, m3?: Reach) => () =>
    patch(downgradedAll({ m2: { reach: m2 }, ...(m3 === undefined ? {} : { m3: { reach: m3 } }) }));
  const changed: Reach = { kind: 'host-key-refused', reason: 'changed', text: 'key changed' };
  const login: Reach = { kind: 'auth-failed', text: 'Permission denied' };
  const sudo: Reach = { kind: 'sudo-refused', text: 'sudo: a password is required' };
  const row = (name: string, state: 'pending' | 'unknown' | 'evacuated', other?: string) => () =>
    patch(downgradedAll({}, { row: { [name]: { state }, ...(other === undefined ? {} : { [other]: { state } }) } }));
  const server = (serverName: string | null) => () => {
    const members = three({ build: '5.21.2', daemon: 'crash-looping' }, { m2: { daemon: 'serving' } });
    const api = { version: '5.21.2', extensions: [], serverName, clustered: true, clusterAddress: null };
    const named = members.map((one) => (one.name === 'm2' ? { ...one, facts: { api } } : one));
    return plan(observationOf({ members: named, rows: { m1: 402, m3: 402 } }), { strategy: 'sql-live' });
  };
  const raft = (...numbers: readonly number[]) =>
    numbers.map((number) => ({ id: number, address: `10.0.0.${number}:8443`, name: null, role: 'voter' as const }));
  await expect(
    told({
      'no answer': reach(UNREACHABLE),
      'two without an answer': reach(UNREACHABLE, { kind: 'garbled', text: 'welcome' }),
      'a changed host key': reach(changed),
      'a refused login': reach(login),
      'sudo refused': reach(sudo),
      'a host key here, a login there': reach(login, changed),
      'sudo here, no answer there': reach(sudo, UNREACHABLE),
      'the same on two': reach(login, login),
      'no LXD': on('m1 m2', { install: 'absent' }),
      'LXD that is no snap': on('m2', { install: 'not-a-snap' }),
      'servers that stand alone': on('m2 m3', { clustered: false }),
      'clustering not read': on('m2', { clustered: null }),
      'no table': () => patch(downgradedAll({}, { rows: null })),
      'one row is missing': () => patch(downgradedAll({}, { row: { m2: null } })),
      'two rows are missing': () => patch(downgradedAll({}, { row: { m2: null, m3: null } })),
      'a row too much': () => patch(downgradedAll({}, { row: { m3: { name: 'm9' } } })),
      'two rows too much': () => patch(downgradedAll({}, { row: { m2: { name: 'm8' }, m3: { name: 'm9' } } })),
      'a pending row': row('m2', 'pending'),
      'two pending rows': row('m2', 'pending', 'm3'),
      'a row in an unknown state': row('m1', 'unknown'),
      'an evacuated row': row('m1', 'evacuated'),
      'raft_nodes not read': on('m2', { raft: null }),
      'raft_nodes empty': on('m1 m2 m3', { raft: [] }),
      'raft_nodes in another order': on('m2', { raft: raft(3, 1, 2) }),
      'raft_nodes with one more': on('m2', { raft: raft(1, 2, 3, 4) }),
      'raft_nodes with one less': on('m2', { raft: raft(1, 2) }),
      'raft_nodes with another': on('m2', { raft: raft(1, 2, 9) }),
      'a host that is another member by its address': on('m2', { clusterAddress: '10.0.0.3:8443' }),
      'a host with an address that nobody has': on('m2', { clusterAddress: '10.0.0.9:8443' }),
      'two hosts with one address that nobody has': on('m2 m3', { clusterAddress: '10.0.0.9:8443' }),
      'addresses not read': on('m2 m3', { clusterAddress: null }),
      'a host that calls itself another member': server('m3'),
      'a host that calls itself as it is configured': server('m2'),
      'a host that gives no name': server(null),
      'another certificate': on('m2', { clusterCertificate: 'abc' }),
      'certificates not read': on('m2 m3', { clusterCertificate: null }),
    }),
  ).toMatchFileSnapshot('texts/guard-members.txt');
});

test('another installation of Lockstep', async () => {
  const held = (installation: string, hours: number, more: Partial<Extract<MarkerFacts, { kind: 'held' }>> = {}) =>
    ({
      kind: 'held',
      installation,
      run: `r${installation}`,
      by: 'slack:U01BOB',
      isOurs: false,
      until: NOW + hours * 3_600_000,
      isOver: false,
      ...more,
    }) as const;
  const marked =
    (m1: MarkerFacts | null, m2: MarkerFacts | null, m3: MarkerFacts | null = null) =>
    () =>
      patch(
        downgradedAll({ m1: { facts: { marker: m1 } }, m2: { facts: { marker: m2 } }, m3: { facts: { marker: m3 } } }),
      );
  await expect(
    told({
      'holds one member': marked(null, held('ops2', 1)),
      'holds two members': marked(held('ops2', 1), held('ops2', 1)),
      'and a third one, which holds longer': marked(held('ops2', 1), held('ops3', 3), held('ops2', 2)),
      'was over': marked(null, held('ops2', 1, { isOver: true })),
      'is this one': marked(null, held('ops1', 1, { isOurs: true })),
      'left something that cannot be read': marked({ kind: 'unreadable' }, { kind: 'unreadable' }),
      'holds one, and another cannot be read': marked({ kind: 'unreadable' }, held('ops2', 1)),
    }),
  ).toMatchFileSnapshot('texts/guard-held.txt');
});
