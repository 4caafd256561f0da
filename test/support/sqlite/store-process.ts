/**
 * A process of its own on a data directory, for tests of locks and crashes. Prints one JSON line per event on standard output
 * and obeys one word:
 *   hold    opens the store and stays until it is killed
 *   touch   opens, appends one entry, closes
 *   race    appends without end; each line is printed only after the commit of that entry
 *   runs    drafts runs and takes them through approval and steps without end, one cluster each; prints every committed change
 *   tear    begins a change of several rows and is killed inside the transaction, before the commit
 * With `ordinary-user` as the last argument, root becomes one before it opens anything.
 */
import Database from 'better-sqlite3';
import { openConnection } from '../../../src/adapters/sqlite/connection.ts';
import { dataFiles } from '../../../src/adapters/sqlite/data-files.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import { draft } from '../../../src/adapters/sqlite/runs.ts';
import { requireClusterName, requireRunId } from '../../../src/domain/ids.ts';
import { aDraft, anApproval, anEntry, aRun, M1, STEP, T0 } from '../../contract/store-fixtures.ts';

const [word = '', dataDir = '', lockWait = '0', user] = process.argv.slice(2);

/** `nobody`, wherever there is one; no account is needed for a user id. */
const ORDINARY_USER = 65_534;

/** Root passes every permission check. Only once all code is loaded: it may stand where an ordinary user can't read it. */
function becomeOrdinary(): void {
  if (process.getuid?.() !== 0) return;
  new Database(':memory:').close();
  process.setgroups?.([]);
  process.setgid?.(ORDINARY_USER);
  process.setuid?.(ORDINARY_USER);
}

/** Written at once: a killed process must not keep a line back that it claims to have printed. */
function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function open(): SqliteStore | null {
  const opened = openStore({
    dataDir,
    command: `store-process ${word}`,
    clock: { nowMs: () => T0 },
    lockWaitMs: Number(lockWait),
  });
  if (opened.ok) {
    say({ kind: 'opened', pid: process.pid });
    return opened.value;
  }
  say({ kind: 'refused', problem: opened.error });
  return null;
}

async function race(store: SqliteStore): Promise<never> {
  for (;;) {
    const [entry] = await store.appendTimeline([anEntry('x'.repeat(300))], T0);
    say({ kind: 'committed', sequence: entry?.sequence });
  }
}

async function takeRuns(store: SqliteStore): Promise<never> {
  for (let n = 0; ; n += 1) {
    const id = requireRunId(`r${n.toString(36).padStart(6, '0')}`);
    const run = aRun({ id, cluster: requireClusterName(`c${n}`) });
    const entries = [anEntry('one', { run: id }), anEntry('two', { run: id })];
    const step = { run: id, step: STEP, member: M1, at: T0, entries };
    const change = { run: id, at: T0, explanation: null, entries };
    const tell = (stage: string): void => say({ kind: 'stage', run: id, stage });
    await store.draftRun(aDraft(run, { entries }));
    tell('drafted');
    await store.decide({
      run: id,
      record: anApproval('console:bob'),
      required: 1,
      entries,
      tokenHash: `token-of-${id}`,
    });
    tell('approved');
    await store.changeState({ ...change, from: ['approved'], to: 'running' });
    tell('running');
    await store.recordIntent(step);
    tell('intent');
    await store.recordOutcome({ ...step, state: 'done', exitCode: 0, note: null, output: null });
    tell('outcome');
  }
}

function tear(): void {
  const connection = openConnection({ files: dataFiles(dataDir), maxPageCount: null });
  if (!connection.ok) throw new Error(connection.error.text);
  connection.value.commit(() => {
    draft(connection.value, aDraft());
    process.kill(process.pid, 'SIGKILL');
  });
}

if (user === 'ordinary-user') becomeOrdinary();
if (word === 'tear') {
  tear();
} else {
  const store = open();
  if (store === null) process.exitCode = 2;
  else if (word === 'hold') setInterval(() => {}, 60_000);
  else if (word === 'race') await race(store);
  else if (word === 'runs') await takeRuns(store);
  else {
    await store.appendTimeline([anEntry('touched')], T0);
    say({ kind: 'head', head: await store.timelineHead() });
    await store.close();
  }
}
