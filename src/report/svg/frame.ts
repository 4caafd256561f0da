/** Where things stand in the picture: the scale of time, and the rows from top to bottom. Pure. */
import type { ReportSubject, TimeRange } from '../subject.ts';

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

/** So long a time before an incident is always shown, in ms. */
const SHORTEST_LEAD_MS = 30 * 60_000;

/**
 * The span that the picture is of. What led to an incident may be days old: it takes at most half of the picture, and what is older
 * stands at its edge.
 */
export function picturedRange({ range, madeAt, incident }: ReportSubject): TimeRange {
  if (range === null) return { from: madeAt - 60_000, to: madeAt };
  if (incident === null) return range;
  const lead = Math.max(SHORTEST_LEAD_MS, range.to - incident.opened.at);
  return { from: Math.min(range.to, Math.max(range.from, incident.opened.at - lead)), to: range.to };
}

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
