/**
 * The patterns of states, as strokes of their own inside each bar. Pure. A `<pattern>` would be shorter, but a browser that prints turns
 * it into pixels, and a page of some hundred kilobytes becomes a file of many megabytes.
 */
import { assertNever } from '../../domain/assert-never.ts';
import type { MemberState } from '../../domain/timeline.ts';
import { round } from './frame.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Between two strokes. */
const APART = 8;

export function hasPattern(state: MemberState): boolean {
  return state !== 'serving';
}

/** Empty where the state has none. */
export function hatch(state: MemberState, box: Box): string {
  switch (state) {
    case 'serving':
      return '';
    case 'waiting':
      return strokes(state, slanted(box, 'up'));
    case 'crash-looping':
      return strokes(state, slanted(box, 'up') + slanted(box, 'down'));
    case 'stopped':
      return strokes(state, level(box, 2, APART / 2));
    case 'unreachable':
      return strokes(state, upright(box));
    case 'patched':
      return strokes(state, level(box, 2, APART), '1.6 6.4') + strokes(state, level(box, 6, APART, 4), '1.6 6.4');
    case 'unknown':
      return strokes(state, level(box, 4, APART), '1.4 6.6');
    default:
      return assertNever(state);
  }
}

function strokes(state: MemberState, path: string, dashes: string | null = null): string {
  const dashed = dashes === null ? '' : ` stroke-dasharray="${dashes}"`;
  return path === '' ? '' : `<path d="${path}" class="lt-l-${state}" stroke-width="1.4"${dashed}/>`;
}

/** From the lower edge to the upper one, cut off at the sides. */
function slanted({ x, y, width, height }: Box, way: 'up' | 'down'): string {
  let path = '';
  for (let start = -height + APART / 2; start < width; start += APART) {
    const [from, to] = [Math.max(0, start), Math.min(width, start + height)];
    const at = (along: number): string => {
      const above = along - start;
      return `${round(x + along)} ${round(way === 'up' ? y + height - above : y + above)}`;
    };
    path += `M${at(from)}L${at(to)}`;
  }
  return path;
}

function level({ x, y, width, height }: Box, first: number, apart: number, indent = 0): string {
  let path = '';
  if (width <= indent) return path;
  for (let at = first; at < height; at += apart)
    path += `M${round(x + indent)} ${round(y + at)}h${round(width - indent)}`;
  return path;
}

function upright({ x, y, width, height }: Box): string {
  let path = '';
  for (let at = APART / 4; at < width; at += APART / 2) path += `M${round(x + at)} ${round(y)}v${height}`;
  return path;
}
