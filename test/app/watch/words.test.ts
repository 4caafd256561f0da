/** What people read of the watch on a console: its list, silence and its end, an incident from the first word to the last, the past. */
import { afterEach, describe, expect, test } from 'vitest';
import { findWatchSetting } from '../../../src/app/watch/settings.ts';
import { findWatchState, watchOnce, type Watched } from '../../../src/app/watch/watch-once.ts';
import type { ClusterConfig } from '../../../src/domain/cluster.ts';
import { requireClusterName } from '../../../src/domain/ids.ts';
import type { ClusterObservation } from '../../../src/domain/observation.ts';
import { FIRST_STATE } from '../../../src/domain/watch/state.ts';
import { aCluster } from '../../support/cluster.ts';
import { observationOf, three } from '../../support/observation.ts';
import { downgradedAll } from '../../support/planning.ts';
import { createWorld, only, type World } from '../world.ts';

const PROD = { ...aCluster(), watchEveryMs: 60_000 };
const EDGE = { ...aCluster(), name: requireClusterName('edge'), watchEveryMs: null };
const HEALTHY = observationOf({ members: three({}) });
const STEP_MS = 15_000;

let world: World;
let printed: string[];
let watched: Watched;
afterEach(() => world.close());

function open(clusters: readonly ClusterConfig[] = [PROD], asText = true): void {
  printed = [];
  watched = { state: FIRST_STATE, writtenAt: null };
  const text = asText ? { text: (words: string) => void printed.push(words) } : {};
  world = createWorld({ observation: HEALTHY, clusters, ...text });
}

/** Lines are as long as the console makes them: words may be anywhere. */
async function read(line: string, person = 'alice'): Promise<string> {
  const from = printed.length;
  await world.type(person, line);
  return printed
    .slice(from)
    .join('\n')
    .replace(/[\s┊]+/g, ' ');
}

async function look(seen: ClusterObservation): Promise<void> {
  world.clock.now += STEP_MS;
  world.observation = { ...seen, startedAt: world.clock.now, endedAt: world.clock.now };
  watched = await watchOnce(world.deps, PROD, await findWatchSetting(world.store, PROD.name), watched);
}

async function restart(): Promise<void> {
  watched = { state: await findWatchState(world.store, PROD.name), writtenAt: null };
}

/** What came out by itself since the last line, and a list after it. */
function heard(): Promise<string> {
  return read('watch list');
}

describe('the list', () => {
  test('says who said so, how often, and when somebody looked last', async () => {
    open([PROD, EDGE]);
    const first = await read('watch list');
    expect(first).toContain('0 of 2 clusters watched');
    expect(first).toContain('prod no configuration never 0');
    expect(first).toContain('Next: /lxd watch on prod');
    expect(await read('watch on prod')).toContain('● prod is watched.');
    await look(HEALTHY);
    const second = await read('watch list');
    expect(second).toContain('1 of 2 clusters watched');
    expect(second).toContain('prod every 1 min console:alice (OS user root) 2026-11-23 04:40:15Z 0');
    expect(second).toContain('edge no configuration never 0');
    expect(await read('watch list edge')).toContain('0 of 1 cluster watched');
    expect(await read('watch off prod')).toContain('● prod is not watched any more.');
  });

  test('counts what one look saw and the next did not, and announces none of it', async () => {
    open();
    await read('watch on prod');
    for (const seen of [HEALTHY, downgradedAll(), HEALTHY, downgradedAll(), HEALTHY]) await look(seen);
    const words = await read('watch list');
    expect(words).toContain('2026-11-23 04:41:15Z 2 A flap is something that one look saw and the next did not');
    expect(words).not.toContain('Incident');
  });

  test('names the incident, and leads to it', async () => {
    open();
    await read('watch on prod');
    for (const seen of [HEALTHY, downgradedAll(), downgradedAll()]) await look(seen);
    const id = (await world.store.findOpenIncident(PROD.name))?.id ?? '?';
    const words = await read('watch list');
    expect(words).toContain(`2026-11-23 04:40:45Z ${id} 0`);
    expect(words).toContain(`Next: /lxd timeline ${id}`);
  });

  test('as data has every field, for every cluster that the person may see', async () => {
    open([PROD, EDGE], false);
    await world.type('alice', 'watch on prod', 'watch mute prod 2h');
    const never = {
      everySeconds: null,
      mutedUntil: null,
      lastLookAt: null,
      inTrouble: false,
      flaps: 0,
      incident: null,
    };
    expect(only(await world.type('alice', 'watch list'), 'watch').clusters).toEqual([
      {
        ...never,
        cluster: 'prod',
        on: true,
        everySeconds: 60,
        setBy: 'console:alice (OS user root)',
        mutedUntil: '2026-11-23T06:40:00.000Z',
      },
      { ...never, cluster: 'edge', on: false, setBy: null },
    ]);
  });

  test('of a cluster that is not there says so, and turns nothing on', async () => {
    open([PROD, EDGE]);
    expect(await read('watch list nope')).toContain('There is no cluster "nope". Next: /lxd watch list');
    expect(await read('watch on nope')).toContain('There is no cluster "nope". Next: /lxd watch list');
    expect(await read('watch on')).toContain('watch on needs the cluster that it is about. Next: /lxd watch on prod');
    expect(await read('watch list')).toContain('0 of 2 clusters watched');
  });
});

describe('silence', () => {
  test.each([
    ['watch mute prod', 'watch mute needs its end.'],
    ['watch mute prod soon', '"soon" is no end of a silence.'],
    ['watch mute prod 90d', 'A silence lasts 30 days at most.'],
    ['watch mute prod 2026-11-22T18:00Z', 'That moment is over.'],
  ])('%s is not understood: it says what is', async (line, why) => {
    open();
    expect(await read(line)).toContain(`${why} Next: /lxd watch mute prod 2h, or 18:00 (UTC), or 2026-11-23T18:00Z`);
    expect(await findWatchSetting(world.store, PROD.name)).toMatchObject({ mutedUntil: null, by: null });
  });

  test('has an end, which the list says; turning the watch on ends it', async () => {
    open();
    await read('watch on prod');
    expect(await read('watch mute prod 2h')).toContain(
      'The watch says nothing of prod until 2026-11-23 06:40:00Z; it goes on looking, and what it sees is on record.',
    );
    expect(await read('watch list')).toContain('every 1 min, silent until');
    for (const seen of [HEALTHY, downgradedAll(), downgradedAll(), downgradedAll()]) await look(seen);
    expect(await world.store.listIncidents({})).toEqual([]);
    expect(await read('watch on prod')).not.toContain('silent');
    await look(downgradedAll());
    expect(await heard()).toContain('on prod: open, nobody has taken it yet');
  });

  test('is over by itself', async () => {
    open();
    await read('watch on prod');
    await read('watch mute prod 5m');
    for (const seen of [HEALTHY, downgradedAll(), downgradedAll()]) await look(seen);
    world.clock.now += 300_000;
    expect(await read('watch list')).not.toContain('silent');
    await look(downgradedAll());
    expect(await world.store.listIncidents({})).toHaveLength(1);
  });
});

describe('an incident of the watch', () => {
  const TITLE = 'Every member runs 5.21.2 (387 API extensions), but the database still records 402';

  test('is not spoken of at its first sighting; at the second it is, with the explanation and the button', async () => {
    open();
    await read('watch on prod');
    await look(HEALTHY);
    await look(downgradedAll());
    expect(await heard()).not.toContain('Incident');
    await look(downgradedAll());
    const words = await heard();
    const id = (await world.store.findOpenIncident(PROD.name))?.id ?? '?';
    expect(words).toContain(`● Incident ${id} on prod: open, nobody has taken it yet ${TITLE} Severity critical`);
    expect(words).toContain('Opened 2026-11-23 04:40:45Z by lockstep');
    expect(words).toContain('[4] Draft recovery');
    expect(words).toContain(`${TITLE}. All members were moved to an LXD with fewer API extensions`);
    expect(words).toContain('│ m1 [row] m1: schema 73, api_extensions 402');
    const timeline = await read(`timeline ${id}`);
    expect(timeline).toContain(`${TITLE}. All members were moved to an LXD with fewer`);
    expect(timeline).not.toContain('recover prod');
  });

  test('says once what it says, however often Lockstep starts again', async () => {
    open();
    await read('watch on prod');
    for (const seen of [HEALTHY, downgradedAll(), downgradedAll(), downgradedAll(), downgradedAll()]) {
      await look(seen);
      await restart();
    }
    await heard();
    const all = printed.join('\n').replace(/[\s┊]+/g, ' ');
    expect(all.split('open, nobody has taken it yet').length - 1).toBe(1);
    expect(all.split('All members were moved to an LXD').length - 1).toBe(1);
    for (const seen of [HEALTHY, HEALTHY, HEALTHY]) {
      await look(seen);
      await restart();
    }
    const end = await heard();
    expect(end.split('on prod: resolved').length - 1).toBe(1);
  });

  test('ends by itself, and says after how long and what was the matter', async () => {
    open();
    await read('watch on prod');
    for (const seen of [HEALTHY, downgradedAll(), downgradedAll(), HEALTHY]) await look(seen);
    expect(await heard()).not.toContain('resolved');
    await look(HEALTHY);
    const id = (await world.store.listIncidents({}))[0]?.id ?? '?';
    expect(await heard()).toContain(`Incident ${id} on prod: resolved`);
    expect(await read(`timeline ${id}`)).toContain(
      `${id} is resolved: Every member serves and is in step again after 30 s out of step; seen twice. ${TITLE}.`,
    );
  });

  test('that nobody knows is a problem of its own', async () => {
    open([PROD], false);
    expect(only(await world.type('alice', 'incident ack izzzzzz'), 'problem')).toMatchObject({
      code: 'unknown-incident',
      text: 'There is no incident izzzzzz.',
      next: 'incident list',
    });
    expect(only(await world.type('alice', 'timeline izzzzzz'), 'problem').code).toBe('unknown-incident');
  });

  test('that can’t be told from another is asked for, with the one that is meant by the next line', async () => {
    open([PROD, EDGE], false);
    await world.type('alice', 'incident open prod m1 is down');
    await world.type('alice', 'incident open edge e1 is down');
    const [first, second] = await world.store.listIncidents({});
    const both = new RegExp(`^Several incidents begin with i: .*${first?.id ?? '?'}.*${second?.id ?? '?'}`);

    const asked = only(await world.type('alice', 'incident ack'), 'refusal');
    const begun = only(await world.type('alice', 'incident ack i'), 'problem');

    expect(asked.reasons.map(({ code }) => code)).toEqual(['ambiguous-incident']);
    expect(begun.code).toBe('ambiguous-incident');
    expect(begun.text).toMatch(both);
    expect(only(await world.type('alice', begun.next ?? ''), 'incident')).toMatchObject({ incident: first?.id });
  });
});

describe('status --since', () => {
  test('of a time in which nothing happened says how much of it was in step', async () => {
    open();
    await look(HEALTHY);
    world.clock.now += 600_000;
    await look(HEALTHY);
    const words = await read('status prod --since 5m');
    expect(words).toContain(
      'In the last 5 min: In step 100 % of the 5 min that were seen. No member was seen to change its revision.',
    );
    expect(words).toContain('Nothing else was recorded.');
  });

  test('has the changes of revision once, the times out of step, and the rest by when it happened', async () => {
    open();
    for (const seen of [HEALTHY, downgradedAll(), downgradedAll(), HEALTHY]) await look(seen);
    const words = await read('status prod --since 1h');
    expect(words.split('m1 went from 5.0.2-838e1b2 (revision 502) to 5.21.2').length - 1).toBe(1);
    expect(words).toContain('out of step from until for');
    const list = words.slice(words.lastIndexOf('when what'));
    const moments = [...list.matchAll(/2026-11-23 \d\d:\d\d:\d\dZ(?= [A-Zim])/g)].map(([moment]) => moment);
    expect(moments.length).toBeGreaterThan(8);
    expect(moments.slice(0, -1)).toEqual(moments.slice(0, -1).toSorted());
  });

  test('of a cluster that nobody looked at before knows nothing of it', async () => {
    open();
    expect(await read('status prod --since 7d')).toContain('Nothing was seen of it, so nothing is known.');
  });

  test.each([
    ['status nope --since 1h', 'There is no cluster "nope". Configured: prod. Next: /lxd status prod'],
    ['status prod --since never', '--since takes a span of time such as 30m, 24h or 7d, not "never".'],
  ])('%s says what is wrong with it', async (line, words) => {
    open();
    expect(await read(line)).toContain(words);
  });
});
