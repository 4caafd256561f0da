/**
 * Which recognised log lines belong to the present situation. LXD's log is appended to for days, so an old fatal line proves
 * nothing; and one failed start is logged several times (LXD's log, the journal, generic wrappers around the cause), so the
 * lines of one attempt are weighed together. Times are the member's own; no clock here.
 */
import type { LogFact, MemberFacts } from '../observation.ts';

/** Lines that only a daemon writes which has come up: whatever failed before them is over (lxd-facts §1, §3). */
const CAME_UP = new Set(['notify_failed', 'out_of_date', 'auto_update']);

/** Wrappers: they say that a start failed, not why. */
const WRAPPERS = new Set(['daemon_start_failed', 'global_db_failed', 'snap_failed']);

const FATAL = new Set(['fatal', 'fatal_refuse']);

/** Fatal for another command than the start of the daemon. */
const NOT_OF_A_START = new Set(['join_mismatch']);

export const WAITING_FOR_VERSIONS: readonly string[] = ['ahead_wait_old', 'misaligned_wait_new'];
export const WAITING_FOR_LEADER: readonly string[] = ['no_leader', 'connecting_global_db', 'dqlite_attempt', 'cli_tx'];

/** Lines of one failed start lie within this time, in ms. */
const ATTEMPT_MS = 5_000;

/** A failed start further back than this is not the present one, in ms. */
const RECENT_MS = 15 * 60_000;

/** Lines after the last one that proves a successful start; all of them when none does. Oldest first. */
function currentLog(facts: MemberFacts): readonly LogFact[] {
  let from = 0;
  facts.log.forEach((line, index) => {
    if (CAME_UP.has(line.pattern)) from = index;
  });
  return facts.log.slice(from);
}

/** The newest line of one of these patterns, in the present situation. */
export function newestLine(facts: MemberFacts, patterns: readonly string[]): LogFact | null {
  return newest(currentLog(facts).filter((line) => patterns.includes(line.pattern)));
}

/**
 * The line that says best why the newest failed start failed; null when no fatal line is current. A wrapper is returned only
 * when nothing more exact stands beside it. A line about the local schema reads like one about the global schema: it goes first.
 */
export function newestFatal(facts: MemberFacts): LogFact | null {
  const fatal = currentLog(facts).filter((line) => FATAL.has(line.severity) && !NOT_OF_A_START.has(line.pattern));
  const last = newest(fatal);
  if (last === null) return null;
  const attempt = fatal.filter(
    (line) => line.at === null || last.at === null || Math.abs(last.at - line.at) <= ATTEMPT_MS,
  );
  const causes = attempt.filter((line) => !WRAPPERS.has(line.pattern));
  return causes.find((line) => line.pattern === 'schema_too_new_local') ?? newest(causes) ?? last;
}

/** What a daemon that is not ready says it waits for; null when it does not say. */
export function waitsFor(facts: MemberFacts): 'versions' | 'leader' | null {
  const line = newestLine(facts, [...WAITING_FOR_VERSIONS, ...WAITING_FOR_LEADER]);
  if (line === null) return null;
  return WAITING_FOR_VERSIONS.includes(line.pattern) ? 'versions' : 'leader';
}

/** Whether a failed start belongs to the present; `now` is on the member's clock, null when it is not known. */
export function isRecent(line: LogFact, now: number | null): boolean {
  return line.at === null || now === null || now - line.at <= RECENT_MS;
}

/** It says that a start failed, not why. */
export function isWrapper(line: LogFact): boolean {
  return WRAPPERS.has(line.pattern);
}

/** Whether `a` was written after `b`, by time where both have one, else by place in the log. */
export function isAfter(facts: MemberFacts, a: LogFact, b: LogFact): boolean {
  if (a.at !== null && b.at !== null && a.at !== b.at) return a.at > b.at;
  return facts.log.indexOf(a) > facts.log.indexOf(b);
}

function newest(lines: readonly LogFact[]): LogFact | null {
  let best: LogFact | null = null;
  for (const line of lines) {
    if (best === null || line.at === null || best.at === null || line.at >= best.at) best = line;
  }
  return best;
}
