/**
 * A run and the markers by which it has its members to itself: taken before anything is read that it acts on, renewed before a stage
 * that could outlast them, given back before the run is recorded as ended, so that a crash in between repeats the end and not the
 * question. A pause leaves them until their deadline: nobody knows how long it lasts.
 */
import { deadlineWords } from '../domain/diagnose/held.ts';
import { isEnded, type Run } from '../domain/run.ts';
import type { PlanStage } from '../domain/plan.ts';
import { requireRunId, type MemberName, type RunId } from '../domain/ids.ts';
import { execLimitMs, type RunContext } from './context.ts';

/** Every attempt of the longest step, and what is looked at in between. */
const ATTEMPTS = 3;
const SLACK_MS = 60_000;
/** The verification, and what it puts back. */
export const VERIFY_NEED_MS = 600_000;
/** For what comes before the first stage. */
export const START_NEED_MS = 300_000;

export function needOf(context: RunContext, { steps }: PlanStage): number {
  return ATTEMPTS * Math.max(...steps.map((step) => execLimitMs(context, step))) + SLACK_MS;
}

export interface HoldAnswer {
  /** Sentences that name who has the cluster; then nothing of this run is left on any member. */
  readonly refused: readonly string[];
  /** Sentences about members that did not answer. */
  readonly silent: readonly string[];
}

const HOLDS: HoldAnswer = { refused: [], silent: [] };

/** Asks the members only when what they have would not last. */
export async function hold(context: RunContext, run: Run, needMs: number): Promise<HoldAnswer> {
  const { deps, cluster } = context;
  if (context.hold.until - deps.clock.nowMs() > needMs) return HOLDS;
  const members = membersOf(context, run);
  const claim = { cluster, members, run: run.id, by: run.requestedBy, needMs };
  const answer = await deps.markers.take({ ...claim, isOver: (id) => findEnded(context, id) });
  if (answer.kind === 'refused') {
    // Placed on some and refused on others: whoever has those must not find ours in the way.
    const left = await giveBack(context, run);
    return { refused: [...answer.reasons, ...left], silent: [] };
  }
  context.hold.until = answer.silent.length > 0 ? 0 : answer.until;
  if (answer.takenOver.length > 0) {
    const names = answer.takenOver.join(', ');
    const text = `Took over from another Lockstep whose deadline had passed: ${names}.`;
    await context.journal.note([context.journal.entry('note', text)]);
  }
  await deps.failpoints.hit('after-marker');
  return { refused: [], silent: answer.silent };
}

/** True when this process stood still for so long that the markers which it had may be somebody else's by now: nothing may begin. */
export function hasOutlived({ hold: { until }, deps }: RunContext): boolean {
  return until > 0 && until <= deps.clock.nowMs();
}

/** Sentences about what could not be taken away. */
export async function giveBack(context: RunContext, run: Run): Promise<readonly string[]> {
  context.hold.until = 0;
  return context.deps.markers.drop(context.cluster, membersOf(context, run), run.id);
}

/** For the card of a paused run. */
export function describeMarkers({ hold: { until }, deps }: RunContext): readonly string[] {
  if (until <= deps.clock.nowMs()) return [];
  return [
    `Other Lockstep installations are kept out until ${deadlineWords(until)}; after that they may take the cluster over.`,
  ];
}

function membersOf({ cluster }: RunContext, run: Run): readonly MemberName[] {
  return cluster.members.map(({ name }) => name).filter((name) => name !== run.plan.givenUp?.member);
}

async function findEnded({ deps }: RunContext, text: string): Promise<RunId | null> {
  const id = requireRunId(text);
  const known = await deps.store.findRun(id);
  return known !== null && isEnded(known.state) ? id : null;
}
