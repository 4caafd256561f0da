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
  const counted = view.reached.flatMap((member) =>
    member.installed === null || member.version === null
      ? []
      : [{ member, version: member.version, extensions: member.installed.extensions }],
  );
  if (counted.length !== view.reached.length) return null;
  const extensions = Math.max(...counted.map((one) => one.extensions));
  const holders = counted.filter((one) => one.extensions === extensions);
  const [version, another] = new Set(holders.map((one) => one.version));
  if (version === undefined || another !== undefined) return null;
  return { version, extensions, revisions: revisionsOf(holders.map(({ member }) => member)) };
}

export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly [T, ...T[]]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups];
}

function revisionsOf(members: readonly ReachedMember[]): ReadonlyMap<string, string> {
  return new Map(
    members.flatMap(({ architecture, revision }) => (revision === null ? [] : [[architecture ?? '', revision]])),
  );
}
