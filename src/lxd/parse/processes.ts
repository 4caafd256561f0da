/** The process table's matches: `PID/cmdline:ARGUMENT` and `PID/environ:NAME=VALUE`, each ended by NUL. */
import type { InstanceFacts } from '../../domain/observation.ts';
import { ok } from '../../domain/result.ts';
import { decodeLatin1, parseCount } from './bytes.ts';
import { textOf, type Parsed, type Parts } from './part.ts';

export interface ProcessTable {
  readonly instances: InstanceFacts;
  readonly lxcfs: readonly number[];
  /** Processes whose arguments are those of LXD's daemon. */
  readonly daemons: readonly number[];
  readonly extensionBump: number | null;
}

interface Match {
  readonly pid: number;
  readonly text: string;
  readonly from: 'cmdline' | 'environ';
}

const MONITOR = /^\[lxc monitor\] \S+ (\S{1,200})\s*$/;
const QEMU = /\/(?:logs|run)\/([^/]{1,200})\/qemu\.pid$/;
const BUMP = /^LXD_ARTIFICIALLY_BUMP_API_EXTENSIONS=(-?\d{1,6})$/;

function matchOf(entry: string): Match | null {
  const match = /^\n?(\d{1,9})\/(cmdline|environ):([\s\S]*)$/.exec(entry);
  const pid = parseCount(match?.[1]);
  if (match === null || pid === null) return null;
  return { pid, text: match[3] ?? '', from: match[2] === 'environ' ? 'environ' : 'cmdline' };
}

function pidsOf(matches: readonly Match[], pattern: RegExp): readonly number[] {
  return [...new Set(matches.filter(({ text }) => pattern.test(text)).map(({ pid }) => pid))];
}

/** A virtual machine shows in several arguments, so one name per pid. */
function instancesOf(matches: readonly Match[]): InstanceFacts {
  const running = new Map<number, string>();
  for (const { pid, text } of matches) {
    const name = MONITOR.exec(text)?.[1] ?? QEMU.exec(text)?.[1];
    if (name !== undefined && !running.has(pid)) running.set(pid, name);
  }
  return { running: [...running].map(([pid, name]) => ({ pid, name })) };
}

export function parseProcesses(parts: Parts): Parsed<ProcessTable> {
  // grep: 1 without a match, 2 when a process ended while it was read
  const text = textOf(parts, 'processes', [0, 1, 2]);
  if (!text.ok) return text;
  const bytes = parts.get('processes')?.bytes ?? new Uint8Array();
  const matches = decodeLatin1(bytes)
    .split('\0')
    .map(matchOf)
    .filter((match) => match !== null);
  const words = matches.filter(({ from }) => from === 'cmdline');
  const withLog = new Set(pidsOf(words, /\/common\/lxd\/logs\/lxd\.log$/));
  const bump = matches.find(({ from, text: value }) => from === 'environ' && BUMP.test(value));
  return ok({
    instances: instancesOf(words),
    lxcfs: pidsOf(words, /^(?:[^ ]*\/)?lxcfs( |$)/),
    daemons: pidsOf(words, /^--logfile(=|$)/).filter((pid) => withLog.has(pid)),
    extensionBump: bump === undefined ? null : Number(BUMP.exec(bump.text)?.[1]),
  });
}
