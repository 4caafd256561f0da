/** Points in time as LXD, SQLite, systemd and log15 write them. Always ms since the epoch; a text without a zone is UTC. */

const STAMP = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?(?:\s.*)?$/;

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}

/**
 * `2026-11-23T04:01:25.57028336Z` (lxd sql), `2026-11-23 04:01:25.57028336+00:00` (db.bin), `2026-11-23 04:01:25` (a row that
 * never had a heartbeat), `2026-11-23T04:01:25+0100` (log15, journal). Null for anything else and for Go's zero time.
 */
export function parseTime(text: string): number | null {
  const match = STAMP.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zone] = match;
  if (Number(year) < 1970 || Number(month) > 12 || Number(day) > 31 || Number(hour) > 23 || Number(minute) > 59)
    return null;
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return whole + Number(fraction.padEnd(3, '0').slice(0, 3)) - zoneMs(zone);
}
