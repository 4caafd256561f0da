/**
 * Parity: one incident through Slack (Socket Mode and HTTP), Discord and the console, each with a rehearsal cluster of its own over
 * real SSH. What was said, in which order and how deep, its data, its buttons and the words that people read are the same, but for
 * the differences that stand in one table here.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runRehearsal } from '../../src/rehearsal/run.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { closeAll, type Cleanup } from './support/chat-world.ts';
import { lostWords, plainOf, strangeWords, told, type Told } from './support/parity.ts';
import { consoleSide, discordSide, slackSide, type Side } from './support/sides.ts';

const cleanup: Cleanup = [];
let sides: readonly Side[];
let stories: readonly { readonly side: Side; readonly story: readonly Told[] }[];

/** A cluster of its own for each: a run of one must not be the history of another. */
async function cluster(): Promise<string> {
  const folder = makeTemporaryDirectory();
  const rehearsal = await runRehearsal({ scenario: 'downgraded-all', dir: folder.path, idleMs: 0 });
  cleanup.push(async () => {
    await rehearsal.close();
    folder.remove();
  });
  return rehearsal.config;
}

async function playIncident(side: Side): Promise<void> {
  const rehearsal = { cluster: 'rehearsal' };
  await side.type('ada', { command: 'status', options: rehearsal });
  await side.type('ada', { command: 'explain', options: rehearsal });
  await side.type('ada', { command: 'recover', options: rehearsal });
  await side.press('ada', 'Approve');
  await side.press('ben', 'Approve');
  await side.type('ada', { command: 'timeline', options: {} });
}

const TRIES = 3;

/** On a busy machine a member may not answer in time, which is another story: then it is played again, on a cluster of its own. */
async function playWhole(make: () => Promise<Side>): Promise<Side> {
  for (let tries = 1; ; tries += 1) {
    const side = await make();
    const failure = await playIncident(side).then(
      () => null,
      (cause: unknown) => ({ cause }),
    );
    const isWhole = failure === null && !/"probe-incomplete"|"member-unreachable"/.test(JSON.stringify(told(side)));
    if (isWhole || (failure === null && tries === TRIES)) return side;
    if (tries === TRIES) throw new Error(`the story of ${side.name} could not be played`, failure ?? {});
  }
}

describe.skipIf(process.platform !== 'linux')('one incident on four ways', () => {
  beforeAll(async () => {
    const begin = [
      async () => consoleSide(cleanup, await cluster()),
      async () => slackSide(cleanup, await cluster(), 'socket'),
      async () => slackSide(cleanup, await cluster(), 'http'),
      async () => discordSide(cleanup, await cluster()),
    ];
    // Two at a time: each has a cluster of its own, and all of them share this machine.
    const played = await Promise.all(begin.slice(0, 2).map(playWhole));
    sides = [...played, ...(await Promise.all(begin.slice(2).map(playWhole)))];
    stories = sides.map((side) => ({ side, story: told(side) }));
  }, 360_000);

  afterAll(() => closeAll(cleanup), 60_000);

  test('the console tells the whole story: a refused own approval, a run that succeeded, its timeline', () => {
    const kinds = stories[0]?.story.flatMap(({ data }) => data.map(({ kind }) => kind));
    expect(kinds).toEqual(expect.arrayContaining(['status', 'explanation', 'plan', 'refusal', 'run', 'timeline']));
    expect(JSON.stringify(stories[0]?.story)).toContain('succeeded');
  });

  test('order, depth and privacy are the same', () => {
    const orders = stories.map(({ story }) => story.map(({ place, summary }) => `${place}  ${summary}`));
    for (const order of orders) expect(order).toEqual(orders[0]);
  });

  test('the data is the same, but for ids and times', () => {
    for (const { side, story } of stories) {
      expect(
        story.map(({ data }) => data),
        side.name,
      ).toEqual(stories[0]?.story.map(({ data }) => data));
    }
  });

  test('what is said is the same message, and its buttons have the same labels', () => {
    for (const { side, story } of stories) {
      expect(
        story.map(({ message }) => message),
        side.name,
      ).toEqual(stories[0]?.story.map(({ message }) => message));
      for (const { recorded, labels } of story) expect(side.buttons(recorded), side.name).toEqual(labels);
    }
  });

  test('a person reads the same words everywhere', () => {
    for (const { side, story } of stories) {
      for (const { recorded } of story) {
        const read = side.visible(recorded);
        expect(lostWords(side.name, recorded, read), `${side.name} lost, of:\n${plainOf(recorded)}\n\n${read}`).toEqual(
          [],
        );
        expect(strangeWords(side.name, recorded, read), `${side.name} added:\n${read}`).toEqual([]);
      }
    }
  });

  test('no payload broke a rule of its platform', () => {
    for (const side of sides) expect(side.violations(), side.name).toEqual([]);
  });
});
