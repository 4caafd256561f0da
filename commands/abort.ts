/** Stop a run after the step that is under way. */
import { abort as abortRun } from '../src/app/control.ts';
import { argument, defineCommand } from '../src/app/registry.ts';
import { chooseRun } from '../src/app/run-choice.ts';

export const abort = defineCommand({
  name: 'abort',
  summary: 'Stops a run after the step that is under way. What is done stays done.',
  params: { run: argument({ kind: 'run' }, 'Which run; without it the only one under way.') },
  role: 'operate',
  examples: ['abort', 'abort r4k2x9a'],
  handle: async (call, { run }) => {
    const fits = ['awaiting-approval', 'approved', 'running', 'paused'] as const;
    const chosen = await chooseRun(call, { id: run, fits, command: 'abort' });
    if (!chosen.ok) await call.tell(chosen.error);
    else await abortRun(call, chosen.value);
  },
});
