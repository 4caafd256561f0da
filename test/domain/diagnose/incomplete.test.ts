/** What could not be read, and where that leaves a question open. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { MemberFacts, SnapFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { NOW, observationOf, three } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

const SILENT = { part: 'nodes', reason: 'timed-out', text: 'no\nanswer' } as const;

function texts({ evidence }: Finding): readonly string[] {
  return evidence.map(({ member, text }) => `${member} ${text}`);
}

describe('an answer', () => {
  test('without facts is no answer of a probe', () => {
    const observation = observationOf({ members: three({}) });
    const members = observation.members.map((one, index) => (index === 1 ? { ...one, facts: null } : one));
    const { findings } = diagnose({ ...observation, members }, RELEASES);
    expect(findings).toMatchObject([
      {
        kind: 'probe-incomplete',
        severity: 'warning',
        members: ['m2'],
        title: "m2 answered with something that is not a probe's answer",
        evidence: [{ member: 'm2', source: 'ssh', at: NOW, text: 'answered' }],
      },
    ]);
  });

  test.each<readonly [string, Partial<MemberFacts>]>([
    ['the snap', { snap: null }],
    ['the service', { unit: null }],
    ['files in the database directory', { leftovers: null }],
    ['the snap, the service, files in the database directory', { snap: null, unit: null, leftovers: null }],
  ])('with gaps says what is missing: %s', (what, facts) => {
    const members = three({}, { m2: { facts: { ...facts, failedParts: [SILENT] } } });
    const finding = findingOf({ members }, 'probe-incomplete');
    expect(finding.title).toBe(`m2 did not tell everything: no facts about ${what}`);
    expect(texts(finding)).toEqual(['m2 nodes: timed-out: no answer']);
  });

  test('with gaps on several members names each gap once', () => {
    const facts = { unit: null, leftovers: null };
    const members = three({}, { m1: { facts: { unit: null } }, m2: { facts } });
    const { title } = findingOf({ members }, 'probe-incomplete');
    expect(title).toBe(
      'm1 and m2 did not tell everything: no facts about the service, files in the database directory',
    );
  });

  test('of a member whose LXD is no snap has no gaps', () => {
    const members = three({}, { m2: { facts: { install: 'not-a-snap', snap: null, leftovers: null } } });
    expect(kindsOf({ members })).not.toContain('probe-incomplete');
  });
});

describe('the table of members', () => {
  test('that nobody gave is told of those that serve, and of all when nobody does', () => {
    const mixed: ObservationSpec = { members: three({}, { m3: { daemon: 'stopped' } }), rows: null };
    expect(findingOf(mixed, 'probe-incomplete')).toMatchObject({
      severity: 'warning',
      title: 'The table of members could not be read from m1 and m2',
      cause:
        'Which versions the cluster has recorded is not known. ' +
        'Without that, nobody can say what a restart of a member would do, so nothing is guessed and nothing is changed.',
    });
    const down: ObservationSpec = { members: three({ daemon: 'stopped' }), rows: null };
    expect(findingOf(down, 'probe-incomplete')).toMatchObject({
      severity: 'critical',
      title: 'The table of members could not be read from m1, m2 and m3',
    });
  });

  test('that is a copy although somebody serves is told, with why', () => {
    const members = three({}, { m3: { facts: { failedParts: [SILENT] } } });
    const finding = findingOf({ members, source: 'disk' }, 'probe-incomplete');
    expect(finding.title).toBe('m1, m2 and m3 serve, but the live table of members could not be read');
    expect(finding.cause).toContain('is not known for certain: there is only an older copy on disk. Without that');
    expect(texts(finding)).toEqual(['m3 nodes: timed-out: no answer']);
    const one = findingOf({ members: [{ name: 'm1' }], source: 'disk' }, 'probe-incomplete');
    expect(one.title).toBe('m1 serves, but the live table of members could not be read');
  });

  test('that is a copy while nobody serves is as good as it gets', () => {
    expect(kindsOf({ members: three({ daemon: 'stopped' }), source: 'disk' })).not.toContain('probe-incomplete');
  });

  test('is not missed where there is no cluster', () => {
    const facts = { clustered: false, nodes: null, clusterAddress: null, raft: [] };
    expect(kindsOf({ members: three({ facts }), rows: null })).toEqual(['not-clustered']);
  });

  test('that members read differently names them all, with what each saw', () => {
    const other = (count: number) => observationOf({ members: three({}), rows: count }).members[0]!.facts!.nodes;
    const members = three({}, { m2: { facts: { nodes: other(313) } }, m3: { facts: { nodes: other(306) } } });
    const finding = findingOf({ members }, 'probe-incomplete');
    expect(finding).toMatchObject({ severity: 'warning', members: ['m1', 'm2', 'm3'] });
    expect(finding.title).toBe('m1, m2 and m3 gave different tables of members');
    expect(texts(finding)).toEqual([
      ...['m1', 'm2', 'm3'].map((name) => `${name} ${name}: schema 60, api_extensions 318`),
      ...['m1', 'm2', 'm3'].map((name) => `m2 ${name}: schema 60, api_extensions 313`),
      ...['m1', 'm2', 'm3'].map((name) => `m3 ${name}: schema 60, api_extensions 306`),
    ]);
    const two = three({}, { m2: { facts: { nodes: other(313) } } });
    expect(findingOf({ members: two }, 'probe-incomplete').members).toEqual(['m1', 'm2']);
  });
});

describe('a count that no source tells', () => {
  const plain = { tracking: null, held: true, inCohort: false, disabled: false, broken: false };
  const snap: SnapFacts = { version: 'git-1', revision: 'x1', ...plain };
  const unread: Partial<MemberFacts> = { snap, binaries: [], process: null };

  test('is told with what the running daemon says', () => {
    const members = (version: string | null): ObservationSpec['members'] => {
      const api = { version, extensions: ['a', 'b'], serverName: 'm2', clustered: true, clusterAddress: null };
      return three({}, { m2: { facts: { ...unread, api } } });
    };
    expect(texts(findingOf({ members: members('5.0.9') }, 'unknown-version'))).toEqual([
      'm2 git-1 (rev x1): number of extensions unknown',
      'm2 running daemon: 5.0.9, 2 extensions',
    ]);
    expect(texts(findingOf({ members: members(null) }, 'unknown-version'))[1]).toBe(
      'm2 running daemon: unknown version, 2 extensions',
    );
    const silent = three({}, { m2: { facts: { ...unread, api: null } } });
    expect(texts(findingOf({ members: silent }, 'unknown-version'))).toHaveLength(1);
  });

  test('is not missed of what is no snap', () => {
    const members = three({}, { m2: { facts: { ...unread, api: null, install: 'not-a-snap' } } });
    expect(summaryOf({ members })).toEqual(['warning not-a-snap m2']);
  });
});
