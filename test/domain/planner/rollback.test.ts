import { describe, expect, test } from 'vitest';
import { requireRunId } from '../../../src/domain/ids.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { RefusalCode } from '../../../src/domain/plan.ts';
import type { PlanInput } from '../../../src/domain/planner/index.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { codesOf, deadRow, downgradedAll, plan, requirePlan } from '../../support/planning.ts';

const UNDO = { run: requireRunId('rfirst1'), count: 402 };
const clean = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };
const ours = { leftovers: { ...clean, patchGlobal: '-- lockstep rfirst1\nUPDATE nodes SET api_extensions=387;\n' } };
const others = { leftovers: { ...clean, patchGlobal: '-- lockstep rother1\nUPDATE nodes SET api_extensions=387;\n' } };

/** The patch did its work: all serve the lower version, and keep the one of before. */
function patched(each: Parameters<typeof three>[1] = {}): ClusterObservation {
  return observationOf({ members: three({ build: '5.21.2', kept: ['5.21.3'] }, each) });
}

function undo(observation: ClusterObservation, options: Partial<PlanInput> = {}) {
  return plan(observation, { strategy: 'rollback', undo: UNDO, ...options });
}

function kindsOf(observation: ClusterObservation): readonly string[] {
  return requirePlan(undo(observation)).stages.map(({ steps }) => steps[0]?.call.kind ?? '');
}

describe('rollback', () => {
  test('after the patch was taken is all members forward together, without SQL', () => {
    expect(kindsOf(patched())).toEqual(['back-up', 'refresh', 'await-ready']);
    const made = requirePlan(undo(patched()));
    expect(made.stages[1]!.steps.map(({ member, call }) => [member, call.kind === 'refresh' && call.revision])).toEqual(
      [
        ['m1', '32455'],
        ['m2', '32455'],
        ['m3', '32455'],
      ],
    );
    expect(made.undoes).toEqual(UNDO);
    expect(made.baseline.targets.map(({ extensions }) => extensions)).toEqual([402, 402, 402]);
  });

  test('before it was taken is to remove the file, on every member, and nothing else', () => {
    const made = requirePlan(undo(downgradedAll({ m1: { facts: ours } })));
    expect(made.stages.flatMap(({ steps }) => steps.map(({ member, call }) => [member, call]))).toEqual(
      ['m1', 'm2', 'm3'].map((member) => [member, { kind: 'remove-patch', run: 'rfirst1' }]),
    );
    expect(made.baseline.targets).toEqual([]);
  });

  test('of a run that gave a member up removes the file without that member, and does nothing more once LXD took it', () => {
    const { givenUp } = requirePlan(plan(deadRow(), { strategy: 'unblock-dead-row' }));
    const options = { undo: { ...UNDO, givenUp: givenUp! } };
    const made = requirePlan(undo(deadRow({ m1: { facts: ours } }), options));
    expect(made.stages.flatMap(({ steps }) => steps.map(({ member }) => member))).toEqual(['m1', 'm2']);
    expect(made.givenUp?.member).toBe('m3');
    expect(codesOf(undo(deadRow(), options))).toEqual(['rollback-not-possible']);
    expect(codesOf(undo(deadRow({ m1: { facts: ours } })))).toContain('member-unreachable');
    const another = deadRow({ m1: { facts: ours }, m2: { reach: UNREACHABLE } });
    expect(codesOf(undo(another, options))).toContain('member-unreachable');
  });

  test('is never chosen for somebody', () => {
    expect(plan(downgradedAll(), { undo: UNDO })).toMatchObject({ plan: { strategy: 'patch-in-place' } });
  });
});

test.each<[RefusalCode, string, ClusterObservation, Partial<PlanInput>]>([
  ['strategy-not-available', 'no run was named', patched(), { undo: null }],
  ['rollback-not-possible', 'that run wrote no patch', patched(), { undo: { ...UNDO, count: null } }],
  [
    'rollback-not-possible',
    'nobody keeps the build of before',
    observationOf({ members: three({ build: '5.21.2' }) }),
    {},
  ],
  ['rollback-not-possible', 'all have it again', observationOf({ members: three({ build: '5.21.3' }) }), {}],
  ['patch-left-over', 'a file of somebody else lies there', patched({ m2: { facts: others } }), {}],
  [
    'unknown-version',
    'one member is of another architecture',
    patched({ m3: { facts: { architecture: 'aarch64', binaries: [] } } }),
    {},
  ],
])('refuses, %s: %s', (code, _name, observation, options) => {
  expect(codesOf(undo(observation, options))).toContain(code);
});
