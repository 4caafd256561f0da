/** What a person has to know before members are brought to one build. */
import type { PlanWords } from '../plan.ts';
import { releaseOf } from '../release.ts';
import type { Move } from './move.ts';
import { inPhase, listed, namesOf, type PlannerView, type ReachedMember } from './view.ts';

export function moveWords(view: PlannerView, move: Move, instances: string, warnings: readonly string[]): PlanWords {
  const { target, above } = move;
  const members = move.moving.map(({ member }) => member);
  const name = target.version ?? `the build with ${target.extensions} API extensions`;
  const down = members.filter(({ installed }) => (installed?.extensions ?? 0) > target.extensions);
  return {
    outage: outageOf(view, move, name),
    instances,
    instancesStopped: 0,
    irreversible: [
      ...(down.length > 0 || above.length > 0
        ? [`Data changes that the higher LXD made at its upgrade stay: going down to ${name} does not undo them.`]
        : []),
      ...(target.schema > (view.rows?.databaseSchema ?? 0)
        ? [`The database goes to schema ${target.schema}, and no lower LXD can use it afterwards.`]
        : []),
      ...(move.rowsNeed === 'none'
        ? []
        : [
            `The API extension count of ${listed(above.map((row) => row.name))} goes to ${target.extensions}. Writing it back would block the cluster.`,
          ]),
    ],
    rollback: rollbackOf(move),
    warnings: [...besideOrder(view, move), ...heldWords(view, move), ...warnings],
  };
}

function outageOf(view: PlannerView, { moving, rowsNeed }: Move, name: string): string {
  const members = moving.map(({ member }) => member);
  const stays = inPhase(view, 'serving').filter((member) => !members.includes(member));
  const others = stays.length === 0 ? '' : ` ${namesOf(stays)} ${stays.length === 1 ? 'serves' : 'serve'} on.`;
  const back =
    rowsNeed === 'patch' ? 'about 15 s after the patch that follows' : 'a few seconds after the last one is refreshed';
  const together = members.length === 1 ? '' : ', all at the same time';
  return `LXD on ${namesOf(members)} is replaced by ${name}${together}: its API there is away while snapd works (under a minute; up to 6 minutes for a daemon that does not end by itself), and comes back ${back}.${others}`;
}

function rollbackOf({ moving, target, rowsNeed }: Move): string {
  const left = 'A refresh that does not happen leaves that member as it was; the run pauses and says which.';
  const before = moving.map(({ member }) => `${member.member} ${member.revision ?? '?'}`).join(', ');
  if (!moving.some(({ member }) => (member.installed?.extensions ?? 0) > target.extensions)) {
    return `${left} Going back to a lower version is a change of its own: --strategy planned-downgrade.`;
  }
  const file = rowsNeed === 'patch' ? ' Before LXD takes the patch Lockstep deletes its own file.' : '';
  return `${left}${file} Back up again: refresh every member to its revision of before (${before}), all at the same time; no SQL is needed.`;
}

/** LXD refreshes a member that is lower by its row: past the hold, to the head of the channel. */
function besideOrder(view: PlannerView, { target }: Move): readonly string[] {
  const track = view.reached.map(({ facts }) => facts.snap?.tracking ?? null).find((one) => one !== null) ?? null;
  return [
    `LXD may refresh a lower member by itself meanwhile, to the head of ${track ?? 'its channel'}: make sure that this is ${target.version === null ? 'the wanted build' : (releaseOf(target.version) ?? target.version)}, else the run pauses and says so.`,
  ];
}

/** Members that get a hold on refreshes and keep it: its release would let snapd undo the downgrade at once. */
export function heldFromNowOn(view: PlannerView, { target }: Move): readonly ReachedMember[] {
  const lower = view.reached.some(({ installed }) => (installed?.extensions ?? 0) > target.extensions);
  return lower ? view.reached.filter(({ facts }) => facts.snap?.held === false) : [];
}

function heldWords(view: PlannerView, move: Move): readonly string[] {
  const held = heldFromNowOn(view, move);
  if (held.length === 0) return [];
  return [
    `The hold on refreshes that is set on ${namesOf(held)} stays, or snapd would go up again: sudo snap refresh --unhold lxd ends it.`,
  ];
}
