/**
 * Meaning of the rehearsal's SQL on tables held as values. Owns statements;
 * a run never changes its input: it gives back another database, so that a rollback is to forget it.
 */
import { checkColumns, compare, evaluate, hasAggregate, isTrue, requireColumn } from './sql-evaluate.ts';
import type { Scope, SqlRow } from './sql-evaluate.ts';
import { SqlError } from './sql-lexer.ts';
import { parseSql } from './sql-parse.ts';
import type { Expression, SqlValue, Statement } from './sql-parse.ts';

export type { SqlValue } from './sql-parse.ts';

export type { SqlRow } from './sql-evaluate.ts';

export interface SqlTable {
  readonly columns: readonly string[];
  readonly rows: readonly SqlRow[];
  /** Column that must be unique, for INSERT OR REPLACE. */
  readonly key: string | null;
}

export type SqlDatabase = Readonly<Record<string, SqlTable>>;

export interface SqlResult {
  readonly kind: 'select' | 'exec';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  readonly rowsAffected: number;
}

export interface SqlRun {
  readonly database: SqlDatabase;
  readonly results: readonly SqlResult[];
}

/** Runs every statement of the text in order. Throws `SqlError`, in which case nothing has changed. */
export function runSql(database: SqlDatabase, sql: string, nowMs: number): SqlRun {
  let current = database;
  const results: SqlResult[] = [];
  for (const statement of parseSql(sql)) {
    const done = runStatement(current, statement, nowMs);
    current = done.database;
    results.push(done.result);
  }
  return { database: current, results };
}

function requireTable(database: SqlDatabase, name: string): SqlTable {
  const table = Object.hasOwn(database, name) ? database[name] : undefined;
  if (table === undefined) throw new SqlError(`no such table: ${name}`);
  return table;
}

function runStatement(
  database: SqlDatabase,
  statement: Statement,
  nowMs: number,
): { database: SqlDatabase; result: SqlResult } {
  if (statement.kind === 'select') return { database, result: select(database, statement, nowMs) };
  const table = requireTable(database, statement.table);
  const scopeOf = (row: SqlRow): Scope => ({ row, group: [row], columns: table.columns, nowMs });
  if (statement.kind === 'insert') return insert(database, table, statement, nowMs);
  const matches = table.rows.map((row) => statement.where === null || isTrue(evaluate(statement.where, scopeOf(row))));
  if (table.rows.length === 0 && statement.where !== null) checkColumns(statement.where, table.columns);
  const rowsAffected = matches.filter(Boolean).length;
  const rows =
    statement.kind === 'delete'
      ? table.rows.filter((_, index) => matches[index] !== true)
      : table.rows.map((row, index) => (matches[index] === true ? assign(statement.set, scopeOf(row)) : row));
  if (statement.kind === 'update') {
    for (const { column } of statement.set) requireColumn(column, table.columns);
  }
  return {
    database: { ...database, [statement.table]: { ...table, rows } },
    result: { kind: 'exec', columns: [], rows: [], rowsAffected },
  };
}

function assign(set: readonly { readonly column: string; readonly value: Expression }[], scope: Scope): SqlRow {
  const changed: Record<string, SqlValue> = { ...scope.row };
  for (const { column, value } of set) changed[requireColumn(column, scope.columns)] = evaluate(value, scope);
  return changed;
}

function insert(
  database: SqlDatabase,
  table: SqlTable,
  statement: Extract<Statement, { kind: 'insert' }>,
  nowMs: number,
): { database: SqlDatabase; result: SqlResult } {
  const scope: Scope = { row: {}, group: [], columns: [], nowMs };
  const row: Record<string, SqlValue> = {};
  for (const column of table.columns) row[column] = column === 'id' ? nextId(table) : null;
  statement.columns.forEach((column, index) => {
    const value = statement.values[index];
    if (value !== undefined) row[requireColumn(column, table.columns)] = evaluate(value, scope);
  });
  const { key } = table;
  const clash = key !== null && table.rows.some((other) => other[key] === row[key]);
  if (clash && !statement.replace) throw new SqlError(`UNIQUE constraint failed: ${statement.table}.${key}`);
  const rows = [...(clash && key !== null ? table.rows.filter((other) => other[key] !== row[key]) : table.rows), row];
  return {
    database: { ...database, [statement.table]: { ...table, rows } },
    result: { kind: 'exec', columns: [], rows: [], rowsAffected: 1 },
  };
}

function nextId(table: SqlTable): number {
  return Math.max(0, ...table.rows.map((row) => Number(row['id'] ?? 0))) + 1;
}

function select(database: SqlDatabase, statement: Extract<Statement, { kind: 'select' }>, nowMs: number): SqlResult {
  const table =
    statement.table === null ? { columns: [], rows: [{}], key: null } : requireTable(database, statement.table);
  if (statement.where !== null) checkColumns(statement.where, table.columns);
  const kept = table.rows.filter(
    (row) =>
      statement.where === null ||
      isTrue(evaluate(statement.where, { row, group: [row], columns: table.columns, nowMs })),
  );
  const outputs = statement.outputs.flatMap((output) =>
    output.expression === null
      ? table.columns.map((name) => ({ expression: { kind: 'column', name } as const, heading: name }))
      : [{ expression: output.expression, heading: output.heading }],
  );
  for (const { expression } of outputs) checkColumns(expression, table.columns);
  const columns = outputs.map(({ heading }) => heading);
  const scopeOf = (row: SqlRow): Scope => ({ row, group: kept, columns: table.columns, nowMs });
  const aggregated = outputs.some(({ expression }) => hasAggregate(expression));
  const sorted = aggregated ? [kept[0] ?? {}] : sortRows(kept, statement.order, scopeOf);
  const cut = statement.limit === null ? sorted : sorted.slice(0, statement.limit);
  const rows = cut.map((row) => outputs.map(({ expression }) => evaluate(expression, scopeOf(row))));
  return { kind: 'select', columns, rows, rowsAffected: 0 };
}

function sortRows(
  rows: readonly SqlRow[],
  order: readonly { readonly by: Expression; readonly descending: boolean }[],
  scopeOf: (row: SqlRow) => Scope,
): readonly SqlRow[] {
  return [...rows].sort((a, b) => {
    for (const { by, descending } of order) {
      const compared = compare(evaluate(by, scopeOf(a)), evaluate(by, scopeOf(b)));
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  });
}
