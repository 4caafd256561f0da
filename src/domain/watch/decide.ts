/**
 * From what the watch remembers and what it sees now to what it remembers next and what it says. Pure. Nothing is said that one
 * look alone saw, nothing is said twice before it is over, and an absence counts only when every member answered.
 */
import type { MemberName } from '../ids.ts';
import type { Sight, Trouble } from './sight.ts';
import type { Suspicion, WatchState } from './state.ts';

/** Members that are ahead wait by design for so long; after it the refresh is stuck. In ms. */
export const REFRESH_GRACE_MS = 10 * 60_000;
/** A warning that comes back within this time is the same one, in ms. */
const FORGET_WARNING_MS = 86_400_000;

export interface Stuck {
  readonly waiting: readonly MemberName[];
  readonly waitingFor: readonly MemberName[];
  readonly forMs: number;
}

export type Word =
  | {
      readonly kind: 'trouble';
      /** What is new, worst first; never empty. */
      readonly troubles: readonly Trouble[];
      /** Between the last look that saw nothing of it and the first that did. */
      readonly lastGood: number | null;
      readonly badSince: number;
      readonly stuck: Stuck | null;
      readonly anyServes: boolean;
    }
  | { readonly kind: 'warning'; readonly warnings: readonly Trouble[] }
  /** In step again, seen twice. `badSince` is null when the watch itself had seen nothing wrong. */
  | { readonly kind: 'over'; readonly badSince: number | null; readonly goodSince: number };

export interface Surroundings {
  /** `muted`: a person asked for silence. `run`: somebody is at work on the cluster. */
  readonly quiet: 'muted' | 'run' | null;
  /** The cluster has an incident that is mitigated and not resolved. */
  readonly isMitigated: boolean;
}

export interface Decision {
  readonly state: WatchState;
  readonly words: readonly Word[];
  /** Something was seen for the first time: look again soon. */
  readonly again: boolean;
}

export function decide(before: WatchState, sight: Sight, around: Surroundings): Decision {
  const ahead = aheadOf(before, sight);
  const isGraced = sight.rolling !== null && ahead !== null && sight.at - ahead < REFRESH_GRACE_MS;
  const counted = {
    ...before,
    aheadSince: ahead,
    silentLooks: sight.complete ? 0 : before.silentLooks + 1,
  };
  const out = isGraced ? [] : sight.out;
  const main = out.length > 0 ? onTrouble(counted, sight, around) : onNoTrouble(counted, sight, around);
  const isBusy = sight.out.length > 0 || sight.rolling !== null || main.state.told.length > 0;
  return withWarnings(main, sight, isBusy || around.quiet !== null);
}

/** An incomplete look neither begins nor ends a refresh that was seen under way. */
function aheadOf(before: WatchState, { rolling, complete, at }: Sight): number | null {
  if (rolling !== null) return before.aheadSince ?? at;
  return complete ? null : before.aheadSince;
}

function onTrouble(before: WatchState, sight: Sight, { quiet }: Surroundings): Decision {
  const fresh = sight.out.filter(({ key }) => !before.told.includes(key));
  const stuck = stuckOf(before, sight);
  const badSince = before.badSince ?? (stuck === null ? sight.at : sight.at - stuck.forMs);
  const state = { ...before, badSince, goodSince: null };
  if (fresh.length === 0) return { state: { ...state, suspicion: null }, words: [], again: false };
  // What was seen while somebody worked there is no sighting: it may be that work.
  if (quiet === 'run') return { state: { ...state, suspicion: null }, words: [], again: false };
  const isConfirmed = stuck !== null || (before.suspicion !== null && isSame(before.suspicion, fresh));
  if (isConfirmed && quiet === null) {
    const told = [...new Set([...before.told, ...sight.out.map(({ key }) => key)])];
    const word: Word = {
      kind: 'trouble',
      troubles: fresh,
      lastGood: before.lastGood,
      badSince,
      stuck,
      anyServes: sight.anyServes,
    };
    return { state: { ...state, told, suspicion: null }, words: [word], again: false };
  }
  return {
    state: { ...state, suspicion: suspicionOf(before.suspicion, fresh, sight.at) },
    words: [],
    again: !isConfirmed,
  };
}

/** How a trouble looks may change from one look to the next; where it is does not, if it is the same. */
function isSame(suspicion: Suspicion, fresh: readonly Trouble[]): boolean {
  return fresh.some(
    ({ key, members }) => suspicion.keys.includes(key) || members.some((member) => suspicion.members.includes(member)),
  );
}

function suspicionOf(before: Suspicion | null, fresh: readonly Trouble[], at: number): Suspicion {
  const isSameOne = before !== null && isSame(before, fresh);
  return {
    at: isSameOne ? before.at : at,
    keys: fresh.map(({ key }) => key),
    members: [...new Set(fresh.flatMap(({ members }) => members))],
  };
}

function stuckOf({ aheadSince }: WatchState, { rolling, at }: Sight): Stuck | null {
  if (rolling === null || aheadSince === null || rolling.waiting.length === 0) return null;
  return { ...rolling, forMs: at - aheadSince };
}

function onNoTrouble(before: WatchState, sight: Sight, { quiet, isMitigated }: Surroundings): Decision {
  const isCalm = sight.complete && sight.out.length === 0 && sight.rolling === null;
  if (!isCalm) return { state: before, words: [], again: false };
  const flaps = before.flaps + (before.suspicion === null ? 0 : 1);
  const state = { ...before, suspicion: null, flaps, lastGood: sight.at };
  if (before.told.length === 0 && !isMitigated) {
    return { state: { ...state, badSince: null, goodSince: null }, words: [], again: false };
  }
  if (quiet === 'run') return { state: { ...state, goodSince: null }, words: [], again: false };
  if (before.goodSince === null) return { state: { ...state, goodSince: sight.at }, words: [], again: true };
  if (quiet === 'muted') return { state, words: [], again: false };
  const word: Word = {
    kind: 'over',
    badSince: before.told.length === 0 ? null : before.badSince,
    goodSince: before.goodSince,
  };
  return { state: { ...state, told: [], badSince: null, goodSince: null }, words: [word], again: false };
}

function withWarnings({ state, words, again }: Decision, sight: Sight, isHeldBack: boolean): Decision {
  const seen = new Map(sight.warnings.map((warning) => [warning.key, warning]));
  const warned = stillWarned(state.warned, sight, seen);
  const fresh = sight.warnings.filter(({ key }) => !(key in warned));
  const due = isHeldBack ? [] : fresh.filter(({ key }) => state.hinted.includes(key));
  const hinted = fresh.filter((warning) => !due.includes(warning)).map(({ key }) => key);
  const isFirst = hinted.some((key) => !state.hinted.includes(key));
  return {
    state: { ...state, hinted, warned: { ...warned, ...Object.fromEntries(due.map(({ key }) => [key, null])) } },
    words: due.length === 0 ? words : [...words, { kind: 'warning', warnings: due }],
    again: again || (isFirst && !isHeldBack),
  };
}

/** A warning that holds no more is remembered for a day, so that one that comes and goes is said once. */
function stillWarned(
  warned: WatchState['warned'],
  { complete, at }: Sight,
  seen: ReadonlyMap<string, Trouble>,
): WatchState['warned'] {
  return Object.fromEntries(
    Object.entries(warned).flatMap(([key, since]): [string, number | null][] => {
      if (seen.has(key)) return [[key, null]];
      if (!complete) return [[key, since]];
      return since !== null && at - since >= FORGET_WARNING_MS ? [] : [[key, since ?? at]];
    }),
  );
}
