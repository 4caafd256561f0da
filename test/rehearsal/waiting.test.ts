/** Members that wait: ahead before the fix, in both directions with it, as real daemons did in the lab. */
import { describe, expect, test } from 'vitest';
import { signalArrived } from '../../src/rehearsal/model/advance.ts';
import { ALL, booted, impactOf, LOG_FILE, STATE_FILE } from './histories.ts';
import type { Simulation } from './simulation.ts';

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
