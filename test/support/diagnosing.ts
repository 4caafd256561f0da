/** Diagnose what a spec describes, and pick findings out of it. */
import { diagnose, type Diagnosis } from '../../src/domain/diagnose/index.ts';
import type { Finding, FindingKind } from '../../src/domain/finding.ts';
import { observationOf } from './observation.ts';
import type { ObservationSpec } from './observation-spec.ts';
import { RELEASES } from './releases.ts';

export function diagnosisOf(spec: ObservationSpec): Diagnosis {
  return diagnose(observationOf(spec), RELEASES);
}

/** `critical stale-counter m1,m2,m3`, one per finding, in order. */
export function summaryOf(spec: ObservationSpec): readonly string[] {
  return diagnosisOf(spec).findings.map((one) => `${one.severity} ${one.kind} ${one.members.join(',')}`);
}

export function kindsOf(spec: ObservationSpec): readonly FindingKind[] {
  return diagnosisOf(spec).findings.map((one) => one.kind);
}

/** The only finding of that kind; throws when there is none or more than one. */
export function findingOf(spec: ObservationSpec, kind: FindingKind): Finding {
  const found = diagnosisOf(spec).findings.filter((one) => one.kind === kind);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${found.length} findings of kind ${kind} among ${kindsOf(spec).join(', ')}`);
  }
  return first;
}
