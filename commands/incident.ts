/** Incidents: open, take, close and annotate one, or list them. */
import { requireCluster } from '../src/app/clusters.ts';
import { handleIncident } from '../src/app/incident-command.ts';
import { argument, defineCommand, option, requiredArgument, restOfLine } from '../src/app/registry.ts';
import { INCIDENT_SEVERITIES } from '../src/domain/incident.ts';

export const incident = defineCommand({
  name: 'incident',
  summary: 'What is wrong with a cluster, from open to resolved. Everybody may list; changing one takes an operator.',
  params: {
    act: requiredArgument(
      { kind: 'enum', values: ['open', 'ack', 'mitigate', 'resolve', 'reopen', 'lead', 'note', 'list'] },
      'what to do.',
    ),
    incident: argument(
      { kind: 'incident' },
      'Which incident; without it the one of this thread, or the only one that fits.',
    ),
    cluster: argument({ kind: 'cluster' }, 'With open and list: which cluster.'),
    text: restOfLine('text', 'The title, who leads, the note, or the summary.'),
    severity: option({ kind: 'enum', values: INCIDENT_SEVERITIES }, 'With open; major without it.'),
    ago: option({ kind: 'duration' }, 'With note: how long ago it happened.'),
    corrects: option({ kind: 'int', min: 1, max: 999_999_999 }, 'With note: the number of the entry that it corrects.'),
  },
  role: 'view',
  examples: [
    'incident open prod "no member answers" --severity critical',
    'incident ack',
    'incident note "the rack was moved" --ago 20m',
    'incident resolve i4k2x9a "refresh was taken back"',
    'incident list',
  ],
  handle: (call, { cluster, ...values }) =>
    handleIncident(call, { ...values, cluster: cluster === null ? null : requireCluster(call.deps, cluster) }),
});
