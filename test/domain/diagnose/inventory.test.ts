/** Whether configuration, table and hosts speak of the same members: each misfit with its sentence, and what is none. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { ClusterObservation, MemberFacts, MemberObservation, RaftNode } from '../../../src/domain/observation.ts';
import { kindsOf } from '../../support/diagnosing.ts';
import { addressOf, type ObservationSpec } from '../../support/observation-spec.ts';
import { NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

const FIRST = 'Lockstep must be sure which host is which member before it changes anything, and here it is not. ';
const LAST = ' No change is made to this cluster until that is settled.';

function mismatch(observation: ClusterObservation): Finding | undefined {
  return diagnose(observation, RELEASES).findings.find(({ kind }) => kind === 'inventory-mismatch');
}

function sentences(finding: Finding | undefined): string {
  return finding === undefined ? 'none' : finding.cause.slice(FIRST.length, -LAST.length);
}

/** What is said of these facts of m2. */
function ofM2(facts: Partial<MemberFacts>, spec: Partial<ObservationSpec> = {}): string {
  return sentences(mismatch(observationOf({ members: three({}, { m2: { facts } }), ...spec })));
}

function atHosts(...hosts: readonly (readonly [host: string, port: number])[]): ClusterObservation {
  const observation = observationOf({ members: three({}) });
  const members = observation.members.map((one, index): MemberObservation => {
    const [host, port] = hosts[index]!;
    return { ...one, host, port };
  });
  return { ...observation, members };
}

const api = (parts: Partial<NonNullable<MemberFacts['api']>>): MemberFacts['api'] => ({
  version: '5.0.2',
  extensions: [],
  serverName: 'm2',
  clustered: true,
  clusterAddress: null,
  ...parts,
});

const raft = (...names: readonly (string | null)[]): readonly RaftNode[] =>
  names.map((name, index) => ({ id: index + 1, address: addressOf(index), name, role: 'voter' }));

describe('hosts in the configuration', () => {
  test('that are the same, in whatever case, are told with how they are configured', () => {
    const finding = mismatch(atHosts(['Host-a', 22], ['host-A', 22], ['host-b', 22]));
    expect(finding).toMatchObject({
      severity: 'critical',
      members: ['m1', 'm2'],
      title: "The configured members and the cluster's own list do not match: see m1 and m2",
      cause: `${FIRST}m1 and m2 are configured with the same host and port.${LAST}`,
      evidence: [
        { member: 'm1', source: 'ssh', at: null, text: 'configured as Host-a port 22' },
        { member: 'm2', source: 'ssh', at: null, text: 'configured as host-A port 22' },
      ],
    });
  });

  test('may share an address on different ports', () => {
    expect(mismatch(atHosts(['host-a', 22], ['host-a', 23], ['host-b', 22]))).toBeUndefined();
  });
});

describe('a host', () => {
  test('that is reached in two ways gives its own address twice', () => {
    const facts = { clusterAddress: '10.0.0.1', api: null, raft: null };
    const finding = mismatch(observationOf({ members: three({}, { m2: { facts } }) }));
    expect(sentences(finding)).toContain('m1 and m2 lead to one and the same host: its cluster address is the same.');
    expect(finding?.evidence.map(({ text }) => text).slice(0, 2)).toEqual([
      'own cluster address 10.0.0.1:8443',
      'own cluster address 10.0.0.1',
    ]);
    expect(ofM2({ clusterAddress: '', api: null, raft: null })).toBe('none');
  });

  test('that calls itself otherwise is told with both names', () => {
    const finding = mismatch(
      observationOf({ members: three({}, { m2: { facts: { api: api({ serverName: 'other' }) } } }) }),
    );
    expect(finding).toMatchObject({ members: ['m2'] });
    expect(sentences(finding)).toBe('The host configured as m2 calls itself by another name in the cluster.');
    expect(finding?.evidence.map(({ source, text }) => `${source}: ${text}`)).toEqual([
      'api: configured as m2, its own member name is other',
      'ssh: answered',
    ]);
  });

  test.each<readonly [string, Partial<MemberFacts>, boolean]>([
    ['the name that its daemon gives, in a cluster', { api: api({ serverName: 'other' }) }, true],
    [
      'not the name that a daemon outside a cluster gives',
      { api: api({ serverName: 'other', clustered: false }) },
      false,
    ],
    [
      'without it the name beside its address in the list of voters',
      { api: null, raft: raft('m1', 'other', 'm3') },
      true,
    ],
    [
      'also when the daemon gives an empty one',
      { api: api({ serverName: '' }), raft: raft('m1', 'other', 'm3') },
      true,
    ],
    ['which may fit', { api: api({ serverName: '' }), raft: raft('m1', 'm2', 'm3') }, false],
    ['or none', { api: api({ serverName: null }), raft: raft('m1', 'other', 'm3') }, true],
    ['which may be empty', { api: null, raft: raft('m1', '', 'm3') }, false],
    ['or not there', { api: null, raft: raft('m1', null, 'm3') }, false],
    ['or belong to another address', { api: null, raft: raft('other', 'm2', 'm3') }, false],
    [
      'or can not be found without an address',
      { api: null, raft: raft('other', 'other'), clusterAddress: null },
      false,
    ],
    ['or can not be found in a list that was not read', { api: null, raft: null }, false],
  ])('is known by %s', (_, facts, isOther) => {
    expect(ofM2(facts).includes('calls itself by another name')).toBe(isOther);
  });
});

describe('a cluster address', () => {
  test('that belongs to the row of another member is told with both rows', () => {
    const facts = { clusterAddress: addressOf(2), api: null, raft: null };
    const finding = mismatch(observationOf({ members: three({}, { m2: { facts }, m3: { reach: UNREACHABLE } }) }));
    expect(sentences(finding)).toBe(
      "The cluster address of the host configured as m2 belongs to another member's row.",
    );
    expect(finding?.evidence).toMatchObject([
      { member: 'm2', source: 'api', text: 'own cluster address 10.0.0.3:8443' },
      { member: 'm2', source: 'row', at: NOW, text: 'row of m2: 10.0.0.2:8443; m3: 10.0.0.3:8443' },
    ]);
  });

  test.each([
    ['10.0.0.2:8443', '10.0.0.2', true],
    ['10.0.0.2', '10.0.0.2:8443', true],
    ['[FD00::2]:8443', '[fd00::2]', true],
    ['fd00::2', 'FD00::2', true],
    ['Host.Example:8443', 'host.example', true],
    ['10.0.0.2:8443', '10.0.0.2:9443', false],
  ])('%s and %s are one: %j', (own, recorded, isSame) => {
    const row = { m2: { address: recorded } };
    const kinds = kindsOf({
      members: three({}, { m2: { facts: { clusterAddress: own, raft: null, api: null } } }),
      row,
      source: 'live',
    });
    expect(kinds.includes('own-row-missing')).toBe(!isSame);
  });
});

describe('the table', () => {
  test('without rows of configured members is told for one and for several', () => {
    const one = mismatch(observationOf({ members: three({}), row: { m3: null } }));
    expect(one?.members).toEqual(['m3']);
    expect(sentences(one)).toContain("m3 is configured, but has no row in the cluster's table.");
    expect(one?.evidence.slice(0, 2).map(({ text }) => text)).toEqual([
      'm1: schema 60, api_extensions 318',
      'm2: schema 60, api_extensions 318',
    ]);
    const two = mismatch(observationOf({ members: three({}), row: { m2: null, m3: null } }));
    expect(sentences(two)).toContain("m2 and m3 are configured, but have no row in the cluster's table.");
  });

  test('with rows of members that are not configured is told for one and for several', () => {
    const one = mismatch(
      observationOf({ members: three({}).slice(0, 2), row: { m2: { name: 'x', address: addressOf(1) } } }),
    );
    expect(sentences(one)).toContain("The cluster's table has a row of a member that is not configured here.");
    const many = three({}, { m2: { reach: UNREACHABLE }, m3: { reach: UNREACHABLE } });
    const strange = { m2: { name: 'x' }, m3: { name: 'y' } };
    expect(sentences(mismatch(observationOf({ members: many, row: strange })))).toContain(
      "The cluster's table has 2 rows of members that are not configured here.",
    );
  });

  test('that is a copy says so', () => {
    const spec: ObservationSpec = { members: three({ daemon: 'stopped' }), row: { m3: { name: 'x' } }, source: 'disk' };
    const said = sentences(mismatch(observationOf(spec)));
    expect(said).toContain("m3 is configured, but has no row in the cluster's table (as of an older copy on disk).");
    expect(said).toContain('that is not configured here (as of an older copy on disk).');
  });

  test('may have a row that is still pending, of a member that joins', () => {
    const pending = { m3: { name: 'x', state: 'pending' } } as const;
    expect(ofM2({}, { row: pending })).not.toContain('not configured here');
  });

  test('with a stranger alone names no member', () => {
    const observation = observationOf({ members: three({}) });
    const two = {
      ...observation,
      members: observation.members.slice(0, 2),
      configured: observation.configured.slice(0, 2),
    };
    expect(mismatch(two)).toMatchObject({
      members: [],
      title: "The configured members and the cluster's own list do not match",
      evidence: [{ member: 'm1', text: 'm3: schema 60, api_extensions 318' }],
    });
  });
});

describe('the list of voters', () => {
  const ghost: RaftNode = { id: 9, address: '10.0.0.9:8443', name: null, role: 'spare' };

  test('with an address that has no row is told of the member that gave the table', () => {
    const members = three({ facts: { raft: [...raft('m1', 'm2', 'm3'), ghost] } });
    const finding = mismatch(observationOf({ members }));
    expect(sentences(finding)).toBe(
      "The database's own list of voters has an address without a row in the cluster's table.",
    );
    expect(finding?.evidence).toEqual([
      { member: 'm1', source: 'row', at: NOW, text: 'raft node 9: 10.0.0.9:8443, spare' },
    ]);
    const two = three({ facts: { raft: [...raft('m1'), ghost, { ...ghost, id: 10, address: '10.0.0.10' }] } });
    expect(sentences(mismatch(observationOf({ members: two })))).toContain('has 2 addresses without a row');
  });

  test('of another member may lag behind, and that beside a copy is not compared', () => {
    expect(ofM2({ raft: [...raft('m1', 'm2', 'm3'), ghost] })).toBe('none');
    const members = three({ daemon: 'stopped', facts: { raft: [ghost] } });
    expect(sentences(mismatch(observationOf({ members, source: 'disk' })))).toBe('none');
    expect(sentences(mismatch(observationOf({ members: three({ facts: { raft: null } }) })))).toBe('none');
  });
});

describe('the cluster certificate', () => {
  const certificates = (...each: readonly (string | null)[]): ClusterObservation =>
    observationOf({
      members: each.map((one, index) => ({
        name: `m${index + 1}`,
        facts: { clusterCertificate: one === null ? null : one.repeat(64) },
      })),
    });

  test.each<readonly [readonly (string | null)[], readonly string[], string]>([
    [['a', 'a', 'b'], ['m3'], 'm3 has another cluster certificate than the others.'],
    [['b', 'a', 'c', 'a'], ['m1', 'm3'], 'm1 and m3 have another cluster certificate than the others.'],
    [['a', 'b'], ['m1', 'm2'], 'The cluster certificates of m1 and m2 are not one and the same.'],
    [['a', 'b', null], ['m1', 'm2'], 'The cluster certificates of m1 and m2 are not one and the same.'],
    [
      ['a', 'a', 'b', 'b'],
      ['m1', 'm2', 'm3', 'm4'],
      'The cluster certificates of m1, m2, m3 and m4 are not one and the same.',
    ],
  ])('%j', (each, members, sentence) => {
    const finding = mismatch(certificates(...each));
    expect(finding?.members).toEqual(members);
    expect(sentences(finding)).toBe(sentence);
  });

  test('is shown by its beginning, and is not missed where it was not read', () => {
    expect(mismatch(certificates('a', 'a', 'b'))?.evidence.map(({ member, text }) => `${member} ${text}`)).toEqual([
      'm1 cluster certificate aaaaaaaaaaaaaaaa…',
      'm2 cluster certificate aaaaaaaaaaaaaaaa…',
      'm3 cluster certificate bbbbbbbbbbbbbbbb…',
    ]);
    expect(mismatch(certificates('a', null, 'a'))).toBeUndefined();
    expect(mismatch(certificates(null, null))).toBeUndefined();
  });
});

describe('several misfits', () => {
  test('are told up to four, and all are shown', () => {
    const facts = { clusterAddress: addressOf(0), api: api({ serverName: 'm1' }), clusterCertificate: 'b'.repeat(64) };
    const ghost: RaftNode = { id: 9, address: '10.0.0.9:8443', name: null, role: 'voter' };
    const members = three({}, { m1: { facts: { raft: [...raft('m1', 'm2', 'm3'), ghost] } }, m2: { facts } });
    const finding = mismatch(observationOf({ members, row: { m3: { name: 'x' } } }));
    expect(sentences(finding)).toBe(
      'm1 and m2 lead to one and the same host: its cluster address is the same. ' +
        'The host configured as m2 calls itself by another name in the cluster. ' +
        "The cluster address of the host configured as m2 belongs to another member's row. " +
        "m3 is configured, but has no row in the cluster's table.",
    );
    expect(finding?.evidence.map(({ text }) => text)).toContain('raft node 9: 10.0.0.9:8443, voter');
    expect(finding?.members).toEqual(['m1', 'm2', 'm3']);
  });
});
