/**
 * `lxd` and `lxc` on a member: versions, SQL, readiness, the recovery commands that only read, cluster list. Both talk to the
 * daemon through the same API as curl, so they hang and fail when it does.
 */
import { nodesOf } from '../model/tables.ts';
import { requireBuild } from '../model/world.ts';
import { afterReply, done, failed } from './answer.ts';
import type { Answer, Call, Reply, ToolContext } from './answer.ts';
import { request } from './api.ts';
import type { ApiResult } from './api.ts';
import { printRows } from './print-rows.ts';

const SOCKET = '/var/snap/lxd/common/lxd/unix.socket';

/** A call to the API, as an answer: its body, or the words that lxc and lxd have for what went wrong. */
function call(context: ToolContext, from: Call, method: string, path: string, body = ''): Reply {
  const pending = request(context, { method, path, body, root: from.root });
  return () => {
    const result = pending();
    return result === null ? null : toAnswer(result, method, path);
  };
}

function toAnswer(result: ApiResult, method: string, path: string): Answer {
  const verb = method === 'POST' ? 'Post' : 'Get';
  const url = `${verb} "http://unix.socket${path}"`;
  switch (result.kind) {
    case 'no-socket':
      return failed(`Error: ${url}: dial unix ${SOCKET}: connect: no such file or directory`);
    case 'refused':
      return failed(`Error: ${url}: dial unix ${SOCKET}: connect: connection refused`);
    case 'permission':
      return failed(`Error: ${url}: dial unix ${SOCKET}: connect: permission denied`);
    case 'eof':
      return failed(`Error: ${url}: EOF`);
    case 'response': {
      const parsed = JSON.parse(result.body) as { readonly error?: string; readonly metadata?: unknown };
      return result.status >= 400 ? failed(`Error: ${parsed.error ?? ''}`) : done(JSON.stringify(parsed.metadata));
    }
  }
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

function ltsVersion(release: string): string {
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  const says = (major === 5 && minor === 21) || (major === 5 && minor === 0 && patch >= 4);
  return says ? `${release} LTS` : release;
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
  const query = given === '-' ? from.stdin : given;
  if (query === '.sync') return done();
  if (query === '.dump' || query === '.schema') return dump(context, from, database);
  const reply = call(context, from, 'POST', '/internal/sql', JSON.stringify({ database, query }));
  return afterReply(reply, (answer) => (answer.code === 0 ? done(printRows(answer.out, format)) : answer));
}

/** Rows as INSERT statements: enough for a copy that a person can read. */
function dump(context: ToolContext, from: Call, database: 'local' | 'global'): Reply {
  const reply = call(context, from, 'POST', '/internal/sql', JSON.stringify({ database, query: 'SELECT 1' }));
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
        JSON.stringify({
          Results: [
            {
              type: 'select',
              columns: ['Address'],
              rows: raft.filter((row) => row['role'] === 0).map((row) => [row['address']]),
            },
          ],
        }),
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

export function lxc(context: ToolContext, from: Call): Reply {
  const [verb = '', ...rest] = from.argv;
  const build = requireBuild(context.world.state, context.member.revision);
  if (verb === '--version') return done(`${ltsVersion(build.release)}\n`);
  if (verb === 'version') {
    const reply = call(context, from, 'GET', '/1.0');
    const client = `Client version: ${ltsVersion(build.release)}\n`;
    return afterReply(reply, (answer) =>
      done(`${client}Server version: ${answer.code === 0 ? ltsVersion(build.release) : 'unreachable'}\n`),
    );
  }
  if (verb === 'query') return query(context, from, rest);
  if (verb === 'cluster' && (rest[0] === 'list' || rest[0] === 'ls')) return clusterList(context, from, rest);
  if (verb === 'config' && rest[0] === 'set') {
    const [key = '', value = ''] = rest.length === 2 ? (rest[1] ?? '').split('=') : rest.slice(1);
    return afterReply(call(context, from, 'PATCH', '/1.0', JSON.stringify({ config: { [key]: value } })), (answer) => ({
      ...answer,
      out: '',
    }));
  }
  return failed(`Error: unknown command "${verb}" for "lxc"`);
}

function query(context: ToolContext, from: Call, words: readonly string[]): Reply {
  let method = 'GET';
  let body = '';
  let path = '';
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '-X' || word === '--request') method = words[(index += 1)] ?? 'GET';
    else if (word === '-d' || word === '--data') body = words[(index += 1)] ?? '';
    else if (!word.startsWith('-')) path = word;
  }
  return afterReply(call(context, from, method, path, body), (answer) =>
    answer.code === 0 ? done(`${answer.out}\n`) : answer,
  );
}

interface ListedMember {
  readonly server_name: string;
  readonly url: string;
  readonly roles: readonly string[];
  readonly status: string;
  readonly message: string;
}

function clusterList(context: ToolContext, from: Call, words: readonly string[]): Reply {
  const joined = words.join(' ');
  const format = /(?:-f|--format)[ =](\w+)/.exec(joined)?.[1] ?? 'table';
  return afterReply(call(context, from, 'GET', '/1.0/cluster/members?recursion=1'), (answer) => {
    if (answer.code !== 0) return answer;
    if (format === 'json') return done(`${answer.out}\n`);
    const members = JSON.parse(answer.out) as readonly ListedMember[];
    const rows = members.map((one) => [
      one.server_name,
      one.url,
      one.roles.join('\n'),
      'x86_64',
      'default',
      '',
      one.status.toUpperCase(),
      one.message,
    ]);
    const columns = ['NAME', 'URL', 'ROLES', 'ARCHITECTURE', 'FAILURE DOMAIN', 'DESCRIPTION', 'STATE', 'MESSAGE'];
    const results = JSON.stringify({ Results: [{ type: 'select', columns, rows }] });
    return done(printRows(results, format === 'csv' ? 'csv' : 'table'));
  });
}

/** The rows, for a person who looks at a rehearsal. */
export function describeRows(context: ToolContext): string {
  return nodesOf(context.world.state.database)
    .map((row) => `${row.name} ${String(row.schema)}|${String(row.extensions)}`)
    .join(', ');
}
