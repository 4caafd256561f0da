/**
 * A table for a code block that is narrow: as it is where it fits, else with wrapped cells, else turned round (members as columns),
 * else one paragraph per row. Words stay whole as long as any form allows it. Pure; takes visible text.
 */
import { longestWord, padTo, widthOf, wrapTo } from './columns.ts';

const GAP = 2;

type Rows = readonly (readonly string[])[];

export function tableLines(columns: readonly string[], rows: Rows, width: number): readonly string[] {
  const count = Math.max(columns.length, ...rows.map((row) => row.length));
  const head = columns.some((column) => column.trim() !== '');
  const grid = (head ? [columns, ...rows] : rows).map((row) => Array.from({ length: count }, (_, at) => row[at] ?? ''));
  const turned = head ? Array.from({ length: count }, (_, at) => grid.map((row) => row[at] ?? '')) : null;
  return (
    layOut(grid, width, widthOf) ??
    layOut(grid, width, longestWord) ??
    (turned === null ? null : (layOut(turned, width, widthOf) ?? layOut(turned, width, longestWord))) ??
    rows.flatMap((row) => paragraph(columns, row, width))
  );
}

/** Null when the columns can't be narrow enough. `least` is what a cell must have. */
function layOut(grid: Rows, width: number, least: (cell: string) => number): readonly string[] | null {
  const columnsOf = (measure: (cell: string) => number): number[] =>
    (grid[0] ?? []).map((_, at) => Math.max(0, ...grid.map((row) => measure(row[at] ?? ''))));
  const widths = columnsOf(least);
  const natural = columnsOf(widthOf);
  let spare = width - widths.reduce((sum, each) => sum + each, 0) - GAP * Math.max(0, widths.length - 1);
  if (spare < 0) return null;
  for (const [at, wanted] of natural.entries()) {
    const now = widths[at] ?? 0;
    const more = Math.min(spare, wanted - now);
    widths[at] = now + more;
    spare -= more;
  }
  return grid.flatMap((row) => rowLines(row, widths));
}

function rowLines(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = widths.map((width, at) => wrapTo(row[at] ?? '', Math.max(1, width)));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, at) => padTo(cells[at]?.[line] ?? '', width))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** `m1  version 5.21.2 · rev 30131 · …`, with a hanging indent. */
function paragraph(columns: readonly string[], row: readonly string[], width: number): readonly string[] {
  const [first = '', ...others] = row;
  const named = others.map((cell, at) => `${columns[at + 1] ?? ''} ${cell}`.trim()).filter((words) => words !== '');
  const lines = wrapTo([first, named.join(' · ')].filter((words) => words !== '').join('  '), width - GAP);
  return lines.map((line, at) => (at === 0 ? line : `${' '.repeat(GAP)}${line}`));
}
