/**
 * One word → the typed value of a parameter, or a problem that says what would have been right. Pure; knows the names of the
 * configured clusters and commands, nothing of runs.
 */
import { assertNever } from '../domain/assert-never.ts';
import type { Problem } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { ParamType, Value } from './registry.ts';
import { suggest } from './suggest.ts';

export interface Vocabulary {
  readonly clusters: readonly string[];
  /** The clusters that have a member of that name, for whoever names the one where the other is meant. */
  readonly clustersOf: (member: string) => readonly string[];
  readonly commands: readonly string[];
}

export const RUN_PREFIX = /^r[0-9a-z]{0,6}$/;
export const INCIDENT_PREFIX = /^i[0-9a-z]{0,6}$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 366 * 86_400_000;

export function parseValue(
  name: string,
  type: ParamType,
  text: string,
  vocabulary: Vocabulary,
): Result<Value, Problem> {
  switch (type.kind) {
    case 'cluster':
      return parseCluster(text, vocabulary);
    case 'command':
      return parseCommandName(text, vocabulary.commands);
    case 'run':
      return parseRun(text);
    case 'incident':
      return parseIncident(text);
    case 'text':
      return text.trim() === '' ? err(bad(`${name} is empty.`, 'Give it a text in quotation marks.')) : ok(text);
    case 'int':
      return parseInteger(name, text, type);
    case 'duration':
      return parseDuration(name, text);
    case 'enum':
      return parseEnum(name, text, type.values);
    case 'flag':
      return ok(true);
    default:
      return assertNever(type);
  }
}

/** A name for a message: cut, and quoted so that blanks in it are seen. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function parseCluster(text: string, { clusters, clustersOf }: Vocabulary): Result<Value, Problem> {
  if (clusters.includes(text)) return ok(text);
  const owners = clustersOf(text);
  if (owners.length > 0) {
    const said = `There is no cluster ${quote(text)}: that is a member of ${listed(owners)}.`;
    return err({ code: 'unknown-cluster', text: said, next: `status ${owners[0]}` });
  }
  const near = suggest(text, clusters);
  const known = clusters.length === 0 ? 'No cluster is configured.' : `Configured: ${listed(clusters)}.`;
  return err({
    code: 'unknown-cluster',
    text: `There is no cluster ${quote(text)}. ${near === null ? known : `Did you mean ${near}?`}${shellHint(text)}`,
    next: `status ${near ?? clusters[0] ?? ''}`.trim(),
  });
}

function parseCommandName(text: string, commands: readonly string[]): Result<Value, Problem> {
  const name = text.replace(/^\/?(?:lxd)?\s*/, '');
  if (commands.includes(name)) return ok(name);
  const near = suggest(name, commands);
  return err({
    code: 'unknown-command',
    text: `There is no command ${quote(text)}.${near === null ? '' : ` Did you mean ${near}?`}`,
    next: near === null ? 'help' : `help ${near}`,
  });
}

function parseRun(text: string): Result<Value, Problem> {
  const id = text.toLowerCase();
  if (RUN_PREFIX.test(id)) return ok(id);
  return err(bad(`${quote(text)} is no run: a run looks like r4k2x9a.${shellHint(text)}`, 'Type "runs" to see them.'));
}

function parseIncident(text: string): Result<Value, Problem> {
  const id = text.toLowerCase();
  if (INCIDENT_PREFIX.test(id)) return ok(id);
  const words = `${quote(text)} is no incident: an incident looks like i4k2x9a.${shellHint(text)}`;
  return err(bad(words, 'Type "incident list" to see them.'));
}

function parseInteger(name: string, text: string, type: { min: number; max: number }): Result<Value, Problem> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : null;
  if (value !== null && value >= type.min && value <= type.max) return ok(value);
  return err(
    bad(
      `${name} takes a whole number from ${type.min} to ${type.max}, not ${quote(text)}.`,
      `For example ${name} ${type.min}.`,
    ),
  );
}

function parseDuration(name: string, text: string): Result<Value, Problem> {
  const match = /^(\d{1,6})(s|m|h|d)$/.exec(text.toLowerCase());
  const ms = Number(match?.[1] ?? 0) * (UNIT_MS[match?.[2] ?? ''] ?? 0);
  if (ms > 0 && ms <= LONGEST_MS) return ok(ms);
  return err(
    bad(`${name} takes a span of time such as 30m, 24h or 7d, not ${quote(text)}.`, `For example ${name} 7d.`),
  );
}

function parseEnum(name: string, text: string, values: readonly string[]): Result<Value, Problem> {
  const value = text.toLowerCase();
  if (values.includes(value)) return ok(value);
  const near = suggest(text, values);
  return err(
    bad(
      `${name} takes one of ${listed(values)}, not ${quote(text)}.${near === null ? '' : ` Did you mean ${near}?`}`,
      // The name of an option is typed, that of an argument is not.
      `For example ${name.startsWith('-') ? `${name} ` : ''}${near ?? values[0] ?? ''}.`,
    ),
  );
}

/** A person who types `prod; reboot` should learn that nothing of it was run. */
function shellHint(text: string): string {
  return /[;|&<>`$(){}\\*]/.test(text)
    ? ' Lockstep is not a shell: such signs mean nothing here, and nothing was run.'
    : '';
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function bad(text: string, next: string): Problem {
  return { code: 'bad-argument', text, next };
}
