/** Wait for a run's end. */
import { wait as waitFor } from '../src/app/control.ts';
import { argument, defineCommand } from '../src/app/registry.ts';
import { chooseRunToWaitFor } from '../src/app/run-choice.ts';

export const wait = defineCommand({
  name: 'wait',
  summary: 'Waits until a run ends or needs a person, and shows how it stands.',
  params: { run: argument({ kind: 'run' }, 'Which run; without it the only one under way.') },
  role: 'operate',
  examples: ['wait', 'wait r4k2x9a'],
  handle: async (call, { run }) => {
    const chosen = await chooseRunToWaitFor(call, run);
    if (!chosen.ok) await call.tell(chosen.error);
    else await waitFor(call, chosen.value);
  },
});
