/** What a member is to the cluster, for one and for several, and how that is told. */
import { describe, expect, test } from 'vitest';
import type { MemberFacts, NodeRow } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf } from '../../support/diagnosing.ts';
import { three } from '../../support/observation.ts';

const api = (clustered: boolean | null): MemberFacts['api'] => ({
  version: '5.0.2',
  extensions: [],
  serverName: null,
  clustered,
  clusterAddress: null,
});

describe('a server on its own', () => {
  test.each<readonly [boolean | null, boolean | null, boolean]>([
    [false, true, true],
    [false, null, true],
    [null, false, true],
    [null, true, false],
    [null, null, false],
    [true, false, false],
    [true, true, false],
  ])('is one whose database says %j and whose API says %j: %j', (clustered, said, alone) => {
    const facts = { clustered, api: api(said), clusterAddress: null };
    expect(kindsOf({ members: three({}, { m2: { facts } }) }).includes('not-clustered')).toBe(alone);
    const silent = { clustered, api: null, clusterAddress: null };
    expect(kindsOf({ members: three({}, { m2: { facts: silent } }) }).includes('not-clustered')).toBe(
      clustered === false,
    );
  });

  test('is told for one and for several', () => {
    const facts = { clustered: false, nodes: null, clusterAddress: null, raft: [] };
    expect(findingOf({ members: three({}, { m2: { facts } }) }, 'not-clustered')).toMatchObject({
      title: 'LXD on m2 is not part of a cluster',
      cause: expect.stringMatching(/^m2 runs LXD on its own\. /),
    });
    expect(findingOf({ members: three({ facts }) }, 'not-clustered').cause).toMatch(
      /^m1, m2 and m3 run LXD on their own\. /,
    );
  });
});

test('a host without LXD is told for one and for several', () => {
  const facts = {
    install: 'absent',
    snap: null,
    unit: null,
    process: null,
    ready: 'not-asked',
    api: null,
    binaries: [],
  } as const;
  const gone = { facts: { ...facts, nodes: null, clustered: null, clusterAddress: null } };
  expect(findingOf({ members: three({}, { m2: gone }) }, 'lxd-missing').cause).toMatch(
    /^m2 answers, but there is no LXD snap/,
  );
  expect(findingOf({ members: three(gone) }, 'lxd-missing').cause).toMatch(/^m1, m2 and m3 answer, but/);
});

describe('an evacuated member', () => {
  const evacuated = { state: 'evacuated' } satisfies Partial<NodeRow>;

  test('is told for one and for several', () => {
    const one = findingOf({ members: three({}), row: { m2: evacuated } }, 'member-evacuated');
    expect(one.title).toBe('In step. m2 is evacuated');
    expect(one.cause).toContain('It still compares with all others at its own start.');
    expect(one.evidence.map(({ text }) => text)).toEqual(['m2: schema 60, api_extensions 318, evacuated']);
    const two = findingOf({ members: three({}), row: { m2: evacuated, m3: evacuated } }, 'member-evacuated');
    expect(two.title).toBe('In step. m2 and m3 are evacuated');
    expect(two.cause).toContain('off m2 and m3 for maintenance.');
    expect(two.cause).toContain('They still compare with all others at their own start.');
  });

  test('that does not serve is told as such, for one and for several', () => {
    const row = { m2: evacuated, m3: evacuated };
    const one = findingOf({ members: three({}, { m3: { daemon: 'stopped' } }), row }, 'member-evacuated');
    expect(one).toMatchObject({
      severity: 'warning',
      members: ['m2', 'm3'],
      title: 'm3 is evacuated, and does not serve',
    });
    const two = three({ daemon: 'stopped' }, { m1: { daemon: 'serving' } });
    expect(findingOf({ members: two, row, source: 'live' }, 'member-evacuated').title).toBe(
      'm2 and m3 are evacuated, and do not serve',
    );
  });
});

describe('a member that is still joining', () => {
  test('is told for one and for several, and of none that is configured', () => {
    const pending = { state: 'pending' } satisfies Partial<NodeRow>;
    const title = (row: Readonly<Record<string, Partial<NodeRow>>>): string =>
      findingOf({ members: three({}), row }, 'member-pending').title;
    expect(title({ m2: pending })).toBe('m2 is still joining the cluster');
    expect(title({ m2: pending, m3: pending })).toBe('m2 and m3 are still joining the cluster');
    const stranger = { ...pending, name: 'new' };
    expect(title({ m3: stranger })).toBe('A member that is not configured here is still joining the cluster');
  });
});
