/** The simulated start-up check against what real daemons did: each test is a sentence of the facts that were seen in the lab. */
import { describe, expect, test } from 'vitest';
import { ALL, booted, downgraded, impactOf, LOG_FILE, startTogether, STATE_FILE } from './histories.ts';
import { guardedPatch } from './simulation.ts';
import type { Simulation, SimulationOptions } from './simulation.ts';

describe('every member downgraded, before the fix', () => {
  test('is a deadlock for good: more than 25 restarts in a minute, and no row moves', () => {
    const simulation = downgraded();
    const before = simulation.names.map((name) => simulation.member(name).unit.restarts);

    simulation.pass(60);

    const restarts = simulation.names.map(
      (name, index) => simulation.member(name).unit.restarts - (before[index] ?? 0),
    );
    for (const count of restarts) expect(count).toBeGreaterThan(25);
    expect(simulation.counts()).toEqual([402, 402, 402]);
    simulation.pass(3600);
    expect(simulation.counts()).toEqual([402, 402, 402]);
    expect(simulation.phases()).not.toContain('serving');
  });

  test('says in the log that the version is behind, in the words of its release', () => {
    const simulation = downgraded();

    expect(simulation.file('m2', LOG_FILE)).toContain(
      `level=error msg="Failed to start the daemon" err="Failed to initialize global database: failed to ensure schema: Failed to ensure schema: This cluster member's version is behind, please upgrade"`,
    );
    expect(simulation.file('m2', STATE_FILE)?.trim()).toMatch(/^(?:crashed)?$/);
  });

  test.each(ALL)('one guarded patch file on %s heals all within seconds, and no instance is touched', (name) => {
    const simulation = downgraded();
    simulation.writePatch(name, guardedPatch(simulation));

    simulation.pass(11);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([387, 387, 387]);
    expect(simulation.hasPatch(name)).toBe(false);
    for (const one of ALL) expect(impactOf(simulation, one)).not.toContain('instances-stopped');
    for (const one of ALL) expect(impactOf(simulation, one)).not.toContain('lxcfs-died');
  });

  test('a stand-by of five can take the patch as well', () => {
    const simulation = downgraded({ size: 5 });
    simulation.writePatch('m4', guardedPatch(simulation).replace('(1,2,3)', '(1,2,3,4,5)'));

    simulation.pass(15);

    expect(simulation.counts()).toEqual([387, 387, 387, 387, 387]);
    expect(new Set(simulation.phases())).toEqual(new Set(['serving']));
  });

  test('a patch with an SQL error is kept, and every start fails on it', () => {
    const simulation = downgraded();
    simulation.writePatch('m1', 'UPDATE node SET api_extensions=387;\n');

    simulation.pass(20);

    expect(simulation.hasPatch('m1')).toBe(true);
    expect(simulation.file('m1', LOG_FILE)).toContain(
      'failed to execute queries from /var/snap/lxd/common/lxd/database/patch.global.sql: no such table: node',
    );
    expect(simulation.counts()).toEqual([402, 402, 402]);
  });

  test('a patch that misses a row is gone and has changed nothing: gone is not applied', () => {
    const simulation = downgraded();
    simulation.writePatch('m1', guardedPatch(simulation).replace('(1,2,3)', '(1,2)'));

    simulation.pass(10);

    expect(simulation.hasPatch('m1')).toBe(false);
    expect(simulation.counts()).toEqual([402, 402, 402]);
  });

  test('a patch past its deadline does nothing', () => {
    const simulation = downgraded();
    simulation.writePatch('m1', guardedPatch(simulation, -1));

    simulation.pass(10);

    expect(simulation.hasPatch('m1')).toBe(false);
    expect(simulation.counts()).toEqual([402, 402, 402]);
  });

  test('rolling everybody forward needs no SQL: the last one unblocks the rest', () => {
    const simulation = downgraded();

    simulation.refresh(ALL, simulation.builds.higher.revision);
    simulation.pass(30);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([402, 402, 402]);
  });
});

describe('stopped members', () => {
  function stopped(timing: SimulationOptions = {}): Simulation {
    const simulation = booted(timing);
    simulation.snapStop(ALL);
    simulation.pass(10);
    simulation.swapRevision(ALL, simulation.builds.lower.revision);
    expect(simulation.phases()).toEqual(['inactive', 'inactive', 'inactive']);
    return simulation;
  }

  test('one file of three, and daemons that do not restart: the others stay down, the file is gone, nothing is changed', () => {
    const simulation = stopped({ timing: { transactionMs: 250, jitterMs: 1, electionMs: 20 } });
    for (const name of ALL) simulation.member(name).faults.restartOnFailure = false;
    simulation.writePatch('m3', guardedPatch(simulation));

    startTogether(simulation, ['m1', 'm2']);
    simulation.pass(0.1);
    startTogether(simulation, ['m3']);
    simulation.pass(120);

    expect(simulation.counts()).toEqual([402, 402, 402]);
    expect(simulation.hasPatch('m3')).toBe(false);
    expect(simulation.phases()).toEqual(['failed', 'failed', 'starting']);
  });

  test('the file on all of them, all started together: serving after seconds', () => {
    const simulation = stopped();
    for (const name of ALL) simulation.member(name).faults.restartOnFailure = false;
    for (const name of ALL) simulation.writePatch(name, guardedPatch(simulation));

    startTogether(simulation, ALL);
    simulation.pass(5);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([387, 387, 387]);
  });

  test('a lone member of three has no leader and waits', () => {
    const simulation = stopped();

    startTogether(simulation, ['m1']);
    simulation.pass(600);

    expect(simulation.phases()).toEqual(['starting', 'inactive', 'inactive']);
    expect(simulation.member('m1').unit.restarts).toBe(0);
    expect(simulation.file('m1', LOG_FILE)).toContain('no available dqlite leader server found');
  });
});

describe('one of three downgraded', () => {
  function oneDown(): Simulation {
    const simulation = booted();
    simulation.refresh(['m3'], simulation.builds.lower.revision);
    simulation.pass(20);
    return simulation;
  }

  test('it crash-loops while the others serve', () => {
    const simulation = oneDown();

    expect(simulation.phases().slice(0, 2)).toEqual(['serving', 'serving']);
    expect(simulation.member('m3').unit.restarts).toBeGreaterThan(5);
    expect(simulation.counts()).toEqual([402, 402, 402]);
  });

  test('patched by hand all is green, until another one restarts: it waits', () => {
    const simulation = oneDown();
    simulation.writePatch('m3', 'UPDATE nodes SET api_extensions=387;\n');
    simulation.pass(10);
    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([387, 387, 387]);

    simulation.restart(['m1']);
    simulation.pass(20);

    expect(simulation.phases()).toEqual(['waiting', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([402, 387, 387]);
  });

  test('an evacuated row is not compared, but the evacuated member is still held by the others', () => {
    const simulation = oneDown();
    simulation.refresh(['m3'], simulation.builds.higher.revision);
    simulation.pass(20);
    simulation.evacuate('m3');
    simulation.sql(`UPDATE nodes SET api_extensions=387 WHERE name='m3'`);

    simulation.restart(['m1']);
    simulation.pass(20);
    expect(simulation.phases()[0]).toBe('serving');

    simulation.refresh(['m3'], simulation.builds.lower.revision);
    simulation.pass(20);
    expect(simulation.member('m3').unit.restarts).toBeGreaterThan(5);
  });

  test('a serving member that sees a higher row says so and refreshes by itself, although refreshes are held', () => {
    const simulation = booted({ from: 'lower' });
    for (const name of ALL) simulation.member(name).held = true;
    simulation.world.state.channelHead = simulation.builds.higher.revision;

    simulation.refresh(['m1'], simulation.builds.higher.revision);
    simulation.pass(90);

    expect(simulation.file('m2', LOG_FILE)).toContain('Member is out-of-date with respect to other cluster members');
    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([402, 402, 402]);
  });
});

describe('schema', () => {
  test('a row with a higher schema holds a member back for good, whatever its count', () => {
    const simulation = booted();
    simulation.sql('UPDATE nodes SET schema=74, api_extensions=402 WHERE id<3');

    simulation.restart(['m3']);
    simulation.pass(30);

    expect(simulation.phases()[2]).not.toBe('serving');
    expect(simulation.file('m3', LOG_FILE)).toContain('version is behind');
  });

  test('a database schema above the binary is fatal, also when all rows agree', () => {
    const simulation = booted();
    simulation.sql('INSERT INTO schema (version, updated_at) VALUES (74, 0)');

    simulation.restart(['m3']);
    simulation.pass(30);

    expect(simulation.file('m3', LOG_FILE)).toContain("schema version '74' is more recent than expected '73'");
  });

  test('schema and count that disagree in direction are inconsistent', () => {
    const simulation = booted();
    simulation.sql('UPDATE nodes SET schema=74, api_extensions=387 WHERE id<3');

    simulation.restart(['m3']);
    simulation.pass(30);

    expect(simulation.file('m3', LOG_FILE)).toContain('Cluster members have inconsistent versions');
  });
});
