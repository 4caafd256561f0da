/** What copies a run left on its members: where, how large, with which hash, and what they are good for. */
import type { BackupData } from '../../domain/data.ts';
import type { Run } from '../../domain/run.ts';
import { code, table } from '../build.ts';
import type { Block } from '../message.ts';
import { describeDuration, isoTime } from '../words.ts';

const SAID = /(?:^| )bytes=(\d{1,15}) sha256=([0-9a-f]{64}) consistent=(yes|no)(?: |$)/;

/** From what each step said when it was done; one that was taken as done by a person said nothing. */
export function backupsOf(run: Run, prunedAt: number | null): readonly BackupData[] {
  const ids = new Set(
    run.plan.stages.flatMap(({ steps }) => steps.filter(({ call }) => call.kind === 'back-up').map(({ id }) => id)),
  );
  return run.steps.flatMap(({ id, member, state, note, endedAt }) => {
    const [, bytes, sha256, consistent] = SAID.exec(note ?? '') ?? [];
    if (!ids.has(id) || state !== 'done' || sha256 === undefined) return [];
    return [
      {
        member,
        path: `/var/snap/lxd/common/lockstep/${run.id}/database.tgz`,
        bytes: Number(bytes),
        sha256,
        restorable: consistent === 'yes',
        at: endedAt === null ? null : isoTime(endedAt),
        prunedAt: prunedAt === null ? null : isoTime(prunedAt),
      },
    ];
  });
}

export function backupBlocks(backups: readonly BackupData[], now: number): readonly Block[] {
  if (backups.length === 0) return [];
  return [
    table(
      ['back-up on', 'bytes', 'age', 'what it is'],
      backups.map(({ member, bytes, at, restorable, prunedAt }) => [
        member,
        String(bytes),
        at === null ? '?' : describeDuration(now - Date.parse(at)),
        prunedAt === null
          ? restorable
            ? 'whole, of a stopped database'
            : 'evidence, not restorable'
          : 'removed by policy',
      ]),
    ),
    code(
      backups.map(({ member, path, sha256 }) => `${member} ${path} sha256 ${sha256}`).join('\n'),
      'Where they lie, and their hashes',
    ),
  ];
}
