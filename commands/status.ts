/** How clusters stand: one card each, and an explanation in its thread when one is out of step. */
import { argument, defineCommand, option } from '../src/app/registry.ts';
import { showStatus } from '../src/app/status.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'Reads every member and says how the cluster stands; explains what is wrong in the thread.',
  params: {
    cluster: argument({ kind: 'cluster' }, 'Which cluster; without it every one.'),
    since: option({ kind: 'duration' }, 'Also show what the timeline holds of that span, such as 7d.'),
  },
  role: 'view',
  examples: ['status', 'status prod', 'status prod --since 7d'],
  handle: (call, { cluster, since }) => showStatus(call, cluster, since),
});
