/** The texts of the fake cluster's catalogue: one word per kind of step, and one per look. */
import type { StepKind } from '../../src/domain/plan.ts';

/** What stands for the compiled text of a step. */
export function orderText(kind: StepKind): string {
  return `do ${kind}`;
}

/** As a record, so that a new kind of step is missed here by the compiler and not by a test. */
const KINDS: Readonly<Record<StepKind, true>> = {
  'hold-refreshes': true,
  'release-hold': true,
  'back-up': true,
  'stop-serving': true,
  'stop-not-ready': true,
  'stop-plain': true,
  'check-stopped': true,
  'write-patch': true,
  'await-patch-consumed': true,
  'remove-patch': true,
  'run-sql': true,
  refresh: true,
  'check-refreshed': true,
  start: true,
  'await-ready': true,
  'healing-off': true,
  'healing-back': true,
};

export function requireKind(text: string): StepKind {
  const kind = (Object.keys(KINDS) as StepKind[]).find((one) => text === orderText(one) || text === `look ${one}`);
  if (kind === undefined) throw new Error(`not a text of this catalogue: ${text}`);
  return kind;
}
