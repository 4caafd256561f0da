/** A rehearsal's saved state and its card in the directory: who runs it, where it listens. */
import { rmSync } from 'node:fs';
import type { Series } from '../builds.ts';
import { hasKeys, parseJson } from '../json.ts';
import type { ClusterState } from '../model/types.ts';
import type { Place } from './config-files.ts';
import { readText, writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';

export interface SavedRehearsal {
  readonly version: 1;
  readonly scenario: string;
  readonly series: Series;
  readonly places: readonly Place[];
  readonly state: ClusterState;
}

export interface RehearsalInfo {
  readonly pid: number;
  /** Start of that process in the kernel's ticks: a pid alone may be somebody else's by now. */
  readonly startTicks: string;
  readonly scenario: string;
  readonly series: Series;
  readonly config: string;
  readonly members: readonly Place[];
}

function isSaved(value: unknown): value is SavedRehearsal {
  return hasKeys(value, ['version', 'scenario', 'series', 'places', 'state']) && value['version'] === 1;
}

function isInfo(value: unknown): value is RehearsalInfo {
  return hasKeys(value, ['pid', 'startTicks', 'scenario', 'series', 'members', 'config']);
}

export function loadSaved(layout: Layout): SavedRehearsal | null {
  return parseJson(readText(layout.stateFile), isSaved);
}

export function save(layout: Layout, saved: SavedRehearsal): void {
  writeAtomic(layout.stateFile, JSON.stringify(saved));
}

/** When that process started, in the kernel's ticks; null when there is none. */
export function startTicksOf(pid: number): string | null {
  return statOf(pid)[19] ?? null;
}

/** What proc_pid_stat(5) shows from the state on: nothing of the name before it, which may hold anything. */
function statOf(pid: number): readonly string[] {
  const stat = readText(`/proc/${String(pid)}/stat`);
  return stat === null ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Whether the process of that card is no more. One that ended and whose parent has not looked yet is gone for us. */
export function hasEnded(info: RehearsalInfo): boolean {
  return statOf(info.pid)[0] === 'Z' || startTicksOf(info.pid) !== info.startTicks;
}

/** The card of a rehearsal that really runs, or null. */
export function findRunning(layout: Layout): RehearsalInfo | null {
  const info = parseJson(readText(layout.infoFile), isInfo);
  return info !== null && startTicksOf(info.pid) === info.startTicks ? info : null;
}

export function writeInfo(layout: Layout, info: RehearsalInfo): void {
  writeAtomic(layout.infoFile, `${JSON.stringify(info, null, 2)}\n`, 0o644);
}

export function removeInfo(layout: Layout): void {
  rmSync(layout.infoFile, { force: true });
}
