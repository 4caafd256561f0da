/**
 * Which rows a serving member's live database should be given, and through whom (recovery rules, `sql-live`): a serving member's
 * row gets what its daemon runs, a crash-looping or stopped one's what is installed. The row of a waiting member is its own
 * affair: it writes it again within a minute.
 */
import type { NodeRow } from '../observation.ts';
import type { MemberTarget, PatchParams } from '../plan.ts';
import { groupBy } from './builds.ts';
import { ascending } from './patch.ts';
import { inPhase, type PlannerView, type ReachedMember } from './view.ts';

export interface WrongRow {
  readonly member: ReachedMember;
  readonly row: NodeRow;
  /** What the row should hold. */
  readonly count: number;
}

/** A serving member that reads the live database itself; null when nobody does. */
export function liveWriter(view: PlannerView): ReachedMember | null {
  return inPhase(view, 'serving').find(({ facts }) => facts.nodes?.source === 'live') ?? null;
}

export function requireWriter(view: PlannerView): ReachedMember {
  const writer = liveWriter(view);
  if (writer === null) throw new Error('sql-live was planned without a serving member');
  return writer;
}

/** Rows of serving members that don't hold what those run: green today, stuck at the next restart. */
export function latentRows(view: PlannerView): readonly WrongRow[] {
  return wrongRows(view).filter(({ member }) => member.phase === 'serving');
}

/**
 * With different binaries only the rows of serving members: no value for the others would bring them up, and aligning the
 * binaries comes next.
 */
export function wrongRows(view: PlannerView): readonly WrongRow[] {
  const concerned =
    view.binary === null ? inPhase(view, 'serving') : inPhase(view, 'serving', 'crash-looping', 'stopped');
  return concerned.flatMap((member) => {
    const { phase, row, running, installed } = member;
    const count = (phase === 'serving' ? running : installed)?.extensions ?? null;
    if (row === null || count === null || row.apiExtensions === count) return [];
    return row.state === 'created' || row.state === 'evacuated' ? [{ member, row, count }] : [];
  });
}

/** One statement per count and schema. */
export function liveStatements(view: PlannerView, lifetimeS: number): readonly PatchParams[] {
  return statementsFor(wrongRows(view), lifetimeS);
}

function statementsFor(rows: readonly WrongRow[], lifetimeS: number): readonly PatchParams[] {
  const groups = groupBy(rows, ({ count, row }) => `${count}/${row.schema}`);
  return groups.map(([, wrong]) => ({
    target: wrong[0].count,
    schema: wrong[0].row.schema,
    rowIds: ascending(wrong.map(({ row }) => row.id)),
    oldCounts: ascending(wrong.map(({ row }) => row.apiExtensions)),
    lifetimeS,
  }));
}

/** Who comes back by the corrected rows: everybody that runs, once the binaries are equal. */
export function livingAfterSql(view: PlannerView): readonly ReachedMember[] {
  if (view.binary !== null) return view.reached.filter(({ phase }) => phase !== 'stopped');
  return wrongRows(view).map(({ member }) => member);
}

/** Rows that are corrected have the one schema of the database, which the guards saw to. */
export function liveTargets(view: PlannerView): readonly MemberTarget[] {
  const { binary } = view;
  if (binary === null) {
    return wrongRows(view).map(({ member: { member }, row, count }) => {
      return { member, rowId: row.id, extensions: count, schema: row.schema };
    });
  }
  const { extensions, schema } = binary;
  return livingAfterSql(view).flatMap(({ member, row }) =>
    row === null ? [] : [{ member, rowId: row.id, extensions, schema }],
  );
}
