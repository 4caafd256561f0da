/**
 * Which copy of the `nodes` table to believe. A live read goes through the leader and proves a quorum; a dump on disk is as old
 * as the last shutdown of the voter that holds it, so it is used only when nobody can be asked, and its age goes with it.
 */
import type { MemberName } from '../ids.ts';
import type { ClusterObservation, NodeRow, NodesTable } from '../observation.ts';
import type { ChosenRows } from './types.ts';

const STANDALONE = '0.0.0.0';

interface Candidate {
  readonly member: MemberName;
  readonly table: NodesTable;
  readonly ready: boolean;
}

/** Live from a serving member, else any live one, else the newest dump; of several of one rank the newest. */
export function chooseRows(observation: ClusterObservation): ChosenRows | null {
  const all = candidates(observation);
  const live = all.filter((one) => one.table.source === 'live');
  const best = newest(live.filter((one) => one.ready)) ?? newest(live) ?? newest(all);
  return best === null ? null : { ...best.table, member: best.member };
}

/** Live reads of other members that show other versions or states than the chosen one. */
export function disagreeingReads(observation: ClusterObservation, chosen: ChosenRows | null): readonly ChosenRows[] {
  if (chosen === null) return [];
  return candidates(observation)
    .filter((one) => one.table.source === 'live')
    .filter((one) => contentOf(one.table.rows) !== contentOf(chosen.rows))
    .map((one) => ({ ...one.table, member: one.member }));
}

function candidates(observation: ClusterObservation): readonly Candidate[] {
  return observation.members.flatMap(({ member, facts }) => {
    if (facts === null || facts.nodes === null || facts.clustered === false) return [];
    // An empty table is a truncated dump, not a cluster without members; a server on its own has one row without an address.
    if (facts.nodes.rows.every((row) => row.address === STANDALONE)) return [];
    return [{ member, table: onOurClock(facts.nodes, facts.clockOffsetMs ?? 0), ready: facts.ready === 'ready' }];
  });
}

/** A dump carries the member's time: take its clock's offset off, so that dumps compare. */
function onOurClock(table: NodesTable, offsetMs: number): NodesTable {
  return table.source === 'live' ? table : { ...table, at: table.at - offsetMs };
}

function newest(tables: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  for (const one of tables) if (best === null || one.table.at > best.table.at) best = one;
  return best;
}

function contentOf(rows: readonly NodeRow[]): string {
  return rows
    .map((row) => JSON.stringify([row.id, row.name, row.address, row.schema, row.apiExtensions, row.state]))
    .sort()
    .join('\n');
}
