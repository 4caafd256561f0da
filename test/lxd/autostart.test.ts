import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { parseAutostart } from '../../src/lxd/parse/autostart.ts';
import { AUTOSTART_SQL, MOST_AUTOSTART } from '../../src/lxd/script/autostart.ts';

interface Database {
  exec(sql: string): void;
  prepare(sql: string): { raw(): { all(): readonly (readonly string[])[] } };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of the library that is used here
const open = createRequire(import.meta.url)('better-sqlite3') as new (path: string) => Database;

/** The columns that the statement touches, as LXD 5.0 to 6.9 have them. */
const TABLES = `
CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE instances (id INTEGER PRIMARY KEY, node_id INTEGER, project_id INTEGER, name TEXT);
CREATE TABLE instances_config (instance_id INTEGER, key TEXT, value TEXT);
CREATE TABLE instances_profiles (instance_id INTEGER, profile_id INTEGER, apply_order INTEGER);
CREATE TABLE profiles_config (profile_id INTEGER, key TEXT, value TEXT);
INSERT INTO nodes VALUES (1, 'm1'), (2, 'm2');
INSERT INTO projects VALUES (1, 'default'), (2, 'shop');
INSERT INTO profiles_config VALUES (1, 'boot.autostart', 'false'), (2, 'boot.autostart', 'true');
`;

function ask(instances: string): readonly (readonly string[])[] {
  const database = new open(':memory:');
  database.exec(TABLES + instances);
  return database.prepare(AUTOSTART_SQL).raw().all();
}

function factsOf(rows: readonly (readonly string[])[]) {
  const text = JSON.stringify({ metadata: { Results: [{ columns: ['member', 'project', 'name'], rows }] } });
  return parseAutostart(new Map([['autostart', { code: 0, bytes: new TextEncoder().encode(text) }]]));
}

describe('the statement', () => {
  test('gives those with boot.autostart, and those whose last state is running unless boot.autostart says no', () => {
    const rows = ask(`
INSERT INTO instances VALUES (1, 1, 1, 'always'), (2, 2, 2, 'ran'), (3, 1, 1, 'never'), (4, 1, 1, 'stopped');
INSERT INTO instances_config VALUES (1, 'boot.autostart', 'True'), (2, 'volatile.last_state.power', 'RUNNING'),
  (3, 'boot.autostart', 'false'), (3, 'volatile.last_state.power', 'RUNNING'), (4, 'volatile.last_state.power', 'STOPPED');`);
    expect(factsOf(rows)).toEqual({
      rows: [
        { member: 'm1', project: 'default', name: 'always' },
        { member: 'm2', project: 'shop', name: 'ran' },
      ],
      more: false,
    });
  });

  test('takes the word of the last profile, and of the instance before any', () => {
    const rows = ask(`
INSERT INTO instances VALUES (1, 1, 1, 'by-profile'), (2, 1, 1, 'own-word');
INSERT INTO instances_profiles VALUES (1, 1, 1), (1, 2, 2), (2, 2, 1);
INSERT INTO instances_config VALUES (2, 'boot.autostart', 'false');`);
    expect(factsOf(rows)?.rows.map(({ name }) => name)).toEqual(['by-profile']);
  });

  test('none to start is an empty list, not unknown', () => {
    expect(factsOf(ask(''))).toEqual({ rows: [], more: false });
  });

  test('is bounded and says that there are more', () => {
    const many = Array.from({ length: MOST_AUTOSTART + 5 }, (_, index) => `(${index + 1}, 1, 1, 'c${index}')`);
    const rows = ask(`INSERT INTO instances VALUES ${many.join(',')};
INSERT INTO instances_config SELECT id, 'boot.autostart', '1' FROM instances;`);
    const facts = factsOf(rows);
    expect(facts?.rows).toHaveLength(MOST_AUTOSTART);
    expect(facts?.more).toBe(true);
  });

  test('fits into JSON and into a word of the shell', () => {
    expect(AUTOSTART_SQL).not.toMatch(/["$`\\;\n]/);
  });
});

test('an answer that is none, or of other columns, is unknown', () => {
  expect(parseAutostart(new Map())).toBeNull();
  expect(factsOf([])).toBeNull();
  const other = JSON.stringify({ metadata: { Results: [{ columns: ['id'], rows: [[1]] }] } });
  expect(parseAutostart(new Map([['autostart', { code: 0, bytes: new TextEncoder().encode(other) }]]))).toBeNull();
});
