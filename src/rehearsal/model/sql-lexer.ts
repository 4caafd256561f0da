/**
 * Words of the SQL that the rehearsal understands. Owns the token list and SQLite's wording for what can't be read; holds no
 * grammar. Strict on purpose: what it does not know is an error, as a misspelt patch is one in LXD.
 */
export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'string'; readonly value: string; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string };

/** A statement that SQLite would refuse, in SQLite's words. */
export class SqlError extends Error {}

const SPACE = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;
const WORD = /^[A-Za-z_][A-Za-z0-9_]*/;
const QUOTED_WORD = /^(?:"((?:[^"]|"")*)"|`((?:[^`]|``)*)`)/;
const NUMBER = /^\d+(?:\.\d+)?/;
const STRING = /^'((?:[^']|'')*)'/;
const SYMBOL = /^(?:<>|!=|<=|>=|==|\|\||[(),;=<>*+\-/.?])/;

export function lexSql(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = sql;
  for (;;) {
    rest = rest.replace(SPACE, '');
    if (rest === '') return tokens;
    const { token, length } = nextToken(rest);
    tokens.push(token);
    rest = rest.slice(length);
  }
}

function nextToken(rest: string): { token: Token; length: number } {
  const word = WORD.exec(rest);
  if (word !== null) return { token: { kind: 'word', text: word[0] }, length: word[0].length };
  const quoted = QUOTED_WORD.exec(rest);
  if (quoted !== null) {
    return { token: { kind: 'word', text: quoted[1] ?? quoted[2] ?? '' }, length: quoted[0].length };
  }
  const number = NUMBER.exec(rest);
  if (number !== null) {
    return { token: { kind: 'number', value: Number(number[0]), text: number[0] }, length: number[0].length };
  }
  const string = STRING.exec(rest);
  if (string !== null) {
    const value = (string[1] ?? '').replaceAll("''", "'");
    return { token: { kind: 'string', value, text: string[0] }, length: string[0].length };
  }
  const symbol = SYMBOL.exec(rest);
  if (symbol !== null) return { token: { kind: 'symbol', text: symbol[0] }, length: symbol[0].length };
  throw new SqlError(`unrecognized token: "${rest.slice(0, 1)}"`);
}
