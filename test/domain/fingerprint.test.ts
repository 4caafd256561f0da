import { describe, expect, test } from 'vitest';
import { digest } from '../../src/domain/digest.ts';
import { diagnose } from '../../src/domain/diagnose/index.ts';
import { fingerprint } from '../../src/domain/fingerprint.ts';
import type { ClusterObservation, MemberFacts } from '../../src/domain/observation.ts';
import { requireMemberName } from '../../src/domain/ids.ts';
import { logLine, NOW } from '../support/observation.ts';
import type { MemberSpec } from '../support/observation-spec.ts';
import { downgradedAll, plan, requirePlan } from '../support/planning.ts';
import { RELEASES } from '../support/releases.ts';

function printOf(observation: ClusterObservation): string {
  return fingerprint(observation, diagnose(observation, RELEASES));
}

function onM2(facts: Partial<MemberFacts>): string {
  return printOf(downgradedAll({ m2: { facts } }));
}

function base(): string {
  return printOf(downgradedAll());
}

const unit = {
  activeState: 'active',
  subState: 'running',
  unitFileState: 'static',
  result: null,
  mainPid: 77,
  restarts: 90,
  restartsLater: 92,
};
const snap = {
  version: '5.21.2-2f4ba6b',
  revision: '30131',
  tracking: '5.21/stable',
  held: true,
  inCohort: false,
  disabled: false,
  broken: false,
};
const clean = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };

describe('the fingerprint stays the same when', () => {
  test.each<[string, () => string]>([
    ['the crash loop turns', () => onM2({ unit, process: { pid: 4242, exe: null, extensions: null } })],
    ['log lines are newer', () => onM2({ log: [logLine('behind_fatal', 'fatal', 'behind, again', 500)] })],
    ['the clock drifts', () => onM2({ clockOffsetMs: 900 })],
    ['a raft table could not be read this time', () => onM2({ raft: null, settings: null })],
    ['instances come and go', () => onM2({ instances: { running: [{ pid: 5, name: 'c5' }] } })],
    ['free space changes', () => onM2({ disk: { databaseBytes: 21_000_000, freeBytes: 4_000_000_000 } })],
    ['heartbeats pass', () => printOf(downgradedAll({}, { row: { m2: { heartbeatMs: NOW - 1 } } }))],
    ['the table was read elsewhere', () => printOf(downgradedAll({ m1: { facts: { nodes: null } } }))],
  ])('%s', (_name, changed) => {
    expect(changed()).toBe(base());
  });
});

describe('the fingerprint changes when', () => {
  const other = (each: Omit<MemberSpec, 'name'>): string => printOf(downgradedAll({ m2: each }));
  test.each<[string, () => string]>([
    ['a member serves', () => other({ daemon: 'serving' })],
    ['a member was stopped', () => other({ daemon: 'stopped' })],
    ['a member can’t be reached', () => other({ reach: { kind: 'unreachable', text: 'gone' } })],
    ['another build is installed', () => other({ build: '5.21.3' })],
    ['the same build has another revision', () => onM2({ snap: { ...snap, revision: '30132' } })],
    ['a hold was released', () => onM2({ snap: { ...snap, held: false } })],
    ['a patch file appeared', () => onM2({ leftovers: { ...clean, patchGlobal: 'UPDATE nodes SET schema=1' } })],
    ['the stop script changed', () => onM2({ stopKnowsCrashed: false })],
    ['a row has another count', () => printOf(downgradedAll({}, { row: { m2: { apiExtensions: 433 } } }))],
    ['a row has another id', () => printOf(downgradedAll({}, { row: { m2: { id: 12 } } }))],
    ['a row was evacuated', () => printOf(downgradedAll({}, { row: { m2: { state: 'evacuated' } } }))],
    ['the database has another schema', () => printOf(downgradedAll({}, { databaseSchema: 74 }))],
    ['it is another cluster', () => printOf(downgradedAll({}, { cluster: 'other' }))],
  ])('%s', (_name, changed) => {
    expect(changed()).not.toBe(base());
  });
});

test('the digest covers the plan and every character of the texts', () => {
  const made = requirePlan(plan(downgradedAll()));
  const compiled = [{ id: '1-back-up', member: requireMemberName('m1'), text: 'true' }];
  const whole = digest(made, compiled);
  expect(whole).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(made, compiled)).toBe(whole);
  expect(digest(made, [{ ...compiled[0]!, text: 'true ' }])).not.toBe(whole);
  expect(digest({ ...made, rollback: 'none' }, compiled)).not.toBe(whole);
});
