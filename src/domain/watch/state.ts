/**
 * What the watch remembers of a cluster from look to look, and across restarts. Owns the record and its text form; what follows from
 * it is in `decide.ts`.
 */

/** Troubles that one look saw and none has confirmed yet. */
export interface Suspicion {
  /** First sighting, ms UTC. */
  readonly at: number;
  readonly keys: readonly string[];
  readonly members: readonly string[];
}

export interface WatchState {
  /** Last look at which every member answered and nothing was out of step, ms UTC. */
  readonly lastGood: number | null;
  readonly suspicion: Suspicion | null;
  /** First sighting of what is going on now, ms UTC. */
  readonly badSince: number | null;
  /** What was said of it: never said again before it is over. */
  readonly told: readonly string[];
  /** First look after trouble that saw none, ms UTC. */
  readonly goodSince: number | null;
  /** Since when members that are ahead have been waiting, ms UTC. */
  readonly aheadSince: number | null;
  /** Warnings seen at the last look and not said yet. */
  readonly hinted: readonly string[];
  /** Warnings that were said: null while they hold, else since when they don't, ms UTC. */
  readonly warned: Readonly<Record<string, number | null>>;
  /** Sightings that the second look did not confirm. */
  readonly flaps: number;
  /** Looks in a row at which somebody did not answer. */
  readonly silentLooks: number;
}

export const FIRST_STATE: WatchState = {
  lastGood: null,
  suspicion: null,
  badSince: null,
  told: [],
  goodSince: null,
  aheadSince: null,
  hinted: [],
  warned: {},
  flaps: 0,
  silentLooks: 0,
};

/** Whether it is worth a write: what moves at every look alone is not. */
export function isWorthKeeping(before: WatchState, after: WatchState): boolean {
  const still = { lastGood: null, silentLooks: 0 };
  return JSON.stringify({ ...before, ...still }) !== JSON.stringify({ ...after, ...still });
}

/** A text that can't be read counts as nothing remembered: the worst is a thing said twice. */
export function parseWatchState(text: string | null): WatchState {
  if (text === null) return FIRST_STATE;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? stateOf(value) : FIRST_STATE;
  } catch {
    return FIRST_STATE;
  }
}

function stateOf(value: Readonly<Record<string, unknown>>): WatchState {
  return {
    lastGood: numberIn(value['lastGood']),
    suspicion: suspicionIn(value['suspicion']),
    badSince: numberIn(value['badSince']),
    told: textsIn(value['told']),
    goodSince: numberIn(value['goodSince']),
    aheadSince: numberIn(value['aheadSince']),
    hinted: textsIn(value['hinted']),
    warned: warnedIn(value['warned']),
    flaps: numberIn(value['flaps']) ?? 0,
    silentLooks: numberIn(value['silentLooks']) ?? 0,
  };
}

function suspicionIn(value: unknown): Suspicion | null {
  if (!isRecord(value)) return null;
  const at = numberIn(value['at']);
  return at === null ? null : { at, keys: textsIn(value['keys']), members: textsIn(value['members']) };
}

function warnedIn(value: unknown): WatchState['warned'] {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, since]) => [key, numberIn(since)]));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
