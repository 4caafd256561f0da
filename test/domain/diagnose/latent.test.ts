/** Skew that does not show yet: rows that lie about who serves, daemons that are not what is installed, processes beside the service. */
import { describe, expect, test } from 'vitest';
import type { MemberFacts } from '../../../src/domain/observation.ts';
import { findingOf, kindsOf } from '../../support/diagnosing.ts';
import { binaryOf, type MemberSpec, type ObservationSpec } from '../../support/observation-spec.ts';
import { three } from '../../support/observation.ts';

type Spec = Omit<MemberSpec, 'name'>;

describe('latent-skew', () => {
  test('of rows that are too low says who waits at the next restart', () => {
    const finding = findingOf({ members: three({}), rows: 313 }, 'latent-skew');
    expect(finding).toMatchObject({
      severity: 'critical',
      members: ['m1', 'm2', 'm3'],
      title:
        'All looks well, but the database does not record what m1, m2 and m3 run: 318 API extensions, recorded 313',
    });
    expect(finding.cause).toBe(
      'The numbers of API extensions in the database were changed by hand or by a repair of one member: m1 runs 318, its row says 313; m2 runs 318, its row says 313; m3 runs 318, its row says 313. ' +
        'On its next restart such a member writes its true number back, finds the others lower and waits; its API then hangs while the cluster still shows it as online. ' +
        'LXD then also refreshes the lower members by itself, which undoes a downgrade. ' +
        'Restart nothing before the rows and the binaries agree.',
    );
  });

  test('of a row that is too high says who exits', () => {
    const finding = findingOf({ members: three({}), rows: { m2: 336 } }, 'latent-skew');
    expect(finding.title).toBe(
      'All looks well, but the database does not record what m2 runs: 318 API extensions, recorded 336',
    );
    expect(finding.cause).toContain(
      "any other member that restarts takes itself for outdated and exits. The member's own restart would correct its row.",
    );
    expect(finding.evidence.map(({ member, source }) => `${member} ${source}`)).toEqual([
      'm2 api',
      'm2 row',
      'm2 binary',
    ]);
    expect(finding.extensionsMissing).toEqual([]);
  });

  test('of rows that differ names no single number, and one that is too low decides', () => {
    const finding = findingOf({ members: three({}), rows: { m1: 313, m2: 336 } }, 'latent-skew');
    expect(finding.title).toContain('what m1 and m2 run: the numbers of API extensions differ');
    expect(finding.cause).toContain('writes its true number back');
  });

  test('lacks what a lower member would lack', () => {
    const members = three({}, { m3: { build: '5.0.1' } });
    expect(findingOf({ members, rows: 313 }, 'latent-skew').extensionsMissing).toHaveLength(5);
    expect(findingOf({ members: three({}), rows: 313 }, 'latent-skew').extensionsMissing).toEqual([]);
    const builds = three({}, { m2: { build: '5.0.4' }, m3: { build: '5.0.1' } });
    expect(findingOf({ members: builds, rows: 300 }, 'latent-skew').extensionsMissing).toHaveLength(22);
  });

  test.each<readonly [string, Spec, Partial<ObservationSpec>]>([
    ['a member that waits', { daemon: 'waiting' }, { rows: { m2: 313 } }],
    ['a member whose count is not known', { facts: { api: null, process: null } }, { rows: { m2: 313 } }],
    ['a member without a row', {}, { row: { m2: null } }],
    ['a member that is still joining', {}, { rows: { m2: 313 }, row: { m2: { state: 'pending' } } }],
    ['a copy of the table', {}, { rows: { m2: 313 }, source: 'disk' }],
    ['a bump that the row has too', { facts: { extensionBump: 7 } }, { rows: { m2: 325 } }],
  ])('does not accuse %s', (_, m2, spec) => {
    expect(kindsOf({ members: three({}, { m2 }), ...spec })).not.toContain('latent-skew');
  });

  test('accuses an evacuated row, and a bump that the row does not have', () => {
    expect(kindsOf({ members: three({}), rows: { m2: 313 }, row: { m2: { state: 'evacuated' } } })).toContain(
      'latent-skew',
    );
    expect(findingOf({ members: three({}, { m2: { facts: { extensionBump: 7 } } }) }, 'latent-skew').cause).toContain(
      'm2 runs 325, its row says 318',
    );
  });
});

describe('a daemon that is not what is installed', () => {
  const differs = (facts: Partial<MemberFacts>, spec: Spec = {}): boolean =>
    kindsOf({ members: three({}, { m2: { ...spec, facts } }) }).includes('running-differs-from-installed');
  const process = (extensions: number | null, exe = '/snap/lxd/502/bin/lxd') => ({ pid: 1, exe, extensions });

  test('is told for one and for several, with what the next restart brings', () => {
    const one = findingOf(
      { members: three({}, { m2: { runs: '5.0.1' } }), rows: { m2: 313 } },
      'running-differs-from-installed',
    );
    expect(one).toMatchObject({ severity: 'warning', title: 'm2 still runs another LXD than the installed one' });
    expect(one.cause).toBe(
      "The snap was replaced, but the running daemon was not restarted, or it is not the snap's own. " +
        'The next restart of m2 brings up the installed LXD, which counts another number of API extensions. ' +
        'What is in step now may not be in step after that restart.',
    );
    expect(one.evidence.map(({ source }) => source)).toEqual(['api', 'binary']);
    const partly = three({ build: '5.0.5' }, { m2: { runs: '5.0.4' }, m3: { runs: '5.0.2' } });
    expect(findingOf({ members: partly, rows: { m3: 318 } }, 'running-differs-from-installed').cause).toContain(
      'which counts another number of API extensions.',
    );
    const two = three({ build: '5.0.5' }, { m2: { runs: '5.0.4' }, m3: { runs: '5.0.4' } });
    const same = findingOf({ members: two }, 'running-differs-from-installed');
    expect(same.title).toBe('m2 and m3 still run another LXD than the installed one');
    expect(same.cause).toContain(
      'The next restart of m2 and m3 brings up the installed LXD. Nothing is wrong at this moment.',
    );
  });

  test.each<readonly [string, Partial<MemberFacts>, boolean]>([
    ['its program is of another revision', { process: process(318, '/snap/lxd/501/bin/lxd') }, true],
    ['its program was replaced in place', { process: process(313) }, true],
    ['its program counts the same', { process: process(318) }, false],
    ['its program could not be counted', { process: process(null) }, false],
    [
      'its program counts otherwise, but what is installed was not read',
      { process: process(313), binaries: [] },
      false,
    ],
    ['it has no process', { process: null }, false],
  ])('%s: %j', (_, facts, expected) => {
    expect(differs(facts)).toBe(expected);
  });

  test('beside an inactive unit is told as an orphan alone', () => {
    const facts = { process: process(313, '/snap/lxd/501/bin/lxd') };
    const members = three({}, { m2: { daemon: 'stopped', facts } });
    expect(findingOf({ members }, 'running-differs-from-installed')).toMatchObject({
      severity: 'critical',
      title: 'm2 has an LXD process although the service is not active',
      evidence: [{ member: 'm2', text: 'unit inactive, process 1 /snap/lxd/501/bin/lxd' }],
    });
  });
});

describe('a process that the unit does not know of', () => {
  const process = { pid: 77, exe: null, extensions: null };

  test('is told for one and for several, also after systemd gave up', () => {
    const members = three({ daemon: 'stopped', facts: { process } }, { m1: { daemon: 'serving', facts: {} } });
    expect(findingOf({ members, source: 'live' }, 'running-differs-from-installed')).toMatchObject({
      title: 'm2 and m3 have an LXD process although the service is not active',
      next: 'Look at the process on m2 and m3, then: status prod',
    });
    const failed = three({}, { m2: { daemon: 'failed', facts: { process, log: [] } } });
    expect(findingOf({ members: failed }, 'running-differs-from-installed').evidence[0]?.text).toBe(
      'unit failed, process 77',
    );
  });

  test('is none while the unit is active, or could not be read', () => {
    const unread = three({}, { m2: { facts: { unit: null, binaries: [binaryOf('5.0.2')] } } });
    expect(kindsOf({ members: unread })).not.toContain('running-differs-from-installed');
    expect(kindsOf({ members: three({}, { m2: { daemon: 'stopped' } }) })).not.toContain(
      'running-differs-from-installed',
    );
  });
});
