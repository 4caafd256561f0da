/** What a daemon is taken for at the edges: half-known counters, lines without times, and minutes that just are or are not over. */
import { expect, test } from 'vitest';
import { daemonPhase } from '../../../src/domain/diagnose/phase.ts';
import type { LogFact, MemberFacts, UnitFacts } from '../../../src/domain/observation.ts';
import type { DaemonState } from '../../support/observation-spec.ts';
import { logLine, NOW, observationOf } from '../../support/observation.ts';

interface Looks {
  readonly unit?: Partial<UnitFacts>;
  readonly log?: readonly LogFact[];
  readonly facts?: Partial<MemberFacts>;
}

function facts(daemon: DaemonState, { unit = {}, log = [], facts: more = {} }: Looks = {}): MemberFacts {
  const plain = observationOf({ members: [{ name: 'm1', daemon }] }).members[0]!.facts!;
  return { ...plain, unit: { ...plain.unit!, ...unit }, log, ...more };
}

const behind = (ago: number): LogFact => logLine('behind_fatal', 'fatal', 'version is behind', ago);
const leader = (ago: number): LogFact => logLine('no_leader', 'blocked', 'no known leader', ago);

test.each(['auto-restart', 'auto-restart-queued'])('systemd in %s will start it again: a crash loop', (subState) => {
  expect(daemonPhase(facts('waiting', { unit: { subState } }), NOW)).toBe('crash-looping');
});

test.each<readonly [number | null, number | null, string]>([
  [3, 4, 'crash-looping'],
  [3, 3, 'unknown'],
  [4, 3, 'unknown'],
  [null, 4, 'unknown'],
  [3, null, 'unknown'],
  [0, 0, 'waiting'],
  [null, null, 'waiting'],
])(
  'a counter that read %j and then %j makes a silent daemon that is not ready %s',
  (restarts, restartsLater, phase) => {
    expect(daemonPhase(facts('waiting', { unit: { restarts, restartsLater } }), NOW)).toBe(phase);
  },
);

test('a fresh fatal line is a crash loop after a restart, also where the counter was read once', () => {
  const log = [behind(5_000)];
  expect(daemonPhase(facts('waiting', { unit: { restarts: 3, restartsLater: null }, log }), NOW)).toBe('crash-looping');
  expect(daemonPhase(facts('waiting', { unit: { restarts: 0, restartsLater: 0 }, log }), NOW)).toBe('waiting');
  expect(daemonPhase(facts('waiting', { unit: { restarts: null, restartsLater: null }, log }), NOW)).toBe('waiting');
});

test('a fatal line of an hour ago is over, although it was restarted since', () => {
  const unit = { restarts: 3, restartsLater: 3 };
  const log = [behind(3_600_000), logLine('ahead_wait_old', 'blocked', 'waits', 3_500_000)];
  expect(daemonPhase(facts('waiting', { unit, log }), NOW)).toBe('waiting');
  expect(daemonPhase(facts('waiting', { unit, log: log.slice(0, 1) }), NOW)).toBe('unknown');
});

test.each([
  [60_000, 'crash-looping'],
  [60_001, 'waiting'],
])('who looks for a leader %i ms after a failure is %s', (ago, phase) => {
  const unit = { restarts: 3, restartsLater: 3 };
  expect(daemonPhase(facts('waiting', { unit, log: [behind(ago), leader(1_000)] }), NOW)).toBe(phase);
});

test('who does not look for a leader, or did so before the failure, has not got past it', () => {
  const unit = { restarts: 3, restartsLater: 3 };
  expect(daemonPhase(facts('waiting', { unit, log: [behind(90_000)] }), NOW)).toBe('crash-looping');
  expect(daemonPhase(facts('waiting', { unit, log: [leader(95_000), behind(90_000)] }), NOW)).toBe('crash-looping');
  const versions = logLine('ahead_wait_old', 'blocked', 'waits', 95_000);
  expect(daemonPhase(facts('waiting', { unit, log: [versions, behind(90_000)] }), NOW)).toBe('crash-looping');
});

test('without a time, on the clock or in the line, a leader that is looked for is what holds it up', () => {
  const unit = { restarts: 3, restartsLater: 3 };
  const log = [behind(5_000), leader(1_000)];
  expect(daemonPhase(facts('waiting', { unit, log }))).toBe('waiting');
  expect(daemonPhase(facts('waiting', { unit, log: [{ ...behind(5_000), at: null }, leader(1_000)] }), NOW)).toBe(
    'waiting',
  );
});

test('a unit that is being stopped is not known, whatever its daemon still says', () => {
  const unit = { activeState: 'deactivating' };
  expect(daemonPhase(facts('waiting', { unit }), NOW)).toBe('unknown');
  expect(daemonPhase(facts('waiting', { unit, facts: { stateFile: 'crashed' } }), NOW)).toBe('unknown');
});

test.each(['failed', 'inactive'])('a unit that is %s is stopped, unless a process lives beside it', (activeState) => {
  const process = { pid: 7, exe: null, extensions: null };
  expect(daemonPhase(facts('stopped', { unit: { activeState } }), NOW)).toBe('stopped');
  expect(daemonPhase(facts('stopped', { unit: { activeState }, facts: { process } }), NOW)).toBe('unknown');
});

test('without the unit a daemon that is not ready is waiting, or between two crashes when the state file says so', () => {
  const unknown = { unit: null } as const;
  expect(daemonPhase(facts('waiting', { facts: unknown }), NOW)).toBe('waiting');
  expect(daemonPhase(facts('waiting', { facts: { ...unknown, stateFile: 'crashed' } }), NOW)).toBe('crash-looping');
  expect(daemonPhase(facts('waiting', { facts: { ...unknown, ready: 'no-answer' } }), NOW)).toBe('unknown');
});
