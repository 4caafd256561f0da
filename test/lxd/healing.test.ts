import { createRequire } from 'node:module';
import { afterEach, describe, expect, test } from 'vitest';
import type { StepCall } from '../../src/domain/plan.ts';
import { DATABASE, type MemberRoot } from '../support/member-root.ts';
import { BACK_UP, createStepMembers, lookAt, PATCH, RUN, runStep } from '../support/step-members.ts';

const members = createStepMembers();

afterEach(() => {
  members.dispose();
});

const SQLITE = createRequire(import.meta.url).resolve('better-sqlite3');

/**
 * LXD's part: `/internal/sql` on a database, `/1.0` with the copy that the daemon holds (the file `copy`). A PATCH writes both;
 * `hangs` never answers and takes it back, `lost` does it and cuts the answer off, `no-key` is a release without healing.
 */
const CURL = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const root = process.env.LOCKSTEP_ROOT;
const has = (name) => existsSync(root + '/' + name);
const argv = process.argv.slice(2);
const data = argv.includes('-d') ? JSON.parse(argv[argv.indexOf('-d') + 1]) : null;
const open = require(${JSON.stringify(SQLITE)});
const database = new open(root + '/global.db');
const key = 'cluster.healing_threshold';
if (argv.at(-1).endsWith('/internal/ready')) process.stdout.write(has('not-ready') ? '503' : '200');
else if (argv.includes('PATCH')) {
  appendFileSync(root + '/patches', data.config[key] + '\\n');
  if (has('hangs')) process.exit(28);
  if (has('no-key')) { process.stdout.write('{"error_code":400,"error":"cannot set: unknown key"}'); process.exit(0); }
  database.prepare('INSERT OR REPLACE INTO config VALUES (?, ?)').run(key, data.config[key]);
  writeFileSync(root + '/copy', data.config[key]);
  if (has('lost')) process.exit(28);
  process.stdout.write('{"type":"sync","status":"Success","status_code":200}');
} else if (data === null) {
  const config = has('no-key') ? {} : { 'core.https_address': ':8443', [key]: readFileSync(root + '/copy', 'utf8') };
  if (config[key] === '0') delete config[key];
  process.stdout.write(JSON.stringify({ metadata: { api_extensions: has('no-key') ? ['a'] : ['a', 'cluster_healing', 'b'], config } }));
} else {
  const statement = database.prepare(data.query);
  const result = statement.reader ? { rows: statement.raw().all() } : { rows: null, rows_affected: statement.run().changes };
  process.stdout.write(JSON.stringify({ metadata: { Results: [result] } }));
}
`;

const OFF: StepCall = { kind: 'healing-off', thresholdS: 300 };
const BACK: StepCall = { kind: 'healing-back', thresholdS: 300 };

interface Database {
  exec(sql: string): void;
  prepare(sql: string): { pluck(): { get(): string | undefined } };
  close(): void;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of the library that is used here
const open = createRequire(import.meta.url)(SQLITE) as new (path: string) => Database;

function withThreshold(value: string): MemberRoot {
  const root = members.serving();
  root.standIn('curl', CURL);
  root.put('copy', value);
  const database = new open(root.at('global.db'));
  database.exec(`CREATE TABLE config (key TEXT UNIQUE, value TEXT)`);
  if (value !== '0') database.exec(`INSERT INTO config VALUES ('cluster.healing_threshold', '${value}')`);
  database.close();
  return root;
}

function rowOf(root: MemberRoot): string {
  const database = new open(root.at('global.db'));
  const value = database.prepare('SELECT value FROM config').pluck().get() ?? '0';
  database.close();
  return value;
}

describe('cluster.healing_threshold', () => {
  test('goes to 0 and back through the API, once each; the row and the copy of the daemon follow', () => {
    const root = withThreshold('300');
    expect(lookAt(root, OFF)).toBe('not-done');
    expect(runStep(root, OFF)).toMatchObject({ status: 'done' });
    expect([rowOf(root), root.read('copy')]).toEqual(['0', '0']);
    expect(lookAt(root, OFF)).toBe('done');
    expect(runStep(root, OFF)).toMatchObject({ status: 'already' });
    expect(lookAt(root, BACK)).toBe('not-done');
    expect(runStep(root, BACK)).toMatchObject({ status: 'done' });
    expect([rowOf(root), root.read('copy')]).toEqual(['300', '300']);
    expect(lookAt(root, BACK)).toBe('done');
    expect(root.read('patches')).toBe('0\n300\n');
  });

  test('no row at all is 0', () => {
    expect(lookAt(withThreshold('0'), OFF)).toBe('done');
    expect(runStep(withThreshold('0'), BACK)).toMatchObject({ status: 'done' });
  });

  test.each([OFF, BACK])('another value than the two is somebody else’s: refused, untouched ($kind)', (call) => {
    const root = withThreshold('600');
    expect(runStep(root, call)).toMatchObject({ status: 'refused', values: { reason: 'changed' } });
    expect(rowOf(root)).toBe('600');
    expect(root.has('patches')).toBe(false);
    expect(lookAt(root, call)).toBe('cannot-tell');
  });

  test('a change that LXD never answers is not known; what it did is found by the look', () => {
    const hanging = withThreshold('300');
    hanging.put('hangs', '');
    expect(runStep(hanging, OFF).kind).toBe('unknown');
    expect(lookAt(hanging, OFF)).toBe('not-done');
    const lost = withThreshold('300');
    lost.put('lost', '');
    expect(runStep(lost, OFF).kind).toBe('unknown');
    expect(lookAt(lost, OFF)).toBe('done');
  });

  test('a row that is right does not count while the daemon holds another: it decides by its copy', () => {
    const root = withThreshold('300');
    const database = new open(root.at('global.db'));
    database.exec(`UPDATE config SET value='0'`);
    database.close();
    expect(lookAt(root, OFF)).toBe('cannot-tell');
    expect(runStep(root, OFF)).toMatchObject({ status: 'done' });
    expect(root.read('copy')).toBe('0');
  });

  test('a release without healing refuses the key: the row is set, since no daemon holds a copy', () => {
    const root = withThreshold('300');
    root.put('no-key', '');
    expect(runStep(root, OFF)).toMatchObject({ status: 'done' });
    expect(rowOf(root)).toBe('0');
    expect(runStep(root, BACK)).toMatchObject({ status: 'done' });
    expect(rowOf(root)).toBe('300');
    expect(lookAt(root, BACK)).toBe('done');
    expect(root.has('patches')).toBe(false);
  });

  test('nothing is asked of a member that does not serve', () => {
    const root = withThreshold('300');
    root.put('not-ready', '');
    expect(runStep(root, OFF)).toMatchObject({ status: 'refused', values: { reason: 'not-serving' } });
    expect(lookAt(root, OFF)).toBe('cannot-tell');
  });
});

test('the guarded file switches it off under the same deadline, and only from the value that was read', () => {
  const root = members.stopped();
  const call: StepCall = { kind: 'write-patch', run: RUN, patch: { ...PATCH, healingS: 300 } };
  runStep(root, BACK_UP);
  expect(runStep(root, call)).toMatchObject({ status: 'done' });
  const [, first = '', second = ''] = root.read(`${DATABASE}/patch.global.sql`).split('\n');
  const deadline = /< (\d+);$/.exec(first)?.[1] ?? 'none';
  expect(second).toBe(
    `UPDATE config SET value='0' WHERE key='cluster.healing_threshold' AND value='300' AND CAST(strftime('%s','now') AS INTEGER) < ${deadline};`,
  );
  expect(runStep(root, call)).toMatchObject({ status: 'already' });
});
