/**
 * Branded identifiers. A plain string becomes one only through the parser that checked it (configuration for names,
 * `Ids` for generated ids), so that a user's text can't be used as a member by accident.
 */
declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

export type ClusterName = Brand<'ClusterName'>;
/** A member's name as in `lxc cluster list` and in the `nodes` table. */
export type MemberName = Brand<'MemberName'>;
/** `r` and six characters of [0-9a-z]. */
export type RunId = Brand<'RunId'>;
/** `i` and six characters of [0-9a-z]. */
export type IncidentId = Brand<'IncidentId'>;

export const NAME_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/;
export const RUN_ID_PATTERN = /^r[0-9a-z]{6}$/;
export const INCIDENT_ID_PATTERN = /^i[0-9a-z]{6}$/;

export function requireClusterName(text: string): ClusterName {
  if (!NAME_PATTERN.test(text)) throw new Error(`not a cluster name: ${JSON.stringify(text)}`);
  return text as ClusterName;
}

export function requireMemberName(text: string): MemberName {
  if (!NAME_PATTERN.test(text)) throw new Error(`not a member name: ${JSON.stringify(text)}`);
  return text as MemberName;
}

export function requireRunId(text: string): RunId {
  if (!RUN_ID_PATTERN.test(text)) throw new Error(`not a run id: ${JSON.stringify(text)}`);
  return text as RunId;
}

export function requireIncidentId(text: string): IncidentId {
  if (!INCIDENT_ID_PATTERN.test(text)) throw new Error(`not an incident id: ${JSON.stringify(text)}`);
  return text as IncidentId;
}

/** First line of that run's patch file, by which it knows its own: a comment to SQLite. */
export function patchMark(run: RunId): string {
  return `-- lockstep ${requireRunId(run)}`;
}
