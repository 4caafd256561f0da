/** The runs, or one of them in full. */
import { argument, defineCommand } from '../src/app/registry.ts';
import { showRuns } from '../src/app/runs.ts';

export const runs = defineCommand({
  name: 'runs',
  summary: 'Lists the runs, or shows one with its steps and the ends of their outputs.',
  params: { run: argument({ kind: 'run' }, 'Which run; without it the list.') },
  role: 'view',
  examples: ['runs', 'runs r4k2x9a'],
  handle: (call, { run }) => showRuns(call, run),
});
