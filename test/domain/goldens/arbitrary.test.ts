/**
 * What sixty arbitrary observations come to, one line each: kinds of findings, and what may be done. The seed is fixed, so a
 * change of a rule shows up as the lines that it changes, also where no scenario was thought of.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkMove } from '../../../src/domain/diagnose/check.ts';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { STRATEGIES } from '../../../src/domain/plan.ts';
import { anySpec } from '../../support/any-observation.ts';
import { observationOf } from '../../support/observation.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { codesOf, plan } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';

function lineOf(spec: ObservationSpec, index: number): string {
  const observation = observationOf(spec);
  const diagnosis = diagnose(observation, RELEASES);
  const findings = diagnosis.findings.map(({ severity, kind, members }) => `${severity} ${kind} ${members.join(',')}`);
  const phases = diagnosis.members.map(({ phase, installed }) => `${phase} ${installed?.extensions ?? '?'}`);
  const plans = STRATEGIES.map((strategy) => {
    const planned = plan(observation, { strategy });
    return planned.kind === 'plan' ? `${strategy}!` : `${strategy} ${codesOf(planned).join(',')}`;
  });
  const move = checkMove(observation, diagnosis, RELEASES, '5.0.4').verdict;
  return `${index}: ${phases.join('; ')} | ${findings.join('; ')} | ${plans.join('; ')} | ${move}`;
}

test('what arbitrary observations come to', async () => {
  const lines = fc.sample(anySpec, { numRuns: 60, seed: 20_261_123 }).map(lineOf);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('arbitrary.txt');
});
