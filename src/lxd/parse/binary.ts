/**
 * What the script read out of lxd binaries. Owns putting the names together again: the bytes come in the file's order, each
 * once, with the places they came from. A name that does not look like one makes the whole list unknown.
 */
import type { BinaryFacts, FailedPart } from '../../domain/observation.ts';
import type { ReleaseTable } from '../../domain/release.ts';
import { clipText, decodeLatin1, decodeText, parseCount, splitLines } from './bytes.ts';
import { failedPart, textOf, type Part, type Parts } from './part.ts';

/** What is in one file, independent of where it lies. */
export interface MeasuredBinary {
  readonly extensions: number;
  readonly schema: number | null;
  readonly localSchema: number | null;
  readonly names: readonly string[] | null;
}

export interface BinariesFacts {
  readonly binaries: readonly BinaryFacts[];
  /** Of the snap's `current` link. */
  readonly current: string | null;
  readonly pid: number | null;
  readonly exe: string | null;
  /** Count of the running daemon's own binary. */
  readonly runningExtensions: number | null;
  /** All that is known now, to be handed in at the next probe. */
  readonly measured: ReadonlyMap<string, MeasuredBinary>;
  readonly failed: readonly FailedPart[];
}

const NAME = /^[a-z0-9][a-z0-9_.-]{0,99}$/;
/** Below this count LXD is 4.x, where the local schema's number is above the global one's. */
const FIRST_COUNT_OF_5_0 = 306;

interface Spot {
  readonly at: number;
  readonly length: number;
}

function parseSpots(words: readonly string[]): readonly Spot[] | null {
  const spots = words.map((word) => {
    const [at, length] = word.split(':').map(parseCount);
    return typeof at === 'number' && typeof length === 'number' ? { at, length } : null;
  });
  return spots.includes(null) ? null : spots.filter((spot) => spot !== null);
}

/** Names by place. Overlapping places share their bytes. */
function namesOf(spots: readonly Spot[], bytes: string): readonly string[] | null {
  const sorted = [...spots].sort((a, b) => a.at - b.at);
  const places = new Map<number, number>();
  let end = 0;
  let used = 0;
  for (const { at, length } of sorted) {
    const fresh = Math.max(at, end);
    places.set(at, used - (fresh - at));
    used += Math.max(0, at + length - fresh);
    end = Math.max(end, at + length);
  }
  if (used !== bytes.length) return null;
  const names = spots.map(({ at, length }) => bytes.slice(places.get(at), (places.get(at) ?? 0) + length));
  const distinct = new Set(names);
  return names.every((name) => NAME.test(name)) && distinct.size === names.length ? names : null;
}

function schemasOf(
  versions: readonly number[],
  count: number,
  table: ReleaseTable,
): Pick<MeasuredBinary, 'schema' | 'localSchema'> {
  const release = table.releases.find((one) => one.extensions === count && versions.includes(one.schema));
  const highest = versions.length === 0 ? null : Math.max(...versions);
  const schema = release?.schema ?? (count >= FIRST_COUNT_OF_5_0 ? highest : null);
  const rest = versions.filter((version) => version !== schema);
  const local = rest.length === 0 || schema === null ? null : Math.max(...rest);
  return { schema, localSchema: local !== null && local >= 37 ? local : null };
}

/** A reason (text) when it was not measured. */
function parseMeasurement(
  part: Part,
  table: ReleaseTable,
): { readonly key: string; readonly result: MeasuredBinary | string } {
  const raw = decodeLatin1(part.bytes);
  const [head = '', ...tail] = raw.split('\nnames\n');
  const lines = new Map(
    splitLines(head).map((line) => {
      const [word = '', ...rest] = line.split(' ');
      return [word, rest] as const;
    }),
  );
  const key = lines.get('key')?.[0] ?? '';
  const count = parseCount(lines.get('count')?.[0]);
  if (count === null) return { key, result: lines.get('error')?.join(' ') ?? 'not measured' };
  const spots = parseSpots(lines.get('entries') ?? []);
  const bytes = tail.join('\nnames\n').replace(/\n$/, '');
  const names = spots !== null && spots.length === count ? namesOf(spots, bytes) : null;
  const versions = (lines.get('schemas') ?? []).map(parseCount).filter((version) => version !== null);
  return { key, result: { extensions: count, names, ...schemasOf(versions, count, table) } };
}

function measuredIn(parts: Parts, table: ReleaseTable): ReadonlyMap<string, MeasuredBinary | string> {
  const found = [...parts].filter(([name]) => /^binary-\d+$/.test(name));
  return new Map(
    found.map(([, part]) => {
      const { key, result } = parseMeasurement(part, table);
      return [key, result];
    }),
  );
}

export function parseBinaries(
  parts: Parts,
  known: ReadonlyMap<string, MeasuredBinary>,
  table: ReleaseTable,
): BinariesFacts {
  const text = textOf(parts, 'binaries');
  const lines = text.ok ? splitLines(text.value).map((line) => line.split(' ')) : [];
  const fresh = measuredIn(parts, table);
  const measured = new Map<string, MeasuredBinary>();
  const failed: FailedPart[] = text.ok ? [] : [text.error];
  const binaries: BinaryFacts[] = [];
  for (const [word, key = '', revision = '', ...path] of lines) {
    if (word !== 'binary') continue;
    const result = fresh.get(key) ?? known.get(key) ?? 'not measured';
    const missing = typeof result === 'string';
    if (missing) failed.push(failedPart('binary', 'failed', `${path.join(' ')}: ${result}`));
    else measured.set(key, result);
    const facts = missing ? { extensions: null, schema: null, localSchema: null, names: null } : result;
    binaries.push({ revision: revision === 'running' ? null : revision, path: clipText(path.join(' ')), ...facts });
  }
  const valueOf = (name: string): string | null => {
    const words = lines.find(([word]) => word === name)?.slice(1) ?? [];
    return clipText(words.join(' ')) || null;
  };
  const running = valueOf('running');
  return {
    binaries,
    current: valueOf('current'),
    pid: parseCount(valueOf('pid') ?? undefined),
    exe: valueOf('exe')?.replace(/ \(deleted\)$/, '') ?? null,
    runningExtensions: running === null ? null : (measured.get(running)?.extensions ?? null),
    measured,
    failed,
  };
}

/** Hostname and machine, of `uname -nm`. */
export function parseHost(parts: Parts): { readonly hostname: string | null; readonly architecture: string | null } {
  const part = parts.get('host');
  const [hostname = null, architecture = null] = part?.code === 0 ? decodeText(part.bytes).trim().split(/\s+/) : [];
  return {
    hostname: hostname === null || hostname === '' ? null : clipText(hostname),
    architecture: architecture === null ? null : clipText(architecture),
  };
}
