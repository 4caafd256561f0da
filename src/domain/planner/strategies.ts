/**
 * Which strategy is right now. Owns the order (smallest blast radius first), what may be chosen without being named, and why each
 * of the others is not possible.
 */
import { assertNever } from '../assert-never.ts';
import { reasonsAgainstDeadRow } from './dead-row.ts';
import { reasonsAgainstSqlLive } from './guard-live.ts';
import { isBreakGlass, STRATEGIES, type Alternative, type RefusalReason, type Strategy } from '../plan.ts';
import { reasonsAgainstAlign, reasonsAgainstDowngrade } from './guard-move.ts';
import { guardFindings } from './guard-findings.ts';
import { guardHealth, guardLeftovers } from './guard-health.ts';
import { guardMembers } from './guard-members.ts';
import { guardNeed, guardPatchInPlace, guardStopPatchStart } from './guard-strategy.ts';
import { guardForward, guardLatent, guardVersions } from './guard-versions.ts';
import { withoutRepeats } from './reasons.ts';
import { reasonsAgainstRollback } from './undo.ts';
import { inPhase, type PlannerView } from './view.ts';

/** Smallest blast radius first. */
const RANKED = [
  'sql-live',
  'patch-in-place',
  'align-revision',
  'planned-downgrade',
  'rollback',
  'stop-patch-start',
  'unblock-dead-row',
] as const satisfies readonly Strategy[];

/** Why it may not run now; empty when it may. */
export function reasonsAgainst(view: PlannerView, strategy: Strategy): readonly RefusalReason[] {
  switch (strategy) {
    case 'sql-live':
      return reasonsAgainstSqlLive(view);
    case 'align-revision':
      return reasonsAgainstAlign(view);
    case 'planned-downgrade':
      return reasonsAgainstDowngrade(view);
    case 'rollback':
      return reasonsAgainstRollback(view);
    case 'patch-in-place':
    case 'stop-patch-start':
      return reasonsAgainstPatch(view, strategy);
    case 'unblock-dead-row':
      return reasonsAgainstDeadRow(view);
    default:
      return assertNever(strategy);
  }
}

function reasonsAgainstPatch(
  view: PlannerView,
  strategy: 'patch-in-place' | 'stop-patch-start',
): readonly RefusalReason[] {
  const common = commonReasons(view);
  const need = guardNeed(view);
  if (view.binary === null || need.length > 0) return common;
  const own = strategy === 'patch-in-place' ? guardPatchInPlace(view) : guardStopPatchStart(view);
  return withoutRepeats([...common, ...own]);
}

/** What would be planned with no strategy named: stopping daemons and giving a member up is never chosen for somebody. */
export function recommendedOf(view: PlannerView): Strategy | null {
  return RANKED.find((strategy) => mayBeChosen(view, strategy) && reasonsAgainst(view, strategy).length === 0) ?? null;
}

export function alternativesTo(view: PlannerView, planned: Strategy | null): readonly Alternative[] {
  return STRATEGIES.filter((strategy) => strategy !== planned).map((strategy) => alternativeOf(view, strategy));
}

function commonReasons(view: PlannerView): readonly RefusalReason[] {
  const identity = [...guardMembers(view), ...guardLatent(view), ...guardVersions(view)];
  const need = guardNeed(view);
  const allServe = inPhase(view, 'serving').length === view.members.length;
  if (identity.length === 0 && allServe && need.length > 0) {
    // In step, and yet something may be wrong that a person has to see to: that comes first.
    return withoutRepeats([...guardLeftovers(view), ...guardFindings(view), ...need]);
  }
  const found = withoutRepeats([...identity, ...guardForward(view), ...guardHealth(view), ...guardFindings(view)]);
  // "Nothing to repair" beside a reason that says otherwise would only confuse.
  return found.length > 0 ? [...found, ...need.filter(({ code }) => code !== 'in-step')] : need;
}

function mayBeChosen(view: PlannerView, strategy: Strategy): boolean {
  if (strategy === 'planned-downgrade' || strategy === 'rollback' || isBreakGlass(strategy)) return false;
  return strategy !== 'stop-patch-start' || inPhase(view, 'stopped').length === view.members.length;
}

function alternativeOf(view: PlannerView, strategy: Strategy): Alternative {
  const reasons = reasonsAgainst(view, strategy);
  const first = reasons[0];
  if (first !== undefined) return { strategy, possible: false, why: first.text };
  return { strategy, possible: true, why: WHY_POSSIBLE[strategy] };
}

const WHY_POSSIBLE: Readonly<Record<Strategy, string>> = {
  'sql-live': 'Stops nothing and touches no instance: the rows are corrected where LXD serves.',
  'patch-in-place': 'Stops nothing and touches no instance.',
  'align-revision': 'Refreshes the members that differ, side by side; instances keep running.',
  'planned-downgrade': 'Takes every member lower together; only for somebody who wants that.',
  rollback: 'Undoes that run.',
  'stop-patch-start': 'The classical runbook: it stops every daemon first, so it does more than is needed.',
  'unblock-dead-row':
    'Break-glass: it gives the unreachable member up, and takes the approval of somebody who is named for that.',
};
