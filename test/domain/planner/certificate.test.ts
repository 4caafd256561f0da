import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import { STRATEGIES } from '../../../src/domain/plan.ts';
import { codesOf, downgradedAll, plan } from '../../support/planning.ts';
import { RELEASES } from '../../support/releases.ts';

const OTHER = { facts: { clusterCertificate: 'bad'.padEnd(64, '0') } };

describe('another cluster certificate', () => {
  test.each(STRATEGIES)('on one member is a refusal of %s, whatever names and addresses say', (strategy) => {
    const planned = plan(downgradedAll({ m2: OTHER }), { strategy });
    expect(planned.kind).toBe('refusal');
    if (strategy === 'patch-in-place' || strategy === 'stop-patch-start')
      expect(codesOf(planned)).toContain('inventory-mismatch');
  });

  test('is named with its member, and a certificate that could not be read is no other one', () => {
    const found = diagnose(downgradedAll({ m2: OTHER }), RELEASES).findings.find(
      ({ kind }) => kind === 'inventory-mismatch',
    );
    expect(found?.members).toEqual(['m2']);
    expect(found?.cause).toContain('m2 has another cluster certificate than the others.');
    const unread = { facts: { clusterCertificate: null } };
    expect(codesOf(plan(downgradedAll({ m2: unread })))).toEqual([]);
  });
});
