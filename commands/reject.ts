/** Reject a run that waits for approval; the same as its button. */
import { reject as rejectRun } from '../src/app/decide.ts';
import { argument, defineCommand, restOfLine } from '../src/app/registry.ts';
import { chooseRun } from '../src/app/run-choice.ts';

export const reject = defineCommand({
  name: 'reject',
  summary: 'Rejects a run that waits for approval.',
  params: {
    run: argument({ kind: 'run' }, 'Which run; without it the only one that waits for approval.'),
    why: restOfLine('why', 'Why, for the card and the timeline.'),
  },
  role: 'approve',
  examples: ['reject', 'reject r4k2x9a wait for the night'],
  handle: async (call, { run, why }) => {
    const chosen = await chooseRun(call, { id: run, fits: ['awaiting-approval'], command: 'reject' });
    if (!chosen.ok) await call.tell(chosen.error);
    else await rejectRun(call, chosen.value, why, null);
  },
});
