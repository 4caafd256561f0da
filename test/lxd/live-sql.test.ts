import { createRequire } from 'node:module';
import { afterEach, describe, expect, test } from 'vitest';
import type { StepCall } from '../../src/domain/plan.ts';
import type { MemberRoot } from '../support/member-root.ts';
import { compileStep } from '../../src/lxd/compile.ts';
import { COMMON } from '../support/member-root.ts';
import { createStepMembers, lookAt, RUN, runStep } from '../support/step-members.ts';

const members = createStepMembers();

afterEach(() => {
  members.dispose();
});

const SQLITE = createRequire(import.meta.url).resolve('better-sqlite3');

/** LXD's own way: a statement per transaction, a SELECT gives rows, anything else the number of rows. `lost` cuts the answer off. */
const CURL = `#!${process.execPath}
const { appendFileSync, existsSync } = require('node:fs');
const root = process.env.LOCKSTEP_ROOT;
const argv = process.argv.slice(2);
const at = argv.indexOf('-d');
if (at < 0) { process.stdout.write(existsSync(root + '/not-ready') ? '503' : '200'); process.exit(0); }
const { database, query } = JSON.parse(argv[at + 1]);
if (database !== 'global') throw new Error(database);
appendFileSync(root + '/queries', query + '\\n');
const open = require(${JSON.stringify(SQLITE)});
const statement = new open(root + '/global.db').prepare(query);
const result = statement.reader
  ? { type: 'select', rows: statement.raw().all(), rows_affected: 0 }
  : { type: 'exec', rows: null, rows_affected: statement.run().changes };
if (!statement.reader && existsSync(root + '/lost')) process.exit(52);
process.stdout.write(JSON.stringify({ type: 'sync', metadata: { Results: [result] } }));
`;

const LIVE: StepCall = {
  kind: 'run-sql',
  run: RUN,
  statements: [
    { target: 402, schema: 73, rowIds: [1, 2], oldCounts: [387], lifetimeS: 30 },
    { target: 387, schema: 73, rowIds: [3], oldCounts: [402, 433], lifetimeS: 30 },
  ],
};

interface Database {
  exec(sql: string): void;
  prepare(sql: string): { pluck(): { all(): readonly number[] } };
  close(): void;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of the library that is used here
const open = createRequire(import.meta.url)(SQLITE) as new (path: string) => Database;

function withRows(counts: readonly number[]): MemberRoot {
  const root = members.serving();
  root.standIn('curl', CURL);
  const database = new open(root.at('global.db'));
  database.exec('CREATE TABLE nodes (id INTEGER, schema INTEGER, api_extensions INTEGER)');
  counts.forEach((count, index) => {
    database.exec(`INSERT INTO nodes VALUES (${index + 1}, 73, ${count})`);
  });
  database.close();
  return root;
}

function rowsOf(root: MemberRoot): readonly number[] {
  const database = new open(root.at('global.db'));
  const counts = database.prepare('SELECT api_extensions FROM nodes ORDER BY id').pluck().all();
  database.close();
  return counts;
}

function updatesOf(root: MemberRoot): readonly string[] {
  return root.has('queries')
    ? root
        .read('queries')
        .split('\n')
        .filter((query) => query.startsWith('UPDATE'))
    : [];
}

describe('the statement through the live database', () => {
  test('gives each row its count, writes down what it sent, and is not sent twice', () => {
    const root = withRows([387, 387, 402]);
    expect(lookAt(root, LIVE)).toBe('not-done');
    const before = Math.floor(Date.now() / 1000);
    expect(runStep(root, LIVE)).toMatchObject({ status: 'done', values: { rows: '3' } });
    expect(rowsOf(root)).toEqual([402, 402, 387]);
    const [first] = updatesOf(root);
    expect(first).toMatch(
      /^UPDATE nodes SET api_extensions=402 WHERE schema=73 AND id IN \(1,2\) AND api_extensions IN \(387\) AND CAST\(strftime\('%s','now'\) AS INTEGER\) < \d+$/,
    );
    const deadline = Number(first?.split(' ').at(-1));
    expect(deadline - before).toBeGreaterThanOrEqual(30);
    expect(deadline - before).toBeLessThan(60);
    expect(root.read(`${COMMON}/lockstep/${RUN}/live.sql`).trim().split('\n')).toEqual(updatesOf(root));
    expect(lookAt(root, LIVE)).toBe('done');
    expect(runStep(root, LIVE)).toMatchObject({ status: 'already' });
    expect(updatesOf(root).length).toBe(2);
  });

  test('is not sent when a row holds another count than the one that was read', () => {
    const root = withRows([387, 442, 402]);
    expect(runStep(root, LIVE)).toMatchObject({ status: 'refused', values: { reason: 'rows-changed' } });
    expect(updatesOf(root)).toEqual([]);
    expect(rowsOf(root)).toEqual([387, 442, 402]);
    expect(lookAt(root, LIVE)).toBe('cannot-tell');
  });

  test('goes on where it was cut off between two statements', () => {
    const root = withRows([402, 402, 433]);
    expect(lookAt(root, LIVE)).toBe('not-done');
    expect(runStep(root, LIVE)).toMatchObject({ status: 'done' });
    expect(rowsOf(root)).toEqual([402, 402, 387]);
  });

  test('whose answer is lost has no known outcome, and the look tells', () => {
    const root = withRows([387, 387, 387]);
    root.put('lost', '');
    expect(runStep(root, LIVE).kind).toBe('unknown');
    expect(lookAt(root, LIVE)).toBe('done');
  });

  test('is not sent through a member that does not serve', () => {
    const root = withRows([387, 387, 402]);
    root.put('not-ready', '');
    expect(runStep(root, LIVE)).toMatchObject({ status: 'refused', values: { reason: 'not-serving' } });
    expect(root.has('queries')).toBe(false);
    expect(lookAt(root, LIVE)).toBe('cannot-tell');
  });

  test('works without curl, through the command line', () => {
    const root = withRows([387, 387, 402]);
    root.put('curl.cjs', CURL.split('\n').slice(1).join('\n'));
    root.standIn(
      'lxd',
      `#!/bin/sh
[ "$1" = waitready ] && exit 0
said=$('${process.execPath}' "$LOCKSTEP_ROOT/curl.cjs" -d "{\\"database\\":\\"$2\\",\\"query\\":\\"$3\\"}")
case $said in *'[['*) said=\${said#*[[}; printf '+---+\\n| COUNT(*) |\\n+---+\\n| %s |\\n+---+\\n' "\${said%%]*}" ;; *) echo 'Rows affected: 1' ;; esac
`,
    );
    const text = compileStep({ call: LIVE, timeoutMs: 60_000 }).replaceAll(
      'command -v curl',
      'command -v no-such-command',
    );
    expect(root.run(text).code).toBe(0);
    expect(rowsOf(root)).toEqual([402, 402, 387]);
  });

  test.each([
    ['no statement', []],
    ['an old count that is the target', [{ target: 402, schema: 73, rowIds: [1], oldCounts: [402], lifetimeS: 30 }]],
    ['no row', [{ target: 402, schema: 73, rowIds: [], oldCounts: [387], lifetimeS: 30 }]],
    ['no number', [{ target: 402.5, schema: 73, rowIds: [1], oldCounts: [387], lifetimeS: 30 }]],
  ])('is never compiled from %s', (_, statements) => {
    const root = withRows([387]);
    expect(() => runStep(root, { kind: 'run-sql', run: RUN, statements })).toThrow();
  });
});
