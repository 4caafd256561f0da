/** The step catalogue of `lxd` in the engine's words. A status that is neither success nor a clear failure is `unknown`: then a look decides. */
import { compileLook } from '../lxd/compile.ts';
import { parseLook, parseStepResult, type StepStatus } from '../lxd/step-result.ts';
import type { Catalogue, StepVerdict } from './deps.ts';

export const LXD_CATALOGUE: Catalogue = {
  readStep(step, stdout, exitCode) {
    const result = parseStepResult(step.call.kind, stdout, exitCode);
    if (result.kind === 'unknown') return { kind: 'unknown', note: result.text };
    const details = Object.entries(result.values).map(([name, value]) => `${name}=${value}`);
    return { kind: VERDICTS[result.status], note: [result.status, ...details].join(' ') };
  },
  lookText: compileLook,
  readLook(step, stdout, exitCode) {
    const verdict = parseLook(step.call.kind, stdout, exitCode);
    return verdict === 'cannot-tell'
      ? { kind: 'unknown', note: `the look ended with exit code ${exitCode}` }
      : { kind: verdict, note: verdict };
  },
};

/** `waiting`: the step's own time was over and what it waited for was not there. */
const VERDICTS: Readonly<Record<StepStatus, StepVerdict['kind']>> = {
  done: 'done',
  already: 'done',
  waiting: 'failed',
  refused: 'failed',
  foreign: 'failed',
  failed: 'failed',
};
