/** The long answer: cause, evidence, what happens on the next restart, what to do. */
import { argument, defineCommand } from '../src/app/registry.ts';
import { explain as explainClusters } from '../src/app/status.ts';

export const explain = defineCommand({
  name: 'explain',
  summary: 'Says why: the cause, the evidence, the API extensions by name, what each member does next, what to do.',
  params: { cluster: argument({ kind: 'cluster' }, 'Which cluster; without it every one.') },
  role: 'view',
  examples: ['explain prod'],
  handle: (call, { cluster }) => explainClusters(call, cluster),
});
