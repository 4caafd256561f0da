/**
 * How values read: times, durations, lists, daemon phases, run and step states, strategies. One place, so that every card says
 * the same thing in the same words. Pure.
 */
import type { DaemonWord } from '../domain/data.ts';
import type { Severity } from '../domain/finding.ts';
import type { Strategy } from '../domain/plan.ts';
import type { RunState, StepState } from '../domain/run.ts';

export { describeDuration } from '../domain/duration.ts';

/** ISO-8601 UTC with ms. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** `2026-03-02 01:15:09Z` */
export function shortTime(at: number): string {
  return `${isoTime(at).slice(0, 19).replace('T', ' ')}Z`;
}

/** `m1`, `m1 and m2`, `m1, m2 and m3`. */
export function listOf(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A value for a table cell: unknown is a question mark, never a guess. */
export function orUnknown(value: string | number | null): string {
  return value === null ? '?' : String(value);
}

export const SEVERITY_SIGN: Readonly<Record<Severity, string>> = { critical: '✗', warning: '!', info: '·' };

export const DAEMON_SIGN: Readonly<Record<DaemonWord, string>> = {
  serving: '✓ serving',
  waiting: '… waiting',
  'crash-looping': '✗ crash-looping',
  stopped: '■ stopped',
  unknown: '? unknown',
};

export const STEP_SIGN: Readonly<Record<StepState, string>> = {
  pending: '·',
  started: '▸ running',
  done: '✓ done',
  failed: '✗ failed',
  unknown: '? unknown',
};

export const RUN_WORDS: Readonly<Record<RunState, string>> = {
  drafted: 'drafted',
  'awaiting-approval': 'waits for approval',
  approved: 'approved, about to start',
  running: 'running',
  paused: 'paused: a person has to decide',
  succeeded: 'succeeded',
  failed: 'failed before anything was changed',
  'rolled-back': 'rolled back',
  aborted: 'aborted',
  rejected: 'rejected',
  expired: 'expired: nobody approved in time',
  superseded: 'superseded by a newer plan',
  stale: 'stale: the facts changed after the approval, nothing was done',
};

/** One line for somebody who doesn't know the strategy's name. */
export const STRATEGY_WORDS: Readonly<Record<Strategy, string>> = {
  'sql-live': 'correct the recorded numbers through the member that still serves',
  'patch-in-place': 'correct the recorded numbers with a one-time file on one member; nothing is stopped',
  'stop-patch-start': 'stop LXD on all members, correct the recorded numbers, start all together',
  'align-revision': 'bring every member to the same LXD revision',
  'planned-downgrade': 'take the whole cluster to a lower version, together',
  rollback: 'undo what an earlier run did',
  'unblock-dead-row': 'correct the record of a dead member that blocks the others',
};
