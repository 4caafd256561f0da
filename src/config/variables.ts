/**
 * The environment variables that Lockstep knows: tokens, places, log level. Owns their names and forms, for `.env` and for the
 * environment of the process, which has the last word. A value of a token is never part of a problem's text.
 */
import { err, ok, type Result } from '../domain/result.ts';
import { findNearest } from './did-you-mean.ts';
import type { EnvFile } from './env-file.ts';
import type { ConfigProblem } from './problem.ts';
import type { BadValue } from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const VARIABLES = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_PORT',
  'DISCORD_BOT_TOKEN',
  'DISCORD_GUILD_ID',
  'LOCKSTEP_CONFIG',
  'LOCKSTEP_DATA',
  'LOCKSTEP_LOG_LEVEL',
] as const;
export type VariableName = (typeof VARIABLES)[number];

interface Variable {
  readonly value: string;
  /** Where it was set, for problems. */
  readonly file: string;
  readonly line: number | null;
}

export type Variables = ReadonlyMap<VariableName, Variable>;

export interface EnvSource {
  readonly file: string;
  readonly parsed: EnvFile | null;
}

/** An empty value counts as none: a line of the example that was not filled in. */
export function collectVariables(environment: Environment, source: EnvSource): Variables {
  const found = new Map<VariableName, Variable>();
  for (const name of VARIABLES) {
    const set = environment[name]?.trim() ?? '';
    const written = source.parsed?.values.get(name)?.trim() ?? '';
    if (set !== '') found.set(name, { value: set, file: 'environment', line: null });
    else if (written !== '') {
      found.set(name, { value: written, file: source.file, line: source.parsed?.lines.get(name) ?? null });
    }
  }
  return found;
}

/** Names in `.env` that look like a slip for one of ours, and any other one that has our prefix. */
export function findUnknownVariables(source: EnvSource): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, line] of source.parsed?.lines ?? []) {
    if (VARIABLES.some((known) => known === name)) continue;
    const nearest = findNearest(name, VARIABLES);
    if (nearest === undefined && !/^(?:LOCKSTEP|SLACK|DISCORD)_/.test(name)) continue;
    const next = nearest === undefined ? `Known are ${VARIABLES.join(', ')}.` : `Did you mean ${nearest}?`;
    problems.push({ severity: 'error', file: source.file, line, where: name, text: 'Unknown variable.', next });
  }
  return problems;
}

type Parse<T> = (value: string) => Result<T, BadValue>;

/** The variable through its parser: null when it is not set or, after a report, when it is wrong. */
export function checkVariable<T>(
  variables: Variables,
  name: VariableName,
  parse: Parse<T>,
  problems: ConfigProblem[],
): T | null {
  const variable = variables.get(name);
  if (variable === undefined) return null;
  const parsed = parse(variable.value);
  if (parsed.ok) return parsed.value;
  problems.push({ severity: 'error', file: variable.file, line: variable.line, where: name, ...parsed.error });
  return null;
}

/** https://docs.slack.dev/authentication/tokens: bot tokens begin with xoxb-, app-level tokens with xapp-. */
export function parseSlackToken(prefix: 'xoxb-' | 'xapp-'): Parse<string> {
  const source = prefix === 'xoxb-' ? '"OAuth & Permissions" (bot token)' : '"Basic Information" (app-level token)';
  return (value) => {
    if (value.startsWith(prefix) && /^[\x21-\x7e]{15,}$/.test(value)) return ok(value);
    return err({
      text: `This is not a token that begins with ${prefix}.`,
      next: `Copy it from ${source} of your Slack app.`,
    });
  };
}

/** "Basic Information", "App Credentials": 32 hexadecimal digits (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export function parseSigningSecret(value: string): Result<string, BadValue> {
  if (/^[0-9a-f]{32}$/i.test(value)) return ok(value);
  const next = 'Copy it from "Basic Information", "App Credentials" of your Slack app: 32 digits and letters a to f.';
  return err({ text: 'This is not a signing secret.', next });
}

export function parsePort(value: string): Result<number, BadValue> {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return ok(port);
  return err({
    text: `${JSON.stringify(value)} is not a port.`,
    next: 'Write a number from 1 to 65535, such as 3000.',
  });
}

/** Three parts between dots; a prefix `Bot ` is the client's business. */
export function parseDiscordToken(value: string): Result<string, BadValue> {
  if (/^[\w-]{15,}\.[\w-]{4,}\.[\w-]{15,}$/.test(value)) return ok(value);
  const next = 'Copy it from "Bot", "Reset Token" in the Discord developer portal, without a prefix.';
  return err({ text: "This is not a bot's token.", next });
}

export function parseSnowflake(value: string): Result<string, BadValue> {
  if (/^\d{5,20}$/.test(value)) return ok(value);
  return err({ text: `${JSON.stringify(value)} is not an id.`, next: 'Copy the id of the server, digits only.' });
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type ConfiguredLogLevel = (typeof LEVELS)[number];

export function parseLogLevel(value: string): Result<ConfiguredLogLevel, BadValue> {
  const level = LEVELS.find((known) => known === value.toLowerCase());
  if (level !== undefined) return ok(level);
  return err({ text: `${JSON.stringify(value)} is not a log level.`, next: `Write one of ${LEVELS.join(', ')}.` });
}
