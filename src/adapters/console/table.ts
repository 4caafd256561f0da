/**
 * A table in a terminal: columns aligned, cells wrapped when the whole is too wide. The widest column gives way first. Pure.
 */
import { padTo, widthOf } from '../../chat/columns.ts';
import { wrap } from './columns.ts';

const GAP = 2;
const NARROWEST = 8;

/** Rows as lines, the heading first. Cells are visible text already. */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const all = columns.some((column) => column !== '') ? [columns, ...rows] : rows;
  const widths = fit(
    columns.map((_, index) => Math.max(0, ...all.map((row) => widthOf(row[index] ?? '')))),
    width,
  );
  return all.flatMap((row) => renderRow(row, widths));
}

function fit(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, each) => sum + each, 0) + GAP * Math.max(0, widths.length - 1);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= NARROWEST) break;
    widths[widest] = Math.max(NARROWEST, now - (total() - width), secondWidest(widths, widest));
    if (widths[widest] === now) widths[widest] = now - 1;
  }
  return widths;
}

function secondWidest(widths: readonly number[], widest: number): number {
  return Math.max(0, ...widths.filter((_, index) => index !== widest));
}

function renderRow(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = widths.map((width, index) => wrap(row[index] ?? '', width));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    widths
      .map((width, index) => padTo(cells[index]?.[at] ?? '', width))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}
