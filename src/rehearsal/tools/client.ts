/**
 * How `lxd` and `lxc` reach the daemon: the same API as curl, with their own words for what goes wrong.
 */
import { assertNever } from '../../domain/assert-never.ts';
import { hasKeys, parseJson } from '../json.ts';
import { done, failed } from './answer.ts';
import type { Answer, Call, Reply, ToolContext } from './answer.ts';
import { request } from './api.ts';
import type { ApiResult } from './api.ts';

export const SOCKET = '/var/snap/lxd/common/lxd/unix.socket';

/** A call to the API, as an answer: its body, or the words that lxc and lxd have for what went wrong. */
export function callApi(context: ToolContext, from: Call, method: string, path: string, body = ''): Reply {
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
    case 'response':
      return bodyOf(result);
    default:
      return assertNever(result);
  }
}

function bodyOf({ status, body }: Extract<ApiResult, { kind: 'response' }>): Answer {
  const parsed = parseJson(body, isReply);
  return status >= 400 ? failed(`Error: ${parsed?.error ?? ''}`) : done(JSON.stringify(parsed?.metadata));
}

function isReply(value: unknown): value is { readonly error: string; readonly metadata: unknown } {
  return hasKeys(value, ['error', 'metadata']) && typeof value['error'] === 'string';
}

export function ltsVersion(release: string): string {
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  const says = (major === 5 && minor === 21) || (major === 5 && minor === 0 && patch >= 4);
  return says ? `${release} LTS` : release;
}
