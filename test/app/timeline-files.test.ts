/** `timeline` with a picture, and with `--format`: what the chat gets, and what the console writes. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createPicture } from '../../src/adapters/picture/resvg.ts';
import { err } from '../../src/domain/result.ts';
import type { Picture } from '../../src/ports/picture.ts';
import { aCluster } from '../support/cluster.ts';
import { downgradedAll } from '../support/planning.ts';
import { createWorld, only, type Line, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function open(picture: Picture = createPicture()): Promise<void> {
  world = createWorld({ observation: downgradedAll(), clusters: [aCluster()], picture });
  await world.type('alice', 'status prod', 'incident open prod "no member answers"', 'incident note prod "=1+1 | <b>"');
}

function wordsOf(lines: readonly Line[]): string {
  return JSON.stringify(lines.map(({ message }) => message));
}

describe('a timeline in the thread', () => {
  test.each(['prod', 'i'])('of %s comes with a picture, which the console writes down', async (about) => {
    await open();
    const lines = await world.type('alice', `timeline ${about}`);
    expect(only(lines, 'timeline').entries.length).toBeGreaterThanOrEqual(2);
    const [name = ''] = readdirSync(world.exports);
    expect(name).toMatch(/^timeline-.*\.png$/);
    expect(readFileSync(join(world.exports, name)).subarray(1, 4).toString()).toBe('PNG');
    expect(statSync(join(world.exports, name)).mode & 0o777).toBe(0o600);
    expect(wordsOf(lines)).toContain(`Written to ${join(world.exports, name)}`);
    expect(wordsOf(lines)).toContain('"kind":"image"');
  });

  test('of everything has none: clusters have nothing to do with one another', async () => {
    await open();
    expect(wordsOf(await world.type('alice', 'timeline'))).not.toContain('"kind":"image"');
  });

  test('is there without its picture when none can be drawn', async () => {
    await open({ png: () => Promise.resolve(err('no library for this machine')) });
    const lines = await world.type('alice', 'timeline prod');
    expect(only(lines, 'timeline').entries.length).toBeGreaterThan(2);
    expect(wordsOf(lines)).not.toContain('"kind":"image"');
  });
});

describe('a timeline as a file', () => {
  test.each([
    ['md', '# Report of cluster prod'],
    ['json', '"format": "lockstep-timeline"'],
    ['csv', 'sequence,happened_at'],
    ['html', '<!doctype html>'],
    ['svg', '<svg xmlns'],
    ['png', 'PNG'],
  ])('%s is written, and the answer says how much is in it', async (format, beginning) => {
    await open();
    const lines = await world.type('alice', `timeline prod --format ${format}`);
    const count = only(lines, 'timeline').entries.length;
    const [name = ''] = readdirSync(world.exports);
    expect(name.endsWith(`.${format}`)).toBe(true);
    expect(readFileSync(join(world.exports, name), 'latin1').slice(0, 100)).toContain(beginning);
    expect(wordsOf(lines)).toContain(`${count} entries`);
  });

  test('of a word that is no format says which there are', async () => {
    await open();
    expect(only(await world.type('alice', 'timeline prod --format pdf'), 'problem').text).toContain('md, json, csv');
  });

  test('that can not be drawn is a problem with another way', async () => {
    await open({ png: () => Promise.resolve(err('no library for this machine')) });
    const problem = only(await world.type('alice', 'timeline prod --format png'), 'problem');
    expect(problem).toMatchObject({ next: 'timeline prod --format svg' });
    expect(problem.text).toContain('no library for this machine');
  });

  test('that can not be written is said, and the answer is there', async () => {
    await open();
    writeFileSync(world.exports, 'a file where the folder should be');
    const lines = await world.type('alice', 'timeline prod --format md');
    expect(only(lines, 'timeline').entries.length).toBeGreaterThan(2);
    expect(wordsOf(lines)).toMatch(/Could not write .*\((?:EEXIST|ENOTDIR)\)/);
  });
});
