/** The watch and the channel: who is asked between the looks, that no look waits for it, and that one warning comes of it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChannelAsker, createChannelAsker } from '../../../src/app/watch/ask-channel.ts';
import { startWatch } from '../../../src/app/watch/start-watch.ts';
import { findWatchState, watchOnce, type Watched } from '../../../src/app/watch/watch-once.ts';
import type { WatchSetting } from '../../../src/app/watch/settings.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import type { OfferAnswer } from '../../../src/domain/offer.ts';
import { FIRST_STATE } from '../../../src/domain/watch/state.ts';
import { aCluster } from '../../support/cluster.ts';
import { createFakeTime } from '../../support/fake-clock.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { observationOf, three } from '../../support/observation.ts';
import { createWorld, type World } from '../world.ts';

const CLUSTER = { ...aCluster(), watchEveryMs: 60_000 };
const HEALTHY = observationOf({ members: three({ build: '5.21.3' }) });
const SAID: WatchSetting = { on: true, mutedUntil: null, by: null };
const UP_TO_DATE: OfferAnswer = { kind: 'up-to-date' };
const NEXT: OfferAnswer = { kind: 'offered', version: '5.21.4-aee7e08', revision: '38767' };
const HOUR = 3_600_000;

let world: World;
let stopping: AbortController;
let channel: ChannelAsker;
let watched: Watched;
/** Names of the members that were asked, in order. */
let asked: string[];
let answer: () => OfferAnswer | Promise<OfferAnswer>;

beforeEach(() => {
  world = createWorld({ observation: HEALTHY, clusters: [CLUSTER] });
  watched = { state: FIRST_STATE, writtenAt: null };
  asked = [];
  answer = () => UP_TO_DATE;
  begin();
});

afterEach(async () => {
  stopping.abort();
  await world.close();
});

/** A process of the watch, with what its predecessor left in the store. */
function begin(): void {
  stopping = new AbortController();
  const offers = {
    read: async (_cluster: unknown, { name }: { readonly name: string }) => {
      asked.push(name);
      return answer();
    },
  };
  channel = createChannelAsker(world.deps, offers, stopping.signal);
}

async function restart(): Promise<void> {
  stopping.abort();
  await channel.idle();
  watched = { state: await findWatchState(world.store, CLUSTER.name), writtenAt: null };
  begin();
}

/** One look, and the end of what it asked. */
async function look(seen: ClusterObservation = HEALTHY, setting = SAID): Promise<void> {
  await lookOnly(seen, setting);
  await channel.idle();
}

async function lookOnly(seen: ClusterObservation = HEALTHY, setting = SAID): Promise<void> {
  world.clock.now += 15_000;
  world.observation = { ...seen, startedAt: world.clock.now, endedAt: world.clock.now };
  watched = await watchOnce(world.deps, CLUSTER, setting, watched, { channel });
}

async function warnings(): Promise<readonly string[]> {
  const entries = await world.store.listTimeline({ cluster: CLUSTER.name });
  return entries.flatMap(({ kind, finding, text }) =>
    kind === 'watch-said' && finding === 'newer-in-channel' ? [text] : [],
  );
}

test('a newer revision is said once, with what it is, as a message of its own and not as an incident', async () => {
  answer = () => NEXT;
  for (let times = 0; times < 6; times += 1) await look();
  const said = await warnings();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /^prod, before it becomes trouble: The channel 5\.21\/stable offers LXD 5\.21\.4 \(revision 38767, 433 API extensions\); m1, m2 and m3 have 5\.21\.3/,
  );
  expect(asked).toEqual(['m1']);
  expect(await world.store.listIncidents({})).toEqual([]);
  const printed = await world.type('alice', 'incident list');
  expect(printed.filter(({ message }) => JSON.stringify(message).includes('offers LXD 5.21.4'))).toHaveLength(1);
});

test('a restart asks nobody and says nothing again, and the next revision is said', async () => {
  answer = () => NEXT;
  for (let times = 0; times < 4; times += 1) {
    await look();
    await restart();
  }
  expect(asked).toEqual(['m1']);
  expect(await warnings()).toHaveLength(1);
  answer = () => ({ kind: 'offered', version: '5.21.5-c5ae129', revision: '38800' });
  world.clock.now += 6 * HOUR;
  for (let times = 0; times < 4; times += 1) await look();
  expect(asked).toEqual(['m1', 'm2']);
  expect((await warnings()).map((text) => /revision \d+/.exec(text)?.[0])).toEqual([
    'revision 38767',
    'revision 38800',
  ]);
});

test('a store that can’t be reached is tried again by the hour, and forgets nothing', async () => {
  answer = () => ({ kind: 'unknown', text: 'no route to the store' });
  for (let times = 0; times < 4; times += 1) await look();
  expect(asked).toEqual(['m1']);
  expect(await warnings()).toEqual([]);
  world.clock.now += HOUR;
  answer = () => NEXT;
  for (let times = 0; times < 3; times += 1) await look();
  expect(asked).toEqual(['m1', 'm2']);
  expect(await warnings()).toHaveLength(1);
  answer = () => ({ kind: 'unknown', text: 'no route to the store' });
  for (let day = 0; day < 4; day += 1) {
    world.clock.now += 24 * HOUR;
    await look();
    await look();
  }
  expect(await warnings()).toHaveLength(1);
});

test('a member that has another revision than at its question is asked at once', async () => {
  await look();
  await look();
  expect(asked).toEqual(['m1']);
  await look(
    observationOf({ members: three({ build: '5.21.3' }, { m1: { build: '5.21.4', runs: '5.21.3' } }), rows: 402 }),
  );
  expect(asked).toEqual(['m1', 'm1']);
});

test('nothing is said while muted, and it is said after that', async () => {
  answer = () => NEXT;
  const muted = { ...SAID, mutedUntil: world.clock.now + HOUR };
  for (let times = 0; times < 4; times += 1) await look(HEALTHY, muted);
  expect(asked).toEqual(['m1']);
  expect(await warnings()).toEqual([]);
  world.clock.now += HOUR;
  for (let times = 0; times < 2; times += 1) await look(HEALTHY, muted);
  expect(await warnings()).toHaveLength(1);
});

test('no look waits for an answer, and a question that hangs is the only one', async () => {
  let give: (offer: OfferAnswer) => void = () => undefined;
  answer = () => new Promise((resolve) => (give = resolve));
  for (let times = 0; times < 5; times += 1) await lookOnly();
  expect(asked).toEqual(['m1']);
  expect(await warnings()).toEqual([]);
  give(NEXT);
  await channel.idle();
  for (let times = 0; times < 2; times += 1) await look();
  expect(await warnings()).toHaveLength(1);
});

test('an answer that comes when the watch was stopped is nobody’s', async () => {
  let give: (offer: OfferAnswer) => void = () => undefined;
  answer = () => new Promise((resolve) => (give = resolve));
  await lookOnly();
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  give(NEXT);
  await channel.idle();
  expect(await world.store.getMeta(`offers:${CLUSTER.name}`)).toBeNull();
});

test('the background loop asks with its looks, and ends with what it asked', async () => {
  const time = createFakeTime(world.clock.now);
  let aborted = false;
  const offers = {
    read: (_cluster: unknown, { name }: { readonly name: string }, signal: AbortSignal) => {
      asked.push(name);
      return new Promise<OfferAnswer>((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve({ kind: 'unknown', text: 'stopped' });
        });
      });
    },
  };
  const watch = startWatch({
    ...world.deps,
    ...time,
    store: createMemoryStore(),
    offers,
    chats: new Map([['slack', world.deps.chats.get('console')!]]),
  });
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await watch.stop();
  expect({ asked, aborted }).toEqual({ asked: ['m1'], aborted: true });
});
