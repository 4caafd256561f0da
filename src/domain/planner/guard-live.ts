/**
 * Guards of `sql-live`: somebody serves with a quorum, a row is wrong, and what it should hold was measured. Different binaries
 * are no obstacle, since each row gets its own daemon's count.
 */
import type { RefusalReason } from '../plan.ts';
import { guardFindings } from './guard-findings.ts';
import { guardHealth } from './guard-health.ts';
import { guardMembers } from './guard-members.ts';
import { guardCounts, guardRunning, guardTrack } from './guard-versions.ts';
import { liveWriter, wrongRows } from './live-rows.ts';
import { ofCount, whereTrue, withoutRepeats } from './reasons.ts';
import { inPhase, namesOf, type PlannerView } from './view.ts';

export function reasonsAgainstSqlLive(view: PlannerView): readonly RefusalReason[] {
  const serving = inPhase(view, 'serving');
  if (serving.length === 0) return [notNow('Nobody serves, so there is no live database to write to.')];
  if (liveWriter(view) === null) {
    return [
      notNow(
        `${namesOf(serving)} ${ofCount(serving.length, 'serves', 'serve')}, but the live database could not be read through it.`,
      ),
    ];
  }
  if (wrongRows(view).length === 0) return [notNow('No row of the nodes table is wrong.')];
  return withoutRepeats([
    ...guardMembers(view),
    ...guardCounts(view),
    ...guardRunning(view),
    ...guardRowSchema(view),
    ...guardTrack(view),
    ...guardHealth(view),
    ...guardFindings(view, ['mixed-binaries', 'same-count-different-version']),
  ]);
}

/** A row is given a count only where its schema, the daemon's and the database's are one. */
function guardRowSchema(view: PlannerView): readonly RefusalReason[] {
  const database = view.rows?.databaseSchema ?? null;
  return whereTrue(
    wrongRows(view).map(({ member, row }) => ({ ...member, row })),
    ({ row, running, installed }) => {
      const own = running?.schema ?? installed?.schema ?? null;
      return own !== database || row.schema !== database;
    },
    'schema-inconsistent',
    (names) => `The schema of the row of ${names}, of its LXD and of the database are not one and the same.`,
  );
}

export function notNow(text: string): RefusalReason {
  return { code: 'strategy-not-available', text };
}
