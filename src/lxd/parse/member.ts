/**
 * A probe's answer as the facts of one member. Owns which part fills which fact, and what to make of two parts that speak of the
 * same thing; every form is parsed elsewhere. Never throws: what could not be read is null, with a failed part that says why.
 */
import type { FailedPart, MemberFacts, ProcessFacts } from '../../domain/observation.ts';
import type { ReleaseTable } from '../../domain/release.ts';
import { parseApi, parseClusterList, parseReady } from './api.ts';
import { parseBinaries, parseHost, type BinariesFacts, type MeasuredBinary } from './binary.ts';
import { parseAutostart } from './autostart.ts';
import { decodeText } from './bytes.ts';
import { parseDatabases } from './database.ts';
import { parseDisk, parseFiles, parseStopScript, type FileFacts } from './files.ts';
import type { Frame } from './frame.ts';
import { markerOf } from './marker.ts';
import { mergeLogs, parseLog, type PatternValue } from './log.ts';
import type { Parsed, Parts } from './part.ts';
import { parseProcesses, type ProcessTable } from './processes.ts';
import { parseSnapChanges, parseSnapList } from './snap.ts';
import { parseUnit } from './unit.ts';

export interface ParseContext {
  /** When the answer was there, ms on Lockstep's clock. */
  readonly receivedAt: number;
  /** When it was asked for. */
  readonly sentAt: number;
  readonly knownBinaries: ReadonlyMap<string, MeasuredBinary>;
  readonly releases: ReleaseTable;
  readonly patterns: readonly PatternValue[];
  /** This installation of Lockstep, by which it knows its own marker. */
  readonly installation?: string;
}

export interface ParsedMember {
  readonly facts: MemberFacts;
  readonly measured: ReadonlyMap<string, MeasuredBinary>;
}

/** Values and reasons side by side: `take` gives the value or null, and remembers the reason. */
interface Intake {
  readonly failed: FailedPart[];
  readonly take: <T>(parsed: Parsed<T>) => T | null;
}

function createIntake(): Intake {
  const failed: FailedPart[] = [];
  return {
    failed,
    take<T>(parsed: Parsed<T>): T | null {
      if (parsed.ok) return parsed.value;
      failed.push(parsed.error);
      return null;
    },
  };
}

/** Member's clock minus ours: what the text did not use of the round trip is halved. */
function clockOffset(frame: Frame, sentAt: number, receivedAt: number): number | null {
  if (frame.memberMs === null || frame.elapsedMs === null) return null;
  const travel = Math.max(0, receivedAt - sentAt - frame.elapsedMs);
  return Math.round(frame.memberMs - (sentAt + travel / 2));
}

function installOf(parts: Parts, snapListed: boolean | null, files: FileFacts | null): MemberFacts['install'] {
  if (snapListed === true) return 'snap';
  if (snapListed === null && files?.snapMounted === true) return 'snap';
  const command = files?.command ?? null;
  return command !== null && !command.includes('/snap/') ? 'not-a-snap' : 'absent';
}

/** The process of the pid file when it is a daemon; else a daemon that nobody lists, whose binary was not looked at. */
function processOf(binaries: BinariesFacts, table: ProcessTable | null): ProcessFacts | null {
  const { pid, exe, runningExtensions } = binaries;
  if (pid !== null && (table === null ? exe !== null : table.daemons.includes(pid))) {
    return { pid, exe, extensions: runningExtensions };
  }
  const orphan = table?.daemons[0];
  return orphan === undefined ? null : { pid: orphan, exe: null, extensions: null };
}

function lxcfsOf(files: FileFacts | null, table: ProcessTable | null): number | null {
  const listed = files?.lxcfsPidFile ?? null;
  if (table === null) return null;
  return listed !== null ? (table.lxcfs.find((pid) => pid === listed) ?? null) : (table.lxcfs[0] ?? null);
}

function logOf(parts: Parts, patterns: readonly PatternValue[]): MemberFacts['log'] {
  const log = parts.get('log');
  const journal = parts.get('journal');
  return mergeLogs(
    log === undefined ? [] : parseLog(decodeText(log.bytes), 'lxd.log', patterns),
    journal?.code !== 0 ? [] : parseLog(decodeText(journal.bytes), 'journal', patterns),
  );
}

export function parseMember(frame: Frame, context: ParseContext): ParsedMember {
  const { parts } = frame;
  const { failed, take } = createIntake();
  const snapList = parseSnapList(parts);
  const snap = snapList.ok ? snapList.value : null;
  const files = take(parseFiles(parts));
  const install = installOf(parts, snapList.ok ? snap !== null : null, files);
  if (!snapList.ok && install === 'snap') failed.push(snapList.error);
  const installed = install === 'snap';
  const ready = parseReady(parts);
  const database = parseDatabases(parts, context.receivedAt, ready === 'ready');
  if (installed && (files?.directory ?? true)) failed.push(...database.failed);
  const binaries = parseBinaries(parts, context.knownBinaries, context.releases);
  failed.push(...binaries.failed);
  const table = take(parseProcesses(parts));
  const api = ready === 'ready' ? take(parseApi(parts)) : null;
  const clustered = api?.clustered ?? (database.clusterAddress === undefined ? null : database.clusterAddress !== null);
  const facts: MemberFacts = {
    ...parseHost(parts),
    clockOffsetMs: clockOffset(frame, context.sentAt, context.receivedAt),
    install,
    snap,
    changes: installed ? take(parseSnapChanges(parts)) : null,
    unit: installed ? take(parseUnit(parts)) : null,
    stateFile: files?.stateFile ?? null,
    binaries: binaries.binaries,
    process: processOf(binaries, table),
    ready,
    api,
    clusterList: ready === 'ready' && clustered === true ? take(parseClusterList(parts)) : null,
    nodes: database.nodes,
    raft: database.raft,
    settings: database.settings,
    clusterAddress: database.clusterAddress ?? api?.clusterAddress ?? null,
    clusterCertificate: files?.clusterCertificate ?? null,
    autostart: parseAutostart(parts),
    clustered,
    log: logOf(parts, context.patterns),
    instances: table?.instances ?? null,
    lxcfsPid: lxcfsOf(files, table),
    lacks: files?.lacks ?? null,
    marker: markerOf(files?.marker ?? null, context),
    leftovers: files === null ? null : take(files.leftovers),
    disk: parts.has('size') ? take(parseDisk(parts)) : null,
    stopKnowsCrashed: parseStopScript(parts),
    extensionBump: table?.extensionBump ?? null,
    failedParts: failed,
  };
  return { facts, measured: binaries.measured };
}
