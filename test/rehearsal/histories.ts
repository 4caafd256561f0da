/** Histories that several tests of the simulated cluster start from. */
import { expect } from 'vitest';
import { startSockets, startUnit } from '../../src/rehearsal/model/unit.ts';
import { boot } from '../../src/rehearsal/stage.ts';
import { simulate } from './simulation.ts';
import type { Simulation, SimulationOptions } from './simulation.ts';

export const STATE_FILE = 'var/snap/lxd/common/state';
export const LOG_FILE = 'var/snap/lxd/common/lxd/logs/lxd.log';
export const ALL = ['m1', 'm2', 'm3'];

export function booted(options: SimulationOptions = {}): Simulation {
  const simulation = simulate(options);
  boot(simulation);
  expect(simulation.phases().slice(0, 3)).toEqual(['serving', 'serving', 'serving']);
  return simulation;
}

export function downgraded(options: SimulationOptions = {}): Simulation {
  const simulation = booted(options);
  simulation.refresh(simulation.names, simulation.builds.lower.revision);
  simulation.pass(20);
  return simulation;
}

export function impactOf(simulation: Simulation, name: string): readonly string[] {
  return simulation.member(name).impact.map(({ event }) => event.split(' ')[0] ?? '');
}

export function startTogether(simulation: Simulation, names: readonly string[]): void {
  for (const name of names) {
    startSockets(simulation.member(name));
    startUnit(simulation.world, simulation.member(name));
  }
}
