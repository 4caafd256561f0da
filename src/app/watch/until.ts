/** The end of a silence as people write it: a span (`2h`), a time of day in UTC (`18:00`) or a moment (`2026-11-23T18:00Z`). */
import { err, ok, type Result } from '../../domain/result.ts';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY_MS = 86_400_000;
/** Whoever wants a longer silence turns the watch off. */
const LONGEST_MS = 30 * DAY_MS;

/** ms UTC, after `now`; else what is wrong with it, as a sentence. */
export function parseUntil(text: string, now: number): Result<number, string> {
  const until = momentOf(text.trim(), now);
  if (until === null) return err(`"${text.trim().slice(0, 40)}" is no end of a silence.`);
  if (until <= now) return err('That moment is over.');
  return until - now > LONGEST_MS ? err('A silence lasts 30 days at most.') : ok(until);
}

function momentOf(text: string, now: number): number | null {
  const span = /^(\d{1,5})(m|h|d)$/i.exec(text);
  if (span !== null) return now + Number(span[1]) * (UNIT_MS[(span[2] ?? '').toLowerCase()] ?? 0);
  const time = /^([01]?\d|2[0-3]):([0-5]\d)(?:Z| UTC)?$/i.exec(text);
  if (time !== null) {
    const at = Math.floor(now / DAY_MS) * DAY_MS + (Number(time[1]) * 60 + Number(time[2])) * 60_000;
    return at > now ? at : at + DAY_MS;
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
