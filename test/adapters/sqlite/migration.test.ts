/** A database of the first format, with a chain and cards under cards, is taken along whole. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAudit } from '../../../src/adapters/sqlite/audit.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/adapters/sqlite/migrations.ts';
import { openStore } from '../../../src/adapters/sqlite/open-store.ts';
import { entryHash, GENESIS_HASH } from '../../../src/domain/timeline-chain.ts';
import { ADDRESS, anEntry, T0 } from '../../contract/store-fixtures.ts';
import { makeTemporaryDirectory, type TemporaryDirectory } from '../../support/temporary-directory.ts';

let folder: TemporaryDirectory;
beforeEach(() => {
  folder = makeTemporaryDirectory();
});
afterEach(() => folder.remove());

/** As the first version wrote it: one entry, its card, and a card under that. */
function writeFirstFormat(path: string): string {
  const db = new Database(path);
  db.exec(MIGRATIONS[0] ?? '');
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma('user_version = 1');
  const entry = { ...anEntry('of old'), sequence: 1, recordedAt: T0 };
  const hash = entryHash(GENESIS_HASH, entry);
  db.prepare(
    `INSERT INTO timeline (sequence, happened_at, recorded_at, kind, cluster, actor, text, previous_hash, hash)
      VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(T0, T0, entry.kind, entry.cluster, entry.actor, entry.text, GENESIS_HASH, hash);
  const card = db.prepare(
    `INSERT INTO card (id, subject_sequence, platform, channel, parent, external_id, revision, delivered_revision, attempts,
      not_before) VALUES (?, 1, 'console', 'here', ?, ?, 1, 1, 0, 0)`,
  );
  card.run('root', null, 'm1');
  card.run('child', 'root', 'm2');
  db.close();
  return hash;
}

test('the chain of a database of the first format still holds, and goes on; its cards keep their places', async () => {
  const hash = writeFirstFormat(join(folder.path, 'lockstep.db'));
  const opened = openStore({ dataDir: folder.path, command: 'test', clock: { nowMs: () => T0 }, lockWaitMs: 0 });
  if (!opened.ok) throw new Error(opened.error.text);
  const store = opened.value;
  expect(await store.timelineHead()).toEqual({ sequence: 1, hash });
  await store.appendTimeline([anEntry('of now', { since: T0 - 1 })], T0);
  expect(store.auditVerify({ expect: hash })).toMatchObject({ ok: true, head: { sequence: 2 } });
  expect(await store.findCard('child')).toMatchObject({ parent: 'root', externalId: 'm2', address: ADDRESS });
  const subject = { kind: 'timeline-entry', sequence: 2 } as const;
  await store.addCard({ id: 'new', subject, address: ADDRESS, parent: 'child' });
  await expect(store.addCard({ id: 'lost', subject, address: ADDRESS, parent: 'nobody' })).rejects.toThrow();
  await store.close();
});

test('a database of the first format is proven as it is, before any process has brought it up to date', () => {
  const hash = writeFirstFormat(join(folder.path, 'lockstep.db'));
  const audit = openAudit(folder.path);
  if (!audit.ok) throw new Error(audit.error.text);
  expect(audit.value.auditVerify()).toEqual({ ok: true, head: { sequence: 1, hash } });
  audit.value.close();
});
