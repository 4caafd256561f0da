import { describe, expect, test } from 'vitest';
import { daemonPhase } from '../../../src/domain/diagnose/phase.ts';
import type { LogFact, MemberFacts, UnitFacts } from '../../../src/domain/observation.ts';
import type { DaemonState } from '../../support/observation-spec.ts';
import { logLine, NOW, observationOf } from '../../support/observation.ts';

function facts(daemon: DaemonState, override: Partial<MemberFacts> = {}): MemberFacts {
  return observationOf({ members: [{ name: 'm1', daemon, facts: override }] }).members[0]!.facts!;
}

function unit(override: Partial<UnitFacts>): UnitFacts {
  return { ...facts('serving').unit!, ...override };
}

const BEHIND: LogFact = logLine('behind_fatal', 'fatal', "this node's version is behind, please upgrade");
const WAIT: LogFact = logLine('ahead_wait_old', 'blocked', 'Wait for other cluster nodes', 2_000);
const LEADER: LogFact = logLine('no_leader', 'blocked', 'no known leader');

describe('daemonPhase', () => {
  test.each([
    ['serving', 'serving'],
    ['waiting', 'waiting'],
    ['crash-looping', 'crash-looping'],
    ['stopped', 'stopped'],
    ['failed', 'stopped'],
  ] as const)('a member that is %s is taken for %s', (daemon, phase) => {
    expect(daemonPhase(facts(daemon), NOW)).toBe(phase);
  });

  test('a rising restart counter is a crash loop although the unit reads active and the socket gives 503', () => {
    const seen = facts('waiting', { unit: unit({ restarts: 7, restartsLater: 8 }), log: [] });
    expect(daemonPhase(seen, NOW)).toBe('crash-looping');
  });

  test('a counter that stood still between two looks is a crash loop when the newest line is fatal', () => {
    const seen = facts('waiting', { unit: unit({ restarts: 25, restartsLater: 25 }), log: [BEHIND] });
    expect(daemonPhase(seen, NOW)).toBe('crash-looping');
  });

  test('a daemon that logs that it waits has got past what failed before', () => {
    const seen = facts('waiting', { unit: unit({ restarts: 25, restartsLater: 25 }), log: [BEHIND, WAIT] });
    expect(daemonPhase(seen, NOW)).toBe('waiting');
  });

  test.each([
    [5_000, 'crash-looping'],
    [120_000, 'waiting'],
  ] as const)(
    'a leader is looked for in every turn of a crash loop: %i ms after the failure it is %s',
    (ago, phase) => {
      const log = [
        { ...BEHIND, at: NOW - ago },
        { ...LEADER, at: NOW - ago + 1_000 },
      ];
      const seen = facts('waiting', { unit: unit({ restarts: 25, restartsLater: 25 }), log });
      expect(daemonPhase(seen, NOW)).toBe(phase);
    },
  );

  test('a fatal line of an hour ago does not make a crash loop of a daemon that starts', () => {
    const old = { ...BEHIND, at: NOW - 3_600_000 };
    const seen = facts('waiting', { unit: unit({ restarts: 0, restartsLater: 0 }), log: [old] });
    expect(daemonPhase(seen, NOW)).toBe('waiting');
  });

  test('not ready after restarts, with nothing in the log, is not known', () => {
    const seen = facts('waiting', { unit: unit({ restarts: 3, restartsLater: 3 }), log: [] });
    expect(daemonPhase(seen, NOW)).toBe('unknown');
  });

  test('systemd waiting for the next start is a crash loop', () => {
    const seen = facts('stopped', { unit: unit({ activeState: 'activating', subState: 'auto-restart' }) });
    expect(daemonPhase(seen, NOW)).toBe('crash-looping');
  });

  test('the state file says crashed while the unit is up: between two starts', () => {
    const seen = facts('waiting', { stateFile: 'crashed', ready: 'no-answer', log: [] });
    expect(daemonPhase(seen, NOW)).toBe('crash-looping');
  });

  test('a process beside an inactive unit is not a stopped daemon', () => {
    const seen = facts('stopped', { process: { pid: 7, exe: null, extensions: null } });
    expect(daemonPhase(seen, NOW)).toBe('unknown');
  });

  test('a unit that is being stopped is neither stopped nor running', () => {
    expect(daemonPhase(facts('stopped', { unit: unit({ activeState: 'deactivating' }) }), NOW)).toBe('unknown');
  });

  test('without the unit only an answer on the socket counts', () => {
    expect(daemonPhase(facts('serving', { unit: null }), NOW)).toBe('serving');
    expect(daemonPhase(facts('waiting', { unit: null }), NOW)).toBe('waiting');
    expect(daemonPhase(facts('stopped', { unit: null }), NOW)).toBe('unknown');
  });

  test('no answer from a steady daemon is not known to be a crash loop', () => {
    expect(daemonPhase(facts('waiting', { ready: 'no-answer', log: [] }), NOW)).toBe('unknown');
  });
});
