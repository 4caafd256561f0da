/** Where things stand in the picture: the scale of time, and the rows from top to bottom. Pure. */
import type { TimeRange } from '../subject.ts';

export const WIDTH = 1280;
export const RIGHT = 24;
export const TOP = 66;

export interface Frame {
  /** Shown range: a little more than the subject's on both sides. */
  readonly range: TimeRange;
  /** Left edge of the time area. */
  readonly left: number;
  /** Position of a moment, held inside the area. */
  readonly x: (at: number) => number;
}

const SHORTEST_MS = 10_000;

/** A little air on both sides; after the end only as far as time had come when the picture was made. */
export function shownRange({ from, to }: TimeRange, madeAt: number): TimeRange {
  const air = Math.max(SHORTEST_MS, to - from) * 0.02;
  return { from: Math.floor(from - air), to: Math.ceil(Math.max(to + air * 0.25, Math.min(to + air, madeAt))) };
}

export function frameOf(range: TimeRange, longestName: number): Frame {
  const left = Math.round(Math.min(220, Math.max(104, longestName * 7.6 + 32)));
  const scale = (WIDTH - left - RIGHT) / (range.to - range.from);
  return {
    range,
    left,
    x: (at) => round(left + (Math.min(range.to, Math.max(range.from, at)) - range.from) * scale),
  };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** About how wide a text is; the font of the picture is wide, so this is never much too small. */
export function widthOf(text: string, size = 12): number {
  return text.length * size * 0.62;
}

export function cutTo(text: string, width: number, size = 12): string {
  const most = Math.max(1, Math.floor(width / (size * 0.62)));
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
