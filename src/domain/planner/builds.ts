/** Which builds of LXD the members have: the highest one, its revision per architecture. Pure grouping. */
import type { PlannerView, ReachedMember } from './view.ts';

export interface Build {
  readonly version: string;
  readonly extensions: number;
  /** Architecture → revision, of the members that have it. */
  readonly revisions: ReadonlyMap<string, string>;
}

/** The build with the most extensions; null when a count is missing or two versions share the highest one. */
export function highestBuild(view: PlannerView): Build | null {
  const counted = view.reached.filter(({ installed, version }) => installed !== null && version !== null);
  if (counted.length === 0 || counted.length !== view.reached.length) return null;
  const extensions = Math.max(...counted.map(({ installed }) => installed?.extensions ?? 0));
  const holders = counted.filter(({ installed }) => installed?.extensions === extensions);
  const version = holders[0]?.version ?? null;
  if (version === null || holders.some((holder) => holder.version !== version)) return null;
  return { version, extensions, revisions: revisionsOf(holders) };
}

export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return [...groups];
}

function revisionsOf(members: readonly ReachedMember[]): ReadonlyMap<string, string> {
  return new Map(
    members.flatMap(({ architecture, revision }) => (revision === null ? [] : [[architecture ?? '', revision]])),
  );
}
