/** Which processes are killed when: the failpoints that the engine has, and delays drawn from a seed that repeats them. */
import type { Strategy } from '../../src/domain/plan.ts';
import { FAILPOINTS, type Failpoint } from '../../src/engine/failpoints.ts';

export type Kill =
  /** At the nth time that the place is reached. */
  | { readonly kind: 'place'; readonly place: Failpoint; readonly nth: number }
  /** So many ms after the approval, or after a process says that it takes up what was left. */
  | { readonly kind: 'delay'; readonly afterMs: number };

/** What is done to one run: one kill per process, one process after the other. None: a run that nobody disturbs. */
export interface MatrixCase {
  readonly name: string;
  readonly strategy: MatrixStrategy;
  readonly kills: readonly Kill[];
  /** A pause is answered by its button where it has one, else by a typed `resume`. */
  readonly byButton: boolean;
}

/** Strategy → the scenario on which it is rehearsed. */
export const SCENARIO_OF = {
  'patch-in-place': 'downgraded-all',
  'stop-patch-start': 'stopped-all',
} as const satisfies {
  readonly [S in Strategy]?: string;
};
export type MatrixStrategy = keyof typeof SCENARIO_OF;

/** How often an undisturbed run of the strategy reaches each place. */
export type Hits = Readonly<Partial<Record<Failpoint, number>>>;

/** About as long as an undisturbed run takes, in ms: fixed, so that a seed means the same on every machine. */
const SPAN_MS = 18_000;

export type Draw = (below: number) => number;

/** mulberry32: small, and the same everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** Each place once, at a hit that is drawn; or at each of its hits. A place that only a recovery reaches is met in the second process. */
export function failpointCases(
  strategy: MatrixStrategy,
  hits: Hits,
  { draw, every }: { readonly draw: Draw; readonly every: boolean },
): readonly MatrixCase[] {
  return FAILPOINTS.flatMap((place) => {
    const count = hits[place] ?? 0;
    if (count === 0) return [secondProcessCase(strategy, place, draw, hits)];
    const chosen = every ? Array.from({ length: count }, (_, index) => index + 1) : [draw(count) + 1];
    return chosen.map((nth) => ({
      name: `${place} ${String(nth)} of ${String(count)}`,
      strategy,
      kills: [{ kind: 'place', place, nth }] as const,
      byButton: draw(2) === 0,
    }));
  });
}

function secondProcessCase(strategy: MatrixStrategy, place: Failpoint, draw: Draw, hits: Hits): MatrixCase {
  const nth = draw(hits['after-exec'] ?? 1) + 1;
  const first = { kind: 'place', place: 'after-exec', nth } as const;
  const second = { kind: 'place', place, nth: 1 } as const;
  return { name: `after-exec ${String(nth)}, then ${place}`, strategy, kills: [first, second], byButton: false };
}

/** Most are killed once; some again and again, up to the point where Lockstep stops taking the run up by itself. */
export function randomCases(strategy: MatrixStrategy, count: number, draw: Draw): readonly MatrixCase[] {
  return Array.from({ length: count }, () => {
    const kind = draw(10);
    const times = kind < 7 ? 1 : kind < 9 ? 2 : 5;
    // To be killed often, a run must not come to its end.
    const span = times === 1 ? SPAN_MS : SPAN_MS / 3;
    const kills = Array.from({ length: times }, () => ({ kind: 'delay', afterMs: draw(span) }) as const);
    const name = `after ${kills.map(({ afterMs }) => `${String(afterMs)} ms`).join(', ')}`;
    return { name, strategy, kills, byButton: draw(2) === 0 };
  });
}
