/** `status` and `explain` through the console: one card, its thread, the progress line, the roles. */
import { afterEach, describe, expect, test } from 'vitest';
import { aCluster } from '../support/cluster.ts';
import { observationOf, three } from '../support/observation.ts';
import { downgradedAll } from '../support/planning.ts';
import { createWorld, dataOf, only, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const healthy = observationOf({ members: three({ build: '5.21.2' }) });

/** Dave may view the first and the last. */
const PROD_HIDDEN_LAB = [
  aCluster(),
  { ...aCluster({ roles: { viewers: ['console:carol'] } }), name: 'hidden' as never },
  { ...aCluster(), name: 'lab' as never },
];

describe('status', () => {
  test('of a cluster in step is one card and nothing in its thread', async () => {
    world = createWorld({ observation: healthy });
    const lines = await world.type('viewer', 'status prod');
    expect(lines).toHaveLength(1);
    expect(only(lines, 'status').findings.map((finding) => finding.kind)).toEqual(['in-step']);
  });

  test('of a cluster out of step is explained in the thread of the card', async () => {
    world = createWorld({ observation: downgradedAll() });
    const lines = await world.type('viewer', 'status prod');
    expect(dataOf(lines).map((data) => data.kind)).toEqual(['status', 'explanation']);
    expect(lines[1]?.thread).toBe(lines[0]?.id);
    expect(only(lines, 'status').members).toEqual(
      ['m1', 'm2', 'm3'].map((name) => ({
        name,
        reachable: true,
        version: expect.stringMatching(/^5\.21\.2-/) as string,
        revision: expect.stringMatching(/^\d+$/) as string,
        extensions: 387,
        schema: 73,
        row: { schema: 73, apiExtensions: 402 },
        daemon: 'crash-looping',
        instances: expect.any(Number) as number,
      })),
    );
  });

  test('without a name is one card per cluster that the person may view, in the order of the configuration', async () => {
    world = createWorld({ observation: healthy, clusters: PROD_HIDDEN_LAB });
    const lines = await world.type('dave', 'status');
    expect(dataOf(lines).map((data) => (data.kind === 'status' ? data.cluster : data.kind))).toEqual(['prod', 'lab']);
    expect(only(await world.type('dave', 'status hidden'), 'problem').code).toBe('unknown-cluster');
  });

  test('of a member names its clusters, and none that the person may not view', async () => {
    world = createWorld({ observation: healthy, clusters: PROD_HIDDEN_LAB });
    expect(only(await world.type('dave', 'status m2'), 'problem')).toMatchObject({
      code: 'unknown-cluster',
      text: 'There is no cluster "m2": that is a member of prod, lab.',
      next: 'status prod',
    });
    expect(only(await world.type('dave', 'status m9'), 'problem').text).not.toContain('member');
  });

  test('that takes long says who answered, without data, and becomes the answer', async () => {
    world = createWorld({ observation: healthy });
    world.beforeProbe = async () => {
      world.wakeAll();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const lines = await world.type('viewer', 'status prod');
    expect(lines.map((line) => [line.kind, line.data?.kind ?? null])).toEqual([
      ['post', null],
      ['edit', 'status'],
    ]);
    expect(lines[1]?.id).toBe(lines[0]?.id);
    expect(lines[0]?.message.summary).toContain('asking 3 members');
  });

  test('writes down what appeared and what cleared, once', async () => {
    world = createWorld({ observation: downgradedAll() });
    await world.type('viewer', 'status prod', 'status prod');
    const appeared = await world.store.listTimeline({});
    expect(new Set(appeared.map((entry) => entry.kind))).toEqual(new Set(['finding-appeared', 'member-state']));
    expect(new Set(appeared.map((entry) => entry.text)).size).toBe(appeared.length);
    world.observation = healthy;
    const lines = await world.type('viewer', 'status prod --since 1h');
    expect(only(lines, 'status').findings[0]?.kind).toBe('in-step');
    const since = (await world.store.listTimeline({})).slice(appeared.length);
    const found = appeared.filter(({ kind }) => kind === 'finding-appeared');
    const states = since.filter(({ kind }) => kind === 'member-state');
    const kinds = since.filter(({ kind }) => kind !== 'member-state').map((entry) => entry.kind);
    expect(kinds).toEqual([...found.map(() => 'finding-cleared'), 'finding-appeared']);
    expect(states.map(({ member, state }) => `${member ?? ''} ${state ?? ''}`)).toEqual([
      'm1 serving',
      'm2 serving',
      'm3 serving',
    ]);
  });
});

describe('explain', () => {
  test('is one post with cause, evidence and the names that the lower binary lacks', async () => {
    world = createWorld({ observation: downgradedAll() });
    const lines = await world.type('viewer', 'explain prod');
    expect(lines).toHaveLength(1);
    const stale = only(lines, 'explanation').findings.find((finding) => finding.kind === 'stale-counter');
    expect(stale?.extensionsMissing).toHaveLength(15);
    expect(stale?.next).toContain('recover prod');
  });
});

describe('the boundary', () => {
  test('a throw becomes one problem, and is remembered for the exit code', async () => {
    world = createWorld({ observation: healthy });
    world.beforeProbe = () => Promise.reject(new Error('a bug'));
    const lines = await world.type('viewer', 'status prod');
    expect(only(lines, 'problem')).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(lines)).not.toContain('a bug');
    expect(world.session.threw).toBe(true);
    expect(world.errors).toHaveLength(1);
  });

  test('help is generated from the definitions', async () => {
    world = createWorld({ observation: healthy });
    const lines = await world.type('viewer', 'help', 'help recover');
    const [all, one] = dataOf(lines);
    expect(all?.kind === 'help' && all.commands.map((command) => command.name)).toContain('status');
    expect(one?.kind === 'help' && one.commands[0]?.usage).toContain('--strategy sql-live|patch-in-place');
  });
});
