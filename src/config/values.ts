/** Single values of the configuration: durations, hosts, principals, times of day. Each parser answers the value or what is wrong. */
import { isIPv6 } from 'node:net';
import { err, ok, type Result } from '../domain/result.ts';

/** What is wrong, and what to write instead. */
export interface BadValue {
  readonly text: string;
  readonly next: string;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export interface DurationBounds {
  /** As a person writes them: `1s`, `5m`. */
  readonly least: string;
  readonly most: string;
}

/** `10s`, `15m`, `1h`, `7d`, `500ms`, in ms. A bare number is refused: seconds or minutes would be a guess. */
export function parseDuration(text: string, bounds: DurationBounds): Result<number, BadValue> {
  const next = `Write a number and a unit (ms, s, m, h, d) from ${bounds.least} to ${bounds.most}, as in 10s.`;
  const ms = durationMs(text);
  if (ms === null) return err({ text: `${JSON.stringify(text)} is not a duration.`, next });
  const [least, most] = [durationMs(bounds.least) ?? 0, durationMs(bounds.most) ?? Infinity];
  if (ms < least || ms > most) return err({ text: `${text} is not between ${bounds.least} and ${bounds.most}.`, next });
  return ok(ms);
}

function durationMs(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNIT_MS[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?$/;

/** A name, an IPv4 or an IPv6 address (brackets are taken off; a zone as in `fe80::1%eth0` is kept). */
export function parseHost(text: string): Result<string, BadValue> {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIPv6(bare) || (bare === text && HOST_NAME.test(text))) return ok(bare);
  const bad = `${JSON.stringify(text)} is not a host.`;
  if (text.includes('@')) return err({ text: bad, next: 'Write the user under ssh.user, and the host alone here.' });
  if (/:\d+$/.test(text))
    return err({ text: bad, next: 'Write the port as port: beside host:, and the host alone here.' });
  if (text.includes('://')) return err({ text: bad, next: 'Write the host alone, without a scheme.' });
  return err({ text: bad, next: 'Write a name, an IPv4 or an IPv6 address.' });
}

const JUMP = /^(?:([^@\s-][^@\s]*)@)?(\[[^\]]+\]|[^:@\s[\]]+)(?::(\d{1,5}))?$/;

/** `[user@]host[:port]`, an IPv6 address in brackets; kept as written. */
export function parseJump(text: string): Result<string, BadValue> {
  const match = JUMP.exec(text);
  const port = Number(match?.[3] ?? 22);
  if (match !== null && parseHost(match[2] ?? '').ok && port >= 1 && port <= 65_535) return ok(text);
  const next = 'Write [user@]host[:port], an IPv6 address in brackets.';
  return err({ text: `${JSON.stringify(text)} is not a jump host.`, next });
}

const PRINCIPALS: readonly RegExp[] = [
  /^\*$/,
  /^slack:[UW][A-Z0-9]{2,}$/,
  /^slack:group:S[A-Z0-9]{2,}$/,
  /^discord:\d{1,20}$/,
  /^discord:role:\d{1,20}$/,
  /^console:[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$/,
];

/** Who may do something: `slack:U…`, `slack:group:S…`, `discord:ID`, `discord:role:ID`, `console:NAME`, `*`. */
export function parsePrincipal(text: string): Result<string, BadValue> {
  if (PRINCIPALS.some((pattern) => pattern.test(text))) return ok(text);
  const next =
    'Write slack:U…, slack:group:S…, discord:ID, discord:role:ID, console:NAME or "*" (ids, not display names).';
  return err({ text: `${JSON.stringify(text)} names nobody.`, next });
}

export function parseSlackChannel(text: string): Result<string, BadValue> {
  if (/^[CGD][A-Z0-9]{2,}$/.test(text)) return ok(text);
  const next = 'Write its id, C…, from the bottom of "View channel details".';
  return err({ text: `${JSON.stringify(text)} is not the id of a Slack channel.`, next });
}

export function parseDiscordChannel(text: string): Result<string, BadValue> {
  if (/^\d{1,20}$/.test(text)) return ok(text);
  const next = 'Switch on developer mode, then "Copy channel ID", and write it in quotes.';
  return err({ text: `${JSON.stringify(text)} is not the id of a Discord channel.`, next });
}

/** A time of day as `HH:MM`. */
export function parseTimeOfDay(text: string): Result<string, BadValue> {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return ok(text);
  return err({
    text: `${JSON.stringify(text)} is not a time of day.`,
    next: 'Write "HH:MM" in quotes, from "00:00" to "23:59".',
  });
}

export function parseTimeZone(text: string): Result<string, BadValue> {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: text }).format(0);
    return ok(text);
  } catch {
    return err({ text: `${JSON.stringify(text)} is not a time zone.`, next: 'Write one like UTC or Europe/Berlin.' });
  }
}
