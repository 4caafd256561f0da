/** What a look means: held against diagnoses of whole clusters, not against findings made up by hand. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { sightOf, type Sight } from '../../../src/domain/watch/sight.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

function look(spec: ObservationSpec): Sight {
  const seen = observationOf(spec);
  return sightOf(diagnose(seen, RELEASES), seen.endedAt);
}

const kinds = (troubles: Sight['out']): readonly string[] => troubles.map(({ kind }) => kind);

describe('a look at three members', () => {
  test('that are in step is calm', () => {
    expect(look({ members: three({}) })).toMatchObject({ out: [], warnings: [], rolling: null, complete: true });
  });

  test('of which one is below its row and crash-loops is out of step, and no refresh on its way', () => {
    const seen = look({
      members: three({}, { m3: { build: '5.0.1', daemon: 'crash-looping' } }),
      rows: 318,
    });
    expect(kinds(seen.out)).toContain('mixed-binaries');
    expect(seen).toMatchObject({ rolling: null, anyServes: true });
  });

  test('of which one is ahead and waits is a refresh on its way', () => {
    const seen = look({
      members: three({ build: '5.0.1' }, { m1: { build: '5.0.2', daemon: 'waiting' } }),
      rows: { m1: 318, m2: 313, m3: 313 },
    });
    expect(seen.rolling).toEqual({ waiting: ['m1'], waitingFor: ['m2', 'm3'] });
    expect(kinds(seen.out)).toContain('upgrade-waiting');
  });

  test('of which two are ahead and wait for a third that still serves is a refresh too', () => {
    const seen = look({
      members: three({ build: '5.0.2', daemon: 'waiting' }, { m1: { build: '5.0.1', daemon: 'serving' } }),
      rows: { m1: 313, m2: 318, m3: 318 },
    });
    expect(seen.rolling).toEqual({ waiting: ['m2', 'm3'], waitingFor: ['m1'] });
  });

  test('that all serve with different binaries is worth a word and no incident', () => {
    const seen = look({ members: three({}, { m3: { build: '5.0.1', runs: '5.0.2' } }), rows: 318 });
    expect(seen.out).toEqual([]);
    expect(seen.warnings.length).toBeGreaterThan(0);
  });

  test('of which one does not answer is incomplete', () => {
    expect(look({ members: three({}, { m2: { reach: UNREACHABLE } }) })).toMatchObject({ complete: false });
  });

  test('whose refreshes are not held is worth a word, the same for one member as for three', () => {
    const snap = { version: '5.0.2', revision: '502', tracking: '5.0/stable', held: false, inCohort: false };
    const facts = { snap: { ...snap, disabled: false, broken: false } };
    const one = look({ members: three({}, { m1: { facts } }) });
    const all = look({ members: three({ facts }) });
    for (const { warnings } of [one, all]) expect(warnings.map(({ key }) => key)).toContain('auto-refresh-not-held');
  });

  test('whose rows were changed by hand is an incident before anything restarts', () => {
    expect(kinds(look({ members: three({}), rows: 313 }).out)).toContain('latent-skew');
  });
});
