/** The simulated cluster against what real daemons did: each test is a sentence of the facts that were seen in the lab. */
import { describe, expect, test } from 'vitest';
import { processDied, signalArrived } from '../../src/rehearsal/model/advance.ts';
import { addChange, START_STEPS } from '../../src/rehearsal/model/snapd.ts';
import { startSockets, startUnit, stopUnit } from '../../src/rehearsal/model/unit.ts';
import { boot } from '../../src/rehearsal/stage.ts';
import { guardedPatch, simulate } from './simulation.ts';
import type { Simulation } from './simulation.ts';

const STATE_FILE = 'var/snap/lxd/common/state';
const LOG_FILE = 'var/snap/lxd/common/lxd/logs/lxd.log';
const ALL = ['m1', 'm2', 'm3'];

function booted(options: Parameters<typeof simulate>[0] = {}): Simulation {
  const simulation = simulate(options);
  boot(simulation);
  expect(simulation.phases().slice(0, 3)).toEqual(['serving', 'serving', 'serving']);
  return simulation;
}

function downgraded(options: Parameters<typeof simulate>[0] = {}): Simulation {
  const simulation = booted(options);
  simulation.refresh(simulation.names, simulation.builds.lower.revision);
  simulation.pass(20);
  return simulation;
}

function impactOf(simulation: Simulation, name: string): readonly string[] {
  return simulation.member(name).impact.map(({ event }) => event.split(' ')[0] ?? '');
}

function startTogether(simulation: Simulation, names: readonly string[]): void {
  for (const name of names) {
    startSockets(simulation.member(name));
    startUnit(simulation.world, simulation.member(name));
  }
}

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
  function stopped(timing: Parameters<typeof simulate>[0] = {}): Simulation {
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

describe('members ahead', () => {
  function upgraded(): Simulation {
    const simulation = booted({ from: 'lower' });
    simulation.refresh(['m1'], simulation.builds.higher.revision);
    simulation.pass(15);
    return simulation;
  }

  test('one ahead commits its own row and waits, without a restart', () => {
    const simulation = upgraded();

    simulation.pass(180);

    expect(simulation.phases()).toEqual(['waiting', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([402, 387, 387]);
    expect(simulation.member('m1').unit.restarts).toBe(0);
    expect(simulation.file('m1', LOG_FILE)).toContain('Wait for other cluster nodes to upgrade their versions');
  });

  test('a patch on a waiting member before the fix is a no-op: it writes its own row again', () => {
    const simulation = upgraded();
    simulation.writePatch('m1', 'UPDATE nodes SET api_extensions=387;\n');

    simulation.pass(70);

    expect(simulation.hasPatch('m1')).toBe(false);
    expect(simulation.counts()).toEqual([402, 387, 387]);
    expect(simulation.phases()[0]).toBe('waiting');
  });

  test('the one that went ahead comes back without any patch', () => {
    const simulation = upgraded();

    simulation.refresh(['m1'], simulation.builds.lower.revision);
    simulation.pass(40);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([387, 387, 387]);
  });

  test('it comes up within seconds once the last of the others is there too', () => {
    const simulation = upgraded();

    simulation.refresh(['m2', 'm3'], simulation.builds.higher.revision);
    simulation.pass(10);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
  });

  test('a waiting daemon keeps SIGTERM until it is aligned, and then shuts down', () => {
    const simulation = upgraded();
    const pid = simulation.member('m1').daemon?.pid ?? 0;

    signalArrived(simulation.world, 'm1', pid, 'TERM');
    simulation.pass(30);
    expect(simulation.phases()[0]).toBe('waiting');

    simulation.refresh(['m2', 'm3'], simulation.builds.higher.revision);
    simulation.pass(10);
    expect(simulation.member('m1').daemon).toBeNull();
    expect(simulation.file('m1', STATE_FILE)).toBe('shutdown\n');
  });

  test('a start or a refresh hangs for as long as the daemon waits', () => {
    const simulation = booted({ from: 'lower' });
    simulation.refresh(['m1'], simulation.builds.higher.revision);

    simulation.pass(300);
    expect(simulation.member('m1').changes.at(-1)?.status).toBe('Doing');

    simulation.refresh(['m2', 'm3'], simulation.builds.higher.revision);
    simulation.pass(10);
    expect(simulation.member('m1').changes.at(-1)?.status).toBe('Done');
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

describe('with the fix', () => {
  test('a downgraded minority waits instead of crashing, and its row is written', () => {
    const simulation = booted({ pair: 'fixed' });

    simulation.refresh(['m3'], simulation.builds.lower.revision);
    simulation.pass(30);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'waiting']);
    expect(simulation.counts()).toEqual([442, 442, 433]);
    expect(simulation.member('m3').unit.restarts).toBe(0);
    expect(simulation.file('m3', LOG_FILE)).toContain('Wait for other cluster members to align their versions');
  });

  test('once all are downgraded they align by themselves, without a patch', () => {
    const simulation = booted({ pair: 'fixed' });

    simulation.refresh(ALL, simulation.builds.lower.revision);
    simulation.pass(70);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.counts()).toEqual([433, 433, 433]);
  });

  test('a waiting daemon takes SIGTERM at once and touches no instance', () => {
    const simulation = booted({ pair: 'fixed' });
    simulation.refresh(['m3'], simulation.builds.lower.revision);
    simulation.pass(30);

    signalArrived(simulation.world, 'm3', simulation.member('m3').daemon?.pid ?? 0, 'PWR');
    simulation.pass(2);

    expect(simulation.member('m3').daemon).toBeNull();
    expect(impactOf(simulation, 'm3')).not.toContain('instances-stopped');
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

describe('stopping', () => {
  test('SIGTERM ends a serving daemon cleanly: state shutdown, no restart, instances go on', () => {
    const simulation = booted();
    const { member } = simulation;
    signalArrived(simulation.world, 'm1', member('m1').daemon?.pid ?? 0, 'TERM');

    simulation.pass(5);

    expect(simulation.file('m1', STATE_FILE)).toBe('shutdown\n');
    expect(member('m1').unit.active).toBe('inactive');
    expect(member('m1').instances.every((instance) => instance.pid !== null)).toBe(true);
    expect(impactOf(simulation, 'm1')).not.toContain('lxcfs-died');
  });

  test('a plain snap stop of a serving member ends its instances and LXCFS', () => {
    const simulation = booted();

    simulation.snapStop(['m1']);
    simulation.pass(10);

    expect(impactOf(simulation, 'm1')).toEqual(expect.arrayContaining(['instances-stopped', 'lxcfs-died']));
    expect(simulation.member('m1').socket.file).toBe(false);
  });

  test('a plain snap stop inside a start attempt takes the host-shutdown path and ends LXCFS', () => {
    const simulation = downgraded();
    while (simulation.member('m1').daemon?.phase !== 'starting') simulation.pass(0.05);

    simulation.snapStop(['m1']);
    simulation.pass(20);

    expect(impactOf(simulation, 'm1')).toContain('lxcfs-died');
    expect(impactOf(simulation, 'm1')).not.toContain('instances-stopped');
  });

  test('the word crashed, a stop and SIGKILL end a not-ready daemon and leave LXCFS alone', () => {
    const simulation = downgraded();
    const member = simulation.member('m1');
    while (member.daemon?.phase !== 'starting') simulation.pass(0.05);

    simulation.world.disk(member).write(STATE_FILE, 'crashed\n');
    stopUnit(simulation.world, member, null);
    processDied(simulation.world, 'm1', member.daemon.pid);
    simulation.pass(5);

    expect(member.daemon).toBeNull();
    expect(['inactive', 'failed']).toContain(member.unit.active);
    expect(impactOf(simulation, 'm1')).not.toContain('lxcfs-died');
  });

  test('SIGKILL on a crash-looping member is one more restart', () => {
    const simulation = downgraded();
    const member = simulation.member('m1');
    while (member.daemon === null) simulation.pass(0.05);
    const { restarts } = member.unit;

    processDied(simulation.world, 'm1', member.daemon.pid);
    simulation.pass(1);

    expect(member.unit.restarts).toBe(restarts + 1);
  });

  test('a reload keeps instances and brings the daemon back', () => {
    const simulation = booted();
    const before = simulation.member('m1').instances.map((instance) => instance.pid);
    addChange(simulation.world, simulation.member('m1'), { kind: 'reload', summary: '', steps: [{ kind: 'reload' }] });

    simulation.pass(10);

    expect(simulation.phases()[0]).toBe('serving');
    expect(simulation.member('m1').instances.map((instance) => instance.pid)).toEqual(before);
  });
});

describe('quorum and heartbeats', () => {
  test('heartbeats advance while a leader exists, and stop with it', () => {
    const simulation = booted();
    const beats = (): readonly number[] =>
      (simulation.world.state.database['nodes']?.rows ?? []).map((row) => Date.parse(String(row['heartbeat'])));
    simulation.pass(30);
    expect(Math.min(...beats())).toBeGreaterThan(simulation.world.state.now - 11_000);

    simulation.snapStop(['m2', 'm3']);
    simulation.pass(60);

    expect(simulation.world.state.leader).toBeNull();
    expect(Math.max(...beats())).toBeLessThan(simulation.world.state.now - 40_000);
    expect(simulation.phases()[0]).toBe('serving');
  });

  test('a dump of the last to go, without a leader, is cut to nothing', () => {
    const simulation = booted();
    simulation.snapStop(['m2', 'm3']);
    simulation.pass(20);

    simulation.snapStop(['m1']);
    simulation.pass(10);

    expect(simulation.file('m1', 'var/snap/lxd/common/lxd/database/global/db.bin')).toBe('');
    expect(simulation.file('m2', 'var/snap/lxd/common/lxd/database/global/db.bin')).toContain('"nodes"');
  });

  test('a change that is started after another ends in serving members', () => {
    const simulation = booted();
    simulation.snapStop(['m1']);
    simulation.pass(10);

    addChange(simulation.world, simulation.member('m1'), { kind: 'service-control', summary: '', steps: START_STEPS });
    simulation.pass(10);

    expect(simulation.phases()).toEqual(['serving', 'serving', 'serving']);
    expect(simulation.member('m1').instances.every((instance) => instance.pid !== null)).toBe(true);
  });

  test('the same seed gives the same history', () => {
    const one = downgraded({ seed: 11 });
    const two = downgraded({ seed: 11 });

    expect(JSON.stringify(one.world.state)).toBe(JSON.stringify(two.world.state));
    expect(JSON.stringify(downgraded({ seed: 12 }).world.state)).not.toBe(JSON.stringify(one.world.state));
  });
});
