/**
 * What led to an incident: entries that stood on record before somebody opened it, and are part of its timeline all the same. Pure.
 * They keep the place and the hash that they have; the entry that opens the incident names them, so that the chain covers the link.
 *
 * It is what was recorded since trouble began, and where the cause is known, the entry that told it first, however old it is.
 */
import type { FindingKind } from './finding.ts';
import type { IncidentId } from './ids.ts';
import type { MemberState, TimelineEntry } from './timeline.ts';
import { isSideRemark } from './watch/sight.ts';

/** What whoever opens it knows of its cause. */
export interface Because {
  /** What it is opened for. */
  readonly findings: readonly FindingKind[];
  /** First sighting, ms UTC; null where that is not known. */
  readonly since: number | null;
}

export interface Opening {
  readonly incident: IncidentId;
  /** ms UTC. */
  readonly at: number;
  /** Null when a person opens it: then it is whatever holds that keeps a cluster from being in step. */
  readonly because: Because | null;
}

/** What is older led to something else, or has been so for long; in ms. */
export const LONGEST_LEAD_MS = 24 * 3_600_000;
const MOST = 200;
const DOWN: ReadonlySet<MemberState> = new Set(['waiting', 'crash-looping', 'stopped', 'patched', 'unreachable']);

/** Numbers of the entries, oldest first. `entries`: those of its cluster, in the order of their numbers. */
export function leadUpTo(entries: readonly TimelineEntry[], opening: Opening): readonly number[] {
  const { because } = opening;
  const isCause = (kind: FindingKind): boolean =>
    because === null ? !isSideRemark(kind) : because.findings.includes(kind);
  const { holding, began } = troubleIn(entries, isCause);
  const isRecent = ({ recordedAt }: TimelineEntry): boolean => opening.at - recordedAt <= LONGEST_LEAD_MS;
  const isSince = ({ sequence, recordedAt }: TimelineEntry): boolean =>
    (began !== null && sequence >= began) || (because?.since != null && recordedAt >= because.since);
  const isNamed = ({ kind }: TimelineEntry): boolean => because !== null && kind === 'finding-appeared';
  return entries
    .filter((entry) => {
      if (entry.incident === opening.incident) return false;
      if (holding.has(entry)) return isRecent(entry) || isNamed(entry);
      return entry.incident === null && isRecent(entry) && isSince(entry);
    })
    .slice(-MOST)
    .map(({ sequence }) => sequence);
}

interface TroubleNow {
  /** The entries that tell what holds still. */
  readonly holding: ReadonlySet<TimelineEntry>;
  /** First entry of the look that saw the first of it; null while there is none. */
  readonly began: number | null;
}

function troubleIn(entries: readonly TimelineEntry[], isCause: (kind: FindingKind) => boolean): TroubleNow {
  const holding = new Map<string, TimelineEntry>();
  let began: number | null = null;
  for (const look of looksOf(entries)) {
    for (const entry of look) apply(holding, entry, isCause);
    if (holding.size === 0) began = null;
    else began ??= look[0]?.sequence ?? null;
  }
  return { holding: new Set(holding.values()), began };
}

/** What was written in one commit: between a finding that went and the one that took its place there was no calm. */
function looksOf(entries: readonly TimelineEntry[]): readonly (readonly TimelineEntry[])[] {
  const looks: TimelineEntry[][] = [];
  for (const entry of entries) {
    const look = looks.at(-1);
    if (look?.[0]?.recordedAt === entry.recordedAt) look.push(entry);
    else looks.push([entry]);
  }
  return looks;
}

function apply(
  holding: Map<string, TimelineEntry>,
  entry: TimelineEntry,
  isCause: (kind: FindingKind) => boolean,
): void {
  const { kind, member, state, finding, members = [] } = entry;
  if (kind === 'member-state' && member !== null && state !== undefined) {
    if (DOWN.has(state)) holding.set(`member ${member}`, entry);
    else holding.delete(`member ${member}`);
  }
  if (finding === undefined || finding === 'in-step') return;
  const key = `${finding}@${members.join(',')}`;
  if (kind === 'finding-cleared') holding.delete(key);
  if (kind === 'finding-appeared' && isCause(finding)) holding.set(key, entry);
}
