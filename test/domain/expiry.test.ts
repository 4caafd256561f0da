import { expect, test } from 'vitest';
import { expiryEntry } from '../../src/domain/expiry.ts';
import { requireClusterName, requireIncidentId, requireRunId } from '../../src/domain/ids.ts';

test('an approval that nobody gave is recorded at the moment it expired, with its run and incident', () => {
  const [cluster, run, incident] = [requireClusterName('prod'), requireRunId('r000001'), requireIncidentId('i000001')];
  expect(expiryEntry({ id: run, cluster, incident, expiresAt: 77 })).toEqual({
    happenedAt: 77,
    kind: 'expired',
    cluster,
    run,
    incident,
    member: null,
    actor: 'lockstep',
    text: 'r000001 expired: nobody approved it in time. Nothing was changed.',
    evidence: null,
  });
});
