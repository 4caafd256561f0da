/** Which kind of finding is worth an incident, a word or nothing, and what counts as a refresh on its way: every kind, once. */
import { describe, expect, test } from 'vitest';
import type { Diagnosis, MemberAssessment } from '../../../src/domain/diagnose/types.ts';
import { FINDING_KINDS, type Finding, type FindingKind, type Severity } from '../../../src/domain/finding.ts';
import { requireMemberName } from '../../../src/domain/ids.ts';
import { isSideRemark, sightOf, type Sight } from '../../../src/domain/watch/sight.ts';

type Known = Partial<Omit<MemberAssessment, 'member' | 'installed' | 'row'>> & {
  readonly count?: number | null;
  readonly recorded?: number | null;
  readonly pending?: boolean;
};

function member(name: string, known: Known = {}): MemberAssessment {
  const { count = 318, recorded = 318, pending = false, ...rest } = known;
  const row = { id: 1, name, address: '', schema: 60, apiExtensions: recorded ?? 0, heartbeatMs: null } as const;
  return {
    member: requireMemberName(name),
    reachable: true,
    phase: 'serving',
    installed:
      count === null ? null : { extensions: count, schema: 60, names: null, source: 'binary', disagreeing: [] },
    running: null,
    row: recorded === null ? null : { ...row, state: pending ? 'pending' : 'created' },
    version: null,
    revision: null,
    architecture: null,
    hasFix: null,
    instances: null,
    ...rest,
  };
}

function finding(kind: FindingKind, severity: Severity, ...names: readonly string[]): Finding {
  const members = names.map(requireMemberName);
  return { kind, severity, members, title: `${kind}!`, cause: '', evidence: [], extensionsMissing: [], next: '' };
}

function look(findings: readonly Finding[], members: readonly MemberAssessment[]): Sight {
  const diagnosis: Diagnosis = { findings, members, rows: null };
  return sightOf(diagnosis, 7);
}

const STOPPED_ONE = (): readonly MemberAssessment[] => [member('m1'), member('m2', { phase: 'stopped' })];

function kindsThat(holds: (kind: FindingKind) => boolean): readonly FindingKind[] {
  return FINDING_KINDS.filter(holds).toSorted();
}

describe('what is worth an incident', () => {
  test('is everything critical, whatever it is about', () => {
    const seen = FINDING_KINDS.map((kind) => look([finding(kind, 'critical', 'm1')], [member('m1')]));
    const silent = seen.flatMap(({ out, warnings }, index) =>
      out.length === 0 && warnings.length === 0 ? [FINDING_KINDS[index]] : [],
    );
    expect(silent).toEqual(['refresh-in-progress', 'held-elsewhere']);
    expect(seen.every(({ warnings }) => warnings.length === 0)).toBe(true);
  });

  test('is a warning about a member that does not serve, unless it is a remark beside the point', () => {
    const remarks = kindsThat((kind) => look([finding(kind, 'warning', 'm2')], STOPPED_ONE()).out.length === 0);
    expect(remarks).toEqual([
      'auto-refresh-not-held',
      'clock-skew',
      'disk-low',
      'healing-on',
      'heartbeat-stale',
      'held-elsewhere',
      'marker-unreadable',
      'member-evacuated',
      'patch-left-over',
      'recovery-tarball',
      'refresh-blocked-by-lxd',
      'refresh-in-progress',
      'same-count-different-version',
    ]);
    expect(kindsThat(isSideRemark)).toEqual(remarks);
  });

  test.each([
    ['serving', 'warnings'],
    ['unknown', 'warnings'],
    ['waiting', 'out'],
    ['crash-looping', 'out'],
    ['stopped', 'out'],
  ] as const)('depends on whether the member serves: about one that is %s it goes to %s', (phase, where) => {
    const seen = look([finding('daemon-down', 'warning', 'm1', 'm2')], [member('m1'), member('m2', { phase })]);
    expect([seen.out.length, seen.warnings.length]).toEqual(where === 'out' ? [1, 0] : [0, 1]);
  });

  test('is about the members that the finding names', () => {
    expect(look([finding('disk-low', 'warning', 'm1')], STOPPED_ONE()).out).toEqual([]);
    expect(look([finding('daemon-down', 'warning', 'm1')], STOPPED_ONE()).out).toEqual([]);
  });
});

describe('what is worth a word', () => {
  test('of mere information: what comes before trouble, and nothing else', () => {
    const told = kindsThat((kind) => look([finding(kind, 'info', 'm1')], [member('m1')]).warnings.length > 0);
    expect(told).toEqual(['auto-refresh-not-held', 'same-count-different-version']);
    expect(kindsThat((kind) => look([finding(kind, 'info', 'm2')], STOPPED_ONE()).out.length > 0)).toEqual([]);
  });

  test('is told once, as a warning or as an incident', () => {
    const seen = look([finding('daemon-down', 'warning', 'm2'), finding('disk-low', 'warning', 'm2')], STOPPED_ONE());
    expect(seen.out.map(({ kind }) => kind)).toEqual(['daemon-down']);
    expect(seen.warnings.map(({ kind }) => kind)).toEqual(['disk-low']);
  });

  test('has a key of kind and members, so that a changed number is no news; about set-up, of the kind alone', () => {
    const seen = look(
      [finding('disk-low', 'warning', 'm1', 'm2'), finding('auto-refresh-not-held', 'info', 'm1', 'm2')],
      [member('m1'), member('m2')],
    );
    expect(seen.warnings).toEqual([
      { key: 'disk-low@m1,m2', kind: 'disk-low', severity: 'warning', members: ['m1', 'm2'], title: 'disk-low!' },
      {
        key: 'auto-refresh-not-held',
        kind: 'auto-refresh-not-held',
        severity: 'info',
        members: ['m1', 'm2'],
        title: 'auto-refresh-not-held!',
      },
    ]);
  });
});

describe('a look', () => {
  test('carries its time, and whether anybody serves', () => {
    expect(look([], STOPPED_ONE())).toMatchObject({ at: 7, anyServes: true });
    expect(look([], [member('m1', { phase: 'stopped' }), member('m2', { phase: 'unknown' })])).toMatchObject({
      anyServes: false,
    });
  });
});

describe('a refresh on its way', () => {
  const AHEAD = { phase: 'waiting', count: 336, recorded: 336 } as const;
  const waits = (): Finding => finding('upgrade-waiting', 'critical', 'm1');
  const busy = (...names: readonly string[]): Finding => finding('refresh-in-progress', 'info', ...names);

  test('may show these findings and no others', () => {
    const allowed = kindsThat((kind) => {
      const seen = look([waits(), finding(kind, 'critical', 'm2')], [member('m1', AHEAD), member('m2')]);
      return seen.rolling !== null;
    });
    expect(allowed).toEqual([
      'daemon-down',
      'heartbeat-stale',
      // Somebody works there: nothing is said of it, and it is no trouble.
      'held-elsewhere',
      'mixed-binaries',
      'probe-incomplete',
      'quorum-lost',
      'refresh-blocked-by-lxd',
      'refresh-in-progress',
      'running-differs-from-installed',
      'same-count-different-version',
      'self-healing-version',
      'socket-missing',
      'upgrade-waiting',
    ]);
  });

  test('needs a member that waits for others, or snapd at work', () => {
    const members = [member('m1', AHEAD), member('m2')];
    expect(look([], members).rolling).toBeNull();
    expect(look([finding('daemon-down', 'warning', 'm1')], members).rolling).toBeNull();
    expect(look([busy('m2')], members).rolling).toEqual({ waiting: ['m1'], waitingFor: ['m2'] });
    expect(look([waits()], members).rolling).toEqual({ waiting: ['m1'], waitingFor: ['m2'] });
    expect(look([busy('m1')], [member('m1'), member('m2')]).rolling).toEqual({ waiting: [], waitingFor: [] });
  });

  test('waits for whoever is lower or unknown, and not for those that have it already', () => {
    const members = [
      member('m1', AHEAD),
      member('m2', { count: null, recorded: null, reachable: false, phase: 'unknown' }),
      member('m3', { count: 335 }),
      member('m4', { count: 336 }),
      member('m5', { phase: 'waiting', count: null }),
      member('m6', { phase: 'waiting', count: 318 }),
    ];
    expect(look([waits()], members).rolling).toEqual({ waiting: ['m1', 'm5', 'm6'], waitingFor: ['m2', 'm3'] });
  });

  test.each([
    ['a crash loop', () => member('m3', { phase: 'crash-looping' }), false],
    ['a stopped member', () => member('m3', { phase: 'stopped' }), false],
    ['a stopped member that snapd is changing', () => member('m2', { phase: 'stopped' }), true],
    ['a member below its own row', () => member('m3', { count: 317 }), false],
    ['a member below a row that is still pending', () => member('m3', { count: 317, pending: true }), true],
    ['a member at its row', () => member('m3'), true],
    ['a member above its row', () => member('m3', { count: 319 }), true],
    ['a member without a row', () => member('m3', { recorded: null }), true],
    ['a member of unknown build', () => member('m3', { count: null }), true],
  ] as const)('with %s', (_, other, isRolling) => {
    const seen = look([busy('m2')], [member('m1', AHEAD), other()]);
    expect(seen.rolling !== null).toBe(isRolling);
  });

  test('is none when everybody waits and one of them crash-loops besides', () => {
    const members = [member('m1', AHEAD), member('m2', { phase: 'crash-looping' })];
    expect(look([waits(), finding('mixed-binaries', 'critical', 'm2')], members).rolling).toBeNull();
  });
});
