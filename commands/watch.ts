/** The background watch: what is watched, on, off, and silence with an end. */
import { requireCluster } from '../src/app/clusters.ts';
import { argument, defineCommand, requiredArgument, restOfLine } from '../src/app/registry.ts';
import { handleWatch } from '../src/app/watch/command.ts';

export const watch = defineCommand({
  name: 'watch',
  summary:
    'Looks at clusters in the background and opens an incident when one falls out of step. Changing it takes an operator.',
  params: {
    act: requiredArgument({ kind: 'enum', values: ['on', 'off', 'list', 'mute'] }, 'what to do.'),
    cluster: argument({ kind: 'cluster' }, 'Which cluster; without it that of this channel, with list every one.'),
    until: restOfLine('until', 'With mute: its end, as 2h, 18:00 (UTC) or 2026-11-23T18:00Z.'),
  },
  role: 'view',
  examples: ['watch list', 'watch on prod', 'watch mute prod 2h', 'watch off prod'],
  handle: (call, { cluster, ...values }) =>
    handleWatch(call, { ...values, cluster: cluster === null ? null : requireCluster(call.deps, cluster) }),
});
