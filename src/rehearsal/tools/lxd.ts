/** `lxd`: version, SQL, readiness, and the recovery commands that only read. */
import { parseJson } from '../json.ts';
import { requireBuild } from '../model/world.ts';
import { afterReply, done, failed } from './answer.ts';
import type { Call, Reply, ToolContext } from './answer.ts';
import { callApi, ltsVersion, SOCKET } from './client.ts';
import { isSqlAnswer, printRows } from './print-rows.ts';

function rowsText(json: string, format: string): string {
  const parsed = parseJson(json, isSqlAnswer);
  return parsed === null ? '' : printRows(parsed, format);
}

export function lxd(context: ToolContext, from: Call): Reply {
  const [verb = '', ...rest] = from.argv;
  const build = requireBuild(context.world.state, context.member.revision);
  if (verb === '--version' || verb === 'version') return done(`${ltsVersion(build.release)}\n`);
  if (verb === 'sql') return sql(context, from, rest);
  if (verb === 'waitready') return waitReady(context, from, rest);
  if (verb === 'cluster') return clusterCommand(context, rest);
  return failed(`Error: unknown command "${verb}" for "lxd"`);
}

function hasFormatFlag(release: string): boolean {
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 3) || (major === 5 && minor === 21 && patch >= 3);
}

function sql(context: ToolContext, from: Call, words: readonly string[]): Reply {
  const build = requireBuild(context.world.state, context.member.revision);
  const plain: string[] = [];
  let format = 'sql';
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--format' || word === '-f' || word.startsWith('--format=')) {
      if (!hasFormatFlag(build.release)) return failed('Error: unknown flag: --format');
      format = word.includes('=') ? (word.split('=')[1] ?? '') : (words[(index += 1)] ?? '');
    } else plain.push(word);
  }
  const [database = '', given = ''] = plain;
  if (database !== 'local' && database !== 'global') return failed(`Error: Invalid database type`);
  const text = given === '-' ? from.stdin : given;
  if (text === '.sync') return done();
  if (text === '.dump' || text === '.schema') return dump(context, from, database);
  const reply = callApi(context, from, 'POST', '/internal/sql', JSON.stringify({ database, query: text }));
  return afterReply(reply, (answer) => (answer.code === 0 ? done(rowsText(answer.out, format)) : answer));
}

/** Rows as INSERT statements: enough for a copy that a person can read. */
function dump(context: ToolContext, from: Call, database: 'local' | 'global'): Reply {
  const reply = callApi(context, from, 'POST', '/internal/sql', JSON.stringify({ database, query: 'SELECT 1' }));
  return afterReply(reply, (answer) => {
    if (answer.code !== 0) return answer;
    const tables = database === 'local' ? context.member.local : context.world.state.database;
    const lines = Object.entries(tables).flatMap(([name, table]) =>
      table.rows.map((row) => {
        const values = table.columns
          .map((column) => row[column] ?? null)
          .map((value) =>
            value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`,
          );
        return `INSERT INTO ${name} VALUES(${values.join(',')});\n`;
      }),
    );
    return done(`PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n${lines.join('')}COMMIT;\n`);
  });
}

function waitReady(context: ToolContext, from: Call, words: readonly string[]): Reply {
  const given = /^--timeout=?(\d*)$/.exec(words[0] ?? '');
  const seconds = Number(given?.[1] || words[1] || 0);
  const since = context.world.state.now;
  return () => {
    const { member, world } = context;
    if (member.daemon?.phase === 'serving' && from.root) return done();
    if (seconds === 0 || world.state.now - since < seconds * 1000) return null;
    const last =
      member.daemon === null
        ? `Get "http://unix.socket/internal/ready": dial unix ${SOCKET}: connect: no such file or directory`
        : '<nil>';
    return failed(`Error: LXD still not running after ${String(seconds)}s timeout (${last})`);
  };
}

function clusterCommand(context: ToolContext, words: readonly string[]): Reply {
  const raft = context.member.local['raft_nodes']?.rows ?? [];
  if (words[0] === 'list-database') {
    return done(
      printRows(
        {
          Results: [
            {
              type: 'select',
              columns: ['Address'],
              rows: raft.filter((row) => row['role'] === 0).map((row) => [row['address'] ?? null]),
            },
          ],
        },
        'table',
      ),
    );
  }
  if (words[0] === 'show') {
    const roles = ['voter', 'stand-by', 'spare'];
    const members = raft.map(
      (row) =>
        `- id: ${String(row['id'])}\n  name: ${String(row['name'])}\n  address: ${String(row['address'])}\n  role: ${roles[Number(row['role'])] ?? 'unknown'}\n`,
    );
    return done(`members:\n${members.join('')}\n`);
  }
  return failed(`Error: unknown command "${words.join(' ')}" for "lxd cluster"`);
}
