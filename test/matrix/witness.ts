/**
 * What the members saw, whatever Lockstep says: every text that reached one, in order. Owns the count of steps that were executed a
 * second time although nobody had looked, neither at the step nor at the member, since the first.
 */
import type { Run } from '../../src/domain/run.ts';
import { compileLook } from '../../src/lxd/compile.ts';
import { shellQuote } from '../../src/lxd/shell.ts';
import type { Heard } from './ground.ts';

/** Written where a person decided that it is sent again. */
export const VERDICT = 'a person decided';
const PROBE = 'lockstep-probe 1';

/** One sentence for each execution that nothing justified. */
export function findBlindRepeats(run: Run, heard: readonly Heard[]): readonly string[] {
  return stepsOf(run).flatMap((step) => blindRepeats(step, heard));
}

/** `step@member` of everything that was executed, in order. */
export function findExecuted(run: Run, heard: readonly Heard[]): readonly string[] {
  const steps = stepsOf(run);
  return heard.flatMap(({ member, text }) =>
    steps.filter((step) => step.member === member && text.includes(step.text)).map(({ name }) => name),
  );
}

interface KnownStep {
  readonly name: string;
  readonly member: string;
  /** As it stands in the command that reaches a member. */
  readonly text: string;
  readonly look: string;
}

function stepsOf(run: Run): readonly KnownStep[] {
  return run.plan.stages.flatMap(({ steps }) =>
    steps.map((step) => {
      const compiled = run.compiled.find(({ id, member }) => id === step.id && member === step.member);
      if (compiled === undefined) throw new Error(`${step.id} was never compiled`);
      const name = `${step.id}@${step.member}`;
      return { name, member: step.member, text: shellQuote(compiled.text), look: shellQuote(compileLook(step)) };
    }),
  );
}

function blindRepeats({ name, member, text, look }: KnownStep, heard: readonly Heard[]): readonly string[] {
  const repeats: string[] = [];
  let executedAt: number | null = null;
  for (const one of heard) {
    if (one.text === VERDICT) executedAt = null;
    if (one.member !== member) continue;
    if (one.text.includes(look) || one.text.includes(PROBE)) executedAt = null;
    if (!one.text.includes(text)) continue;
    if (executedAt !== null)
      repeats.push(`${name} ran again ${String(one.at - executedAt)} ms later, and nobody had looked`);
    executedAt = one.at;
  }
  return repeats;
}
