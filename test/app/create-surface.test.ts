/** What a platform is told: choices for half-typed parameters, and a person's own page; nothing that the person may not view. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { createSurface } from '../../src/app/create-surface.ts';
import type { Surface } from '../../src/app/surface.ts';
import { aCluster, aPerson } from '../support/cluster.ts';
import { downgradedAll } from '../support/planning.ts';
import { createWorld, type World } from './world.ts';

let world: World;
let surface: Surface;

beforeEach(async () => {
  const hidden = { ...aCluster({ roles: { viewers: [], operators: [], approvers: [] } }), name: 'secret' as never };
  world = createWorld({ observation: downgradedAll(), clusters: [aCluster(), hidden] });
  surface = createSurface(world.deps, COMMANDS, () => Promise.reject(new Error('not here')));
  await world.type('alice', 'recover prod');
});
afterEach(() => world.close());

const alice = aPerson('console:alice');
const values = async (command: string, param: string, typed: string): Promise<readonly string[]> =>
  (await surface.suggest({ person: alice, command, param, typed })).map(({ value }) => value);

test('offers the clusters, runs and incidents that the person may view, best first', async () => {
  const [run] = await world.store.listRuns({});
  const [incident] = await world.store.listIncidents({});
  expect(await values('status', 'cluster', '')).toEqual(['prod']);
  expect(await values('status', 'cluster', 'sec')).toEqual([]);
  expect(await values('runs', 'run', '')).toEqual([run?.id]);
  expect(await values('incident', 'incident', 'prod')).toEqual([incident?.id]);
  expect(await values('timeline', 'about', '')).toEqual(['prod', incident?.id, run?.id]);
  expect(
    await surface.suggest({ person: aPerson('slack:UNOBODY'), command: 'runs', param: 'run', typed: '' }),
  ).toHaveLength(aCluster().roles.viewers.includes('*') ? 1 : 0);
});

test('offers enum values and commands by their beginning, then by what is in them, then by near spelling', async () => {
  expect(await values('incident', 'act', 're')).toEqual(['resolve', 'reopen']);
  expect(await values('help', 'command', 'statsu')).toContain('status');
  expect(await values('help', 'command', 're')).toEqual(expect.arrayContaining(['recover', 'reject', 'resume']));
  expect((await values('recover', 'strategy', '')).length).toBeGreaterThan(3);
  expect(await values('nothing', 'x', '')).toEqual([]);
  expect(await values('status', 'x', '')).toEqual([]);
});

test('a person’s page has the approvals that wait, the open incidents and how the clusters stood', async () => {
  const [run] = await world.store.listRuns({});
  const [incident] = await world.store.listIncidents({});
  const page = await surface.home(alice);
  const shown = JSON.stringify(page.blocks);
  expect(page.summary).toBe('1 cluster, 1 open incident, 1 run to approve');
  for (const words of [run?.id, incident?.id, 'prod', 'm1, m2 and m3 crash-looping']) expect(shown).toContain(words);
  expect(shown).not.toContain('secret');
  world.clock.now += 900_000;
  expect((await surface.home(alice)).summary).toContain('nothing to approve');
});

test('the reject button and an empty recover ask for their words', () => {
  expect(surface.commands.find(({ name }) => name === 'recover')?.form).toEqual(['cluster', 'strategy', 'reason']);
  expect(surface.commands.every((shape) => !('run' in shape))).toBe(true);
});
