import { describe, expect, test } from 'vitest';
import type { ClusterObservation, MemberFacts } from '../../../src/domain/observation.ts';
import type { Strategy } from '../../../src/domain/plan.ts';
import { observationOf, three } from '../../support/observation.ts';
import { downgradedAll, plan, putBackWhileServing, requirePlan, stoppedAll } from '../../support/planning.ts';

const rows = [
  { member: 'm1', project: 'default', name: 'web1' },
  { member: 'm1', project: 'shop', name: 'db' },
  { member: 'm2', project: 'default', name: 'web2' },
];
const KNOWN = { facts: { autostart: { rows, more: false } } };

function startsOf(observation: ClusterObservation, strategy: Strategy | null = null) {
  return requirePlan(plan(observation, { strategy })).starts;
}

describe('instances that LXD will start by itself', () => {
  test('stand in the plan per member, those that run already left out, another project named', () => {
    const running = [{ pid: 5, name: 'shop_db' }];
    const m1 = { facts: { ...KNOWN.facts, instances: { running } } };
    expect(startsOf(stoppedAll({ m1, m2: KNOWN, m3: KNOWN }))).toEqual([
      { member: 'm1', instances: ['web1'], more: 0, cut: false },
      { member: 'm2', instances: ['web2'], more: 0, cut: false },
    ]);
    const made = requirePlan(plan(stoppedAll({ m1: KNOWN, m2: KNOWN, m3: KNOWN })));
    expect(made.warnings.join(' ')).toContain('m1: web1, shop/db; m2: web2.');
  });

  test('none is an empty list, and what could not be read is null and said', () => {
    expect(startsOf(downgradedAll())).toEqual([]);
    const blind = { facts: { autostart: null } };
    const observation = downgradedAll({ m1: blind, m2: blind, m3: blind });
    expect(startsOf(observation)).toBeNull();
    expect(requirePlan(plan(observation)).warnings.join(' ')).toContain('could not be read');
    const uncounted = { facts: { instances: null } };
    expect(startsOf(downgradedAll({ m2: uncounted }))).toBeNull();
  });

  test('a member that serves on starts nothing', () => {
    expect(startsOf(putBackWhileServing({ m1: KNOWN, m2: KNOWN, m3: KNOWN }), 'sql-live')).toEqual([
      { member: 'm2', instances: ['web2'], more: 0, cut: false },
    ]);
  });

  test('the names are bounded, and a list that was cut says that there may be others', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ member: 'm1', project: 'default', name: `c${index}` }));
    const facts = { facts: { autostart: { rows: many, more: true } } };
    const starts = startsOf(stoppedAll({ m1: facts, m2: facts, m3: facts }));
    expect(starts?.[0]).toMatchObject({ member: 'm1', more: 5, cut: true });
    expect(starts?.[0]?.instances).toHaveLength(20);
  });

  test('a member whose row says evacuated starts none', () => {
    const row = { row: { m2: { state: 'evacuated' as const } } };
    const members = { m1: KNOWN, m2: KNOWN, m3: KNOWN };
    expect(startsOf(stoppedAll(members, row))).toMatchObject([{ member: 'm1', instances: ['web1', 'shop/db'] }]);
  });

  test('an instance of another project is known by its process, and not by a namesake in the default one', () => {
    const running = (name: string) => ({ facts: { ...KNOWN.facts, instances: { running: [{ pid: 5, name }] } } });
    const named = (name: string) => startsOf(stoppedAll({ m1: running(name), m2: KNOWN, m3: KNOWN }))?.[0]?.instances;
    expect(named('db')).toEqual(['web1', 'shop/db']);
    expect(named('default_web1')).toEqual(['web1', 'shop/db']);
    expect(named('shop_db')).toEqual(['web1']);
  });

  test('are said with what is not shown and what could not be known', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ member: 'm1', project: 'default', name: `c${index}` }));
    const said = (facts: { readonly rows: typeof rows; readonly more: boolean }) => {
      const known = { facts: { autostart: facts } };
      const { warnings } = requirePlan(plan(stoppedAll({ m1: known, m2: known, m3: known })));
      return warnings.find((text) => text.startsWith('When LXD becomes ready'));
    };
    const names = many(20).map(({ name }) => name);
    const prefix = 'When LXD becomes ready it starts';
    expect(said({ rows: [], more: false })).toBe(`${prefix} no instance that does not run now.`);
    const lists = (text: string) => `${prefix} instances by itself that don't run now. ${text}.`;
    expect(said({ rows: many(20), more: false })).toBe(lists(`m1: ${names.join(', ')}`));
    expect(said({ rows: many(21), more: false })).toBe(lists(`m1: ${names.join(', ')}, 1 more`));
    expect(said({ rows: many(1), more: true })).toBe(
      lists('m1: c0, perhaps others; m2: perhaps others; m3: perhaps others'),
    );
  });

  test.each([
    ['patch-in-place', () => downgradedAll({ m1: KNOWN, m2: KNOWN, m3: KNOWN }), ['m1', 'm2']],
    ['sql-live', () => putBackWhileServing({ m1: KNOWN, m2: KNOWN, m3: KNOWN }), ['m2']],
    ['stop-patch-start', () => putBackWhileServing({ m1: KNOWN, m2: KNOWN, m3: KNOWN }), ['m1', 'm2']],
  ] as const)('%s: those of the members whose LXD it makes ready', (strategy, make, members) => {
    expect(startsOf(make(), strategy)?.map(({ member }) => member)).toEqual(members);
  });

  test('nobody starts anything where everybody serves on', () => {
    const members = three({ build: '5.21.3', facts: { autostart: null } }, { m3: { build: '5.21.2' } });
    expect(startsOf(observationOf({ members, rows: 387 }), 'sql-live')).toEqual([]);
  });
});

describe('the list of instances', () => {
  const list = (name: string) => ({ rows: [{ member: 'm3', project: 'default', name }], more: false });
  const live = (facts: Partial<MemberFacts>) => ({ daemon: 'serving' as const, facts });
  const of3 = (observation: ClusterObservation, strategy: Strategy) =>
    startsOf(observation, strategy)?.flatMap(({ instances }) => instances);

  test('is that of the live database before that of a dump', () => {
    const observation = putBackWhileServing({
      m1: live({ autostart: list('live') }),
      m2: { facts: { autostart: list('dump') } },
    });
    const swapped = observationOf({
      members: [...observation.members].map((one) => ({
        name: one.member,
        build: '5.21.2' as const,
        daemon: one.member === 'm2' ? ('serving' as const) : ('crash-looping' as const),
        facts: { autostart: list(one.member === 'm2' ? 'live' : 'dump') },
      })),
      rows: { m1: 402, m3: 402 },
    });
    expect(of3(observation, 'sql-live')).toEqual(['live']);
    expect(of3(swapped, 'sql-live')).toEqual(['live']);
  });

  test('is that of the next one where the first was not read', () => {
    const observation = downgradedAll({
      m1: { facts: { autostart: null } },
      m2: { facts: { autostart: list('second') } },
      m3: { facts: { autostart: list('third') } },
    });
    expect(of3(observation, 'patch-in-place')).toEqual(['second']);
  });

  test('is that of another live one where the first that is live did not give it', () => {
    const row = (name: string) => ({ rows: [{ member: 'm2', project: 'default', name }], more: false });
    const observation = putBackWhileServing({
      m1: live({ autostart: null }),
      m2: { facts: { autostart: row('dump') } },
      m3: live({ autostart: row('live') }),
    });
    expect(of3(observation, 'sql-live')).toEqual(['live']);
  });

  test('is, of dumps, that of the member whose rows are believed', () => {
    const all = { m1: list('m1'), m2: list('m2'), m3: list('m3') };
    const base = downgradedAll({
      m1: { facts: { autostart: all.m1 } },
      m2: { facts: { autostart: all.m2 } },
      m3: { facts: { autostart: all.m3 } },
    });
    const newer = base.members.map((one) =>
      one.member === 'm2' && one.facts?.nodes
        ? { ...one, facts: { ...one.facts, nodes: { ...one.facts.nodes, at: one.facts.nodes.at + 60_000 } } }
        : one,
    );
    expect(of3({ ...base, members: newer }, 'patch-in-place')).toEqual(['m2']);
  });
});
