/**
 * Whether a moment lies in a change window. Owns the reading of `days`, `from`, `to` and the time zone; has no clock.
 * The days are those on which the window opens: `fri 22:00–02:00` is open on Saturday at one o'clock.
 */
import type { ChangeWindow, Weekday } from './cluster.ts';

const WEEK: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTES_PER_DAY = 24 * 60;

interface LocalTime {
  readonly day: Weekday;
  readonly minute: number;
}

/** The start belongs to the window, the end doesn't. Equal times are the whole day. Throws for a time zone that doesn't exist. */
export function isWithin(window: ChangeWindow, atMs: number): boolean {
  const { day, minute } = localTime(window.timezone, atMs);
  const from = minutesOf(window.from);
  const length = (minutesOf(window.to) - from + MINUTES_PER_DAY) % MINUTES_PER_DAY || MINUTES_PER_DAY;
  const today = window.days.includes(day) && minute >= from && minute < from + length;
  const sinceYesterday = window.days.includes(dayBefore(day)) && minute + MINUTES_PER_DAY < from + length;
  return today || sinceYesterday;
}

export function describeWindow(window: ChangeWindow): string {
  return `${window.days.join(', ')} from ${window.from} to ${window.to} (${window.timezone})`;
}

function localTime(timezone: string, atMs: number): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(atMs).map((part) => [part.type, part.value]));
  const weekday = parts.get('weekday')?.toLowerCase() ?? '';
  const day = WEEK.find((name) => weekday.startsWith(name));
  if (day === undefined) throw new Error(`no weekday in ${JSON.stringify(weekday)}`);
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function dayBefore(day: Weekday): Weekday {
  return WEEK[(WEEK.indexOf(day) + WEEK.length - 1) % WEEK.length] ?? day;
}
