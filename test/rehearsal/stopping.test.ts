/** Stopping, quorum and heartbeats of the simulated cluster, as real daemons, the snap's scripts and systemd have them. */
import { describe, expect, test } from 'vitest';
import { killDaemon, processDied, signalArrived } from '../../src/rehearsal/model/advance.ts';
import { addChange, START_STEPS } from '../../src/rehearsal/model/snapd.ts';
import { stopUnit } from '../../src/rehearsal/model/unit.ts';
import { booted, downgraded, impactOf, STATE_FILE } from './histories.ts';

describe('stopping', () => {
  test('SIGTERM ends a serving daemon cleanly: state shutdown, no restart, instances go on', () => {
    const simulation = booted();
    const member = simulation.member('m1');
    signalArrived(simulation.world, 'm1', member.daemon?.pid ?? 0, 'TERM');

    simulation.pass(5);

    expect(simulation.file('m1', STATE_FILE)).toBe('shutdown\n');
    expect(member.unit.active).toBe('inactive');
    expect(member.instances.every((instance) => instance.pid !== null)).toBe(true);
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

  test('a daemon that stands still neither ends nor turns ready until it goes on', () => {
    const simulation = downgraded();
    const member = simulation.member('m1');
    while (member.daemon?.phase !== 'starting') simulation.pass(0.05);
    const { pid } = member.daemon;

    killDaemon(simulation.world, member, 'STOP');
    simulation.pass(30);
    expect(member.daemon.pid).toBe(pid);
    killDaemon(simulation.world, member, 'CONT');
    simulation.pass(5);
    expect(member.daemon?.pid).not.toBe(pid);
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
