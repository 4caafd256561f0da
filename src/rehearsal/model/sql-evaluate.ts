/**
 * Value of an expression on one row, with SQLite's rules for the few types in use. Owns operators, functions and aggregates;
 * `sql-run.ts` owns statements.
 */
import { assertNever } from '../../domain/assert-never.ts';
import { SqlError } from './sql-lexer.ts';
import type { Expression, SqlValue } from './sql-parse.ts';

export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface Scope {
  readonly row: SqlRow;
  /** Rows of the whole selection, for aggregates. */
  readonly group: readonly SqlRow[];
  readonly columns: readonly string[];
  readonly nowMs: number;
}

const AGGREGATES: ReadonlySet<string> = new Set(['max', 'min', 'count', 'group_concat', 'sum']);

export function hasAggregate(expression: Expression): boolean {
  return childrenOf(expression).some(hasAggregate) || (expression.kind === 'call' && AGGREGATES.has(expression.name));
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
      return [];
    case 'call':
      return expression.arguments;
    case 'cast':
    case 'not':
    case 'negative':
    case 'null':
      return [expression.value];
    case 'in':
      return [expression.value, ...expression.list];
    case 'binary':
      return [expression.left, expression.right];
    default:
      return assertNever(expression);
  }
}

export function checkColumns(expression: Expression, columns: readonly string[]): void {
  if (expression.kind === 'column') requireColumn(expression.name, columns);
  for (const child of childrenOf(expression)) checkColumns(child, columns);
}

export function requireColumn(name: string, columns: readonly string[]): string {
  const found = columns.find((column) => column.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new SqlError(`no such column: ${name}`);
  return found;
}

export function isTrue(value: SqlValue): boolean {
  return value !== null && Number(value) !== 0 && !Number.isNaN(Number(value));
}

function truth(value: boolean): SqlValue {
  return value ? 1 : 0;
}

export function evaluate(expression: Expression, scope: Scope): SqlValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'column':
      return scope.row[requireColumn(expression.name, scope.columns)] ?? null;
    case 'cast':
      return cast(evaluate(expression.value, scope), expression.type);
    case 'negative':
      return -Number(evaluate(expression.value, scope));
    case 'not':
      return truth(!isTrue(evaluate(expression.value, scope)));
    case 'null':
      return truth((evaluate(expression.value, scope) === null) !== expression.not);
    case 'in': {
      const value = evaluate(expression.value, scope);
      const found = expression.list.some((one) => compare(evaluate(one, scope), value) === 0);
      return value === null ? null : truth(found !== expression.not);
    }
    case 'binary':
      return binary(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'call':
      return call(expression, scope);
    default:
      return assertNever(expression);
  }
}

function cast(value: SqlValue, type: string): SqlValue {
  if (value === null) return null;
  if (type === 'INTEGER') return Math.trunc(Number.parseFloat(String(value)) || 0);
  if (type === 'TEXT') return String(value);
  throw new SqlError(`near "${type}": syntax error`);
}

/** SQLite's order: null, then numbers, then texts. A number is never equal to a text. */
export function compare(a: SqlValue, b: SqlValue): number {
  const rank = (value: SqlValue): number => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === b) return 0;
  return (a ?? 0) < (b ?? 0) ? -1 : 1;
}

function binary(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  if (operator === 'AND') return truth(isTrue(left) && isTrue(right));
  if (operator === 'OR') return truth(isTrue(left) || isTrue(right));
  if (left === null || right === null) return null;
  switch (operator) {
    case '=':
    case '==':
      return truth(compare(left, right) === 0);
    case '<>':
    case '!=':
      return truth(compare(left, right) !== 0);
    case '<':
      return truth(compare(left, right) < 0);
    case '<=':
      return truth(compare(left, right) <= 0);
    case '>':
      return truth(compare(left, right) > 0);
    case '>=':
      return truth(compare(left, right) >= 0);
    case '+':
      return Number(left) + Number(right);
    case '-':
      return Number(left) - Number(right);
    case '*':
      return Number(left) * Number(right);
    case '/':
      return Math.trunc(Number(left) / Number(right));
    default:
      return `${left}${right}`;
  }
}

function call(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): SqlValue {
  const { name } = expression;
  const [first, second] = expression.arguments;
  if (AGGREGATES.has(name)) return aggregate(name, first ?? null, expression.star, scope);
  if (first === undefined) throw new SqlError(`no such function: ${name}`);
  const value = evaluate(first, scope);
  if (name === 'strftime') return strftime(value, second === undefined ? 'now' : evaluate(second, scope), scope.nowMs);
  if (name === 'coalesce' || name === 'ifnull') return value ?? (second === undefined ? null : evaluate(second, scope));
  if (name === 'hex')
    return Buffer.from(String(value ?? ''), 'utf8')
      .toString('hex')
      .toUpperCase();
  if (name === 'length') return value === null ? null : String(value).length;
  if (name === 'quote') {
    return value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
  }
  throw new SqlError(`no such function: ${name}`);
}

function strftime(format: SqlValue, moment: SqlValue, nowMs: number): SqlValue {
  const at = moment === 'now' ? nowMs : Date.parse(String(moment).replace(' ', 'T'));
  if (format === '%s') return Number.isNaN(at) ? null : String(Math.floor(at / 1000));
  throw new SqlError('unsupported use of strftime');
}

function aggregate(name: string, argument: Expression | null, star: boolean, scope: Scope): SqlValue {
  if (name === 'count' && (star || argument === null)) return scope.group.length;
  if (argument === null) throw new SqlError(`wrong number of arguments to function ${name}()`);
  const values = scope.group.map((row) => evaluate(argument, { ...scope, row })).filter((value) => value !== null);
  if (name === 'count') return values.length;
  if (name === 'sum') return values.reduce<number>((total, value) => total + Number(value), 0);
  if (name === 'group_concat') return values.length === 0 ? null : values.join(',');
  const sorted = values.sort(compare);
  return (name === 'max' ? sorted.at(-1) : sorted[0]) ?? null;
}
