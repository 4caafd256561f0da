/** What is said before there is trouble, in the words that people read: each once, as a message and not as an incident. */
import { afterEach, describe, expect, test } from 'vitest';
import { watchOnce, type Watched } from '../../../src/app/watch/watch-once.ts';
import type { FindingKind } from '../../../src/domain/finding.ts';
import { FIRST_STATE } from '../../../src/domain/watch/state.ts';
import { aCluster } from '../../support/cluster.ts';
import { BUILDS } from '../../support/builds.ts';
import type { ObservationSpec } from '../../support/observation-spec.ts';
import { observationOf, three } from '../../support/observation.ts';
import { createWorld, type World } from '../world.ts';

const CLUSTER = { ...aCluster(), watchEveryMs: 60_000 };

let world: World;
afterEach(() => world.close());

interface Told {
  readonly warnings: readonly string[];
  readonly incidents: readonly string[];
}

/** Four looks at the same. */
async function watch(spec: ObservationSpec, kind: FindingKind): Promise<Told> {
  const observation = observationOf(spec);
  world = createWorld({ observation, clusters: [CLUSTER] });
  let watched: Watched = { state: FIRST_STATE, writtenAt: null };
  for (let look = 0; look < 4; look += 1) {
    world.clock.now += 15_000;
    world.observation = { ...observation, startedAt: world.clock.now, endedAt: world.clock.now };
    watched = await watchOnce(world.deps, CLUSTER, { on: true, mutedUntil: null, by: null }, watched);
  }
  const entries = await world.store.listTimeline({ cluster: CLUSTER.name });
  return {
    warnings: entries.flatMap((entry) => (entry.kind === 'watch-said' && entry.finding === kind ? [entry.text] : [])),
    incidents: (await world.store.listIncidents({})).map(({ title }) => title),
  };
}

describe('members on different revisions', () => {
  test('of one release, which nothing of LXD’s own notices', async () => {
    const { version, tracking } = BUILDS['5.0.2'];
    const snap = { version, revision: '503', tracking, held: true, inCohort: false, disabled: false, broken: false };
    const binary = { ...BUILDS['5.0.2'], path: '/snap/lxd/503/bin/lxd', revision: '503' };
    const told = await watch(
      { members: three({}, { m3: { facts: { snap, binaries: [binary], process: null } } }) },
      'same-count-different-version',
    );
    expect(told.incidents).toEqual([]);
    expect(told.warnings).toHaveLength(1);
    expect(told.warnings[0]).toMatch(/^prod, before it becomes trouble: .*different builds of one release: m3 differs/);
    expect(told.warnings[0]).toContain('one revision on all members avoids that');
  });

  test('of releases that count alike', async () => {
    const told = await watch(
      { members: three({ build: '5.0.4' }, { m2: { build: '5.0.5' } }) },
      'same-count-different-version',
    );
    expect(told.incidents).toEqual([]);
    expect(told.warnings).toHaveLength(1);
    expect(told.warnings[0]).toContain(
      'Members run different releases that all count 340 API extensions: m1 and m3 have 5.0.4 (340 API extensions), m2 has 5.0.5',
    );
  });

  test('of releases that count differently, while all still serve', async () => {
    const told = await watch(
      { members: three({}, { m3: { build: '5.0.1', runs: '5.0.2' } }), rows: 318 },
      'mixed-binaries',
    );
    expect(told.incidents).toEqual([]);
    expect(told.warnings).toHaveLength(1);
    expect(told.warnings[0]).toMatch(
      /^prod, before it becomes trouble: Members run different LXDs: .* m3 has 5\.0\.1 \(313 API extensions\), still running 318\. /,
    );
    expect(told.warnings[0]).toContain(
      'the next restart of m3 brings up the installed LXD, and then the numbers differ',
    );
    expect(told.warnings[0]).toMatch(/recover prod$/);
  });
});

test('refreshes that nobody holds: which members, what comes of it, and the command that holds them', async () => {
  const { version, revision, tracking } = BUILDS['5.0.2'];
  const snap = { version, revision, tracking, held: false, inCohort: false, disabled: false, broken: false };
  const told = await watch(
    { members: three({}, { m1: { facts: { snap } }, m2: { facts: { snap } } }) },
    'auto-refresh-not-held',
  );
  expect(told.incidents).toEqual([]);
  expect(told.warnings).toHaveLength(1);
  expect(told.warnings[0]).toContain('Refreshes of LXD are not held on m1 and m2: snapd may change it at any time');
  expect(told.warnings[0]).toContain(
    'Hold them on m1 and m2 (sudo snap refresh --hold lxd), and before the next refresh',
  );
  expect(told.warnings[0]).toMatch(/check prod --to 5\.0\.5$/);
});

test('skew that does not show yet is an incident while all is green: nothing may restart before it is settled', async () => {
  const told = await watch({ members: three({}), rows: 313 }, 'latent-skew');
  expect(told.incidents).toHaveLength(1);
  expect(told.incidents[0]).toMatch(/^All looks well, but the database does not record what m1, m2 and m3 run/);
  expect(told.warnings).toHaveLength(1);
  expect(told.warnings[0]).toContain('Restart nothing before the rows and the binaries agree');
  expect(told.warnings[0]).toMatch(/recover prod$/);
});
