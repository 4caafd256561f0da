/** Findings about versions: each kind with what makes it, and with what must not. */
import { describe, expect, test } from 'vitest';
import { findingOf, kindsOf, summaryOf } from '../../support/diagnosing.ts';
import { logLine, three, UNREACHABLE } from '../../support/observation.ts';

describe('stale-counter', () => {
  test('also when the unit has given up, and when only one row is too high', () => {
    expect(kindsOf({ members: three({ build: '5.0.1', daemon: 'failed' }), rows: 318 })).toEqual([
      'stale-counter',
      'unit-failed-or-disabled',
    ]);
    const one = { members: three({ build: '5.0.1', daemon: 'crash-looping' }), rows: { m2: 318 } } as const;
    expect(kindsOf(one)).toEqual(['stale-counter']);
  });

  test('names every recorded count', () => {
    const spec = {
      members: three({ build: '5.21.2', daemon: 'crash-looping' }),
      rows: { m1: 402, m2: 433, m3: 402 },
    } as const;
    expect(findingOf(spec, 'stale-counter').title).toContain('402 and 433');
  });

  test('is not claimed while a member is unknown: its binary may be the higher one', () => {
    const members = three({ build: '5.0.1', daemon: 'crash-looping' }, { m3: { reach: UNREACHABLE } });
    expect(summaryOf({ members, rows: 318 })).toEqual([
      'critical member-unreachable m3',
      'critical probe-incomplete m1,m2',
    ]);
  });

  test('is not claimed of a schema difference, an evacuated row alone, or without a table', () => {
    const members = three({ build: '5.0.1', daemon: 'crash-looping' });
    expect(kindsOf({ members, rows: 318, databaseSchema: 61 })).not.toContain('stale-counter');
    expect(kindsOf({ members, rows: { m3: 318 }, row: { m3: { state: 'evacuated' } } })).not.toContain('stale-counter');
    expect(summaryOf({ members, rows: null })).toEqual(['critical probe-incomplete m1,m2,m3']);
  });
});

describe('stale-counter-while-serving', () => {
  const members = three({ build: '5.0.1', daemon: 'crash-looping' }, { m1: { daemon: 'serving' } });

  test('one serves, the others meet rows that nobody has any more', () => {
    const spec = { members, rows: { m2: 318, m3: 318 } };
    expect(summaryOf(spec)).toEqual(['critical stale-counter-while-serving m2,m3']);
    expect(findingOf(spec, 'stale-counter-while-serving').cause).toContain('m1 would fail in the same way');
  });

  test('a serving member that still runs the higher binary keeps its row right', () => {
    const running = three({ build: '5.0.1', daemon: 'crash-looping' }, { m1: { daemon: 'serving', runs: '5.0.2' } });
    expect(kindsOf({ members: running, rows: 318 })).not.toContain('stale-counter-while-serving');
    expect(kindsOf({ members: running, rows: 318 })).toContain('running-differs-from-installed');
  });

  test('equal rows are no stale counter: the crash must have another cause', () => {
    expect(kindsOf({ members, rows: 313 })).not.toContain('stale-counter-while-serving');
  });
});

describe('mixed-binaries', () => {
  test('names the minority, lower or higher, and all serve: a warning', () => {
    const members = three({ build: '5.0.1' }, { m2: { build: '5.0.2' } });
    expect(summaryOf({ members })).toEqual(['warning mixed-binaries m2']);
  });

  test('all below what is recorded: nobody can start, and equal binaries come first', () => {
    const members = three(
      { build: '5.0.1', daemon: 'crash-looping' },
      { m3: { build: '5.0.0', daemon: 'crash-looping' } },
    );
    expect(summaryOf({ members, rows: 318 })).toEqual(['critical mixed-binaries m3']);
    expect(findingOf({ members, rows: 318 }, 'mixed-binaries').cause).toContain("m1 and m2 can't start either");
  });

  test('is about what counts now: a serving daemon that was not restarted after its refresh', () => {
    const members = three({ build: '5.0.1' }, { m1: { runs: '5.0.2' } });
    expect(kindsOf({ members, rows: { m1: 318 } })).toContain('mixed-binaries');
  });

  test('is not said of different builds with one count', () => {
    expect(kindsOf({ members: three({ build: '5.0.4' }, { m1: { build: '5.0.5' } }) })).not.toContain('mixed-binaries');
  });

  test('an unknown member is not taken for different', () => {
    expect(kindsOf({ members: three({}, { m3: { reach: UNREACHABLE } }) })).not.toContain('mixed-binaries');
  });

  test('lacking names are a difference of sets, also between lineages', () => {
    const members = three(
      { build: '5.2' },
      { m1: { build: '5.0.2', daemon: 'waiting' }, m2: { daemon: 'crash-looping' } },
    );
    const { extensionsMissing } = findingOf({ members }, 'mixed-binaries');
    expect(extensionsMissing).toHaveLength(18);
    expect(extensionsMissing[0]).toBe('5.0_301');
  });
});

describe('upgrade-waiting', () => {
  test('the last one is stopped: start it', () => {
    const members = three({ daemon: 'waiting' }, { m3: { daemon: 'stopped' } });
    const spec = { members, rows: { m3: 313 }, source: 'live' } as const;
    expect(summaryOf(spec)).toEqual(['critical upgrade-waiting m1,m2', 'critical daemon-down m3']);
  });

  test('a lower member that fails besides is mixed as well', () => {
    const members = three(
      { build: '5.0.1' },
      { m1: { build: '5.0.2', daemon: 'waiting' }, m2: { daemon: 'crash-looping' } },
    );
    expect(kindsOf({ members })).toEqual(['mixed-binaries', 'upgrade-waiting']);
  });

  test('a schema that only the higher rows have yet is no converted database', () => {
    const members = three({ build: '5.21.4' }, { m1: { build: '6.6', daemon: 'waiting' } });
    expect(kindsOf({ members, databaseSchema: 73, row: { m1: { schema: 78 } } })).not.toContain('schema-newer');
  });

  test('a daemon that waits for a leader is not an upgrade', () => {
    const log = [logLine('connecting_global_db', 'quorum', 'Failed connecting to global database attempt=6')];
    const members = three({ daemon: 'stopped' }, { m1: { daemon: 'waiting', facts: { log } } });
    expect(summaryOf({ members })).toEqual(['critical quorum-lost m1', 'critical daemon-down m2,m3']);
  });

  test('a member that was started just now is only not ready yet', () => {
    const members = three({}, { m1: { daemon: 'waiting', facts: { log: [] } } });
    expect(summaryOf({ members })).toEqual(['warning daemon-down m1']);
    expect(findingOf({ members }, 'daemon-down').title).toBe('LXD on m1 is alive, but not ready yet');
  });
});

describe('latent-skew', () => {
  test('a row above what the member runs traps the others', () => {
    const spec = { members: three({}), rows: { m1: 336 } } as const;
    expect(findingOf(spec, 'latent-skew').members).toEqual(['m1']);
    expect(findingOf(spec, 'latent-skew').cause).toContain('takes itself for outdated');
  });

  test('only a live table can say so', () => {
    expect(kindsOf({ members: three({}), rows: 313, source: 'disk' })).not.toContain('latent-skew');
  });

  test('the bump for tests counts in the row and is told instead', () => {
    const members = three({ facts: { extensionBump: 5 } });
    expect(kindsOf({ members, rows: 323 })).toEqual(['extension-bump-env']);
    expect(kindsOf({ members, rows: 318 })).toContain('latent-skew');
  });

  test('a member that does not serve rewrites its row at its start: nothing is latent', () => {
    const members = three({ build: '5.0.1' }, { m1: { daemon: 'waiting' } });
    expect(kindsOf({ members, rows: { m1: 318 } })).not.toContain('latent-skew');
  });
});

describe('running-differs-from-installed', () => {
  test('the same count in another revision is told, a restart harms nothing', () => {
    const members = three({ build: '5.0.5' }, { m1: { runs: '5.0.4' } });
    expect(summaryOf({ members })).toEqual(['warning running-differs-from-installed m1']);
    expect(findingOf({ members }, 'running-differs-from-installed').cause).toContain('Nothing is wrong at this moment');
  });

  test('a process beside an inactive unit is an orphan', () => {
    const process = { pid: 77, exe: null, extensions: null };
    const members = three({}, { m2: { daemon: 'stopped', facts: { process } } });
    expect(summaryOf({ members })).toEqual(['critical running-differs-from-installed m2']);
  });

  test('a path that can not be told apart accuses nobody', () => {
    const members = three({ facts: { process: { pid: 1, exe: '/usr/bin/lxd', extensions: 318 } } });
    expect(kindsOf({ members })).toEqual(['in-step']);
  });
});

describe('same-count-different-version', () => {
  test('5.0.1 and 5.2 count the same with different features', () => {
    const spec = { members: three({ build: '5.0.1' }, { m3: { build: '5.2' } }) };
    expect(summaryOf(spec)).toEqual(['warning same-count-different-version m3']);
    expect(findingOf(spec, 'same-count-different-version').cause).toContain('are not the same');
  });

  test('another build of one release is information', () => {
    const snap = {
      version: '5.0.2-0000000',
      revision: '503',
      tracking: null,
      held: true,
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const binary = {
      revision: '503',
      path: '/snap/lxd/503/bin/lxd',
      extensions: 318,
      schema: 60,
      localSchema: 42,
      names: null,
    };
    const process = { pid: 1, exe: binary.path, extensions: 318 };
    const spec = { members: three({}, { m1: { facts: { snap, binaries: [binary], process } } }) };
    expect(summaryOf(spec)).toEqual(['info same-count-different-version m1']);
  });

  test('other revisions on another architecture are the same build', () => {
    const snap = {
      version: '5.0.2-838e1b2',
      revision: '777',
      tracking: null,
      held: true,
      inCohort: false,
      disabled: false,
      broken: false,
    };
    const binary = {
      revision: '777',
      path: '/snap/lxd/777/bin/lxd',
      extensions: 318,
      schema: 60,
      localSchema: 42,
      names: null,
    };
    const process = { pid: 1, exe: binary.path, extensions: 318 };
    const facts = { snap, binaries: [binary], process, architecture: 'aarch64' };
    expect(kindsOf({ members: three({}, { m1: { facts } }) })).toEqual(['in-step']);
  });
});

describe('self-healing-version', () => {
  test('from 5.21.4 on stale rows correct themselves: no stale counter', () => {
    const spec = { members: three({ build: '5.21.4', daemon: 'waiting' }), rows: 442 } as const;
    expect(summaryOf(spec)).toEqual(['warning self-healing-version m1,m2,m3']);
  });

  test('the fix must be in the binary that one moves to', () => {
    const spec = { members: three({ build: '5.21.3', daemon: 'crash-looping' }), rows: 433 } as const;
    expect(summaryOf(spec)).toEqual(['critical stale-counter m1,m2,m3']);
  });

  test('a lower member with the fix waits for the alignment of binaries', () => {
    const spec = { members: three({ build: '5.21.5' }, { m3: { build: '5.21.4', daemon: 'waiting' } }) };
    expect(summaryOf(spec)).toEqual(['critical mixed-binaries m3', 'info self-healing-version m3']);
  });
});
