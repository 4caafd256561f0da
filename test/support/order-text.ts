/** The texts of the fake cluster's catalogue: a verb, and the whole call, so that the members do what this very step says. */
import type { StepCall } from '../../src/domain/plan.ts';

/** What stands for the compiled text of a step. */
export function orderText(call: StepCall): string {
  return `do ${JSON.stringify(call)}`;
}

export function lookText(call: StepCall): string {
  return `look ${JSON.stringify(call)}`;
}

export interface Order {
  readonly verb: 'do' | 'look';
  readonly call: StepCall;
}

export function requireOrder(text: string): Order {
  const [, verb, json] = /^(do|look) (\{.*\})$/s.exec(text) ?? [];
  if (json === undefined) throw new Error(`not a text of this catalogue: ${text}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the two functions above alone
  return { verb: verb === 'do' ? 'do' : 'look', call: JSON.parse(json) as StepCall };
}
