/**
 * `sqlite3` on a database that the rehearsal wrote, or a copy of one: a JSON text under the name of a database. Understands the
 * dot commands that a probe sends; a file that is cut to nothing has no tables, as with the real one.
 */
import { SqlError } from '../model/sql-lexer.ts';
import { runSql } from '../model/sql-run.ts';
import type { SqlDatabase, SqlValue } from '../model/sql-run.ts';
import { hasKeys, parseJson } from '../json.ts';
import { findAutostart } from './autostart.ts';
import { done, failed } from './answer.ts';
import type { Answer, Call, Reply, ToolContext } from './answer.ts';

interface Session {
  headers: boolean;
  mode: string;
  output: string | null;
  readonly files: Map<string, string>;
  out: string;
}

const VALUE_OPTIONS: ReadonlySet<string> = new Set(['-init', '-cmd', '-separator', '-nullvalue']);

export function sqlite(context: ToolContext, call: Call): Reply {
  const words: string[] = [];
  const session: Session = { headers: false, mode: 'list', output: null, files: new Map(), out: '' };
  for (let index = 0; index < call.argv.length; index += 1) {
    const word = call.argv[index] ?? '';
    if (VALUE_OPTIONS.has(word)) index += 1;
    else if (word === '-version' || word === '--version') return done('3.40.1 2022-12-28 rehearsal\n');
    else if (word === '-csv') session.mode = 'csv';
    else if (word === '-header') session.headers = true;
    else if (!word.startsWith('-')) words.push(word);
  }
  const [path = '', ...commands] = words;
  const database = load(context.readFile(path));
  if (database === null) return failed('Error: file is not a database', 26);
  const answer = run(context, session, database, commands.length > 0 ? commands.join(';\n') : call.stdin);
  const unwritten = [...session.files].filter(([file, text]) => !context.writeFile(file, text)).map(([file]) => file);
  return unwritten.length === 0 ? answer : failed(`Error: cannot open "${unwritten.join(' ')}"`);
}

function isDatabase(value: unknown): value is SqlDatabase {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => hasKeys(one, ['columns', 'rows']))
  );
}

/** No file, or one that was cut to nothing, is an empty database. */
function load(text: string | null): SqlDatabase | null {
  return text === null || text === '' ? {} : parseJson(text, isDatabase);
}

function run(context: ToolContext, session: Session, database: SqlDatabase, input: string): Answer {
  let statement = '';
  for (const line of input.split('\n')) {
    if (statement === '' && line.startsWith('.')) {
      const problem = dotCommand(session, line);
      if (problem !== null) return { code: 1, out: session.out, err: `${problem}\n` };
      continue;
    }
    statement += `${line}\n`;
    if (!line.trimEnd().endsWith(';')) continue;
    const error = execute(context, session, database, statement);
    if (error !== null) return { code: 1, out: session.out, err: `Parse error near line 1: ${error}\n` };
    statement = '';
  }
  const error = statement.trim() === '' ? null : execute(context, session, database, statement);
  return error === null ? done(session.out) : { code: 1, out: session.out, err: `Error: in prepare, ${error}\n` };
}

function dotCommand(session: Session, line: string): string | null {
  const [command, argument = ''] = line.trim().split(/\s+/);
  if (command === '.headers' || command === '.header') session.headers = argument === 'on';
  else if (command === '.mode') session.mode = argument;
  else if (command === '.output') {
    session.output = argument === '' || argument === 'stdout' ? null : argument;
    if (session.output !== null) session.files.set(session.output, '');
  } else if (command !== '.bail' && command !== '.timeout')
    return `Error: unknown command or invalid arguments:  "${line}"`;
  return null;
}

function execute(context: ToolContext, session: Session, database: SqlDatabase, sql: string): string | null {
  try {
    const autostart = findAutostart(context.world, sql);
    const results = autostart === null ? runSql(database, sql, context.world.state.now).results : [autostart];
    for (const result of results) {
      const lines = session.headers && result.rows.length > 0 ? [result.columns, ...result.rows] : result.rows;
      emit(
        session,
        lines.map((line) => line.map((value) => cell(session, value)).join(session.mode === 'csv' ? ',' : '|')),
      );
    }
    return null;
  } catch (error) {
    if (error instanceof SqlError) return error.message;
    throw error;
  }
}

function cell(session: Session, value: SqlValue): string {
  const text = value === null ? '' : String(value);
  return session.mode === 'csv' && /[",\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function emit(session: Session, lines: readonly string[]): void {
  const text = lines.map((line) => `${line}${session.mode === 'csv' ? '\r\n' : '\n'}`).join('');
  if (session.output === null) session.out += text;
  else session.files.set(session.output, (session.files.get(session.output) ?? '') + text);
}
