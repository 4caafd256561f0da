/** Instances that run at the end and did not before: what is said of them, and how much of it. */
import { expect, test } from 'vitest';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { Baseline } from '../../../src/domain/plan.ts';
import { describeStarted } from '../../../src/domain/verify/started.ts';
import { endOf } from '../../support/judging.ts';
import { UNREACHABLE } from '../../support/observation.ts';
import { downgradedAll, plan, requirePlan } from '../../support/planning.ts';

type Running = readonly (readonly [pid: number, name: string])[];

function instances(list: Running) {
  return { facts: { instances: { running: list.map(([pid, name]) => ({ pid, name })) } } };
}

function before(each: Readonly<Record<string, Running>> = {}): Baseline {
  const members = Object.fromEntries(Object.entries(each).map(([name, list]) => [name, instances(list)]));
  return requirePlan(plan(downgradedAll(members))).baseline;
}

function running(each: Readonly<Record<string, Running>>): ClusterObservation {
  return endOf(Object.fromEntries(Object.entries(each).map(([name, list]) => [name, instances(list)])));
}

const numbered = (count: number): Running => Array.from({ length: count }, (_, index) => [index + 1, `c${index + 1}`]);

test('nothing is said when only those of before run', () => {
  expect(describeStarted(before(), endOf())).toBe('');
  const web: Running = [[7, 'web']];
  expect(describeStarted(before({ m1: web }), running({ m1: web }))).toBe('');
  expect(describeStarted(before({ m1: web }), endOf())).toBe('');
});

test('one that started is named with its member', () => {
  const seen = running({
    m1: [
      [7, 'web'],
      [8, 'db'],
    ],
  });
  expect(describeStarted(before({ m1: [[7, 'web']] }), seen)).toBe(
    '1 instance runs that did not before, which is LXD’s own doing: m1: db.',
  );
});

test('the same process number on another member is another process', () => {
  expect(describeStarted(before({ m1: [[7, 'web']] }), running({ m2: [[7, 'db']] }))).toBe(
    '1 instance runs that did not before, which is LXD’s own doing: m2: db.',
  );
});

test('several are counted over all members, and a member that is away or could not be counted is left out', () => {
  const seen = running({
    m1: [
      [7, 'web'],
      [8, 'db'],
    ],
    m3: [[9, 'ci']],
  });
  expect(describeStarted(before(), seen)).toBe(
    '3 instances run that did not before, which is LXD’s own doing: m1: web, db; m3: ci.',
  );
  const partly = endOf({ m1: instances([[7, 'web']]), m2: { reach: UNREACHABLE }, m3: { facts: { instances: null } } });
  expect(describeStarted(before(), partly)).toContain('doing: m1: web.');
});

test('all are new on a member of which nothing is known from before', () => {
  expect(describeStarted({ ...before(), instances: [] }, running({ m1: [[7, 'web']] }))).toContain('m1: web.');
});

test('ten names per member are shown, the others counted', () => {
  const ten = numbered(10)
    .map(([, name]) => name)
    .join(', ');
  expect(describeStarted(before(), running({ m1: numbered(10) }))).toBe(
    `10 instances run that did not before, which is LXD’s own doing: m1: ${ten}.`,
  );
  expect(describeStarted(before(), running({ m1: numbered(13) }))).toBe(
    `13 instances run that did not before, which is LXD’s own doing: m1: ${ten} and 3 more.`,
  );
});

test('a name is as long as LXD allows at most', () => {
  const seen = running({ m1: [[7, 'x'.repeat(64)]] });
  expect(describeStarted(before(), seen)).toContain(`m1: ${'x'.repeat(63)}.`);
});
