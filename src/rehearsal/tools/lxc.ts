/** `lxc`: version, raw queries, the cluster list, and setting one key. */
import { hasKeys, parseJson } from '../json.ts';
import { requireBuild } from '../model/world.ts';
import { afterReply, done, failed } from './answer.ts';
import type { Call, Reply, ToolContext } from './answer.ts';
import { callApi, ltsVersion } from './client.ts';
import { printRows } from './print-rows.ts';

export function lxc(context: ToolContext, from: Call): Reply {
  const [verb = '', ...rest] = from.argv;
  const build = requireBuild(context.world.state, context.member.revision);
  if (verb === '--version') return done(`${ltsVersion(build.release)}\n`);
  if (verb === 'version') {
    const reply = callApi(context, from, 'GET', '/1.0');
    const client = `Client version: ${ltsVersion(build.release)}\n`;
    return afterReply(reply, (answer) =>
      done(`${client}Server version: ${answer.code === 0 ? ltsVersion(build.release) : 'unreachable'}\n`),
    );
  }
  if (verb === 'query') return query(context, from, rest);
  if (verb === 'cluster' && (rest[0] === 'list' || rest[0] === 'ls')) return clusterList(context, from, rest);
  if (verb === 'config' && rest[0] === 'set') {
    const [key = '', value = ''] = rest.length === 2 ? (rest[1] ?? '').split('=') : rest.slice(1);
    return afterReply(
      callApi(context, from, 'PATCH', '/1.0', JSON.stringify({ config: { [key]: value } })),
      (answer) => ({
        ...answer,
        out: '',
      }),
    );
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
  return afterReply(callApi(context, from, method, path, body), (answer) =>
    answer.code === 0 ? done(`${answer.out}\n`) : answer,
  );
}

function isListed(value: unknown): value is readonly ListedMember[] {
  return (
    Array.isArray(value) && value.every((one) => hasKeys(one, ['server_name', 'url', 'roles', 'status', 'message']))
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
  return afterReply(callApi(context, from, 'GET', '/1.0/cluster/members?recursion=1'), (answer) => {
    if (answer.code !== 0) return answer;
    if (format === 'json') return done(`${answer.out}\n`);
    const members = parseJson(answer.out, isListed) ?? [];
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
    return done(printRows({ Results: [{ type: 'select', columns, rows }] }, format === 'csv' ? 'csv' : 'table'));
  });
}
