/**
 * A table as lines of a fixed-width face: as it is where it fits, else with wrapped cells, else turned round (rows as columns), else
 * one paragraph per row. Words stay whole as long as any form allows it. Pure; takes visible text.
 */
import { longestWord, padTo, widthOf, wrapTo } from './columns.ts';

const GAP = 2;

type Grid = readonly (readonly string[])[];

export function tableLines(columns: readonly string[], rows: Grid, width: number): readonly string[] {
  const count = Math.max(columns.length, ...rows.map((row) => row.length));
  const hasHead = columns.some((column) => column.trim() !== '');
  const grid = (hasHead ? [columns, ...rows] : rows).map((row) => fill(row, count));
  const turned = hasHead ? Array.from({ length: count }, (_, at) => grid.map((row) => row[at] ?? '')) : [];
  for (const form of [grid, turned]) {
    if (form.length === 0) continue;
    for (const least of [widthOf, longestWord]) {
      const widths = fitColumns(form, width, least);
      if (widths !== null) return form.flatMap((row) => rowLines(row, widths));
    }
  }
  return rows.flatMap((row) => paragraphOf(columns, row, width));
}

function fill(row: readonly string[], count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => row[at] ?? '');
}

/** Null when the columns can't be narrow enough; `least` is what each cell must have. */
function fitColumns(grid: Grid, width: number, least: (cell: string) => number): readonly number[] | null {
  const measure = (of: (cell: string) => number): number[] =>
    (grid[0] ?? []).map((_, at) => Math.max(0, ...grid.map((row) => of(row[at] ?? ''))));
  const widths = measure(least);
  let spare = width - GAP * Math.max(0, widths.length - 1);
  for (const each of widths) spare -= each;
  if (spare < 0) return null;
  const wanted = measure(widthOf);
  const fitted = [...widths];
  const lacks = (at: number): number => (wanted[at] ?? 0) - (widths[at] ?? 0);
  // Whoever lacks least is served first: short columns stay whole, the long texts wrap.
  for (const at of widths.map((_, index) => index).toSorted((one, other) => lacks(one) - lacks(other))) {
    const more = Math.min(spare, lacks(at));
    spare -= more;
    fitted[at] = (widths[at] ?? 0) + more;
  }
  return fitted;
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
function paragraphOf(columns: readonly string[], row: readonly string[], width: number): readonly string[] {
  const [first = '', ...others] = row;
  const named = others.map((cell, at) => `${columns[at + 1] ?? ''} ${cell}`.trim()).filter((words) => words !== '');
  const whole = [first, named.join(' · ')].filter((words) => words !== '').join('  ');
  return wrapTo(whole, width - GAP).map((line, at) => (at === 0 ? line : ' '.repeat(GAP) + line));
}
