/**
 * A table of the neutral model where there is little room: columns of a fixed-width face where all of it fits the narrowest window,
 * else a list, one line per row, that a client can break where it likes. Pure; takes visible text.
 */
import { padTo, widthOf } from './columns.ts';

const GAP = 2;
const LETTER = /\p{L}/u;

type Row = readonly string[];

/** Null when it is wider than that. */
export function gridLines(columns: Row, rows: readonly Row[], width: number): readonly string[] | null {
  const grid = columns.some((column) => column.trim() !== '') ? [columns, ...rows] : rows;
  const count = Math.max(0, ...grid.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...grid.map((row) => widthOf(row[at] ?? ''))));
  let needed = GAP * Math.max(0, count - 1);
  for (const each of widths) needed += each;
  if (needed > width) return null;
  return grid.map((row) =>
    widths
      .map((each, at) => padTo(row[at] ?? '', each))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** What stands for a row in a list: its first cell, and the others; a bare number is told by its column's name. */
export function listItem(columns: Row, row: Row): { readonly head: string; readonly rest: string } {
  const first = row.findIndex((cell) => cell.trim() !== '');
  const rest = row.flatMap((cell, at) => {
    if (at <= first || cell.trim() === '') return [];
    return [LETTER.test(cell) ? cell : `${columns[at] ?? ''} ${cell}`.trim()];
  });
  return { head: row[first] ?? '', rest: rest.join(' · ') };
}
