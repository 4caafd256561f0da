/** The time axis: ticks at round moments of UTC, never more than fit, with the date where a day begins. Pure. */
import type { TimeRange } from '../subject.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * DAY),
];

export interface Tick {
  readonly at: number;
  /** `14:30`, `14:30:05`, `23 Nov`. */
  readonly label: string;
  /** Under the label: the date, at the first tick and where a day begins. */
  readonly date: string | null;
}

export function ticksOf({ from, to }: TimeRange, most: number): readonly Tick[] {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? Math.ceil((to - from) / most / DAY) * DAY;
  const ticks: Tick[] = [];
  let day: string | null = null;
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const date = dateOf(at);
    const label = step >= DAY ? date : timeOf(at, step);
    ticks.push({ at, label, date: step < DAY && date !== day ? date : null });
    day = date;
  }
  return ticks;
}

function timeOf(at: number, step: number): string {
  return new Date(at).toISOString().slice(11, step < MINUTE ? 19 : 16);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dateOf(at: number): string {
  const time = new Date(at);
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()] ?? ''} ${time.getUTCFullYear()}`;
}
