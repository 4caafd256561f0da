/** Results of `lxd sql` and of lists, printed as LXD prints them: table, csv, json. */
import { hasKeys } from '../json.ts';

/** The metadata of `/internal/sql`. */
export interface SqlAnswer {
  readonly Results: readonly {
    readonly type: string;
    readonly columns: readonly string[] | null;
    readonly rows: readonly (readonly (string | number | null)[])[] | null;
    readonly rows_affected?: number;
  }[];
}

function text(value: string | number | null): string {
  return value === null ? '' : String(value);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, index) => Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (cells: readonly string[]): string =>
    `|${cells.map((cell, index) => ` ${cell.padEnd(widths[index] ?? 0)} `).join('|')}|\n`;
  return `${rule}${line(columns)}${rule}${rows.map((row) => line(row)).join('')}${rows.length > 0 ? rule : ''}`;
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => `${row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`)
    .join('');
}

export function isSqlAnswer(value: unknown): value is SqlAnswer {
  return hasKeys(value, ['Results']) && Array.isArray(value['Results']);
}

export function printRows({ Results: results }: SqlAnswer, format: string): string {
  return results
    .map((result) => {
      if (format === 'json') return `${JSON.stringify(result)}\n`;
      if (result.type !== 'select') return `Rows affected: ${String(result.rows_affected ?? 0)}\n`;
      const rows = (result.rows ?? []).map((row) => row.map(text));
      return format === 'csv' ? csv(rows) : table(result.columns ?? [], rows);
    })
    .join('');
}
