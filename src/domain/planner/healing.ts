/**
 * `cluster.healing_threshold` while a plan runs (recovery rules, "Before"): members that look offline must not have their instances
 * started a second time elsewhere. Where somebody serves it is set to 0 through the API first, since LXD decides by the copy that
 * each daemon holds in memory; else by the guarded file. Once the end is verified it is put back to what it was.
 */
import type { RefusalReason, StepCall } from '../plan.ts';
import { ofCount } from './reasons.ts';
import { inPhase, namesOf, type PlannerView, type ReachedMember } from './view.ts';

/** In s; null where it is off. The live database knows better than a dump. */
export function healingOf(view: PlannerView): number | null {
  const live = view.reached.filter(({ facts }) => facts.nodes?.source === 'live' && facts.settings !== null);
  const asked = live.length > 0 ? live : view.reached;
  const values = asked.map(({ facts }) => facts.settings?.healingThresholdS ?? 0);
  return values.find((value) => value > 0) ?? null;
}

/** Nobody could say whether it is set. */
function isBlindToHealing(view: PlannerView): boolean {
  return view.reached.every(({ facts }) => facts.settings === null);
}

/** What the guarded file does about it where nobody serves. */
export function healingInFile(view: PlannerView): { readonly healingS?: number } {
  const threshold = healingOf(view);
  return threshold === null || inPhase(view, 'serving').length > 0 ? {} : { healingS: threshold };
}

/** LXD tells every member that it holds for alive, and a waiting one never answers: the change would hang and be taken back. */
export function guardHealing(view: PlannerView): readonly RefusalReason[] {
  const threshold = healingOf(view);
  const serving = inPhase(view, 'serving');
  const waiting = inPhase(view, 'waiting');
  if (threshold === null || serving.length === 0) return [];
  const why =
    waiting.length > 0
      ? `LXD can't change it while ${namesOf(waiting)} ${ofCount(waiting.length, 'waits', 'wait')}, since a waiting member never answers.`
      : serving.some(isLive)
        ? null
        : 'The live database could not be read through a serving member, so it is not changed.';
  if (why === null) return [];
  return [
    {
      code: 'healing-on',
      text: `cluster.healing_threshold is ${threshold} s: while members look offline LXD may start their instances a second time elsewhere. ${why}`,
    },
  ];
}

interface Draft {
  readonly title: string;
  readonly members: readonly ReachedMember[];
  readonly callFor: (member: ReachedMember) => StepCall;
  readonly after?: 'verify';
}

/** The stages of a strategy between the two that switch healing off and put it back. */
export function withHealing(view: PlannerView, drafts: readonly Draft[]): readonly Draft[] {
  const thresholdS = healingOf(view);
  if (thresholdS === null) return drafts;
  const writer = inPhase(view, 'serving').find(isLive);
  // Who serves at the end: whoever serves now, else a member that the plan brings back.
  const last = writer ?? view.reached.find(({ phase }) => phase !== 'stopped') ?? view.reached[0];
  return [
    {
      title: 'Switch automatic healing off',
      members: writer === undefined ? [] : [writer],
      callFor: () => ({ kind: 'healing-off', thresholdS }),
    },
    ...drafts,
    {
      title: 'After the verification: put automatic healing back',
      members: last === undefined ? [] : [last],
      callFor: () => ({ kind: 'healing-back', thresholdS }),
      after: 'verify',
    },
  ];
}

/** For the approver: what is done about it, and what to type should the run not come to that. */
export function healingWords(view: PlannerView): readonly string[] {
  const threshold = healingOf(view);
  if (threshold === null) {
    return isBlindToHealing(view) ? ['cluster.healing_threshold could not be read while nobody serves.'] : [];
  }
  const how = inPhase(view, 'serving').some(isLive) ? 'is set to 0 first' : 'is set to 0 by the patch';
  return [
    `cluster.healing_threshold is ${threshold} s: it ${how}, so that no instance is started twice, and put back after the verification. ` +
      `If the run stops before that it stays 0: ${healingByHand(threshold)}`,
  ];
}

/** What a person types on a member that serves. */
export function healingByHand(thresholdS: number): string {
  return `lxc config set cluster.healing_threshold ${thresholdS}`;
}

function isLive({ facts }: ReachedMember): boolean {
  return facts.nodes?.source === 'live' && facts.settings !== null;
}
