/**
 * Bringing members to one build: who is refreshed to which revision, and what the rows need afterwards. A refreshed daemon writes its
 * own row when it starts; before the upstream fix it can do so only when no other row is above it (lxd-facts §0, 10; §1).
 */
import type { NodeRow } from '../observation.ts';
import type { MemberTarget, PatchParams } from '../plan.ts';
import { ascending } from './patch.ts';
import { highestTarget, targetOf, type Target } from './targets.ts';
import { inPhase, type PlannerView, type ReachedMember } from './view.ts';

export interface Moving {
  readonly member: ReachedMember;
  readonly revision: string;
}

/**
 * `none`: starting is enough. `sql`: through a member that has that build and serves on. `patch`: everybody restarts, nobody can
 * pass the check. `stuck`: rows would have to be corrected and nobody could do it.
 */
type RowsNeed = 'none' | 'sql' | 'patch' | 'stuck';

export interface Move {
  readonly target: Target;
  readonly moving: readonly Moving[];
  /** Members for whose architecture no revision is known. */
  readonly lost: readonly ReachedMember[];
  readonly rowsNeed: RowsNeed;
  /** Rows above the target. */
  readonly above: readonly NodeRow[];
}

export type MoveAnswer =
  | { readonly kind: 'move'; readonly move: Move }
  | { readonly kind: 'unknown'; readonly reason: string };

/** To what was asked for, else to the highest build that a member has. */
export function moveOf(view: PlannerView): MoveAnswer {
  const to = view.input.to ?? null;
  const answer = to === null ? highestTarget(view) : targetOf(view, to);
  return answer.kind === 'unknown' ? answer : { kind: 'move', move: moveTo(view, answer.target) };
}

export function requireMove(view: PlannerView): Move {
  const answer = moveOf(view);
  if (answer.kind === 'unknown') throw new Error(`a move was planned without a target: ${answer.reason}`);
  return answer.move;
}

export function moveTo(view: PlannerView, target: Target): Move {
  const away = view.reached.filter((member) => !isOn(member, target));
  const moving = away.flatMap((member) => {
    const revision = target.revisions.get(member.architecture ?? '');
    return revision === undefined ? [] : [{ member, revision }];
  });
  const above = (view.rows?.rows ?? []).filter(
    (row) => (row.state === 'created' || row.state === 'evacuated') && row.apiExtensions > target.extensions,
  );
  return {
    target,
    moving,
    lost: away.filter((member) => !moving.some((one) => one.member === member)),
    rowsNeed: rowsNeedOf(view, target, moving, above),
    above,
  };
}

function isOn({ revision, architecture, installed }: ReachedMember, target: Target): boolean {
  return target.revisions.get(architecture ?? '') === revision && installed?.extensions === target.extensions;
}

/** The single row ahead is corrected by its own member's start: it writes its row before it compares. */
function rowsNeedOf(view: PlannerView, target: Target, moving: readonly Moving[], above: readonly NodeRow[]): RowsNeed {
  if (above.length === 0 || target.hasFix === true) return 'none';
  if (above.length === 1 && moving.some(({ member }) => member.row?.id === above[0]?.id)) return 'none';
  if (stayingWriter(view, moving) !== null) return 'sql';
  const staying = inPhase(view, 'serving').filter((member) => !moving.some((one) => one.member === member));
  return staying.length === 0 ? 'patch' : 'stuck';
}

/** A member that keeps serving on the target and reads the live database. */
export function stayingWriter(view: PlannerView, moving: readonly Moving[]): ReachedMember | null {
  const found = inPhase(view, 'serving').find(
    (member) => member.facts.nodes?.source === 'live' && !moving.some((one) => one.member === member),
  );
  return found ?? null;
}

export function movedRows({ target, above }: Move, lifetimeS: number): PatchParams {
  return {
    target: target.extensions,
    schema: target.schema,
    rowIds: ascending(above.map(({ id }) => id)),
    oldCounts: ascending(above.map(({ apiExtensions }) => apiExtensions)),
    lifetimeS,
  };
}

export function movedTargets(view: PlannerView, { target }: Move): readonly MemberTarget[] {
  return view.reached.flatMap(({ member, row }) =>
    row === null ? [] : [{ member, rowId: row.id, extensions: target.extensions, schema: target.schema }],
  );
}
