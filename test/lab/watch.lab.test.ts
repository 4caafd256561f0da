/**
 * The watch on real daemons: a member is taken back by a refresh while a console watches with a short period. One incident, in time,
 * with the right finding; and when the member is back, it is resolved without anybody's word.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TEXT_FORMATS } from '../../src/report/formats.ts';
import { LINE_SCHEMA } from '../contract/data-schema.ts';
import { READERS } from '../report/readers.ts';
import { type Lab, startLab } from './lab.ts';
import { CLI } from './support/build.ts';
import { newDirectory, removeDirectories, writeConfig } from './support/cluster.ts';
import type { Data, DataOf } from './support/console.ts';

const PERIOD_MS = 10_000;
/** Upper bound of one probe. */
const PROBE_MS = 20_000;

let lab: Lab;
let child: ChildProcess | null = null;
let data = '';
const said: Data[] = [];
/** All messages, as they are. */
const posts: string[] = [];

beforeAll(async () => {
  lab = await startLab();
}, 120_000);

afterEach(() => {
  child?.stdin?.end();
  child = null;
  removeDirectories();
});

afterAll(async () => {
  await lab.down();
}, 60_000);

/** A console whose standard input stays open: it watches for as long. */
function open(config: string): ChildProcess {
  data = newDirectory();
  const args = [CLI, 'console', '--json', '--config', config, '--data', data, '--as', 'alice'];
  const started = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: started.stdout }).on('line', (text) => {
    const line = LINE_SCHEMA.parse(JSON.parse(text));
    posts.push(JSON.stringify(line.message));
    if (line.data !== null) said.push(line.data);
  });
  return started;
}

async function ask<K extends Data['kind']>(line: string, kind: K): Promise<DataOf<K>> {
  const from = said.length;
  child?.stdin?.write(`${line}\n`);
  const answers = (): readonly DataOf<K>[] => said.slice(from).filter((each): each is DataOf<K> => each.kind === kind);
  await lab.waitUntil(`${line} is answered`, async () => answers().length > 0);
  return answers()[0]!;
}

async function incidents(): Promise<DataOf<'incidents'>['incidents']> {
  return (await ask('incident list', 'incidents')).incidents;
}

/** The files of its timeline say what the thread says, of each entry that the thread had. */
async function sameInEveryFile(incident: string, entries: DataOf<'timeline'>['entries']): Promise<void> {
  for (const format of TEXT_FORMATS) {
    await ask(`timeline ${incident} --format ${format}`, 'timeline');
    const files = readdirSync(join(data, 'exports')).filter((name) => name.endsWith(`.${format}`));
    const read = READERS[format](readFileSync(join(data, 'exports', files.toSorted().at(-1)!), 'utf8'));
    const known = read.filter(({ id }) => entries.some(({ sequence }) => sequence === id));
    expect(known, format).toEqual(
      entries.map(({ sequence, happenedAt, text }) => ({ id: sequence, at: happenedAt.slice(0, 19), text })),
    );
  }
}

test('a member that a refresh took back is one incident in time, resolved by itself when it is back', async () => {
  await lab.reset();
  child = open(await writeConfig(`${lab.clustersYaml}    watch: {every: ${PERIOD_MS / 1000}s}\n`));
  expect((await ask('watch on lab', 'watch')).clusters).toMatchObject([{ cluster: 'lab', on: true }]);
  await lab.waitUntil(
    'the watch has looked',
    async () => (await ask('watch list', 'watch')).clusters[0]?.lastLookAt !== null,
  );
  expect(await incidents()).toEqual([]);

  await lab.scenario('downgraded-one');
  const brokenAt = Date.now();
  await lab.waitUntil('an incident is open', async () => (await incidents()).length > 0);
  const [incident] = await incidents();
  expect(incident).toMatchObject({ cluster: 'lab', origin: 'watch', state: 'open' });
  expect(Date.parse(incident!.openedAt) - brokenAt).toBeLessThan(1.5 * PERIOD_MS + PROBE_MS);
  const { entries } = await ask(`timeline ${incident!.incident}`, 'timeline');
  const finding = entries.find((entry) => entry.kind === 'watch-said' && entry.finding === 'mixed-binaries');
  expect(finding?.members).toContain('m3');
  // It begins where trouble was first seen: a probe tells between which two looks, a log line its own moment.
  const opening = entries.find((entry) => entry.kind === 'incident-opened');
  const led = entries.filter(({ sequence }) => opening?.includes?.includes(sequence));
  const sighted = led.find((entry) => entry.kind === 'finding-appeared' && entry.finding === 'mixed-binaries');
  expect(Date.parse(sighted!.happenedAt)).toBeLessThan(Date.parse(opening!.happenedAt));
  const moved = led.find((entry) => entry.kind === 'revision-changed' && entry.member === 'm3');
  expect(Date.parse(moved!.happenedAt) - Date.parse(moved!.since!)).toBeLessThan(2 * PERIOD_MS + PROBE_MS);
  await sameInEveryFile(incident!.incident, entries);

  await lab.refresh('m3', '502');
  await lab.waitUntil('it is resolved', async () => (await incidents())[0]?.state === 'resolved', 120);
  const all = await incidents();
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ incident: incident!.incident, resolvedBy: 'lockstep', reopens: 0 });
}, 300_000);

test('a newer revision in the channel is one message before it comes, and no incident', async () => {
  await lab.scenario('newer-in-channel');
  const from = posts.length;
  child = open(await writeConfig(`${lab.clustersYaml}    watch: {every: ${PERIOD_MS / 1000}s}\n`));
  await ask('watch on lab', 'watch');
  const warnings = (): readonly string[] => posts.slice(from).filter((text) => text.includes('offers LXD'));
  await lab.waitUntil('it is said', async () => {
    await ask('watch list', 'watch');
    return warnings().length > 0;
  });
  expect(warnings()[0]).toContain(
    'The channel 5.0/stable offers LXD 5.0.2 (revision 502, 318 API extensions); m1, m2 and m3 have 5.0.1 (313 API extensions)',
  );
  expect(warnings()[0]).toContain('held on m1, m2 and m3, so it does not come by itself');
  const { lastLookAt } = (await ask('watch list', 'watch')).clusters[0]!;
  await lab.waitUntil('the watch has looked again', async () => {
    const [now] = (await ask('watch list', 'watch')).clusters;
    return Date.parse(now!.lastLookAt!) > Date.parse(lastLookAt!) + PERIOD_MS;
  });
  expect(warnings()).toHaveLength(1);
  expect(await incidents()).toEqual([]);
}, 300_000);
