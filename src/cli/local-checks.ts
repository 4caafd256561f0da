/** What `doctor` can check without a member: configuration, data directory and its disk, the database and its chain. */
import { statfs } from 'node:fs/promises';
import type { SqliteStore } from '../adapters/sqlite/open-store.ts';
import type { DoctorCheck } from '../app/deps.ts';
import type { Target } from './open.ts';

const DISK_WARN_BYTES = 1024 ** 3;
const DISK_FAIL_BYTES = 64 * 1024 ** 2;

export async function localChecks(target: Target, store: SqliteStore): Promise<readonly DoctorCheck[]> {
  return [configCheck(target), await diskCheck(target.dataDir), databaseCheck(target.dataDir, store)];
}

function configCheck({ config }: Target): DoctorCheck {
  const warning = config.warnings[0];
  const target = config.clustersPath ?? 'environment';
  if (warning === undefined) return { id: 'config', target, state: 'ok', next: null };
  return { id: 'config', target, state: 'warn', next: `${warning.text} ${warning.next}` };
}

async function diskCheck(dataDir: string): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const state = free < DISK_FAIL_BYTES ? 'fail' : free < DISK_WARN_BYTES ? 'warn' : 'ok';
  const next =
    state === 'ok' ? null : `${Math.round(free / 1024 ** 2)} MiB are free: make room, or move the data directory.`;
  return { id: 'disk', target: dataDir, state, next };
}

function databaseCheck(dataDir: string, store: SqliteStore): DoctorCheck {
  const check = { id: 'database', target: dataDir };
  const head = store.checkHead();
  if (!head.ok) return { ...check, state: 'fail', next: head.problem.next };
  const verdict = store.auditVerify();
  if (verdict.ok) return { ...check, state: 'ok', next: null };
  const where =
    verdict.sequence === 0
      ? "The timeline's indexes are damaged"
      : `The timeline's chain breaks at entry ${verdict.sequence}`;
  const next = `${where}: restore the data directory from a copy.`;
  return { ...check, state: 'fail', next };
}
