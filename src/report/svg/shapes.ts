/** The shapes of marks, as paths around their middle. Pure; what a shape stands for is decided in `marks.ts`. */
import { assertNever } from '../../domain/assert-never.ts';

export type Shape =
  | 'flag'
  | 'up'
  | 'down'
  | 'eye'
  | 'gap'
  | 'power'
  | 'ring'
  | 'play'
  | 'stop'
  | 'arrow'
  | 'diamond'
  | 'check'
  | 'cross'
  | 'bubble'
  | 'tick'
  | 'dot'
  | 'pause'
  | 'query'
  | 'edge';

export interface Place {
  readonly x: number;
  /** Middle of the row. */
  readonly y: number;
  readonly height: number;
  /** A member's lane: a sign goes to its upper edge, where it hides no word. */
  readonly isLane?: boolean;
}

/** One shape, its middle at the place. */
export function drawn(shape: Shape, { x, y: middle, height, isLane = false }: Place): string {
  const y = isLane && shape !== 'tick' && shape !== 'edge' ? middle - height / 2 + 2 : middle;
  const at = (path: string, kind: string, width = 1.6): string =>
    `<path transform="translate(${x} ${y})" d="${path}" class="${kind}" stroke-width="${width}"/>`;
  switch (shape) {
    case 'flag':
      return at(`M0 ${height / 2}V-7`, 'lt-s-ink') + at('M0 -7L9 -4L0 -1Z', 'lt-ink');
    case 'up':
      return at('M-5.5 4.5L0 -5L5.5 4.5Z', 'lt-bad');
    case 'down':
      return at('M-4.5 -3.5L0 4.5L4.5 -3.5Z', 'lt-s-good');
    case 'diamond':
      return at('M0 -6L6 0L0 6L-6 0Z', 'lt-s-person');
    case 'check':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-good') + at('M-3 0L-0.8 2.4L3 -2.2', 'lt-s-page', 1.8);
    case 'cross':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-bad') + at('M-2.4 -2.4L2.4 2.4M2.4 -2.4L-2.4 2.4', 'lt-s-page', 1.8);
    case 'pause':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-ink') + at('M-1.6 -3V3M1.6 -3V3', 'lt-s-page', 1.8);
    case 'query':
      return at('M0 -7.5L7.5 0L0 7.5L-7.5 0Z', 'lt-ink') + at('M-2 -2A2 2 0 1 1 0 0.4V1.4M0 3V4.2', 'lt-s-page', 1.5);
    case 'bubble':
      return at('M-5.5 -5.5H5.5V3.5H0L-3 6.5V3.5H-5.5Z', 'lt-person');
    case 'eye':
      return at('M-7 0Q0 -8 7 0Q0 8 -7 0Z', 'lt-eye') + at('M-2 0A2 2 0 1 0 2 0A2 2 0 1 0 -2 0Z', 'lt-ink');
    case 'gap':
      return at('M-3 -5H-6V5H-3M3 -5H6V5H3', 'lt-s-faint');
    case 'power':
      return at('M0 -6V-0.5M-3.6 -3.8A5 5 0 1 0 3.6 -3.8', 'lt-s-ink');
    case 'ring':
      return at('M-3 0A3 3 0 1 0 3 0A3 3 0 1 0 -3 0Z', 'lt-s-person');
    case 'play':
      return at('M-3 -4.5L5 0L-3 4.5Z', 'lt-ink');
    case 'stop':
      return at('M-3.5 -3.5H3.5V3.5H-3.5Z', 'lt-ink');
    case 'arrow':
      return at('M-6 -5H1L7 0L1 5H-6L-3 0Z', 'lt-ink');
    case 'dot':
      return at('M-2 0A2 2 0 1 0 2 0A2 2 0 1 0 -2 0Z', 'lt-faint');
    case 'tick':
      return at(`M0 ${height / 2 - 4}V${height / 2}`, 'lt-s-ink', 1);
    case 'edge':
      return at(`M0 ${-height / 2}V${height / 2}`, 'lt-s-page', 1);
    default:
      return assertNever(shape);
  }
}
