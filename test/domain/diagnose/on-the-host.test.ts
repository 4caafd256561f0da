/** What snapd does, and what somebody left on a host: for one and for several, and what is none of it. */
import { describe, expect, test } from 'vitest';
import type { Leftovers, MemberFacts, SnapChange, SnapFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import type { MemberSpec } from '../../support/observation-spec.ts';
import { logLine, three } from '../../support/observation.ts';

type Spec = Omit<MemberSpec, 'name'>;

function left(parts: Partial<Leftovers>): Leftovers {
  return { patchGlobal: null, patchLocal: false, recoveryTarball: false, lxdDebug: false, ...parts };
}

function change(status: string, summary = 'Refresh "lxd" snap'): SnapChange {
  return { id: '7', status, summary, spawn: null };
}

function m2(
  facts: Partial<MemberFacts>,
  daemon: MemberSpec['daemon'] = 'serving',
): { readonly members: readonly MemberSpec[] } {
  return { members: three({}, { m2: { daemon, facts } }) };
}

describe('changes of snapd', () => {
  test('are under way in these states, and over in all others', () => {
    const states = ['Do', 'Doing', 'Undo', 'Undoing', 'Wait', 'Abort', 'Done', 'Undone', 'Error', 'Hold', ''];
    expect(
      states.filter((status) => kindsOf(m2({ changes: [change(status)] })).includes('refresh-in-progress')),
    ).toEqual(['Do', 'Doing', 'Undo', 'Undoing', 'Wait', 'Abort']);
  });

  test.each([
    ['Refresh "lxd" snap from "5.0/stable" channel', true],
    ['Stop service lxd of snap "LXD"', true],
    ['Refresh snaps "core22", "lxd"', true],
    ['Auto-refresh 3 snaps', true],
    ['Refresh "core22" snap', false],
    ['Refresh "lxdx" snap', false],
  ])('that say %j concern LXD: %j', (summary, concerns) => {
    expect(kindsOf(m2({ changes: [change('Doing', summary)] })).includes('refresh-in-progress')).toBe(concerns);
  });

  test('are quoted, those under way', () => {
    const changes = [
      change('Done'),
      change('Doing'),
      change('Doing', 'Refresh "core22" snap'),
      change('Do', 'Auto-refresh 3 snaps'),
    ];
    const finding = findingOf(m2({ changes }), 'refresh-in-progress');
    expect(finding).toMatchObject({
      severity: 'warning',
      members: ['m2'],
      title: 'snapd is changing LXD on m2 right now',
    });
    expect(finding.evidence.map(({ text }) => text)).toEqual([
      'change 7 Doing: Refresh "lxd" snap',
      'change 7 Do: Auto-refresh 3 snaps',
    ]);
  });

  test.each([
    ['serving', 'refresh-in-progress'],
    ['stopped', 'refresh-in-progress'],
    ['waiting', 'refresh-blocked-by-lxd'],
    ['crash-looping', 'refresh-blocked-by-lxd'],
  ] as const)('on a member that is %s are %s', (daemon, kind) => {
    const changing = { changes: [change('Doing')] };
    expect(kindsOf(m2(changing, daemon)).filter((one) => one.startsWith('refresh-'))).toEqual([kind]);
  });

  test('that could not be listed are none', () => {
    expect(kindsOf(m2({ changes: null }))).toEqual(['in-step']);
  });
});

describe('refreshes that nothing holds', () => {
  const snap = (parts: Partial<SnapFacts> = {}): SnapFacts => ({
    version: '5.0.2-838e1b2',
    revision: '502',
    tracking: null,
    held: false,
    inCohort: false,
    disabled: false,
    broken: false,
    ...parts,
  });

  test('are told for one and for several', () => {
    const one = findingOf(m2({ snap: snap({ tracking: '5.0/stable' }) }), 'auto-refresh-not-held');
    expect(one).toMatchObject({
      severity: 'info',
      title: 'In step. Refreshes of LXD are not held on m2: snapd may change it at any time',
      evidence: [{ member: 'm2', text: 'not held, tracking 5.0/stable' }],
      next: 'Hold them on m2 (sudo snap refresh --hold lxd), and before the next refresh ask what it would do: check prod --to 5.0.5',
    });
    expect(one.cause).toBe(
      'Automatic refreshes of the snap are not held on m2. ' +
        'It can get another LXD at its moment, and the cluster is out of step until all have it. ' +
        'Nothing is wrong now; a hold on all members keeps it so until you choose the moment.',
    );
    const several = findingOf({ members: three({ facts: { snap: snap() } }) }, 'auto-refresh-not-held');
    expect(several.cause).toContain('Each can get another LXD at its own moment,');
    expect(several.evidence[0]?.text).toBe('not held, tracking unknown');
  });

  test('are told otherwise while somebody does not serve', () => {
    const members = three({ facts: { snap: snap() } }, { m3: { daemon: 'stopped', facts: {} } });
    expect(findingOf({ members }, 'auto-refresh-not-held').cause).toContain(
      'During a repair that would change the ground under it.',
    );
  });

  test('are not told of a snap that could not be read', () => {
    expect(kindsOf(m2({ snap: null }))).not.toContain('auto-refresh-not-held');
  });
});

describe('left-overs', () => {
  test('of a patch are quoted, each file', () => {
    const texts = (leftovers: Leftovers): readonly string[] =>
      findingOf(m2({ leftovers }), 'patch-left-over').evidence.map(({ text }) => text);
    expect(texts(left({ patchGlobal: 'UPDATE\nnodes' }))).toEqual(['patch.global.sql: UPDATE nodes']);
    expect(texts(left({ patchLocal: true }))).toEqual(['patch.local.sql exists']);
    expect(texts(left({ patchGlobal: '', patchLocal: true }))).toEqual(['patch.global.sql:', 'patch.local.sql exists']);
    expect(kindsOf(m2({ leftovers: left({}) }))).toEqual(['in-step']);
  });

  test('of a recovery are a file, or a line that says that it is being loaded', () => {
    const line = logLine('recovery_tarball', 'info', 'Recovery tarball found');
    const texts = (spec: Spec): readonly string[] => {
      const members = three({}, { m2: spec });
      if (!kindsOf({ members }).includes('recovery-tarball')) return [];
      return findingOf({ members }, 'recovery-tarball').evidence.map(({ source, text }) => `${source} ${text}`);
    };
    const file = left({ recoveryTarball: true });
    expect(texts({ facts: { leftovers: file } })).toEqual(['snap lxd_recovery_db.tar.gz exists']);
    expect(texts({ daemon: 'waiting', facts: { log: [line] } })).toEqual(['log Recovery tarball found']);
    expect(texts({ daemon: 'waiting', facts: { leftovers: file, log: [line] } })).toEqual([
      'snap lxd_recovery_db.tar.gz exists',
      'log Recovery tarball found',
    ]);
    expect(texts({ facts: { log: [line] } })).toEqual([]);
    expect(texts({ daemon: 'waiting', facts: { log: [{ ...line, at: (line.at ?? 0) - 15 * 60_000 }] } })).toEqual([]);
    expect(texts({ daemon: 'waiting', facts: { log: [], leftovers: null } })).toEqual([]);
  });

  test('of a private binary are told for one and for several', () => {
    const leftovers = left({ lxdDebug: true });
    const one = findingOf(m2({ leftovers }), 'lxd-debug');
    expect(one.title).toBe("m2 starts a private LXD binary instead of the snap's");
    expect(one.evidence[0]?.text).toBe('lxd.debug is in place; running /snap/lxd/502/bin/lxd');
    const all = findingOf({ members: three({ facts: { leftovers, process: null, api: null } }) }, 'lxd-debug');
    expect(all.title).toBe("m1, m2 and m3 start a private LXD binary instead of the snap's");
    expect(all.evidence[0]?.text).toBe('lxd.debug is in place; running unknown');
  });

  test.each([
    [5, ['warning extension-bump-env m2']],
    [-1, ['warning extension-bump-env m2']],
    [0, []],
    [null, []],
  ])('of a bump for tests: %j', (extensionBump, expected) => {
    const found = summaryOf({ ...m2({ extensionBump }), rows: { m2: 318 + (extensionBump ?? 0) } });
    expect(found.filter((one) => one.includes('extension-bump-env'))).toEqual(expected);
  });

  test('of a bump are shown with its number', () => {
    expect(findingOf(m2({ extensionBump: 5 }), 'extension-bump-env').evidence).toMatchObject([
      { member: 'm2', text: 'LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS=5' },
    ]);
  });
});
