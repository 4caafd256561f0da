/** When a member that is down counts as explained, and what a card says when nothing is wrong or nobody is there. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/domain/diagnose/index.ts';
import type { FindingKind } from '../../../src/domain/finding.ts';
import type {
  ClusterSettings,
  MarkerFacts,
  MemberFacts,
  SnapFacts,
  UnitFacts,
} from '../../../src/domain/observation.ts';
import { diagnosisOf, findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { binaryOf, type ObservationSpec } from '../../support/observation-spec.ts';
import { logLine, NOW, observationOf, three, UNREACHABLE } from '../../support/observation.ts';
import { RELEASES } from '../../support/releases.ts';

const STOPPING: UnitFacts = {
  activeState: 'deactivating',
  subState: 'stop-sigterm',
  unitFileState: 'static',
  result: null,
  mainPid: 1,
  restarts: 0,
  restartsLater: 0,
};
const NOTHING = { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false };
const SNAP: SnapFacts = {
  version: '5.0.2-838e1b2',
  revision: '502',
  tracking: null,
  held: true,
  inCohort: false,
  disabled: false,
  broken: false,
};
const HEALING: ClusterSettings = { offlineThresholdS: null, healingThresholdS: 30, shutdownTimeoutMin: null };
const MARKER: MarkerFacts = {
  kind: 'held',
  installation: 'ops2',
  run: 'r1',
  by: 'bob',
  isOurs: false,
  until: NOW,
  isOver: false,
};

function other(revision: string): Partial<MemberFacts> {
  return {
    snap: { ...SNAP, version: '5.0.2-x', revision },
    binaries: [{ ...binaryOf('5.0.2'), revision }],
    process: null,
  };
}

describe('a remark about a member that is down', () => {
  /** m2 is on its way down: no rule says why. */
  const down = (facts: Partial<MemberFacts>, spec: Partial<ObservationSpec> = {}): ObservationSpec => ({
    members: three({}, { m2: { daemon: 'waiting', facts: { unit: STOPPING, log: [], ...facts } } }),
    ...spec,
  });

  test.each<readonly [FindingKind, ObservationSpec]>([
    ['auto-refresh-not-held', down({ snap: { ...SNAP, held: false } })],
    ['clock-skew', down({ clockOffsetMs: 9_000 })],
    ['disk-low', down({ disk: { databaseBytes: 1, freeBytes: 1 } })],
    ['healing-on', down({ settings: HEALING })],
    ['lxcfs-dead', down({ lxcfsPid: null, instances: { running: [{ pid: 1, name: 'web' }] } })],
    ['patch-left-over', down({ leftovers: { ...NOTHING, patchLocal: true } })],
    ['recovery-tarball', down({ leftovers: { ...NOTHING, recoveryTarball: true } })],
    ['same-count-different-version', down(other('510'))],
    ['refresh-in-progress', down({ changes: [{ id: '1', status: 'Doing', summary: 'Refresh "lxd"', spawn: null }] })],
    ['member-evacuated', down({}, { row: { m2: { state: 'evacuated' } } })],
    ['lxd-debug', down({ leftovers: { ...NOTHING, lxdDebug: true } })],
    [
      'extension-bump-env',
      {
        members: three(
          { facts: { extensionBump: 3 } },
          { m2: { daemon: 'waiting', facts: { unit: STOPPING, log: [], extensionBump: 3 } } },
        ),
        rows: 321,
      },
    ],
    ['unknown-version', down({ snap: { ...SNAP, version: 'git', revision: 'x1' }, binaries: [], process: null })],
    ['held-elsewhere', down({ marker: MARKER })],
    ['marker-unreadable', down({ marker: { kind: 'unreadable' } })],
  ])('does not explain it: beside %s it is said that it is unclear', (kind, spec) => {
    expect(kindsOf(spec)).toContain(kind);
    const unclear = diagnosisOf(spec).findings.filter(({ title }) => title.startsWith('What LXD does on m2'));
    expect(unclear).toHaveLength(1);
  });

  test('does not explain one that waits, although it is named there', () => {
    const facts = { log: [], clockOffsetMs: 9_000 };
    expect(summaryOf({ members: three({}, { m2: { daemon: 'waiting', facts } }) })).toEqual([
      'warning daemon-down m2',
      'warning clock-skew m2',
    ]);
  });

  test('does not explain a crash loop either', () => {
    const change = { id: '1', status: 'Doing', summary: 'Start snap "lxd" services', spawn: null };
    const looping = { daemon: 'crash-looping', facts: { log: [], changes: [change] } } as const;
    expect(summaryOf({ members: three({}, { m2: looping }) })).toEqual([
      'warning crash-loop-other-cause m2',
      'warning refresh-blocked-by-lxd m2',
    ]);
    const outside = { daemon: 'crash-looping', facts: { log: [], install: 'not-a-snap' } } as const;
    expect(kindsOf({ members: three({}, { m2: outside }) })).toEqual(['crash-loop-other-cause', 'not-a-snap']);
  });
});

describe('a story about versions', () => {
  test('explains also those that it names in its words alone', () => {
    const waits = logLine('misaligned_wait_new', 'blocked', 'Wait for other cluster members');
    const waiting = { daemon: 'waiting', facts: { log: [waits] } } as const;
    const dead = {
      members: three(waiting, { m3: { reach: UNREACHABLE } }),
      rows: { m3: 313 },
      source: 'live',
    } as const;
    expect(summaryOf(dead)).toEqual(['critical member-unreachable m3', 'critical dead-row-blocks m3']);
    const mixed = three({}, { m2: { daemon: 'crash-looping' }, m3: { build: '5.0.4' } });
    expect(kindsOf({ members: mixed })).not.toContain('probe-incomplete');
  });

  test('explains who is to follow and fails meanwhile', () => {
    const members = three({ daemon: 'waiting' }, { m3: { daemon: 'crash-looping' } });
    expect(summaryOf({ members, rows: { m3: 313 }, source: 'live' })).toEqual(['critical upgrade-waiting m1,m2']);
  });

  test('does not explain one that fails for want of a cause', () => {
    const members = three({}, { m2: { daemon: 'crash-looping', facts: { log: [] } }, m3: { build: '5.0.4' } });
    expect(findingOf({ members }, 'crash-loop-other-cause').members).toEqual(['m2']);
  });

  test('does not explain one that it does not name', () => {
    const members = ['m1', 'm11', 'm2', 'm3'].map((name) => ({ name }));
    const odd = members.map((one) =>
      one.name === 'm11'
        ? { ...one, build: '5.0.1' as const }
        : one.name === 'm1'
          ? { ...one, daemon: 'crash-looping' as const }
          : one,
    );
    expect(summaryOf({ members: odd })).toContain('critical mixed-binaries m11');
  });
});

describe('a card', () => {
  test('of a healthy cluster names what all run, and what to ask before the next refresh', () => {
    expect(findingOf({ members: three({}) }, 'in-step')).toMatchObject({
      severity: 'info',
      title: 'All 3 members run 5.0.2 (318 API extensions), as recorded',
      next: 'Before the next refresh ask what it would do: check prod --to 5.0.5',
    });
    expect(findingOf({ members: [{ name: 'm1' }] }, 'in-step').title).toBe(
      'The only member runs 5.0.2 (318 API extensions), as recorded',
    );
  });

  test('of an empty cluster says that there was nobody to ask', () => {
    const { findings, members, rows } = diagnose(observationOf({ members: [] }), RELEASES);
    expect([members, rows]).toEqual([[], null]);
    expect(findings).toEqual([
      {
        kind: 'probe-incomplete',
        severity: 'warning',
        members: [],
        title: 'No member is configured for this cluster',
        cause: 'There was nobody to ask, so nothing is known. The configuration of the cluster has no members.',
        evidence: [],
        extensionsMissing: [],
        next: 'Add members to the configuration, then: status prod',
      },
    ]);
  });

  test('of advice alone begins with what is well, and of a warning does not', () => {
    const titles = (spec: ObservationSpec): readonly string[] => diagnosisOf(spec).findings.map(({ title }) => title);
    const advised = {
      members: three({ facts: { snap: { ...SNAP, held: false } } }),
      row: { m2: { state: 'evacuated' } },
    } as const;
    expect(titles(advised).every((title) => title.startsWith('In step. '))).toBe(true);
    const low = three({ facts: { snap: { ...SNAP, held: false }, disk: { databaseBytes: 1, freeBytes: 1 } } });
    expect(titles({ members: low }).some((title) => title.startsWith('In step. '))).toBe(false);
  });

  test('of members that do not match the list advises nothing that would be refused', () => {
    const members = three(
      { build: '5.0.1', daemon: 'crash-looping' },
      { m3: { build: '5.0.1', daemon: 'serving', facts: { clusterCertificate: 'b' } } },
    );
    const { findings } = diagnosisOf({ members, rows: { m1: 318, m2: 318, m3: 313 } });
    const mismatch = findings.find(({ kind }) => kind === 'inventory-mismatch');
    expect(findings.map(({ kind }) => kind)).toContain('stale-counter-while-serving');
    expect(findings.some(({ next }) => next.includes('recover prod'))).toBe(false);
    expect(findings.find(({ kind }) => kind === 'stale-counter-while-serving')?.next).toBe(mismatch?.next);
    const held = diagnosisOf({ members, rows: { m1: 318, m2: 318, m3: 313 }, row: { m2: { state: 'evacuated' } } });
    expect(held.findings.find(({ kind }) => kind === 'member-evacuated')?.next).toContain('Restore the member');
  });
});
