/**
 * Grammar of the SQL that the rehearsal understands: SELECT from one table, UPDATE, DELETE and INSERT with literal values.
 * Owns the syntax tree; `sql-run.ts` gives it meaning. Errors read as SQLite's, since LXD quotes them in its log.
 */
import { lexSql, SqlError } from './sql-lexer.ts';
import type { Token } from './sql-lexer.ts';

export type SqlValue = number | string | null;

export type Expression =
  | { readonly kind: 'literal'; readonly value: SqlValue }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[]; readonly star: boolean }
  | { readonly kind: 'cast'; readonly value: Expression; readonly type: string }
  | { readonly kind: 'not'; readonly value: Expression }
  | { readonly kind: 'negative'; readonly value: Expression }
  | { readonly kind: 'in'; readonly value: Expression; readonly list: readonly Expression[]; readonly not: boolean }
  | { readonly kind: 'null'; readonly value: Expression; readonly not: boolean }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

interface Output {
  /** Null is `*`. */
  readonly expression: Expression | null;
  /** The column's heading: its alias, or its text. */
  readonly heading: string;
}

export type Statement =
  | {
      readonly kind: 'select';
      readonly outputs: readonly Output[];
      readonly table: string | null;
      readonly where: Expression | null;
      readonly order: readonly { readonly by: Expression; readonly descending: boolean }[];
      readonly limit: number | null;
    }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly set: readonly { readonly column: string; readonly value: Expression }[];
      readonly where: Expression | null;
    }
  | { readonly kind: 'delete'; readonly table: string; readonly where: Expression | null }
  | {
      readonly kind: 'insert';
      readonly table: string;
      readonly replace: boolean;
      readonly columns: readonly string[];
      readonly values: readonly Expression[];
    };

/** Every statement of a text, comments and empty statements left out. Throws `SqlError`. */
export function parseSql(sql: string): readonly Statement[] {
  const parser = new Parser(lexSql(sql));
  const statements: Statement[] = [];
  for (;;) {
    while (parser.acceptSymbol(';')) continue;
    if (parser.atEnd()) return statements;
    statements.push(parser.statement());
    if (!parser.atEnd()) parser.expectSymbol(';');
  }
}

const BINARY: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['=', '==', '<>', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
  ['||'],
];

class Parser {
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  atEnd(): boolean {
    return this.position >= this.tokens.length;
  }

  private peek(): Token | undefined {
    return this.tokens[this.position];
  }

  private refuse(): never {
    const token = this.peek();
    throw new SqlError(token === undefined ? 'incomplete input' : `near "${token.text}": syntax error`);
  }

  acceptSymbol(text: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'symbol' || token.text !== text) return false;
    this.position += 1;
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.acceptSymbol(text)) this.refuse();
  }

  private acceptWord(text: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'word' || token.text.toUpperCase() !== text) return false;
    this.position += 1;
    return true;
  }

  private expectWord(text: string): void {
    if (!this.acceptWord(text)) this.refuse();
  }

  private name(): string {
    const token = this.peek();
    if (token?.kind !== 'word') this.refuse();
    this.position += 1;
    return token.text;
  }

  statement(): Statement {
    if (this.acceptWord('SELECT')) return this.select();
    if (this.acceptWord('UPDATE')) return this.update();
    if (this.acceptWord('DELETE')) {
      this.expectWord('FROM');
      return { kind: 'delete', table: this.name(), where: this.where() };
    }
    if (this.acceptWord('INSERT')) return this.insert();
    return this.refuse();
  }

  private select(): Statement {
    const outputs = this.list(() => this.output());
    const table = this.acceptWord('FROM') ? this.name() : null;
    const where = this.where();
    const order = this.acceptWord('ORDER') ? this.order() : [];
    let limit: number | null = null;
    if (this.acceptWord('LIMIT')) {
      const token = this.peek();
      if (token?.kind !== 'number') return this.refuse();
      this.position += 1;
      limit = token.value;
    }
    return { kind: 'select', outputs, table, where, order, limit };
  }

  private order(): readonly { by: Expression; descending: boolean }[] {
    this.expectWord('BY');
    return this.list(() => {
      const by = this.expression();
      const descending = this.acceptWord('DESC');
      if (!descending) this.acceptWord('ASC');
      return { by, descending };
    });
  }

  private output(): Output {
    if (this.acceptSymbol('*')) return { expression: null, heading: '*' };
    const from = this.position;
    const expression = this.expression();
    const text = this.tokens
      .slice(from, this.position)
      .map((token) => token.text)
      .join('');
    return { expression, heading: this.acceptWord('AS') ? this.name() : text };
  }

  private update(): Statement {
    const table = this.name();
    this.expectWord('SET');
    const set = this.list(() => {
      const column = this.name();
      this.expectSymbol('=');
      return { column, value: this.expression() };
    });
    return { kind: 'update', table, set, where: this.where() };
  }

  private insert(): Statement {
    let replace = false;
    if (this.acceptWord('OR')) {
      this.expectWord('REPLACE');
      replace = true;
    }
    this.expectWord('INTO');
    const table = this.name();
    this.expectSymbol('(');
    const columns = this.list(() => this.name());
    this.expectSymbol(')');
    this.expectWord('VALUES');
    this.expectSymbol('(');
    const values = this.list(() => this.expression());
    this.expectSymbol(')');
    if (values.length !== columns.length) throw new SqlError(`${values.length} values for ${columns.length} columns`);
    return { kind: 'insert', table, replace, columns, values };
  }

  private where(): Expression | null {
    return this.acceptWord('WHERE') ? this.expression() : null;
  }

  private list<T>(item: () => T): readonly T[] {
    const items = [item()];
    while (this.acceptSymbol(',')) items.push(item());
    return items;
  }

  private expression(level = 0): Expression {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    let left = this.expression(level + 1);
    for (;;) {
      if (level === 2) left = this.membership(left);
      const operator = operators.find((one) => (/^[A-Z]/.test(one) ? this.acceptWord(one) : this.acceptSymbol(one)));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.expression(level + 1) };
    }
  }

  /** `x IN (…)`, `x NOT IN (…)`, `x IS [NOT] NULL`. */
  private membership(value: Expression): Expression {
    if (this.acceptWord('IS')) {
      const not = this.acceptWord('NOT');
      this.expectWord('NULL');
      return { kind: 'null', value, not };
    }
    const not = this.acceptWord('NOT');
    if (!this.acceptWord('IN')) return not ? this.refuse() : value;
    this.expectSymbol('(');
    const list = this.list(() => this.expression());
    this.expectSymbol(')');
    return { kind: 'in', value, list, not };
  }

  private unary(): Expression {
    if (this.acceptWord('NOT')) return { kind: 'not', value: this.expression(2) };
    if (this.acceptSymbol('-')) return { kind: 'negative', value: this.unary() };
    if (this.acceptSymbol('(')) {
      const inner = this.expression();
      this.expectSymbol(')');
      return inner;
    }
    const token = this.peek();
    if (token?.kind === 'number' || token?.kind === 'string') {
      this.position += 1;
      return { kind: 'literal', value: token.value };
    }
    if (this.acceptWord('NULL')) return { kind: 'literal', value: null };
    if (this.acceptWord('CAST')) return this.cast();
    return this.columnOrCall();
  }

  private cast(): Expression {
    this.expectSymbol('(');
    const value = this.expression();
    this.expectWord('AS');
    const type = this.name().toUpperCase();
    this.expectSymbol(')');
    return { kind: 'cast', value, type };
  }

  private columnOrCall(): Expression {
    const name = this.name();
    if (this.acceptSymbol('(')) {
      if (this.acceptSymbol('*')) {
        this.expectSymbol(')');
        return { kind: 'call', name: name.toLowerCase(), arguments: [], star: true };
      }
      if (this.acceptSymbol(')')) return { kind: 'call', name: name.toLowerCase(), arguments: [], star: false };
      const values = this.list(() => this.expression());
      this.expectSymbol(')');
      return { kind: 'call', name: name.toLowerCase(), arguments: values, star: false };
    }
    return { kind: 'column', name: this.acceptSymbol('.') ? this.name() : name };
  }
}
