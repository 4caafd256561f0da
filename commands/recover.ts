/** Draft a recovery: a fresh look, a plan or a refusal, and an approval card. */
import { requireCluster } from '../src/app/clusters.ts';
import { recover as draftRecovery } from '../src/app/recover.ts';
import { defineCommand, option, requiredArgument } from '../src/app/registry.ts';
import { STRATEGIES } from '../src/domain/plan.ts';

export const recover = defineCommand({
  name: 'recover',
  summary: 'Looks again, plans the way back and asks for approval. Changes nothing by itself.',
  params: {
    cluster: requiredArgument({ kind: 'cluster' }, 'which cluster.'),
    strategy: option({ kind: 'enum', values: STRATEGIES }, 'Another way than the recommended one.'),
    to: option(
      { kind: 'text', placeholder: '<version|revision>' },
      'With --strategy planned-downgrade or align-revision: where to.',
    ),
    of: option({ kind: 'run' }, 'With --strategy rollback: the run to undo.'),
    instances: option(
      { kind: 'enum', values: ['keep', 'stop'] },
      'Whether instances keep running (default) or may be stopped.',
    ),
    reason: option({ kind: 'text', placeholder: '"text"' }, 'Why; stands on the card and in the timeline.'),
    'dry-run': option({ kind: 'flag' }, 'Show the plan, ask for nothing.'),
  },
  role: 'operate',
  form: ['cluster', 'strategy', 'reason'],
  examples: [
    'recover prod',
    'recover prod --dry-run',
    'recover prod --strategy align-revision --reason "after the refresh"',
    'recover prod --strategy planned-downgrade --to 5.21.2',
    'recover prod --strategy unblock-dead-row --reason "m3 will not return"',
  ],
  handle: (call, values) =>
    draftRecovery(call, requireCluster(call.deps, values.cluster), {
      strategy: values.strategy,
      to: values.to,
      of: values.of,
      instances: values.instances ?? 'keep',
      reason: values.reason,
      dryRun: values['dry-run'],
    }),
});
