/**
 * Undoing a run that wrote a patch (recovery rules, "Rollback"). While LXD has not taken the file: remove it. Afterwards: all members
 * forward together to the build of before, without SQL, since the inverse statement would recreate the deadlock.
 */
import { patchMark } from '../ids.ts';
import type { GivenUp, Plan, RefusalReason } from '../plan.ts';
import { notNow } from './guard-live.ts';
import { guardMembers } from './guard-members.ts';
import { guardMove } from './guard-move.ts';
import { guardCounts, guardLatent } from './guard-versions.ts';
import { moveTo, type Move, type MoveAnswer } from './move.ts';
import { withoutRepeats } from './reasons.ts';
import { targetWithCount } from './targets.ts';
import type { PlannerView, ReachedMember } from './view.ts';

/** Members on which that run's own file still lies. */
export function unconsumed(view: PlannerView): readonly ReachedMember[] {
  const undo = view.input.undo ?? null;
  if (undo === null) return [];
  const mark = patchMark(undo.run);
  return view.reached.filter(({ facts }) => (facts.leftovers?.patchGlobal ?? '').split('\n')[0] === mark);
}

function undoMoveOf(view: PlannerView): MoveAnswer {
  const count = view.input.undo?.count ?? null;
  if (count === null) return { kind: 'unknown', reason: 'That run wrote no patch.' };
  const answer = targetWithCount(view, count);
  return answer.kind === 'unknown' ? answer : { kind: 'move', move: moveTo(view, answer.target) };
}

export function requireUndoMove(view: PlannerView): Move {
  const answer = undoMoveOf(view);
  if (answer.kind === 'unknown') throw new Error(`a rollback was planned without a build: ${answer.reason}`);
  return answer.move;
}

export function reasonsAgainstRollback(view: PlannerView): readonly RefusalReason[] {
  if ((view.input.undo ?? null) === null) {
    return [
      notNow(
        `It undoes one run that wrote a patch, named with --of: /lxd runs lists them. A backup is never put back by Lockstep: single ones are undone by LXD itself, and all of them together is an emergency's work by hand.`,
      ),
    ];
  }
  const givenUp = view.input.undo?.givenUp;
  if (unconsumed(view).length > 0) return guardMembers(view).filter((reason) => !isAbout(view, reason, givenUp));
  if (givenUp !== undefined) {
    const text = `LXD has taken the file: writing the old number back would block the cluster again. Bring LXD on ${givenUp.member} to the version of the others, or remove that member.`;
    return [{ code: 'rollback-not-possible', text }];
  }
  const answer = undoMoveOf(view);
  if (answer.kind === 'unknown') return [{ code: 'rollback-not-possible', text: answer.reason }];
  const { move } = answer;
  if (move.moving.length === 0) {
    return [{ code: 'rollback-not-possible', text: 'Every member has the LXD of before that run already.' }];
  }
  const rows =
    move.rowsNeed === 'none'
      ? []
      : [
          {
            code: 'rollback-not-possible',
            text: 'Rows are above the LXD of before that run: refreshing alone would not do.',
          } as const,
        ];
  return withoutRepeats([
    ...guardMembers(view),
    ...guardLatent(view),
    ...guardCounts(view),
    ...rows,
    ...guardMove(view, move),
  ]);
}

/** That the member which was given up is not reached speaks against nothing; where another one is missing too, it does. */
function isAbout(view: PlannerView, { code }: RefusalReason, givenUp: GivenUp | undefined): boolean {
  if (givenUp === undefined || code !== 'member-unreachable') return false;
  return view.members.every(({ member, facts }) => facts !== null || member === givenUp.member);
}

/** The rollback of a run that gave a member up leaves that one alone too. */
export function givenUpBefore(view: PlannerView): GivenUp | null {
  const givenUp = view.input.undo?.givenUp;
  if (givenUp === undefined || view.members.some(({ member, facts }) => member === givenUp.member && facts !== null)) {
    return null;
  }
  return { ...givenUp, followUp: `${givenUp.member} did not answer and was not looked at.` };
}

export function removeWords(
  view: PlannerView,
): Pick<Plan, 'outage' | 'instances' | 'irreversible' | 'rollback' | 'warnings'> {
  return {
    outage: 'Nothing is stopped or started: only the patch file of that run goes.',
    instances: 'No instance is touched.',
    irreversible: [],
    rollback: `The same patch can be drafted again: /lxd recover ${view.input.cluster.name}`,
    warnings: ['Whatever that run was to mend is as it was before it.'],
  };
}
