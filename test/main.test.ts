/** The composition root over a real data directory: what it says of the directory that it opens. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../src/adapters/sqlite/open-store.ts';
import { createLockstep } from '../src/main.ts';
import { anEntry, T0 } from './contract/store-fixtures.ts';
import { createMemoryLog } from './support/ssh/system.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from './support/temporary-directory.ts';

let folder: TemporaryDirectory;

beforeEach(async () => {
  folder = makeTemporaryDirectory();
  const opened = openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 } });
  if (!opened.ok) throw new Error(opened.error.text);
  await opened.value.appendTimeline([anEntry('one')], T0);
  await opened.value.close();
});
afterEach(() => folder.remove());

async function warningsAtStart(): Promise<readonly string[]> {
  const log = createMemoryLog();
  const started = await createLockstep({
    clusters: [],
    dataDir: folder.path,
    agentSocket: null,
    log,
    codeVersion: '0.0.0',
    command: 'test',
    chats: [],
    minEditMs: 0,
    helpNotes: [],
    localChecks: () => Promise.resolve([]),
  });
  if (!started.ok) throw new Error(started.error.text);
  await started.value.stop();
  return log.lines.filter(({ level }) => level === 'warn' || level === 'error').map(({ message }) => message);
}

test('a data directory whose timeline is the one that was last written is opened without a word', async () => {
  expect(await warningsAtStart()).toEqual([]);
});

test('a database that was taken away is told at the start, not only when somebody asks for an audit', async () => {
  rmSync(join(folder.path, 'lockstep.db'));
  expect((await warningsAtStart()).join()).toContain('entry 1 had been recorded');
});
