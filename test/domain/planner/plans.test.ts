import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import { observationOf, three } from '../../support/observation.ts';
import {
  downgradedAll,
  downgradedOne,
  plan,
  putBackWhileServing,
  requirePlan,
  stoppedAll,
} from '../../support/planning.ts';

function outline(made: Plan): readonly string[] {
  return made.stages.map(({ steps }) => `${steps[0]?.id ?? '?'}: ${steps.map(({ member }) => member).join(' ')}`);
}

function running(count: number) {
  return { running: Array.from({ length: count }, (_, index) => ({ pid: 2000 + index, name: `c${index}` })) };
}

describe('patch-in-place', () => {
  test('is what every member crash-looping behind gets: one file, nothing stopped', () => {
    const planned = plan(downgradedAll());
    const made = requirePlan(planned);
    expect(made.strategy).toBe('patch-in-place');
    expect(planned.kind === 'plan' && planned.recommended).toBe(true);
    expect(outline(made)).toEqual([
      '1-back-up: m1 m2 m3',
      '2-write-patch: m1',
      '3-await-patch-consumed: m1',
      '4-await-ready: m1 m2 m3',
      '5-remove-patch: m1 m2 m3',
    ]);
    expect(made.instancesStopped).toBe(0);
    expect(made.stages.flatMap(({ steps }) => steps).some(({ call }) => call.kind.startsWith('stop'))).toBe(false);
  });

  test('writes the measured count over exactly the rows that are above it, with every count that they hold', () => {
    const made = requirePlan(plan(downgradedAll({}, { rows: { m1: 402, m2: 433, m3: 387 } })));
    const write = made.stages[1]!.steps[0]!;
    expect(write.effect).toBe('once');
    expect(write.call).toMatchObject({
      patch: { target: 387, schema: 73, rowIds: [1, 2], oldCounts: [402, 433] },
    });
    expect(write.call.kind === 'write-patch' && write.call.patch.lifetimeS).toBeLessThanOrEqual(900);
  });

  test('takes an evacuated row along: LXD reads it when it looks for newer members', () => {
    const made = requirePlan(plan(downgradedAll({}, { row: { m3: { state: 'evacuated' } } })));
    expect(made.stages[1]!.steps[0]!.call).toMatchObject({ patch: { rowIds: [1, 2, 3] } });
  });

  test('writes on a voter', () => {
    const raft = ['stand-by', 'voter', 'voter'] as const;
    const nodes = raft.map((role, index) => ({ id: index + 1, address: `10.0.0.${index + 1}:8443`, name: null, role }));
    const made = requirePlan(
      plan(
        downgradedAll({
          m1: { facts: { raft: nodes } },
          m2: { facts: { raft: nodes } },
          m3: { facts: { raft: nodes } },
        }),
      ),
    );
    expect(made.stages[1]!.steps.map(({ member }) => member)).toEqual(['m2']);
  });

  test('says what a tired reader needs: outage, instances, way back', () => {
    const made = requirePlan(plan(downgradedAll({ m1: { facts: { instances: running(3) } } })));
    expect(made.outage).toContain('Nothing is stopped');
    expect(made.instances).toContain('3 running instances on m1 (3), m2 (0), m3 (0)');
    expect(made.rollback).toContain('--revision=32455');
    expect(made.irreversible.join(' ')).toContain('from 402 to 387');
  });

  test('says when refreshes are not held', () => {
    const snap = {
      version: '5.21.2-2f4ba6b',
      revision: '30131',
      tracking: '5.21/stable',
      held: false,
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const made = requirePlan(plan(downgradedAll({ m2: { facts: { snap } } })));
    expect(made.warnings.join(' ')).toContain('not held on m2');
  });

  test('keeps a refresh that hangs on the crash loop from blocking its own cure', () => {
    const changes = [{ id: '7', status: 'Doing', summary: 'Refresh "lxd" snap', spawn: null }];
    expect(requirePlan(plan(downgradedAll({ m1: { facts: { changes } } }))).baseline.changes[0]).toEqual({
      member: 'm1',
      ids: ['7'],
    });
  });
});

describe('stop-patch-start', () => {
  test('is what stopped members get: a file on all of them, then all together', () => {
    const planned = plan(stoppedAll());
    const made = requirePlan(planned);
    expect(made.strategy).toBe('stop-patch-start');
    expect(planned.kind === 'plan' && planned.recommended).toBe(true);
    expect(outline(made)).toEqual([
      '1-stop-not-ready: m1 m2 m3',
      '2-back-up: m1 m2 m3',
      '3-write-patch: m1 m2 m3',
      '4-start: m1 m2 m3',
      '5-await-patch-consumed: m1 m2 m3',
      '6-await-ready: m1 m2 m3',
      '7-remove-patch: m1 m2 m3',
    ]);
    expect(made.stages[1]!.steps[0]!.call).toMatchObject({ kind: 'back-up', consistent: true });
  });

  test('stops crash-looping members only when it was named, and is not the first choice', () => {
    const planned = plan(downgradedAll(), { strategy: 'stop-patch-start' });
    expect(planned.kind === 'plan' && planned.recommended).toBe(false);
    expect(requirePlan(planned).stages[0]!.steps.map(({ call }) => call.kind)).toEqual(Array(3).fill('stop-not-ready'));
    expect(planned.alternatives.find(({ strategy }) => strategy === 'patch-in-place')).toMatchObject({
      possible: true,
    });
  });

  test('holds and releases only where no hold was before', () => {
    const snap = {
      version: '5.21.2-2f4ba6b',
      revision: '30131',
      tracking: '5.21/stable',
      held: false,
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const made = requirePlan(plan(stoppedAll({ m2: { facts: { snap } } })));
    expect(outline(made)[0]).toBe('1-hold-refreshes: m2');
    expect(outline(made).at(-1)).toBe('9-release-hold: m2');
  });

  test('ends a serving member with SIGTERM, and waits as long as that cluster lets operations run', () => {
    const settings = { offlineThresholdS: null, healingThresholdS: null, shutdownTimeoutMin: 10 };
    const planned = plan(putBackWhileServing({ m1: { facts: { settings } } }), { strategy: 'stop-patch-start' });
    expect(requirePlan(planned).stages[0]!.steps.map(({ call }) => call)).toEqual([
      { kind: 'stop-serving', waitS: 720 },
      { kind: 'stop-not-ready' },
      { kind: 'stop-not-ready' },
    ]);
  });

  test('stops instances only for somebody who said how many', () => {
    const observation = putBackWhileServing({ m1: { facts: { instances: running(2) } } });
    const made = requirePlan(plan(observation, { strategy: 'stop-patch-start', instances: 'stop', confirmStop: 2 }));
    expect(made.stages[0]!.steps[0]!.call.kind).toBe('stop-plain');
    expect(made.instancesStopped).toBe(2);
    expect(made.instances).toContain('2 instances on m1 are shut down');
  });

  test('gives each step a limit that is longer than its own wait', () => {
    for (const { call, timeoutMs } of requirePlan(plan(stoppedAll())).stages.flatMap(({ steps }) => steps)) {
      expect(timeoutMs, call.kind).toBeGreaterThan('waitS' in call ? call.waitS * 1000 : 0);
    }
  });
});

describe('every plan', () => {
  test('names each step once, and lists every other strategy', () => {
    for (const planned of [plan(downgradedAll()), plan(stoppedAll())]) {
      const steps = requirePlan(planned).stages.flatMap((stage) => stage.steps);
      expect(new Set(steps.map(({ id, member }) => `${id} ${member}`)).size).toBe(steps.length);
      expect(planned.alternatives.length).toBe(6);
      for (const { why } of planned.alternatives) expect(why.length).toBeGreaterThan(10);
    }
  });

  test('ends with removing what it wrote on every member', () => {
    for (const planned of [plan(downgradedAll()), plan(stoppedAll())]) {
      const removing = requirePlan(planned).stages.find(({ steps }) => steps[0]?.call.kind === 'remove-patch');
      expect(removing?.steps.map(({ member }) => member)).toEqual(['m1', 'm2', 'm3']);
    }
  });

  test('is the same for the same facts', () => {
    expect(plan(downgradedAll())).toEqual(plan(downgradedAll()));
  });

  test('writes no row for a cluster that only needs an upgrade to be finished', () => {
    const waiting = observationOf({
      members: three({ build: '5.0.1' }, { m1: { build: '5.0.2', daemon: 'waiting' } }),
    });
    for (const observation of [waiting, downgradedOne()]) {
      const kinds = requirePlan(plan(observation)).stages.flatMap(({ steps }) => steps.map(({ call }) => call.kind));
      expect(new Set(kinds)).toEqual(new Set(['back-up', 'refresh', 'await-ready']));
    }
  });
});
