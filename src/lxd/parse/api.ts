/** Answers of the daemon's API: readiness, `/1.0`, the cluster's members. Each with its envelope (curl) or bare (`lxc query`). */
import type { ApiFacts, ClusterListEntry, ReadyAnswer } from '../../domain/observation.ts';
import { err, ok } from '../../domain/result.ts';
import { clipText, decodeText, splitLines } from './bytes.ts';
import { failedPart, textOf, unparsable, type Parsed, type Parts } from './part.ts';
import { isRecord, parseJson } from './tables.ts';

const MOST_EXTENSIONS = 5000;
const MOST_MEMBERS = 2000;

/** Of `NAME CODE` lines, one per request that was made. No line: nothing was asked. */
export function parseReady(parts: Parts): ReadyAnswer {
  const part = parts.get('http');
  if (part === undefined) return 'not-asked';
  const code = splitLines(decodeText(part.bytes))
    .map((line) => line.split(' '))
    .find(([name]) => name === 'ready')?.[1];
  if (code === '200') return 'ready';
  return code === '503' ? 'not-ready' : 'no-answer';
}

/** What was not answered: curl's exit code says whether the daemon let it wait. */
function answerOf(parts: Parts, name: string): Parsed<string> {
  if (parts.has(name) || parts.get('http')?.code !== 28) return textOf(parts, name);
  return err(failedPart(name, 'timed-out', 'the daemon accepted the request and did not answer in time'));
}

function metadataOf(text: string): unknown {
  const answer = parseJson(text);
  return isRecord(answer) && 'metadata' in answer ? answer['metadata'] : answer;
}

function stringIn(record: unknown, key: string): string | null {
  const value = isRecord(record) ? record[key] : undefined;
  return typeof value === 'string' && value !== '' ? clipText(value) : null;
}

export function parseApi(parts: Parts): Parsed<ApiFacts> {
  const text = answerOf(parts, 'api');
  if (!text.ok) return text;
  const server = metadataOf(text.value);
  const extensions = isRecord(server) ? server['api_extensions'] : undefined;
  if (!isRecord(server) || !Array.isArray(extensions) || extensions.length > MOST_EXTENSIONS)
    return unparsable('api', text.value);
  if (!extensions.every((name) => typeof name === 'string')) return unparsable('api', text.value);
  const environment = server['environment'];
  const clustered = isRecord(environment) ? environment['server_clustered'] : undefined;
  return ok({
    version: stringIn(environment, 'server_version'),
    extensions,
    serverName: stringIn(environment, 'server_name'),
    clustered: typeof clustered === 'boolean' ? clustered : null,
    clusterAddress: stringIn(server['config'], 'cluster.https_address'),
  });
}

function entryOf(value: unknown): ClusterListEntry | null {
  const name = stringIn(value, 'server_name');
  const status = stringIn(value, 'status');
  if (name === null || status === null) return null;
  return { name, url: stringIn(value, 'url'), status, message: stringIn(value, 'message') ?? '' };
}

export function parseClusterList(parts: Parts): Parsed<readonly ClusterListEntry[]> {
  const text = answerOf(parts, 'members');
  if (!text.ok) return text;
  const list = metadataOf(text.value);
  if (!Array.isArray(list) || list.length > MOST_MEMBERS) return unparsable('members', text.value);
  const entries = list.map(entryOf).filter((entry) => entry !== null);
  return entries.length === list.length ? ok(entries) : unparsable('members', text.value);
}
