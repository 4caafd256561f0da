/**
 * What a member's daemon is doing, from several facts at once: two samples of the restart counter, the ready answer, the snap's
 * state file and the log. One sample is not a diagnosis: during a crash loop the unit reads `active` and the socket exists about
 * half of the time, and a waiting daemon and one that is about to fail give the same 503.
 */
import type { LogFact, MemberFacts, UnitFacts } from '../observation.ts';
import { isAfter, isRecent, newestFatal, newestLine, WAITING_FOR_LEADER, WAITING_FOR_VERSIONS } from './log.ts';
import type { DaemonPhase } from './types.ts';

/**
 * Each turn of a crash loop first looks for a leader and says so, which on a busy host takes a good while. Only who has looked
 * for longer than this without failing again is held up by the leader and not by its version. In ms.
 */
const TURN_MS = 60_000;

/** `now` is the time of the answer on the member's own clock; without it the age of log lines is not weighed. */
export function daemonPhase(facts: MemberFacts, now: number | null = null): DaemonPhase {
  if (facts.ready === 'ready') return 'serving';
  const unit = facts.unit;
  if (unit === null) return facts.ready === 'not-ready' ? phaseOfLiving(facts, null, now) : 'unknown';
  if (isRestarting(unit)) return 'crash-looping';
  switch (unit.activeState) {
    case 'failed':
    case 'inactive':
      // A process beside an inactive unit is an orphan daemon: neither stopped nor anything else we could name.
      return facts.process === null ? 'stopped' : 'unknown';
    case 'deactivating':
      return 'unknown';
    default:
      return phaseOfLiving(facts, unit, now);
  }
}

/** The counter rose between the samples, or systemd says that the next start is scheduled. */
function isRestarting(unit: UnitFacts): boolean {
  if (unit.subState === 'auto-restart' || unit.subState === 'auto-restart-queued') return true;
  return unit.restarts !== null && unit.restartsLater !== null && unit.restartsLater > unit.restarts;
}

/** The unit is up (or its state could not be read) and not ready: between two crashes, waiting, or just started. */
function phaseOfLiving(facts: MemberFacts, unit: UnitFacts | null, now: number | null): DaemonPhase {
  const restarts = unit?.restartsLater ?? unit?.restarts ?? null;
  const newest = newestFatal(facts);
  const fatal = newest !== null && isRecent(newest, now) ? newest : null;
  const wait = newestLine(facts, [...WAITING_FOR_VERSIONS, ...WAITING_FOR_LEADER]);
  if (facts.stateFile === 'crashed') return 'crash-looping';
  if (fatal !== null && restarts !== null && restarts > 0 && !isOver(facts, fatal, now)) return 'crash-looping';
  if (facts.ready !== 'not-ready') return 'unknown';
  // Not ready, with failed starts behind it, and not a line that says why: it may wait, it may be about to fail.
  if (wait === null && restarts !== null && restarts > 0) return 'unknown';
  return 'waiting';
}

/** A daemon that waits for other versions has got past what failed before; one that looks for a leader only after a while. */
function isOver(facts: MemberFacts, fatal: LogFact, now: number | null): boolean {
  const versions = newestLine(facts, WAITING_FOR_VERSIONS);
  if (versions !== null && isAfter(facts, versions, fatal)) return true;
  const leader = newestLine(facts, WAITING_FOR_LEADER);
  if (leader === null || !isAfter(facts, leader, fatal)) return false;
  return now === null || fatal.at === null || now - fatal.at > TURN_MS;
}
