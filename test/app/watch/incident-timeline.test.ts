/**
 * An incident's own timeline begins where trouble was first seen, not where somebody opened it: in the thread, in the picture and in
 * every file, with the chain whole.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { watchOnce, type Watched } from '../../../src/app/watch/watch-once.ts';
import type { IncidentId } from '../../../src/domain/ids.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import { FIRST_STATE } from '../../../src/domain/watch/state.ts';
import { TEXT_FORMATS } from '../../../src/report/formats.ts';
import { READERS } from '../../report/readers.ts';
import { aCluster } from '../../support/cluster.ts';
import { logLine, observationOf, three } from '../../support/observation.ts';
import { downgradedAll } from '../../support/planning.ts';
import { createWorld, only, type World } from '../world.ts';

const CLUSTER = { ...aCluster(), watchEveryMs: 60_000 };
const HEALTHY = observationOf({ members: three({}) });
const STEP_MS = 15_000;

let world: World;
let watched: Watched;
afterEach(() => world.close());

function open(): void {
  world = createWorld({ observation: HEALTHY, clusters: [CLUSTER] });
  watched = { state: FIRST_STATE, writtenAt: null };
}

/** What the cluster is from now on; the clock is at the end of that look. */
function see(seen: ClusterObservation): void {
  world.clock.now += STEP_MS;
  world.observation = { ...seen, startedAt: world.clock.now, endedAt: world.clock.now };
}

/** One look of the watch at it. */
async function look(seen: ClusterObservation): Promise<void> {
  see(seen);
  watched = await watchOnce(world.deps, CLUSTER, { on: true, mutedUntil: null, by: null }, watched);
}

async function openedBy(line: string | null): Promise<IncidentId> {
  if (line !== null) await world.type('alice', line);
  const incident = await world.store.findOpenIncident(CLUSTER.name);
  if (incident === null) throw new Error('no incident is open');
  return incident.id;
}

async function entriesOf(id: string) {
  return only(await world.type('eve', `timeline ${id}`), 'timeline').entries;
}

test('the watch opens it at the second look, and the first sighting is in it: between the last good look and the first bad one', async () => {
  open();
  await look(HEALTHY);
  const good = world.clock.now;
  await look(downgradedAll());
  const bad = world.clock.now;
  await look(downgradedAll());
  const id = await openedBy(null);
  const entries = await entriesOf(id);
  const times = ({ happenedAt, since }: (typeof entries)[number]) => [happenedAt, since];
  const changed = entries.filter(({ kind }) => kind === 'revision-changed');
  expect(changed.map(times)).toEqual(
    ['m1', 'm2', 'm3'].map(() => [new Date(bad).toISOString(), new Date(good).toISOString()]),
  );
  const states = entries.filter(({ kind }) => kind === 'member-state');
  expect(states.map(({ member, state }) => [member, state])).toEqual(
    ['m1', 'm2', 'm3'].map((m) => [m, 'crash-looping']),
  );
  const [sighted] = entries.filter(({ kind }) => kind === 'finding-appeared');
  const said = entries.find(({ kind }) => kind === 'watch-said');
  expect(sighted).toMatchObject({ finding: 'stale-counter', incident: null });
  expect(said).toMatchObject({ finding: 'stale-counter', incident: id });
  expect(said?.happenedAt).toBe(sighted?.happenedAt);
  const opening = entries.find(({ kind }) => kind === 'incident-opened');
  const before = entries.filter(({ incident }) => incident === null).map(({ sequence }) => sequence);
  expect(opening?.includes).toEqual(before.toSorted((a, b) => a - b));
  expect(opening?.happenedAt).toBe(new Date(bad + STEP_MS).toISOString());
  expect(entries.some(({ finding }) => finding === 'in-step')).toBe(false);
  expect(world.store.auditVerify()).toMatchObject({ ok: true });
});

test('a log line’s own time goes with its finding, before anybody looked', async () => {
  open();
  await look(HEALTHY);
  const crashedAt = world.clock.now + 4_000;
  const line = { ...logLine('behind_fatal', 'fatal', 'level=error msg="the cluster is ahead"', 0), at: crashedAt };
  const own = { facts: { log: [line] } };
  const built = { build: '5.21.2', kept: ['5.21.3'], daemon: 'crash-looping' } as const;
  const members = three(built, { m1: own, m2: own, m3: own });
  const seen = observationOf({ members, rows: 402 });
  await look(seen);
  await look(seen);
  const entries = await entriesOf(await openedBy(null));
  const first = entries.find(({ finding }) => finding === 'stale-counter');
  expect(first).toMatchObject({ kind: 'finding-appeared', happenedAt: new Date(crashedAt).toISOString(), since: null });
});

test('a line from an earlier night, when it was so too, gives no time to what was seen now', async () => {
  open();
  await look(HEALTHY);
  const good = world.clock.now;
  world.clock.now += 3_600_000;
  await look(HEALTHY);
  await look(downgradedAll());
  const bad = world.clock.now;
  await look(downgradedAll());
  const entries = await entriesOf(await openedBy(null));
  const sighted = entries.filter(({ finding }) => finding === 'stale-counter');
  expect(
    downgradedAll()
      .members.flatMap(({ facts }) => facts?.log.map(({ at }) => at) ?? [])
      .every((at) => at === null || at < good),
  ).toBe(true);
  expect(sighted.map(({ happenedAt }) => happenedAt)).toEqual(sighted.map(() => new Date(bad).toISOString()));
  expect(sighted.every(({ since }) => since !== null)).toBe(true);
});

test.each([
  ['a recovery', 'recover prod'],
  ['a person', 'incident open prod "no member answers"'],
])('%s opens it, and what the looks before had seen is in it', async (_who, line) => {
  open();
  see(HEALTHY);
  await world.type('alice', 'status prod');
  see(downgradedAll());
  await world.type('alice', 'status prod');
  const bad = world.clock.now;
  see(downgradedAll());
  const entries = await entriesOf(await openedBy(line));
  const sighted = entries.filter(({ kind }) => kind === 'finding-appeared');
  expect(sighted.map(({ finding }) => finding)).toContain('stale-counter');
  expect(entries.filter(({ kind }) => kind === 'member-state').map(({ happenedAt }) => happenedAt)).toEqual(
    ['m1', 'm2', 'm3'].map(() => new Date(bad).toISOString()),
  );
  expect(entries.some(({ finding }) => finding === 'in-step')).toBe(false);
  expect(world.store.auditVerify()).toMatchObject({ ok: true });
});

test('every export of it says the same as the thread, and names what led to it', async () => {
  open();
  await look(HEALTHY);
  await look(downgradedAll());
  await look(downgradedAll());
  const id = await openedBy(null);
  await world.type('alice', `incident note ${id} "the image build did it"`);
  const entries = await entriesOf(id);
  for (const format of TEXT_FORMATS) {
    await world.type('alice', `timeline ${id} --format ${format}`);
    const name = readdirSync(world.exports).find((each) => each.endsWith(`.${format}`)) ?? '';
    const file = readFileSync(join(world.exports, name), 'utf8');
    expect(READERS[format](file), format).toEqual(
      entries.map(({ sequence, happenedAt, text }) => ({ id: sequence, at: happenedAt.slice(0, 19), text })),
    );
    if (format === 'md' || format === 'html') expect(file).toContain('led to it');
  }
});

test('what led to it can be corrected like any entry of it', async () => {
  open();
  see(downgradedAll());
  await world.type('alice', 'status prod');
  const id = await openedBy('incident open prod "no member answers"');
  const [first] = await entriesOf(id);
  const noted = await world.type('alice', `incident note "that was the test rack" --corrects ${first?.sequence ?? 0}`);
  expect(only(noted, 'incident').incident).toBe(id);
  expect((await entriesOf(id)).find(({ sequence }) => sequence === first?.sequence)?.correctedBy).toHaveLength(1);
});

test('trouble that comes back opens it again, with the new sighting', async () => {
  open();
  for (const seen of [HEALTHY, downgradedAll(), downgradedAll(), HEALTHY, HEALTHY]) await look(seen);
  await look(downgradedAll());
  const bad = new Date(world.clock.now).toISOString();
  await look(downgradedAll());
  const entries = await entriesOf(await openedBy(null));
  const again = entries.find(({ kind }) => kind === 'incident-reopened');
  const named = entries.filter(({ sequence }) => again?.includes?.includes(sequence));
  expect(named.filter(({ kind }) => kind === 'member-state').map(({ happenedAt }) => happenedAt)).toEqual([
    bad,
    bad,
    bad,
  ]);
  expect(world.store.auditVerify()).toMatchObject({ ok: true });
});
