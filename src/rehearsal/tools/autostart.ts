/**
 * The one joined query that a probe sends, answered from the members' own lists: the rehearsal's SQL knows no joins. Those that a
 * simulated LXD starts by itself, with the empty first row that the statement gives.
 */
import type { SqlResult } from '../model/sql-run.ts';
import type { World } from '../model/world.ts';

export function findAutostart({ state }: World, sql: string): SqlResult | null {
  if (!sql.includes("'volatile.last_state.power'")) return null;
  const rows = state.members.flatMap(({ name, instances }) =>
    instances.filter(({ autostart }) => autostart).map((one) => [name, 'default', one.name]),
  );
  return { kind: 'select', columns: ['member', 'project', 'name'], rows: [['', '', ''], ...rows], rowsAffected: 0 };
}
