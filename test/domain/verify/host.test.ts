/** The end as a member's host shows it: what snapd did, what was left, and what has to live on. */
import { describe, expect, test } from 'vitest';
import type { MemberFacts, SnapChange } from '../../../src/domain/observation.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { endOf, missing } from '../../support/judging.ts';
import { observationOf } from '../../support/observation.ts';
import { downgradedAll, downgradedOne, plan, requirePlan } from '../../support/planning.ts';

function change(id: string, summary: string): SnapChange {
  return { id, status: 'Done', summary, spawn: null };
}

const patching = (facts: Partial<MemberFacts> = {}): Plan => requirePlan(plan(downgradedAll({ m2: { facts } })));
const onM2 = (facts: Partial<MemberFacts>) => endOf({ m2: { facts } });
const pids = (...running: readonly number[]) => ({ running: running.map((pid) => ({ pid, name: `c${pid}` })) });

describe('changes of snapd', () => {
  const after = (summary: string, made = patching()) =>
    missing({ plan: made, end: onM2({ changes: [change('7', summary)] }) });
  const foreign = ['snap-change m2 for good: snapd changed LXD on m2 during the run (change 7).'];

  test.each([
    'Hold general refreshes for "lxd"',
    'Remove auto-refresh hold on "lxd"',
    'Running service command for snap "lxd"',
    'Running services command for snap "lxd"',
    'HOLD general refreshes for "lxd"',
  ])('%j is the run’s own', (summary) => {
    expect(after(summary)).toEqual([]);
  });

  test.each([
    'Refresh "lxd" snap',
    'Auto-refresh snap "lxd"',
    'Auto-refresh "lxd" snap, services restarted',
    'Refresh "lxd" snap, services restarted',
    'Revert "lxd" snap, hold kept',
    'Install "lxd" snap and its service',
    'Remove "lxd" snap',
    'Threshold of "lxd" set',
    'Take care of microservices',
  ])('%j is somebody else’s', (summary) => {
    expect(after(summary)).toEqual(foreign);
  });

  test('of before the run are not counted, on the member that had them', () => {
    const earlier = [change('7', 'Refresh "lxd" snap')];
    const made = patching({ changes: earlier });
    expect(missing({ plan: made, end: onM2({ changes: earlier }) })).toEqual([]);
    expect(missing({ plan: made, end: endOf({ m1: { facts: { changes: earlier } } }) })).toEqual([
      'snap-change m1 for good: snapd changed LXD on m1 during the run (change 7).',
    ]);
  });

  test('are all counted on a member of which none are known from before', () => {
    const made = patching();
    const blank: Plan = { ...made, baseline: { ...made.baseline, changes: [] } };
    expect(after('Refresh "lxd" snap', blank)).toEqual(foreign);
    expect(after('Hold general refreshes for "lxd"', blank)).toEqual([]);
  });

  test('are named together', () => {
    const changes = [change('7', 'Refresh "lxd" snap'), change('9', 'Revert "lxd" snap')];
    expect(missing({ plan: patching(), end: onM2({ changes }) })).toEqual([
      'snap-change m2 for good: snapd changed LXD on m2 during the run (change 7, 9).',
    ]);
  });

  test('that refresh are the run’s own on the member that it refreshes, the first of them, and nowhere else', () => {
    const made = requirePlan(plan(downgradedOne()));
    const refreshes = (member: string, ...summaries: readonly string[]) => {
      const changes = summaries.map((summary, index) => change(String(41 + index), summary));
      const members = ['m1', 'm2', 'm3'].map((name) => ({
        name,
        build: '5.21.3' as const,
        ...(name === member ? { facts: { changes } } : {}),
      }));
      const said = missing({ plan: made, end: observationOf({ members }) });
      return said.filter((line) => line.startsWith('snap-change')).map((line) => line.replace(/^.*\(|\).*$/g, ''));
    };
    expect(refreshes('m3', 'Refresh "lxd" snap')).toEqual([]);
    expect(refreshes('m3', 'Refresh "lxd" snap', 'Refresh "lxd" snap')).toEqual(['change 42']);
    expect(refreshes('m3', 'Revert "lxd" snap', 'Refresh "lxd" snap')).toEqual(['change 41']);
    expect(refreshes('m3', 'Auto: Refresh "lxd" snap')).toEqual(['change 41']);
    expect(refreshes('m3', 'Refresh "core22" snap')).toEqual(['change 41']);
    expect(refreshes('m1', 'Refresh "lxd" snap')).toEqual(['change 41']);
  });
});

describe('what has to live on', () => {
  const before = { instances: pids(7, 8), lxcfsPid: 901 };
  const with2 = (facts: Partial<MemberFacts>) => missing({ plan: patching(before), end: onM2(facts) });

  test('is every instance of before and LXCFS, whatever else runs', () => {
    expect(with2(before)).toEqual([]);
    expect(with2({ ...before, instances: pids(9, 8, 7) })).toEqual([]);
  });

  test('is missed one by one', () => {
    expect(with2({ ...before, instances: pids(8) })).toEqual([
      'instances-ended m2 for good: 1 of 2 instances on m2 ended during the run.',
    ]);
    expect(with2({ ...before, instances: pids() })).toEqual([
      'instances-ended m2 for good: 2 of 2 instances on m2 ended during the run.',
    ]);
  });

  test('may be read later where it could not be read now', () => {
    expect(with2({ ...before, instances: null })).toEqual([
      'instances-unknown m2: The instances on m2 could not be read.',
    ]);
    expect(with2({ ...before, lxcfsPid: null })).toEqual(['lxcfs-ended m2: LXCFS on m2 is not the process of before.']);
    expect(with2({ ...before, lxcfsPid: 902 })).toEqual([
      'lxcfs-ended m2 for good: LXCFS on m2 is not the process of before.',
    ]);
  });

  test('is nothing where nothing ran, or where nobody knows what ran', () => {
    expect(missing({ plan: patching({ instances: pids() }), end: onM2({ instances: null }) })).toEqual([]);
    expect(missing({ plan: patching({ lxcfsPid: null }), end: onM2({ lxcfsPid: 902 }) })).toEqual([]);
    const made = patching(before);
    const blank: Plan = { ...made, baseline: { ...made.baseline, instances: [], lxcfs: [] } };
    expect(missing({ plan: blank, end: onM2({ instances: null, lxcfsPid: 902 }) })).toEqual([]);
  });

  test('is let go on the very member where a stop of its instances was approved', () => {
    const made = patching(before);
    const stop = { id: '1-stop-plain', call: { kind: 'stop-plain', waitS: 60 }, effect: 'once', timeoutMs: 1 } as const;
    const stopping = (name: string): Plan => ({
      ...made,
      stages: [
        ...made.stages,
        {
          title: 'Stop',
          steps: made.baseline.targets.flatMap(({ member }) => (member === name ? [{ ...stop, member }] : [])),
        },
      ],
    });
    const ended = onM2({ instances: pids(), lxcfsPid: 902 });
    expect(missing({ plan: stopping('m2'), end: ended })).toEqual([]);
    expect(missing({ plan: stopping('m1'), end: ended })).toHaveLength(2);
  });
});

describe('a plan that changes only files', () => {
  test('is held against the hosts alone, and leaves a member that is away aside', () => {
    const made = patching();
    const files: Plan = { ...made, strategy: 'rollback', baseline: { ...made.baseline, targets: [] } };
    const patch = { patchGlobal: 'x', patchLocal: false, recoveryTarball: false, lxdDebug: false };
    const end = endOf({
      m1: { daemon: 'stopped', facts: { leftovers: patch } },
      m2: { reach: { kind: 'lost', text: 'x' } },
      m3: { facts: { leftovers: null } },
    });
    expect(missing({ plan: files, end })).toEqual([
      'left-over m1: A patch file is left on m1.',
      'left-over m3: Whether a patch file is left on m3 could not be read.',
    ]);
  });
});
