/** Before a change: would moving to that version strand the cluster? */
import { checkBeforeMove } from '../src/app/check.ts';
import { defineCommand, requiredArgument, requiredOption } from '../src/app/registry.ts';

export const check = defineCommand({
  name: 'check',
  summary: 'Before a change: would moving to that version strand the cluster? Names the safe order.',
  params: {
    cluster: requiredArgument({ kind: 'cluster' }, 'which cluster.'),
    to: requiredOption(
      { kind: 'text', placeholder: '<version|revision>' },
      'the version or snap revision, such as 5.21.2.',
    ),
  },
  role: 'view',
  examples: ['check prod --to 5.21.2', 'check prod --to 30131'],
  handle: (call, { cluster, to }) => checkBeforeMove(call, cluster, to),
});
