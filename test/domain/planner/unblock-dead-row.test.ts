import { describe, expect, test } from 'vitest';
import type { ClusterObservation, MemberFacts, Reach } from '../../../src/domain/observation.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import type { Plan, RefusalCode } from '../../../src/domain/plan.ts';
import { logLine, NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import type { MemberSpec } from '../../support/observation-spec.ts';
import { codesOf, deadRow, downgradedAll, plan, requirePlan } from '../../support/planning.ts';

type Each = Readonly<Record<string, Omit<MemberSpec, 'name'>>>;
const SILENT = { heartbeatMs: NOW - 3_600_000 };
const NAMED: Partial<PlanInput> = { strategy: 'unblock-dead-row' };

/** m3 died before an upgrade: m1 and m2 wait for it. */
function leftBehind(each: Each = {}): ClusterObservation {
  const members = three(
    { build: '5.21.3', daemon: 'waiting' },
    { ...each, m3: { build: '5.21.2', reach: UNREACHABLE, ...each['m3'] } },
  );
  return observationOf({ members, source: 'live', row: { m3: SILENT } });
}

function onM2(facts: Partial<MemberFacts>): ClusterObservation {
  return deadRow({ m2: { facts } });
}

function answering(kind: Reach['kind']): ClusterObservation {
  const text = 'no';
  const reach: Reach = kind === 'host-key-refused' ? { kind, reason: 'changed', text } : { kind, text };
  return deadRow({ m3: { reach } });
}

function outline(made: Plan): readonly string[] {
  return made.stages.map(({ steps }) => `${steps[0]?.id ?? '?'}: ${steps.map(({ member }) => member).join(' ')}`);
}

function patchOf(made: Plan) {
  const calls = made.stages.flatMap(({ steps }) => steps.map(({ call }) => call));
  return calls.flatMap((call) => (call.kind === 'write-patch' ? [call.patch] : []));
}

describe('the plan', () => {
  test('changes that one row, by a file on every living member, and touches the dead one nowhere', () => {
    const made = requirePlan(plan(deadRow(), NAMED));
    expect(outline(made)).toEqual([
      '1-back-up: m1 m2',
      '2-write-patch: m1 m2',
      '3-await-patch-consumed: m1 m2',
      '4-await-ready: m1 m2',
      '5-remove-patch: m1 m2',
    ]);
    const guard = { target: 387, schema: 73, rowIds: [3], oldCounts: [402] };
    expect(patchOf(made)).toEqual([expect.objectContaining(guard), expect.objectContaining(guard)]);
    expect(patchOf(made).every(({ lifetimeS, mayRaise }) => lifetimeS <= 900 && mayRaise === undefined)).toBe(true);
    expect(made.baseline.targets).toEqual([
      { member: 'm1', rowId: 1, extensions: 387, schema: 73 },
      { member: 'm2', rowId: 2, extensions: 387, schema: 73 },
    ]);
  });

  test('raises the row where the dead member was left behind by an upgrade', () => {
    const made = requirePlan(plan(leftBehind(), NAMED));
    expect(patchOf(made)[0]).toMatchObject({ target: 402, rowIds: [3], oldCounts: [387], mayRaise: true });
    expect(made.givenUp).toMatchObject({ member: 'm3', rowId: 3, extensions: 402 });
    expect(made.givenUp?.followUp).toContain('fails at every start');
  });

  test('is for releases with the fix too: they wait in both directions', () => {
    const fixed = three({ build: '5.21.4', daemon: 'waiting' }, { m3: { build: '5.21.5', reach: UNREACHABLE } });
    const made = requirePlan(plan(observationOf({ members: fixed, row: { m3: SILENT } }), NAMED));
    expect(patchOf(made)[0]).toMatchObject({ target: 433, oldCounts: [442] });
  });

  test('says who is given up, what has to follow, and that it cannot know', () => {
    const made = requirePlan(plan(deadRow(), NAMED));
    expect(made.givenUp).toMatchObject({ member: 'm3', rowId: 3, extensions: 387 });
    expect(made.irreversible.join(' ')).toContain('m3 is given up');
    expect(made.irreversible.join(' ')).toContain('lxc cluster remove --force m3');
    expect(made.irreversible.join(' ')).toContain('before it starts beside the others');
    expect(made.warnings[0]).toContain('BREAK-GLASS');
    expect(made.rollback).not.toContain('UPDATE');
  });

  test('is never recommended and never chosen by itself', () => {
    const unnamed = plan(deadRow());
    expect(codesOf(unnamed)).toContain('member-unreachable');
    expect(unnamed.alternatives.find(({ strategy }) => strategy === 'unblock-dead-row')).toMatchObject({
      possible: true,
      why: expect.stringContaining('Break-glass') as string,
    });
    const named = plan(deadRow(), NAMED);
    expect(named.kind === 'plan' && named.recommended).toBe(false);
  });
});

test.each<[RefusalCode, string, ClusterObservation]>([
  ['member-not-dead', 'everybody answers', downgradedAll()],
  ['member-not-dead', 'its host refuses the login', answering('auth-failed')],
  ['member-not-dead', 'its host has another key', answering('host-key-refused')],
  ['member-not-dead', 'its host refuses sudo', answering('sudo-refused')],
  ['member-not-dead', 'it answers something else', answering('garbled')],
  ['member-not-dead', 'it was there a moment ago', answering('lost')],
  ['member-not-dead', 'LXD has just heard of it', deadRow({}, { row: { m3: { heartbeatMs: NOW - 59_000 } } })],
  ['member-unreachable', 'two do not answer', deadRow({ m2: { reach: UNREACHABLE } })],
  ['somebody-serves', 'somebody serves', deadRow({ m1: { daemon: 'serving' } })],
  ['nobody-crash-loops', 'a living member is stopped', deadRow({ m2: { daemon: 'stopped' } })],
  ['mixed-binaries', 'the living differ', deadRow({ m2: { build: '5.21.3', daemon: 'waiting' } })],
  ['several-odd-rows', 'a living row is odd too', deadRow({}, { rows: { m1: 402, m3: 402 } })],
  ['several-odd-rows', 'all rows are odd: the downgrade of all', deadRow({}, { rows: 402 })],
  ['schema-newer', 'the dead row has a newer schema', deadRow({}, { row: { m3: { schema: 78 } } })],
  ['schema-inconsistent', 'the dead row has an older schema', deadRow({}, { row: { m3: { schema: 72 } } })],
  ['schema-inconsistent', 'the database has an older schema', deadRow({}, { databaseSchema: 72 })],
  ['probe-incomplete', 'no table of members', deadRow({}, { rows: null })],
  ['own-row-missing', 'it has no row', observationOf({ members: deadSpecs(), row: { m3: null } })],
  ['member-pending', 'its row is pending', deadRow({}, { row: { m3: { state: 'pending' } } })],
  ['crash-loop-other-cause', 'another fatal line', onM2({ log: [logLine('patch_failed', 'fatal', 'x')] })],
  ['crash-loop-other-cause', 'no fatal line', onM2({ log: [] })],
  [
    'crash-loop-other-cause',
    'it waits for a leader, not for versions',
    leftBehind({ m2: { facts: { log: [logLine('no_leader', 'blocked', 'x')] } } }),
  ],
  ['crash-loop-other-cause', 'failing behind a row that is lower', lowerRow()],
  ['quorum-lost', 'no majority of voters without it', withoutMajority()],
  ['extension-bump-env', 'a count that is bumped', onM2({ extensionBump: 2 })],
  ['patch-left-over', 'somebody else left a file', onM2({ leftovers: { ...clean(), patchGlobal: 'x' } })],
  ['crossing-tracks', 'the row is of another track', deadRow({}, { rows: { m3: 420 } })],
  ['disk-low', 'no room for a back-up', onM2({ disk: { databaseBytes: 9, freeBytes: 9 } })],
  ['strategy-not-available', 'its row is like all others', deadRow({}, { rows: { m3: 387 } })],
  ['strategy-not-available', 'it is evacuated', deadRow({}, { row: { m3: { state: 'evacuated' } } })],
])('%s: refused, since %s', (code, _why, observation) => {
  expect(codesOf(plan(observation, NAMED))).toContain(code);
});

test('a refusal says the way forward: bring it back, or let LXD remove it where somebody serves', () => {
  const planned = plan(deadRow({ m1: { daemon: 'serving' } }), NAMED);
  expect(planned.kind === 'refusal' && planned.refusal.next).toContain('lxc cluster remove --force m3');
});

function deadSpecs(): readonly MemberSpec[] {
  return three({ build: '5.21.2', daemon: 'crash-looping' }, { m3: { build: '5.21.3', reach: UNREACHABLE } });
}

function lowerRow(): ClusterObservation {
  const members = three({ build: '5.21.3', daemon: 'crash-looping' }, { m3: { build: '5.21.2', reach: UNREACHABLE } });
  return observationOf({ members, row: { m3: SILENT } });
}

function clean() {
  return { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };
}

/** m1 and the dead m3 are the voters. */
function withoutMajority(): ClusterObservation {
  const raft = [1, 2, 3].map((id) => ({
    id,
    address: `10.0.0.${id}:8443`,
    name: `m${id}`,
    role: id === 2 ? ('stand-by' as const) : ('voter' as const),
  }));
  return deadRow({ m1: { facts: { raft } }, m2: { facts: { raft } } });
}
