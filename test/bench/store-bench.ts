/**
 * The durable store at size: 100,000 timeline entries and 1,000 runs. Opening, what `runs` and one run's page read, and one durable
 * append beside the same insert with better-sqlite3 alone, at the same durability, in turns on the same disk.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { openStore, type SqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import { requireRunId, type RunId } from '../../src/domain/ids.ts';
import type { NewTimelineEntry } from '../../src/domain/timeline.ts';
import { aDraft, anEntry, aRun, T0 } from '../contract/store-fixtures.ts';
import { describeRatio, describeSeries, median, type Series } from './stats.ts';

const RUNS = 1_000;
const ENTRIES = 100_000;
const BATCH = 1_000;
const ROUNDS = 15;
const APPENDS = 200;
const READS = 25;
const OPEN_LIMIT_MS = 1_000;
const PAGE_LIMIT_MS = 100;
/** A durable append may take this many times as long as the plain insert: 1 / 0.7. */
const APPEND_LIMIT = 1 / 0.7;
/** What `runs` shows at most. */
const LISTED = 20;

export async function benchStore(): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-bench-store-'));
  try {
    await fill(join(directory, 'data'));
    const opened = await timeOpening(join(directory, 'data'));
    const store = open(join(directory, 'data'));
    try {
      return await report({ store, opened, directory });
    } finally {
      await store.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function open(dataDir: string): SqliteStore {
  const opened = openStore({ dataDir, command: 'bench', clock: { nowMs: () => Date.now() } });
  if (!opened.ok) throw new Error(opened.error.text);
  return opened.value;
}

async function fill(dataDir: string): Promise<void> {
  const store = open(dataDir);
  const runs = Array.from({ length: RUNS }, (_, n) => runId(n));
  for (const [n, id] of runs.entries()) {
    const run = aRun({ id, state: 'succeeded', createdAt: T0 + n * 60_000, endedAt: T0 + n * 60_000 + 30_000 });
    await store.draftRun(aDraft(run));
  }
  for (let done = 0; done < ENTRIES - RUNS; done += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, ENTRIES - RUNS - done) }, (_, n) => entryOf(runs, done + n));
    await store.appendTimeline(entries, T0 + done);
  }
  await store.close();
}

function runId(n: number): RunId {
  return requireRunId(`r${n.toString(36).padStart(6, '0')}`);
}

function entryOf(runs: readonly RunId[], n: number): NewTimelineEntry {
  const text = `Step 4-patch on m${(n % 3) + 1}: the table says what the binaries say.`;
  return anEntry(text, { happenedAt: T0 + n, kind: 'step-done', run: runs[n % runs.length] ?? null });
}

async function timeOpening(dataDir: string): Promise<Series> {
  const ms: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const start = performance.now();
    const store = open(dataDir);
    ms.push(performance.now() - start);
    await store.close();
  }
  return { name: 'opening the store', ms };
}

async function timed(name: string, work: () => Promise<unknown>): Promise<Series> {
  const ms: number[] = [];
  for (let n = 0; n < READS; n += 1) {
    const start = performance.now();
    await work();
    ms.push(performance.now() - start);
  }
  return { name, ms };
}

interface Bench {
  readonly store: SqliteStore;
  readonly opened: Series;
  readonly directory: string;
}

async function report({ store, opened, directory }: Bench): Promise<boolean> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const head = await store.timelineHead();
  say(`Store: ${head?.sequence ?? 0} timeline entries, ${RUNS} runs`);
  const list = await timed('what `runs` reads', () => store.listRuns({ limit: LISTED }));
  const page = await timed('what `runs <id>` reads', async () => {
    await store.findRun(runId(500));
    await store.listTimeline({ run: runId(500) });
  });
  const within = [
    { series: opened, limit: OPEN_LIMIT_MS },
    { series: list, limit: PAGE_LIMIT_MS },
    { series: page, limit: PAGE_LIMIT_MS },
  ].map(({ series, limit }) => {
    const met = median(series.ms) <= limit;
    say(`${describeSeries(series)}   (at most ${limit} ms)${met ? '' : '   OVER'}`);
    return met;
  });
  const { ours, raw } = await timeAppends(store, directory);
  say(describeSeries(ours));
  say(describeSeries(raw));
  const ratio = describeRatio('append / plain insert (0.70 of its speed)', ours, raw, APPEND_LIMIT);
  say(`${ratio.text}   = ${(median(raw.ms) / median(ours.ms)).toFixed(2)} of its speed`);
  return within.every(Boolean) && ratio.met;
}

/** In turns, so that both meet the same machine. */
async function timeAppends(
  store: SqliteStore,
  directory: string,
): Promise<{ readonly ours: Series; readonly raw: Series }> {
  const plain = openPlain(join(directory, 'plain.db'));
  const runs = Array.from({ length: RUNS }, (_, n) => runId(n));
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    let start = performance.now();
    for (let n = 0; n < APPENDS; n += 1) await store.appendTimeline([entryOf(runs, n)], T0);
    ours.push(performance.now() - start);
    start = performance.now();
    for (let n = 0; n < APPENDS; n += 1) plain.insert(entryOf(runs, n));
    raw.push(performance.now() - start);
  }
  plain.close();
  return {
    ours: { name: `${APPENDS} appends, one commit each`, ms: ours },
    raw: { name: `${APPENDS} plain inserts, one commit each`, ms: raw },
  };
}

/** The same columns, index, size and durability, without a chain, a head and a port. */
function openPlain(path: string): { insert(entry: NewTimelineEntry): void; close(): void } {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE entry (sequence INTEGER PRIMARY KEY, happened_at INTEGER, recorded_at INTEGER, kind TEXT, cluster TEXT,
    run TEXT, incident TEXT, member TEXT, actor TEXT, text TEXT, evidence TEXT, previous_hash TEXT, hash TEXT,
    since INTEGER, corrects INTEGER, state TEXT, finding TEXT, members TEXT, author TEXT, link TEXT) STRICT;
    CREATE INDEX entry_by_run ON entry (run, sequence) WHERE run IS NOT NULL;`);
  const statement = db.prepare(
    `INSERT INTO entry (happened_at, recorded_at, kind, cluster, run, incident, member, actor, text, evidence, previous_hash, hash)
     VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
  );
  const hash = '0'.repeat(64);
  const insert = (entry: NewTimelineEntry): void => {
    const { happenedAt, kind, cluster, run, incident, member, actor, text, evidence } = entry;
    statement.run(happenedAt, T0, kind, cluster, run, incident, member, actor, text, evidence, hash, hash);
  };
  db.transaction(() => {
    const runs = Array.from({ length: RUNS }, (_, n) => runId(n));
    for (let n = 0; n < ENTRIES; n += 1) insert(entryOf(runs, n));
  })();
  return { insert, close: () => void db.close() };
}
