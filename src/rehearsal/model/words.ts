/**
 * LXD's own words, by release, as they stand in its log and journal. Owns wording alone. Wording of releases other than 5.0.x is
 * taken from LXD's source, not from a running daemon.
 */
import type { Build } from './types.ts';

/** 4.x, 5.0.0 to 5.0.3 and 5.1 to 5.20 still say "node". */
function saysNode(release: string): boolean {
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  if (major < 5) return true;
  return major === 5 && (minor === 0 ? patch <= 3 : minor < 21);
}

export function behindText(build: Build): string {
  const who = saysNode(build.release) ? "this node's" : "This cluster member's";
  return `${who} version is behind, please upgrade`;
}

export function inconsistentText(build: Build): string {
  return `${saysNode(build.release) ? 'nodes' : 'Cluster members'} have inconsistent versions`;
}

export function waitText(build: Build): string {
  return build.hasFix
    ? 'Wait for other cluster members to align their versions, cluster not started yet'
    : 'Wait for other cluster nodes to upgrade their versions, cluster not started yet';
}

export function outOfDateText(build: Build): string {
  return saysNode(build.release)
    ? 'Node is out-of-date with respect to other cluster nodes'
    : 'Member is out-of-date with respect to other cluster members';
}

/** The whole chain that a failed check ends in. */
export function globalDatabaseText(build: Build, cause: string): string {
  const [major = 0, minor = 0] = build.release.split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 8)) {
    return `Failed initializing global database: Failed ensuring schema: ${cause}`;
  }
  if (saysNode(build.release)) return `Failed to initialize global database: failed to ensure schema: ${cause}`;
  return `Failed to initialize global database: failed to ensure schema: Failed to ensure schema: ${cause}`;
}

export function startFailedText(build: Build): string {
  return build.hasFix ? 'Failed starting daemon' : 'Failed to start the daemon';
}

/** `2026-11-23T04:35:37Z`, as in lxd.log. */
function logStamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A heartbeat as LXD's driver prints it: RFC 3339, trailing zeros trimmed. */
export function heartbeatText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.?0+Z$/, 'Z');
}

function quoteLog(text: string): string {
  return /^[A-Za-z0-9_.:@/-]+$/.test(text) ? text : JSON.stringify(text);
}

/** One line of lxd.log in logrus' text format. */
export function logLine(
  atMs: number,
  level: 'warning' | 'error' | 'info',
  message: string,
  fields: Readonly<Record<string, string>> = {},
): string {
  const more = Object.entries(fields).map(([key, value]) => ` ${key}=${quoteLog(value)}`);
  return `time=${JSON.stringify(logStamp(atMs))} level=${level} msg=${JSON.stringify(message)}${more.join('')}`;
}
