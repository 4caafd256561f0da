/**
 * From a diagnosis to a plan or a refusal: pure. Owns the decision alone; guards say why not, stages say what, words say what a
 * person must know. A strategy that was named is planned or refused, never replaced by another.
 */
import { startsOf } from './autostart.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Baseline, GivenUp, MemberTarget, Plan, Planned, PlanStage, RefusalReason, Strategy } from '../plan.ts';
import { nextOf } from './next.ts';
import { assertNever } from '../assert-never.ts';
import { deadRowView } from './dead-row.ts';
import { movedTargets, requireMove, type Move } from './move.ts';
import { liveTargets } from './live-rows.ts';
import {
  deadRowStages,
  moveStages,
  removeStages,
  patchInPlaceStages,
  sqlLiveStages,
  stopPatchStartStages,
} from './stages.ts';
import { alternativesTo, reasonsAgainst, recommendedOf } from './strategies.ts';
import { viewOf, type PlanInput, type PlannerView } from './view.ts';
import { givenUpBefore, requireUndoMove, unconsumed } from './undo.ts';
import { givenUpIn } from './words-dead-row.ts';
import { wordsOf } from './words.ts';

export type { PlanInput } from './view.ts';

const TAKES_TARGET: ReadonlySet<Strategy | null> = new Set(['align-revision', 'planned-downgrade']);

export function planRecovery(input: PlanInput): Planned {
  const view = viewOf(input);
  const recommended = recommendedOf(view);
  const wanted = input.strategy ?? recommended;
  if (typeof input.to === 'string' && !TAKES_TARGET.has(input.strategy)) {
    const text = '--to goes with --strategy planned-downgrade, or with align-revision.';
    return refuse(view, [{ code: 'strategy-not-available', text }], recommended);
  }
  if (wanted === null) return refuse(view, reasonsAgainst(view, 'patch-in-place'), null);
  const reasons = reasonsAgainst(view, wanted);
  if (reasons.length > 0) return refuse(view, reasons, recommended);
  return {
    kind: 'plan',
    plan: planOf(view, wanted),
    recommended: wanted === recommended,
    alternatives: alternativesTo(view, wanted),
  };
}

/** What the end of a run is held against: the plan's targets, and what lives on the members at this moment. */
export function baselineOf(input: PlanInput): Baseline {
  const view = viewOf(input);
  return baseline(view, input.strategy ?? recommendedOf(view));
}

function refuse(view: PlannerView, reasons: readonly RefusalReason[], instead: Strategy | null): Planned {
  const next = nextOf(view, { reasons, possible: instead, usual: reasonsAgainst(view, 'patch-in-place') });
  return {
    kind: 'refusal',
    refusal: { cluster: view.input.cluster.name, reasons, next },
    alternatives: alternativesTo(view, null),
  };
}

function planOf(view: PlannerView, strategy: Strategy): Plan {
  const { input } = view;
  const givenUp = givenUpOf(view, strategy);
  const stages = stagesOf(view, strategy);
  const healing = stages
    .flatMap(({ steps }) => steps.map(({ call }) => (call.kind === 'healing-back' ? call.thresholdS : null)))
    .find((threshold) => threshold !== null);
  return {
    run: input.run,
    cluster: input.cluster.name,
    strategy,
    ...(typeof input.to === 'string' ? { to: input.to } : {}),
    ...(input.undo === undefined || input.undo === null ? {} : { undoes: input.undo }),
    ...(givenUp === null ? {} : { givenUp }),
    ...(healing === undefined ? {} : { healingS: healing }),
    instancesPolicy: strategy === 'stop-patch-start' ? input.instances : 'keep',
    stages,
    baseline: baseline(view, strategy),
    starts: startsOf(view, strategy),
    ...wordsOf(view, strategy),
    fingerprint: fingerprint(input.observation, input.diagnosis),
  };
}

function givenUpOf(view: PlannerView, strategy: Strategy): GivenUp | null {
  if (strategy === 'unblock-dead-row') return givenUpIn(view);
  return strategy === 'rollback' ? givenUpBefore(view) : null;
}

function stagesOf(view: PlannerView, strategy: Strategy): readonly PlanStage[] {
  switch (strategy) {
    case 'sql-live':
      return sqlLiveStages(view);
    case 'align-revision':
      return moveStages(view, requireMove(view), false);
    case 'planned-downgrade':
      return moveStages(view, requireMove(view), true);
    case 'rollback':
      return rollbackStages(view);
    case 'patch-in-place':
      return patchInPlaceStages(view);
    case 'stop-patch-start':
      return stopPatchStartStages(view);
    case 'unblock-dead-row':
      return deadRowStages(view);
    default:
      return assertNever(strategy);
  }
}

function rollbackStages(view: PlannerView): readonly PlanStage[] {
  const undo = view.input.undo ?? null;
  if (undo !== null && unconsumed(view).length > 0) return removeStages(view, undo.run);
  return moveStages(view, requireUndoMove(view), false);
}

function baseline(view: PlannerView, strategy: Strategy | null): Baseline {
  return {
    ...targetsOf(view, strategy),
    instances: view.reached.map(({ member, facts }) => ({
      member,
      pids: facts.instances?.running.map(({ pid }) => pid) ?? [],
    })),
    lxcfs: view.reached.map(({ member, facts }) => ({ member, pid: facts.lxcfsPid })),
    changes: view.reached.map(({ member, facts }) => ({ member, ids: facts.changes?.map(({ id }) => id) ?? [] })),
  };
}

function targetsOf(view: PlannerView, strategy: Strategy | null): Pick<Baseline, 'targets' | 'databaseSchema'> {
  const databaseSchema = view.rows?.databaseSchema ?? 0;
  if (strategy === 'sql-live') return { targets: liveTargets(view), databaseSchema };
  if (strategy === 'unblock-dead-row') return { targets: equalTargets(deadRowView(view)), databaseSchema };
  // Nothing but the file is held against the end when only the file goes.
  if (strategy === 'rollback' && unconsumed(view).length > 0) return { targets: [], databaseSchema };
  const move = findMove(view, strategy);
  if (move === null) return { targets: equalTargets(view), databaseSchema };
  return { targets: movedTargets(view, move), databaseSchema: Math.max(databaseSchema, move.target.schema) };
}

function findMove(view: PlannerView, strategy: Strategy | null): Move | null {
  if (strategy === 'rollback') return requireUndoMove(view);
  return strategy === 'align-revision' || strategy === 'planned-downgrade' ? requireMove(view) : null;
}

function equalTargets(view: PlannerView): readonly MemberTarget[] {
  return view.reached.flatMap(({ member, row }) =>
    row === null || view.binary === null
      ? []
      : [{ member, rowId: row.id, extensions: view.binary.extensions, schema: view.binary.schema }],
  );
}
