/** Approve a run that waits for it; the same as its button. */
import { approve as approveRun } from '../src/app/decide.ts';
import { argument, defineCommand, option } from '../src/app/registry.ts';
import { chooseRun } from '../src/app/run-choice.ts';

export const approve = defineCommand({
  name: 'approve',
  summary: 'Approves a run that waits for it, and starts it.',
  params: {
    run: argument({ kind: 'run' }, 'Which run; without it the only one that waits for approval.'),
    'confirm-stop': option(
      { kind: 'int', min: 0, max: 100_000 },
      'The number of instances that the plan stops, where it stops any.',
    ),
    'break-glass': option(
      { kind: 'text', placeholder: '"reason"' },
      'Approve alone, for those who are named for it; some plans take nothing else. Loud.',
    ),
    'no-wait': option({ kind: 'flag' }, 'Return at once; the run goes on. A trailing & means the same.'),
  },
  role: 'approve',
  examples: [
    'approve',
    'approve r4k2x9a',
    'approve r4k2x9a --confirm-stop 4',
    'approve r4k2x9a --break-glass "m3 burnt down"',
  ],
  handle: async (call, values) => {
    const chosen = await chooseRun(call, { id: values.run, fits: ['awaiting-approval'], command: 'approve' });
    if (!chosen.ok) {
      await call.tell(chosen.error);
      return;
    }
    await approveRun(call, chosen.value, {
      confirmStop: values['confirm-stop'],
      breakGlass: values['break-glass'],
      wait: !values['no-wait'],
      tokenHash: null,
    });
  },
});
