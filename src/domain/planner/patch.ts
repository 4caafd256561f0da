/**
 * The guarded statement (recovery rules): every row above the target, by id, only while it holds one of the counts that were read
 * and the schema is the one that was read. The writer adds the deadline. A row that changed meanwhile is left alone.
 */
import type { PatchParams } from '../plan.ts';
import { healingInFile } from './healing.ts';
import type { PlannerView } from './view.ts';

/** A leftover without a deadline once stranded a healthy cluster; 15 minutes is the most that is allowed. */
const MAX_LIFETIME_S = 900;

/** Null when the members have no common binary. */
export function patchParams(view: PlannerView, lifetimeS: number): PatchParams | null {
  if (view.binary === null) return null;
  return {
    target: view.binary.extensions,
    schema: view.binary.schema,
    rowIds: ascending(view.stale.map(({ id }) => id)),
    oldCounts: ascending(view.stale.map(({ apiExtensions }) => apiExtensions)),
    lifetimeS: Math.min(lifetimeS, MAX_LIFETIME_S),
    ...healingInFile(view),
  };
}

/** Without its deadline: for a person who types it now. */
export function guardedStatement(patch: PatchParams): string {
  return (
    `UPDATE nodes SET api_extensions=${patch.target} WHERE schema=${patch.schema} ` +
    `AND id IN (${patch.rowIds.join(',')}) AND api_extensions IN (${patch.oldCounts.join(',')})`
  );
}

export function ascending(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
