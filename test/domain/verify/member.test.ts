/** The end as one member's daemon shows it. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { MemberFacts, UnitFacts } from '../../../src/domain/observation.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { VerifyHistory } from '../../../src/domain/verify/index.ts';
import { endOf, goodHistory, missing } from '../../support/judging.ts';
import { NOW, UNREACHABLE } from '../../support/observation.ts';
import { plan, requirePlan, stoppedAll } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';

const onM2 = (facts: Partial<MemberFacts>) => endOf({ m2: { facts } });
const UNIT: UnitFacts = {
  activeState: 'active',
  subState: 'running',
  unitFileState: 'static',
  result: 'success',
  mainPid: 1000,
  restarts: 0,
  restartsLater: 0,
};

describe('a member at the end', () => {
  test('that is away, or that is configured no more, could not be read', () => {
    const said = ['unreachable m2: m2 could not be read.'];
    expect(missing({ end: endOf({ m2: { reach: UNREACHABLE } }) })).toEqual(said);
    const end = endOf();
    expect(missing({ end: { ...end, members: end.members.filter(({ member }) => member !== 'm2') } })).toEqual(said);
    expect(missing({ end, diagnosed: { members: [] } })).toEqual(
      ['m1', 'm2', 'm3'].map((name) => `unreachable ${name}: ${name} could not be read.`),
    );
  });

  test.each([
    ['waiting', 'waiting'],
    ['crash-looping', 'crash-looping'],
    ['stopped', 'stopped'],
  ] as const)('that is %s is not ready, and more is not said of its daemon', (daemon, said) => {
    expect(missing({ end: endOf({ m2: { daemon } }) })).toEqual([`not-ready m2: m2 is not ready (${said}).`]);
  });

  test('reads the database itself: neither a dump nor a table without its row will do', () => {
    const said = ['no-live-read m2: The database could not be read through m2.'];
    const nodes = endOf().members[1]?.facts?.nodes;
    if (!nodes) throw new Error('a serving member reads the table');
    expect(missing({ end: onM2({ nodes: null }) })).toEqual(said);
    expect(missing({ end: onM2({ nodes: { ...nodes, source: 'disk', at: NOW - 60_000 } }) })).toEqual(said);
    const rows = nodes.rows.filter(({ id }) => id !== 2);
    expect(missing({ end: onM2({ nodes: { ...nodes, rows } }) })).toEqual(said);
  });

  test.each([
    [{ apiExtensions: 402 }, '402 (schema 73)'],
    [{ apiExtensions: 386 }, '386 (schema 73)'],
  ])('has the row that was planned', (row, said) => {
    expect(missing({ end: endOf({}, { row: { m2: row } }) })).toEqual([
      `row-differs m2: The row of m2 holds ${said}, not 387 (schema 73).`,
    ]);
  });

  test('has the schema that was planned in its row', () => {
    expect(missing({ end: endOf({}, { row: { m2: { schema: 72 } }, databaseSchema: 73 }) })).toEqual([
      'row-differs m2: The row of m2 holds 387 (schema 72), not 387 (schema 73).',
    ]);
  });
});

describe('the counts of a member', () => {
  const said = (text: string) => [`count-differs m2: m2 ${text} API extensions installed; planned were 387.`];
  const saidOf = (spec: Parameters<typeof missing>[0]) =>
    missing(spec).filter((line) => line.startsWith('count-differs'));

  test('are those of the planned LXD, running and installed', () => {
    expect(saidOf({ end: endOf({ m2: { build: '5.21.3' } }) })).toEqual(said('runs 402 and has 402'));
    expect(saidOf({ end: endOf({ m2: { build: '5.21.2', runs: '5.21.3' } }) })).toEqual(said('runs 402 and has 387'));
    expect(saidOf({ end: endOf({ m2: { build: '5.21.3', runs: '5.21.2' } }) })).toEqual(said('runs 387 and has 402'));
  });

  test('have to be known', () => {
    const { members } = diagnose(endOf(), RELEASES);
    const without = (key: 'installed' | 'running') =>
      members.map((one) => (one.member === 'm2' ? { ...one, [key]: null } : one));
    expect(saidOf({ diagnosed: { members: without('running') } })).toEqual(
      said('runs an unknown number of and has 387'),
    );
    expect(saidOf({ diagnosed: { members: without('installed') } })).toEqual(
      said('runs 387 and has an unknown number of'),
    );
  });
});

describe('the process of a member', () => {
  const starting = (): Plan => requirePlan(plan(stoppedAll()));
  const began = (pid: number | null): VerifyHistory => {
    const good = goodHistory();
    return { ...good, start: { ...good.start, pids: { m1: null, m2: pid, m3: null } } };
  };
  const old = ['old-process m2 for good: m2 still runs the process from before.'];

  test('is another one than before, where the plan starts it', () => {
    expect(missing({ plan: starting(), history: began(1001) })).toEqual(old);
    expect(missing({ plan: starting(), history: began(77) })).toEqual([]);
  });

  test('may be the same where the plan starts none on that member', () => {
    expect(missing({ history: began(1001) })).toEqual([]);
    const made = starting();
    const stages = made.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.filter(({ member, call }) => member !== 'm2' || call.kind !== 'start'),
    }));
    expect(missing({ plan: { ...made, stages }, history: began(1001) })).toEqual([]);
  });

  test('is not asked for where there was none, or where it is not known', () => {
    expect(missing({ plan: starting(), history: began(null), end: onM2({ process: null }) })).toEqual([]);
    expect(missing({ plan: starting(), history: goodHistory({ start: { heartbeats: {}, pids: {} } }) })).toEqual([]);
  });
});

describe('the restarts of a member', () => {
  const after = (unit: UnitFacts | null, atReady: number | null | undefined) => {
    const { m2: _, ...others } = goodHistory().restarts;
    const restarts = atReady === undefined ? others : { ...others, m2: atReady };
    return missing({ end: onM2({ unit }), history: goodHistory({ restarts }) });
  };
  const restarted = ['restarted m2 for good: LXD on m2 restarted after it had become ready.'];
  const unknown = ['restarts-unknown m2: The restarts of m2 could not be read.'];

  test.each([
    ['stay as they were', { restarts: 4, restartsLater: 4 }, 4, []],
    ['went on while it was looked at', { restarts: 4, restartsLater: 5 }, 4, restarted],
    ['went on before that', { restarts: 5, restartsLater: 5 }, 4, restarted],
    ['are those of the first look where there is no second', { restarts: 4, restartsLater: null }, 4, []],
    ['went on, by the first look alone', { restarts: 5, restartsLater: null }, 4, restarted],
    ['are unknown', { restarts: null, restartsLater: null }, 4, unknown],
    ['were unknown when all were ready', { restarts: 4, restartsLater: 4 }, null, []],
    ['were not looked at when all were ready', { restarts: 4, restartsLater: 4 }, undefined, []],
  ] as const)('%s', (_, unit, atReady, expected) => {
    expect(after({ ...UNIT, ...unit }, atReady)).toEqual(expected);
  });

  test('are unknown without the unit', () => {
    expect(after(null, 0)).toEqual(unknown);
  });
});
