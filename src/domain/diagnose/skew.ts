/**
 * Questions about versions that several rules ask: who counts what, which rows stand above, who is explained by what. No findings.
 * Start-up compares `state=0` rows only; LXD's own out-of-date check reads evacuated rows as well (lxd-facts §1, recovery rules).
 */
import type { NodeRow } from '../observation.ts';
import type { ReachedView, Situation } from './situation.ts';
import type { InstalledCount } from './types.ts';

export interface KnownView extends ReachedView {
  readonly installed: InstalledCount;
}

/** Reached members whose installed count is known. */
export function known(situation: Situation): readonly KnownView[] {
  return situation.reached.flatMap((view) => (view.installed === null ? [] : [{ ...view, installed: view.installed }]));
}

/** Every configured member answered and its count is known. */
export function allKnown(situation: Situation): boolean {
  return situation.members.length > 0 && known(situation).length === situation.members.length;
}

export interface Common {
  readonly extensions: number;
  /** Null when no member's schema is known. */
  readonly schema: number | null;
}

/** The count and schema that all these members share; null when they differ or there are none. */
export function commonCount(views: readonly KnownView[]): Common | null {
  const first = views[0];
  if (first === undefined) return null;
  if (views.some((view) => view.installed.extensions !== first.installed.extensions)) return null;
  const schemas = new Set(views.map((view) => view.installed.schema).filter((schema) => schema !== null));
  if (schemas.size > 1) return null;
  return { extensions: first.installed.extensions, schema: [...schemas][0] ?? null };
}

/**
 * The count that a member brings into the cluster now: of the running daemon while it serves, else of the binary that its next
 * start runs. The bump of LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS counts in rows and checks, so it counts here.
 */
export function effectiveCount(view: KnownView): number {
  const bump = view.facts.extensionBump ?? 0;
  const count =
    view.phase === 'serving' ? (view.running?.extensions ?? view.installed.extensions) : view.installed.extensions;
  return count + bump;
}

/** Rows that a starting daemon compares itself with. */
export function comparedRows(situation: Situation): readonly NodeRow[] {
  return (situation.rows?.rows ?? []).filter((row) => row.state === 'created' || row.state === 'unknown');
}

/** Rows whose count is above `count` at the same schema, evacuated ones included, pending ones not. */
export function rowsAbove(situation: Situation, common: Common): readonly NodeRow[] {
  return (situation.rows?.rows ?? []).filter(
    (row) =>
      row.state !== 'pending' &&
      row.apiExtensions > common.extensions &&
      (common.schema === null || row.schema === common.schema),
  );
}

/** Some row or the database itself has a schema above the one of these binaries. */
export function schemaAbove(situation: Situation, schema: number | null): boolean {
  if (schema === null || situation.rows === null) return false;
  return highestSchema(situation) > schema;
}

export function highestSchema(situation: Situation): number {
  const rows = situation.rows;
  if (rows === null) return 0;
  return Math.max(rows.databaseSchema ?? 0, ...rows.rows.map((row) => row.schema));
}

export function isServing(view: { readonly phase: string }): boolean {
  return view.phase === 'serving';
}

export function anyServes(situation: Situation): boolean {
  return situation.members.some(isServing);
}

/** A serving member and a live read: the cluster works, at least in part. */
export function clusterWorks(situation: Situation): boolean {
  return anyServes(situation) && situation.rows?.source === 'live';
}

/** Reached, and known not to serve. */
export function isDown(view: ReachedView): boolean {
  return view.phase === 'waiting' || view.phase === 'crash-looping' || view.phase === 'stopped';
}
