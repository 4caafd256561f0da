/** The runs, or one of them in full. */
import { argument, defineCommand, option } from '../src/app/registry.ts';
import { showRuns, showRunText } from '../src/app/runs.ts';

export const runs = defineCommand({
  name: 'runs',
  summary: 'Lists the runs, or shows one with its steps and the ends of their outputs.',
  params: {
    run: argument({ kind: 'run' }, 'Which run; without it the list.'),
    text: option({ kind: 'flag' }, 'The exact text of every step, in full.'),
  },
  role: 'view',
  examples: ['runs', 'runs r4k2x9a', 'runs r4k2x9a --text'],
  handle: (call, { run, text }) => (text ? showRunText(call, run) : showRuns(call, run)),
});
