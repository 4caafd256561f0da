import { describe, expect, test } from 'vitest';
import { checkMove, type CheckAnswer } from '../../../src/domain/diagnose/check.ts';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { RELEASES } from '../../support/releases.ts';

function check(spec: ObservationSpec, to: string): CheckAnswer {
  const observation = observationOf(spec);
  return checkMove(observation, diagnose(observation, RELEASES), RELEASES, to);
}

const HEALTHY: ObservationSpec = { members: three({ kept: ['5.0.1'] }) };

describe('checkMove', () => {
  test('an upgrade within the series is safe, all members side by side', () => {
    expect(check(HEALTHY, '5.0.4')).toMatchObject({
      to: '5.0.4',
      verdict: 'safe',
      count: 340,
      schema: 60,
      fixedIn: null,
      order: ['m1', 'm2', 'm3'],
    });
  });

  test('a downgrade to a version without the fix strands the cluster, and the way is named', () => {
    const answer = check({ members: three({ build: '5.21.4' }) }, '5.21.3');
    expect(answer).toMatchObject({ verdict: 'unsafe', count: 402, schema: 73, fixedIn: '5.21.4', order: [] });
    expect(answer.reasons.join(' ')).toContain('recover prod --strategy planned-downgrade');
  });

  test('the planned way is not offered across tracks or below the schema', () => {
    const across = check({ members: three({ build: '5.21.3' }) }, '6.1');
    expect(across.reasons.join(' ')).not.toContain('planned-downgrade');
    const below = check({ members: three({}), databaseSchema: 61 }, '5.0.1');
    expect(below.reasons.join(' ')).not.toContain('planned-downgrade');
  });

  test('a downgrade to a version with the fix is safe', () => {
    const answer = check({ members: three({ build: '5.21.5' }) }, '5.21.4');
    expect(answer).toMatchObject({ verdict: 'safe', fixedIn: '5.21.4' });
    expect(answer.reasons.join(' ')).toContain('Clients lose 9 API extensions');
  });

  test('the recorded count decides, not the installed one: back to what is recorded is safe', () => {
    const spec = { members: three({ build: '5.0.1', daemon: 'crash-looping' }), rows: 318 } as const;
    expect(check(spec, '5.0.2').verdict).toBe('safe');
    expect(check(spec, '5.0.1').verdict).toBe('unsafe');
  });

  test('a lower schema is never safe', () => {
    const answer = check({ members: three({ build: '6.6' }) }, '6.5');
    expect(answer.verdict).toBe('unsafe');
    expect(answer.reasons[0]).toContain('schema 78');
  });

  test('a raised database schema counts, also above the rows', () => {
    expect(check({ members: three({}), databaseSchema: 61 }, '5.0.4').verdict).toBe('unsafe');
  });

  test('a downgrade across tracks is unsafe, an upgrade across them is not judged', () => {
    expect(check({ members: three({ build: '5.21.3' }) }, '6.1')).toMatchObject({ verdict: 'unsafe' });
    expect(check(HEALTHY, '5.21.3')).toMatchObject({ verdict: 'unknown', count: 402, schema: 73, fixedIn: '5.21.4' });
  });

  test('newer schema with fewer extensions is inconsistent', () => {
    expect(check(HEALTHY, '5.4').reasons.join(' ')).toContain('inconsistent');
  });

  test('a kept revision is known from its binary', () => {
    expect(check(HEALTHY, '501')).toMatchObject({ to: '501', verdict: 'unsafe', count: 313, schema: 60 });
    const back = { members: three({ build: '5.0.1', kept: ['5.0.2'], daemon: 'crash-looping' }), rows: 318 } as const;
    expect(check(back, '502')).toMatchObject({ verdict: 'safe', count: 318 });
  });

  test('a revision that nobody keeps, a version that nobody knows, and nonsense are unknown', () => {
    for (const to of ['999', '5.0.99', 'latest; rm -rf /', '']) {
      expect(check(HEALTHY, to)).toMatchObject({ to, verdict: 'unknown', count: null, schema: null, order: [] });
    }
  });

  test('a revision in a cluster of two architectures is unknown', () => {
    const members = three({ kept: ['5.0.1'] }, { m3: { facts: { architecture: 'aarch64' } } });
    expect(check({ members }, '501')).toMatchObject({ verdict: 'unknown', count: null });
  });

  test('an unreachable member, an unreadable table and other trouble leave it unknown', () => {
    expect(check({ members: three({}, { m3: { reach: UNREACHABLE } }) }, '5.0.4').verdict).toBe('unknown');
    expect(check({ members: three({}), rows: null }, '5.0.4').verdict).toBe('unknown');
    const leftovers = { patchGlobal: 'x', patchLocal: false, recoveryTarball: false, lxdDebug: false };
    expect(check({ members: three({}, { m1: { facts: { leftovers } } }) }, '5.0.4').verdict).toBe('unknown');
    expect(check({ members: three({ reach: UNREACHABLE }) }, '5.0.4').verdict).toBe('unknown');
  });

  test('unsafe outweighs unknown', () => {
    expect(check({ members: three({}, { m3: { reach: UNREACHABLE } }) }, '5.0.1').verdict).toBe('unsafe');
  });

  test('to the version that runs already is safe', () => {
    expect(check(HEALTHY, '5.0.2')).toMatchObject({ verdict: 'safe', count: 318 });
  });

  test('a measured build is believed before the table', () => {
    const observation = observationOf({ members: three({}) });
    const members = observation.members.map((one) => {
      const binary = { ...one.facts!.binaries[0]!, extensions: 340 };
      return { ...one, facts: { ...one.facts!, binaries: [binary] } };
    });
    const seen = { ...observation, members };
    const answer = checkMove(seen, diagnose(seen, RELEASES), RELEASES, '5.0.2');
    expect(answer.count).toBe(340);
    expect(answer.reasons.join(' ')).toContain('not the 318 of the release');
  });
});
