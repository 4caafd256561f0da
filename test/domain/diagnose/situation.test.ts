/** What the first look makes of an observation: whose facts count, by which clock, and which failure is the present one. */
import { describe, expect, test } from 'vitest';
import { currentFatal, memberNow, type Situation, situationOf } from '../../../src/domain/diagnose/situation.ts';
import type { LogFact, MemberFacts, MemberObservation } from '../../../src/domain/observation.ts';
import type { DaemonState } from '../../support/observation-spec.ts';
import { logLine, NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

function viewOf(daemon: DaemonState, facts: Partial<MemberFacts> = {}): Situation['reached'][number] {
  return situationOf(observationOf({ members: [{ name: 'm1', daemon, facts }] }), RELEASES).reached[0]!;
}

const behind = (ago: number): LogFact => logLine('behind_fatal', 'fatal', 'version is behind', ago);

describe('an observation', () => {
  test('counts facts only where they came with an answer', () => {
    const observation = observationOf({ members: three({}) });
    const members = observation.members.map(
      (one, index): MemberObservation => (index === 1 ? { ...one, reach: UNREACHABLE } : one),
    );
    const { reached, members: views } = situationOf({ ...observation, members }, RELEASES);
    expect(reached.map(({ member }) => member)).toEqual(['m1', 'm3']);
    expect(views[1]).toMatchObject({ reachable: false, phase: 'unknown', installed: null, row: { name: 'm2' } });
    expect(views[1]?.observation.facts).toBeNull();
  });

  test('is assessed member by member', () => {
    const running = [
      { pid: 1, name: 'web' },
      { pid: 2, name: 'db' },
    ];
    expect(viewOf('serving', { instances: { running } })).toMatchObject({
      member: 'm1',
      reachable: true,
      phase: 'serving',
      installed: { extensions: 318, source: 'binary' },
      running: { extensions: 318, source: 'api' },
      row: { name: 'm1', apiExtensions: 318 },
      version: '5.0.2-838e1b2',
      revision: '502',
      architecture: 'x86_64',
      hasFix: false,
      instances: 2,
    });
    expect(viewOf('serving', { instances: null, snap: null, architecture: null })).toMatchObject({
      version: null,
      revision: null,
      architecture: null,
      hasFix: null,
      instances: null,
    });
  });

  test('has the rows of its own members, by name', () => {
    const { members } = situationOf(observationOf({ members: three({}), row: { m2: { name: 'x' } } }), RELEASES);
    expect(members.map(({ row }) => row?.name ?? null)).toEqual(['m1', null, 'm3']);
  });
});

describe('the clock of a member', () => {
  test.each([
    [7_000, NOW + 7_000],
    [-7_000, NOW - 7_000],
    [null, NOW],
  ])('that is off by %j ms', (clockOffsetMs, now) => {
    expect(memberNow(viewOf('serving', { clockOffsetMs }).observation)).toBe(now);
  });

  test('that was not reached is taken for ours', () => {
    const [one] = observationOf({ members: [{ name: 'm1', reach: UNREACHABLE }] }).members;
    expect(memberNow(one!)).toBe(NOW);
  });
});

describe('the failure that keeps a member down', () => {
  const DAY = 86_400_000;

  test.each<readonly [string, DaemonState, Partial<MemberFacts>, boolean]>([
    ['that serves is none', 'serving', { log: [behind(5_000)] }, false],
    ['in a crash loop is the one of a moment ago', 'crash-looping', { log: [behind(5_000)] }, true],
    ['in a crash loop is not the one of yesterday', 'crash-looping', { log: [behind(DAY)] }, false],
    ['by whose own clock it is fresh', 'crash-looping', { log: [behind(DAY)], clockOffsetMs: -DAY }, true],
    ['that was stopped in good order is history', 'stopped', { log: [behind(5_000)] }, false],
    ['that systemd gave up holds however old it is', 'failed', { log: [behind(DAY)], stateFile: '' }, true],
    ['whose state file says that it crashed holds too', 'stopped', { log: [behind(DAY)], stateFile: 'crashed' }, true],
    ['without a fatal line is none', 'failed', { log: [] }, false],
  ])('%s', (_, daemon, facts, expected) => {
    expect(currentFatal(viewOf(daemon, facts))?.pattern ?? null).toBe(expected ? 'behind_fatal' : null);
  });
});
