/** What lies on the member's disk: left-over files, the state file, sizes. */
import type { DiskFacts, Leftovers } from '../../domain/observation.ts';
import { err, ok } from '../../domain/result.ts';
import { MEMBER_COMMANDS } from '../member-commands.ts';
import { clipText, decodeText, parseCount, splitLines } from './bytes.ts';
import { parseMarker, type MarkerLine } from './marker.ts';
import { failedPart, textOf, unparsable, type Parsed, type Parts } from './part.ts';

export interface FileFacts {
  readonly stateFile: string | null;
  readonly lxcfsPidFile: number | null;
  /** `/snap/lxd/current` exists. */
  readonly snapMounted: boolean;
  /** Path of the `lxd` command, null when there is none. */
  readonly command: string | null;
  /** Of the commands that the texts call; null when it was not looked. */
  readonly lacks: readonly string[] | null;
  /** LXD's directory exists. */
  readonly directory: boolean;
  /** SHA-256 (hex) of the cluster's certificate; null when there is none, or it is none. */
  readonly clusterCertificate: string | null;
  /** Null when there is none. */
  readonly marker: MarkerLine | null;
  readonly leftovers: Parsed<Leftovers>;
}

const PATCH_LIMIT = 4096;

function valueOf(lines: readonly string[], name: string): string | null {
  const line = lines.find((one) => one === name || one.startsWith(`${name} `));
  return line === undefined ? null : clipText(line.slice(name.length + 1));
}

function leftoversOf(parts: Parts, lines: readonly string[]): Parsed<Leftovers> {
  if (lines.includes('unreadable'))
    return err(failedPart('leftovers', 'failed', 'the database directory cannot be read'));
  const patch = parts.get('patch');
  const there = lines.includes('patch-global') || patch !== undefined;
  return ok({
    patchGlobal: there ? (patch?.code === 0 ? decodeText(patch.bytes).slice(0, PATCH_LIMIT) : '') : null,
    patchLocal: lines.includes('patch-local'),
    recoveryTarball: lines.includes('recovery-tarball'),
    lxdDebug: lines.includes('lxd-debug'),
  });
}

/** Of no bytes at all: what stands there is no certificate. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function fingerprintOf(text: string | null): string | null {
  const found = /^([0-9a-f]{64})(?: |$)/.exec(text ?? '')?.[1] ?? null;
  return found === EMPTY ? null : found;
}

function lacksOf(text: string | null): readonly string[] | null {
  if (text === null) return null;
  const missing = new Set(text.split(' '));
  return MEMBER_COMMANDS.flatMap(({ name }) => (missing.has(name) ? [name] : []));
}

export function parseFiles(parts: Parts): Parsed<FileFacts> {
  const text = textOf(parts, 'files');
  if (!text.ok) return text;
  const lines = splitLines(text.value);
  const command = valueOf(lines, 'lxd');
  return ok({
    stateFile: valueOf(lines, 'state'),
    lxcfsPidFile: parseCount(valueOf(lines, 'lxcfs.pid') ?? undefined),
    snapMounted: lines.includes('current'),
    command: command === '' ? null : command,
    lacks: lacksOf(valueOf(lines, 'lacks')),
    directory: lines.includes('readable') || lines.includes('unreadable'),
    clusterCertificate: fingerprintOf(valueOf(lines, 'certificate')),
    marker: parseMarker(valueOf(lines, 'marker')),
    leftovers: leftoversOf(parts, lines),
  });
}

/** `du -sb` and free blocks times their size. */
export function parseDisk(parts: Parts): Parsed<DiskFacts> {
  const size = textOf(parts, 'size');
  const free = textOf(parts, 'free');
  if (!size.ok) return size;
  if (!free.ok) return free;
  const databaseBytes = parseCount(size.value.trim().split(/\s/)[0]);
  const [blocks, blockSize] = free.value.trim().split(/\s+/).map(parseCount);
  if (databaseBytes === null || typeof blocks !== 'number' || typeof blockSize !== 'number') {
    return unparsable('size', `${size.value} ${free.value}`);
  }
  return ok({ databaseBytes, freeBytes: blocks * blockSize });
}

/** `grep -c crashed` of the snap's stop script. */
export function parseStopScript(parts: Parts): boolean | null {
  const text = textOf(parts, 'stop-script', [0, 1]);
  const lines = text.ok ? parseCount(text.value.trim()) : null;
  return lines === null ? null : lines > 0;
}
