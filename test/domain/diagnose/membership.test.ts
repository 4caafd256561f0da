/** Findings about inventory and membership: each kind with what makes it, and with what must not. */
import { describe, expect, test } from 'vitest';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { logLine, three } from '../../support/observation.ts';

describe('inventory', () => {
  test('a configured member without a row, and a row without a configured member', () => {
    expect(summaryOf({ members: three({}), row: { m3: null } })).toContain('critical inventory-mismatch m3');
    const spec = { members: three({}), row: { m3: { name: 'other' } } };
    const finding = findingOf(spec, 'inventory-mismatch');
    expect(finding.cause).toContain('is not configured here');
    expect(finding.title + finding.cause).not.toContain('other ');
    expect(finding.evidence.some((one) => one.text.startsWith('other: '))).toBe(true);
  });

  test('swapped addresses', () => {
    const spec = {
      members: three(
        {},
        { m1: { facts: { clusterAddress: '10.0.0.2:8443' } }, m2: { facts: { clusterAddress: '10.0.0.1:8443' } } },
      ),
    };
    expect(findingOf(spec, 'inventory-mismatch').members).toEqual(['m1', 'm2']);
  });

  test('one host behind two names', () => {
    const api = {
      version: '5.0.2',
      extensions: [],
      serverName: 'm1',
      clustered: true,
      clusterAddress: '10.0.0.1:8443',
    };
    const spec = { members: three({}, { m2: { facts: { clusterAddress: '10.0.0.1:8443', api } } }) };
    expect(findingOf(spec, 'inventory-mismatch').cause).toContain('one and the same host');
    expect(findingOf(spec, 'inventory-mismatch').cause).toContain('calls itself by another name');
  });

  test('a raft node without a row', () => {
    const raft = ['10.0.0.1:8443', '10.0.0.2:8443', '10.0.0.3:8443', '10.0.0.9:8443'].map((address, id) => ({
      id: id + 1,
      address,
      name: null,
      role: 'voter' as const,
    }));
    expect(kindsOf({ members: three({ facts: { raft } }) })).toEqual(['inventory-mismatch']);
  });

  test('a cluster address without a port, or in capitals, is the same address', () => {
    expect(kindsOf({ members: three({}, { m1: { facts: { clusterAddress: '10.0.0.1' } } }) })).toEqual(['in-step']);
  });

  test('without a table nothing is compared with it', () => {
    expect(kindsOf({ members: three({}), rows: null })).toEqual(['probe-incomplete']);
  });

  test('own-row-missing from the log, and from an address that stands nowhere', () => {
    const log = [logLine('address_mismatch', 'fatal_refuse', 'updated 0 rows instead of 1')];
    expect(summaryOf({ members: three({}, { m2: { daemon: 'crash-looping', facts: { log } } }) })).toEqual([
      'critical own-row-missing m2',
    ]);
    expect(summaryOf({ members: three({}, { m2: { facts: { clusterAddress: '10.9.9.9:8443' } } }) })).toEqual([
      'critical own-row-missing m2',
    ]);
  });
});

describe('membership', () => {
  test('lxd-missing and not-a-snap', () => {
    const absent = {
      install: 'absent',
      snap: null,
      unit: null,
      process: null,
      ready: 'not-asked',
      api: null,
      binaries: [],
      nodes: null,
      clustered: null,
      clusterAddress: null,
    } as const;
    expect(summaryOf({ members: three({}, { m2: { facts: absent } }) })).toEqual(['critical lxd-missing m2']);
    expect(summaryOf({ members: three({}, { m2: { facts: { install: 'not-a-snap' } } }) })).toEqual([
      'warning not-a-snap m2',
    ]);
  });

  test('where LXD is nowhere the snap, that is the one finding: what can be read of it is no gap', () => {
    const facts = {
      install: 'not-a-snap',
      snap: null,
      unit: null,
      process: null,
      ready: 'not-asked',
      api: null,
      binaries: [],
      nodes: null,
      clustered: null,
      clusterAddress: null,
    } as const;
    expect(summaryOf({ members: three({ facts }) })).toEqual(['critical not-a-snap m1,m2,m3']);
  });

  test('not-clustered', () => {
    const facts = { clustered: false, nodes: null, clusterAddress: null, raft: [], api: null };
    expect(kindsOf({ members: three({}, { m2: { facts } }) })).toEqual(['not-clustered']);
    expect(summaryOf({ members: three({ facts }) })).toEqual(['critical not-clustered m1,m2,m3']);
  });

  test('member-evacuated is information while it serves, a warning when something hides behind it', () => {
    const row = { m3: { state: 'evacuated' } } as const;
    expect(summaryOf({ members: three({}), row })).toEqual(['info member-evacuated m3']);
    expect(summaryOf({ members: three({}, { m3: { daemon: 'stopped' } }), row })).toEqual([
      'warning daemon-down m3',
      'warning member-evacuated m3',
    ]);
  });

  test('member-pending, also of a member that is not configured', () => {
    expect(summaryOf({ members: three({}), row: { m3: { state: 'pending' } } })).toEqual(['warning member-pending m3']);
    const spec = { members: three({}), row: { m3: { state: 'pending', name: 'new' } } } as const;
    expect(findingOf(spec, 'member-pending').title).toContain('A member that is not configured here');
  });
});
