/** A member whose cluster address stands in no row: what proves it, and what is no proof. */
import { describe, expect, test } from 'vitest';
import type { MemberFacts } from '../../../src/domain/observation.ts';
import { findingOf, summaryOf } from '../../support/diagnosing.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, three } from '../../support/observation.ts';

describe('a member without its own row', () => {
  const MISMATCH = logLine('address_mismatch', 'fatal_refuse', 'updated 0 rows instead of 1');

  test('is told for one and for several, with its address and the line', () => {
    const members = three(
      {},
      { m2: { daemon: 'crash-looping', facts: { log: [MISMATCH], clusterAddress: '10.9.9.9' } } },
    );
    const finding = findingOf({ members }, 'own-row-missing');
    expect(finding.title).toBe("m2 does not find its own row in the cluster's table");
    expect(finding.evidence.map(({ text }) => text)).toEqual([
      'own cluster address 10.9.9.9',
      'updated 0 rows instead of 1',
    ]);
    const two = three({ facts: { clusterAddress: null } }, { m1: {} });
    const gone = two.map((one, index) =>
      index === 0 ? one : { ...one, facts: { clusterAddress: `10.9.9.${index}`, raft: null } },
    );
    expect(findingOf({ members: gone }, 'own-row-missing').title).toBe(
      "m2 and m3 do not find their own row in the cluster's table",
    );
  });

  test('is shown without what is not known, and without a line about something else', () => {
    const texts = (facts: Partial<MemberFacts>): readonly string[] =>
      findingOf({ members: three({}, { m2: { daemon: 'crash-looping', facts } }) }, 'own-row-missing').evidence.map(
        ({ text }) => text,
      );
    expect(texts({ log: [MISMATCH], clusterAddress: null })).toEqual(['updated 0 rows instead of 1']);
    const behind = logLine('behind_fatal', 'fatal', 'version is behind');
    expect(texts({ log: [behind], clusterAddress: '10.9.9.9', raft: null })).toEqual(['own cluster address 10.9.9.9']);
  });

  test.each<readonly [string, Partial<MemberFacts>, Partial<ObservationSpec>]>([
    ['its address is not known', { clusterAddress: null }, {}],
    ['the table is a copy', { clusterAddress: '10.9.9.9' }, { source: 'disk' }],
    ['there is no table', { clusterAddress: '10.9.9.9' }, { rows: null }],
    ['it is in no cluster', { clusterAddress: '10.9.9.9', clustered: false }, {}],
    ['it serves in spite of an old line', { log: [MISMATCH] }, {}],
  ])('is not told when %s', (_, facts, spec) => {
    expect(summaryOf({ members: three({}, { m2: { facts } }), ...spec }).join()).not.toContain('own-row-missing');
  });
});
