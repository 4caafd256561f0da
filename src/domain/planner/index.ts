/**
 * From a diagnosis to a plan or a refusal: pure. Owns the decision alone; guards say why not, stages say what, words say what a
 * person must know. A strategy that was named is planned or refused, never replaced by another.
 */
import { fingerprint } from '../fingerprint.ts';
import type { Baseline, Plan, Planned, RefusalReason } from '../plan.ts';
import { nextOf } from './next.ts';
import { patchInPlaceStages, stopPatchStartStages } from './stages.ts';
import {
  alternativesTo,
  isBuilt,
  reasonsAgainst,
  recommendedOf,
  whyNotBuilt,
  type BuiltStrategy,
} from './strategies.ts';
import { viewOf, type PlanInput, type PlannerView } from './view.ts';
import { wordsOf } from './words.ts';

export type { PlanInput } from './view.ts';

export function planRecovery(input: PlanInput): Planned {
  const view = viewOf(input);
  const recommended = recommendedOf(view);
  const wanted = input.strategy ?? recommended;
  if (wanted === null) return refuse(view, reasonsAgainst(view, 'patch-in-place'), null);
  if (!isBuilt(wanted)) {
    return refuse(view, [{ code: 'strategy-not-available', text: whyNotBuilt(view, wanted) }], recommended);
  }
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
  return baseline(viewOf(input));
}

function refuse(view: PlannerView, reasons: readonly RefusalReason[], instead: BuiltStrategy | null): Planned {
  return {
    kind: 'refusal',
    refusal: { cluster: view.input.cluster.name, reasons, next: nextOf(view, reasons, instead) },
    alternatives: alternativesTo(view, null),
  };
}

function planOf(view: PlannerView, strategy: BuiltStrategy): Plan {
  const { input } = view;
  return {
    run: input.run,
    cluster: input.cluster.name,
    strategy,
    instancesPolicy: strategy === 'patch-in-place' ? 'keep' : input.instances,
    stages: strategy === 'patch-in-place' ? patchInPlaceStages(view) : stopPatchStartStages(view),
    baseline: baseline(view),
    ...wordsOf(view, strategy),
    fingerprint: fingerprint(input.observation, input.diagnosis),
  };
}

function baseline(view: PlannerView): Baseline {
  return {
    targets: view.reached.flatMap(({ member, row }) =>
      row === null || view.binary === null
        ? []
        : [{ member, rowId: row.id, extensions: view.binary.extensions, schema: view.binary.schema }],
    ),
    databaseSchema: view.rows?.databaseSchema ?? 0,
    instances: view.reached.map(({ member, facts }) => ({
      member,
      pids: facts.instances?.running.map(({ pid }) => pid) ?? [],
    })),
    lxcfs: view.reached.map(({ member, facts }) => ({ member, pid: facts.lxcfsPid })),
    changes: view.reached.map(({ member, facts }) => ({ member, ids: facts.changes?.map(({ id }) => id) ?? [] })),
  };
}
