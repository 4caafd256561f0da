/** Incidents, notes and the timeline through the console and through the other ways in, with a real store. */
import { afterEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { createInbound, type Inbound } from '../../src/app/inbound.ts';
import { recordRestart } from '../../src/app/restart.ts';
import type { IncidentId } from '../../src/domain/ids.ts';
import { aCluster } from '../support/cluster.ts';
import { observationOf, three } from '../support/observation.ts';
import { downgradedAll } from '../support/planning.ts';
import { createWorld, dataOf, only, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

function open(): void {
  world = createWorld({ observation: downgradedAll(), clusters: [aCluster()] });
}

async function openOne(line = 'incident open prod "no member answers" --severity critical'): Promise<string> {
  return only(await world.type('alice', line), 'incident').incident;
}

describe('an incident', () => {
  test('opened by a person has a card for everybody, and an answer for that person alone', async () => {
    open();
    const lines = await world.type('alice', 'incident open prod "no member answers" --severity critical');
    const data = only(lines, 'incident');
    expect(data).toMatchObject({ state: 'open', severity: 'critical', origin: 'person', title: 'no member answers' });
    const card = lines.find((line) => line.data === null);
    expect(card?.to.user).toBeNull();
    expect(card?.message.actions.map(({ label }) => label)).toEqual([
      'Acknowledge',
      'Mitigated',
      'Resolve',
      'Draft recovery',
    ]);
    expect(lines.find((line) => line.data?.kind === 'incident')?.to.user).toBe('alice');
  });

  test('goes through its life by words, each change editing the one card', async () => {
    open();
    const id = await openOne();
    for (const [line, state] of [
      ['incident ack', 'acknowledged'],
      [`incident mitigate ${id.slice(0, 6)}`, 'mitigated'],
      ['incident reopen i "came back"', 'open'],
      ['incident resolve a loose cable', 'resolved'],
      ['incident reopen', 'open'],
    ] as const) {
      const lines = await world.type('alice', line);
      expect(only(lines, 'incident'), line).toMatchObject({ incident: id, state });
      expect(
        lines.filter((each) => each.data === null).map((each) => each.kind),
        line,
      ).toEqual(['edit']);
    }
    expect((await world.store.findIncident(id as IncidentId))?.summary).toBe('a loose cable');
    expect(only(await world.type('alice', 'incident lead carol'), 'incident').lead).toBe('carol');
    expect(
      only(await world.type('alice', 'incident list'), 'incidents').incidents.map(({ incident }) => incident),
    ).toEqual([id]);
  });

  test('of a cluster that has one already is that one', async () => {
    open();
    const id = await openOne();
    expect(await openOne('incident open something else')).toBe(id);
  });

  test('is changed by its buttons, and a pressed one that is not offered any more does nothing', async () => {
    open();
    const id = await openOne();
    expect(only(await world.type('alice', '1'), 'incident')).toMatchObject({ incident: id, state: 'acknowledged' });
    const lines = await world.type('alice', '3');
    expect(only(lines, 'plan').run).not.toBeNull();
  });

  test('that is not there, or not in that state, is said to the person alone', async () => {
    open();
    expect(only(await world.type('alice', 'incident ack'), 'refusal').next).toContain('incident open');
    await openOne();
    await world.type('alice', 'incident ack');
    const [line] = await world.type('alice', 'incident ack');
    expect(line).toMatchObject({ to: { user: 'alice' }, data: { kind: 'refusal', next: '/lxd incident list' } });
  });
});

describe('a recovery', () => {
  test('opens the incident of its cluster; its card hangs in the thread of the incident', async () => {
    open();
    const lines = await world.type('alice', 'recover prod');
    const [card, plan] = lines;
    expect(lines.map((line) => [line.kind, line.data?.kind ?? null])).toEqual([
      ['post', null],
      ['post', 'plan'],
    ]);
    expect(plan?.thread).toBe(card?.id);
    const incident = await world.store.findOpenIncident(aCluster().name);
    expect(incident).toMatchObject({ origin: 'recover', severity: 'critical', runs: [only(lines, 'plan').run] });
    const later = await world.type('bob', 'approve');
    expect(later.find((line) => line.message.summary.includes('Approved'))?.thread).toBe(card?.id);
  });

  test('joins the open one', async () => {
    open();
    const id = await openOne();
    await world.type('alice', 'recover prod');
    expect((await world.store.findIncident(id as IncidentId))?.runs).toHaveLength(1);
  });

  test('opens none for a dry run or a refusal', async () => {
    open();
    await world.type('alice', 'recover prod --dry-run', 'recover prod --strategy sql-live');
    expect(await world.store.listIncidents({})).toEqual([]);
  });
});

describe('the timeline of an incident', () => {
  test('has what happened while it was open, by when it happened, with late entries and corrections marked', async () => {
    open();
    const id = await openOne();
    world.clock.now += 3_600_000;
    await world.type('alice', 'incident note "the rack was moved" --ago 30m', 'status prod');
    const first = only(await world.type('eve', `timeline ${id}`), 'timeline').entries;
    // What a log line told stands before the opening: it happened before.
    expect(first.map(({ happenedAt }) => happenedAt)).toEqual(first.map(({ happenedAt }) => happenedAt).toSorted());
    const own = first.map(({ kind }) => kind).filter((kind) => kind.startsWith('incident') || kind === 'note');
    expect(own).toEqual(['incident-opened', 'note']);
    expect(new Set(first.map(({ incident }) => incident))).toEqual(new Set([id]));
    const note = first.find(({ kind }) => kind === 'note');
    await world.type('alice', `incident note "it was the other rack" --corrects ${note?.sequence ?? 0}`);
    const second = only(await world.type('eve', `timeline ${id}`), 'timeline').entries;
    const correction = second.find(({ corrects }) => corrects === note?.sequence);
    expect(second.find(({ sequence }) => sequence === note?.sequence)).toMatchObject({
      text: 'the rack was moved',
      correctedBy: [correction?.sequence],
    });
    expect(correction?.happenedAt).toBe(note?.happenedAt);
    expect(only(await world.type('alice', 'incident note x --corrects 9999'), 'problem').code).toBe('bad-argument');
  });

  test('says of a member since when it does something else: the last look before, and this one', async () => {
    open();
    await world.type('alice', 'status prod');
    const before = world.observation.endedAt;
    world.observation = { ...observationOf({ members: three({ build: '5.21.2' }) }), endedAt: before + 60_000 };
    await world.type('alice', 'status prod');
    const entries = await world.store.listTimeline({});
    const serving = entries.filter(({ state }) => state === 'serving');
    expect(serving.map(({ member, since, happenedAt }) => [member, since, happenedAt])).toEqual(
      ['m1', 'm2', 'm3'].map((member) => [member, before, before + 60_000]),
    );
    const cleared = entries.find(({ kind }) => kind === 'finding-cleared');
    expect(cleared).toMatchObject({ finding: 'stale-counter', since: before, members: ['m1', 'm2', 'm3'] });
  });

  test('knows that Lockstep started while it was open', async () => {
    open();
    await recordRestart(world.deps);
    expect(await world.store.listTimeline({})).toEqual([]);
    const id = await openOne();
    await recordRestart(world.deps);
    expect((await world.store.listTimeline({ incident: id as IncidentId })).map(({ kind }) => kind)).toContain(
      'lockstep-started',
    );
  });
});

describe('a message that somebody adds', () => {
  test('in the thread of a run or an incident belongs there, with its author and its place, and is confirmed privately', async () => {
    open();
    const lines = await world.type('alice', 'recover prod');
    const incident = await world.store.findOpenIncident(aCluster().name);
    for (const thread of [lines[0]?.id ?? '', lines[1]?.id ?? '']) {
      const note: Inbound['body'] = {
        kind: 'note',
        note: {
          text: 'I see it too',
          author: 'dora',
          permalink: 'https://chat.example/1',
          writtenAt: world.clock.now - 5,
        },
      };
      const address = { platform: 'console', channel: 'console', user: null, thread } as const;
      const person = { platform: 'console', id: 'alice', displayName: 'alice', groups: [], osUser: null } as const;
      const detached = new AbortController().signal;
      await createInbound(world.deps, COMMANDS)({ deliveryId: `d-${thread}`, person, address, body: note, detached });
    }
    const notes = (await world.store.listTimeline({})).filter(({ kind }) => kind === 'note');
    expect(notes.map((entry) => [entry.incident, entry.run !== null, entry.author, entry.link])).toEqual([
      [incident?.id, false, 'dora', 'https://chat.example/1'],
      [incident?.id, true, 'dora', 'https://chat.example/1'],
    ]);
  });
});

test('what concerns one person is said to that person; what concerns the cluster to everybody', async () => {
  open();
  const said = async (person: string, line: string) => (await world.type(person, line)).map(({ to }) => to.user);
  expect(await said('eve', 'recover prod')).toEqual(['eve']);
  expect(await said('alice', 'statsu')).toEqual(['alice']);
  expect(await said('alice', 'recover prod --strategy sql-live')).toEqual([null]);
  await world.type('alice', 'recover prod');
  expect(await said('alice', 'approve')).toEqual(['alice']);
  expect(dataOf(await world.type('alice', 'runs r0')).map(({ kind }) => kind)).toEqual(['run']);
});
