/** When the watch looks next. Pure: the jitter comes in as a number. */

/** A tenth of a period to either side, so that clusters don't fall into step with each other. */
const JITTER = 0.1;
const LONGEST = 5;
/** So many looks without an answer are made at full speed. */
const PATIENCE = 3;

export interface Pace {
  readonly periodMs: number;
  /** Something was seen for the first time. */
  readonly again: boolean;
  /** Looks in a row at which somebody did not answer. */
  readonly silentLooks: number;
  /** Trouble was told and is not over. */
  readonly inTrouble: boolean;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * From the beginning of one look to that of the next, in ms. A quarter of the period after a first sighting; longer and longer, up to
 * five periods, while a member does not answer; the plain period while there is trouble.
 */
export function waitUntilNext({ periodMs, again, silentLooks, inTrouble, random }: Pace): number {
  if (again) return periodMs / 4;
  const times = inTrouble ? 1 : Math.min(LONGEST, Math.max(1, silentLooks - PATIENCE + 1));
  const jittered = periodMs * times * (1 - JITTER + 2 * JITTER * random);
  return Math.min(LONGEST * periodMs, jittered);
}
