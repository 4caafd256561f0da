/**
 * Which processes are killed when: the failpoints that the engine has, and delays. Everything is drawn from the seed in one order, so
 * that the same options give the same list and one number names one case.
 */
import { assertNever } from '../../src/domain/assert-never.ts';
import { FAILPOINTS, type Failpoint } from '../../src/engine/failpoints.ts';
import { SITUATIONS, type Situation } from './situations.ts';

export type Kill =
  /** Where the place is reached; `share` of 1000 says at which of its hits. */
  | { readonly kind: 'place'; readonly place: Failpoint; readonly share: number }
  /** So many ms after the approval, or after a process says that it takes up what was left. */
  | { readonly kind: 'delay'; readonly afterMs: number };

/** The button that is pressed when the run pauses. A step that is not there is not taken as done. */
export type Answer = 'retry' | 'done' | 'abort';
const ANSWERS: readonly Answer[] = ['retry', 'done', 'abort'];

/** What is done to one run: one kill per process, one process after the other. None: a run that nobody disturbs. */
export interface MatrixCase {
  /** Its place in the list, from 1. */
  readonly number: number;
  readonly situation: Situation;
  readonly name: string;
  readonly kills: readonly Kill[];
  readonly answer: Answer;
  /** Of the simulated cluster. */
  readonly seed: number;
}

export interface Selection {
  readonly seed: number;
  /** `once`: each place in one situation. `each`: in every situation. */
  readonly failpoints: 'none' | 'once' | 'each';
  /** Over all situations. */
  readonly random: number;
  readonly situations: readonly Situation[];
}

type Draw = (below: number) => number;
type Drawn = Omit<MatrixCase, 'number' | 'seed'>;

/** So many histories of a simulated cluster to draw from. */
const CLUSTERS = 1_000_000;

export function listCases(selection: Selection): readonly MatrixCase[] {
  const draw = drawFrom(selection.seed);
  const drawn = [...failpointCases(selection, draw), ...randomCases(selection, draw)];
  return drawn.map((one, index) => ({ ...one, number: index + 1, seed: draw(CLUSTERS) }));
}

/** mulberry32: small, and the same everywhere. */
function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function failpointCases({ failpoints, situations }: Selection, draw: Draw): readonly Drawn[] {
  switch (failpoints) {
    case 'none':
      return [];
    case 'once': {
      const from = draw(situations.length);
      return FAILPOINTS.map((place, index) => placeCase(of(situations, from + index), place, draw));
    }
    case 'each':
      return situations.flatMap((situation) => [
        { situation, name: 'undisturbed', kills: [], answer: 'retry' as const },
        ...FAILPOINTS.map((place) => placeCase(situation, place, draw)),
      ]);
    default:
      return assertNever(failpoints);
  }
}

/** A place that only a recovery reaches is met in the second process. */
function placeCase(situation: Situation, place: Failpoint, draw: Draw): Drawn {
  const share = draw(1000);
  const answer = of(ANSWERS, draw(ANSWERS.length));
  const kill = { kind: 'place', place, share } as const;
  if (place !== 'before-look') return { situation, name: place, kills: [kill], answer };
  const first = { kind: 'place', place: 'after-exec', share } as const;
  return { situation, name: `after-exec, then ${place}`, kills: [first, { ...kill, share: 0 }], answer };
}

/** Most are killed once; some again and again, up to the point where Lockstep stops taking the run up by itself. */
function randomCases({ random, situations }: Selection, draw: Draw): readonly Drawn[] {
  return Array.from({ length: random }, (_, index) => {
    const situation = of(situations, index);
    const kind = draw(10);
    const times = kind < 6 ? 1 : kind < 8 ? 2 : 5;
    // To be killed often, a run must not come to its end.
    const span = times === 1 ? situation.spanMs : situation.spanMs / 3;
    const kills = Array.from({ length: times }, () => ({ kind: 'delay', afterMs: draw(span) }) as const);
    const name = `after ${kills.map(({ afterMs }) => `${String(afterMs)} ms`).join(', ')}`;
    return { situation, name, kills, answer: of(ANSWERS, draw(ANSWERS.length)) };
  });
}

/** Those that are asked for by situation or strategy; all without a word. */
export function findSituations(word: string | undefined): readonly Situation[] {
  return SITUATIONS.filter(({ name, strategy }) => word === undefined || name === word || strategy === word);
}

function of<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}
