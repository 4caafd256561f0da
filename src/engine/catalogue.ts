/** The step catalogue of `lxd` in the engine's words. A status that is neither success nor a clear failure is `unknown`: then a look decides. */
import { compileLook } from '../lxd/compile.ts';
import { reasonInWords } from '../lxd/reason-words.ts';
import { parseLook, parseStepResult, type StepResult, type StepStatus } from '../lxd/step-result.ts';
import type { Catalogue, StepVerdict } from './deps.ts';

export const LXD_CATALOGUE: Catalogue = {
  readStep(step, stdout, exitCode) {
    const result = parseStepResult(step.call.kind, stdout, exitCode);
    if (result.kind === 'unknown') return { kind: 'unknown', note: result.text };
    return { kind: VERDICTS[result.status], note: noteOf(result) };
  },
  lookText: compileLook,
  readLook(step, stdout, exitCode) {
    const verdict = parseLook(step.call.kind, stdout, exitCode);
    return verdict === 'cannot-tell'
      ? { kind: 'unknown', note: `the look ended with exit code ${exitCode}` }
      : { kind: verdict, note: verdict };
  },
};

/** `failed: the disk may be full (reason=write)`: words for people, and the text's own for whoever looks into it. */
function noteOf({ status, values }: Extract<StepResult, { kind: 'said' }>): string {
  const details = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const words = reasonInWords(values['reason'] ?? '');
  if (words === null) return [status, ...details].join(' ');
  return `${words} (${details.join(' ')})`;
}

/** `waiting`: the step's own time was over and what it waited for was not there. */
const VERDICTS: Readonly<Record<StepStatus, StepVerdict['kind']>> = {
  done: 'done',
  already: 'done',
  waiting: 'failed',
  refused: 'failed',
  foreign: 'failed',
  failed: 'failed',
};
