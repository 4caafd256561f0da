/**
 * What an export is about, as one value for every format: entries in the order in which things happened, the runs and the
 * incident they belong to, the members, and what members did before the first of them. Holds no format: whatever two formats
 * could say differently is decided here or in `lanes.ts`.
 */
import type { Incident } from '../domain/incident.ts';
import type { Run } from '../domain/run.ts';
import { orderTimeline, type OrderedEntry } from '../domain/timeline-order.ts';
import type { TimelineEntry } from '../domain/timeline.ts';

export type SubjectKind = 'incident' | 'run' | 'cluster' | 'everything';

/** The chain's last entry. */
interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export interface SubjectInput {
  readonly kind: SubjectKind;
  /** `i4k2x9a`, `r4k2x9a`, `prod`, `everything`. */
  readonly name: string;
  /** Null when it is about several. */
  readonly cluster: string | null;
  /** When it is made, ms UTC. */
  readonly madeAt: number;
  /** `Lockstep 0.1.0`. */
  readonly generator: string;
  /** In any order. */
  readonly entries: readonly TimelineEntry[];
  /** In configuration order; members that only entries name come after them. */
  readonly members: readonly string[];
  /** The runs that the entries speak of, in any order. */
  readonly runs: readonly Run[];
  readonly incident: Incident | null;
  /** Of the whole chain when it is made; null when it is empty. */
  readonly head: Head | null;
  /** `member-state` entries that the subject itself may lack: those of its clusters, in any order. */
  readonly states: readonly TimelineEntry[];
}

/** ms UTC, both ends included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface ReportSubject extends Omit<SubjectInput, 'entries' | 'states'> {
  readonly entries: readonly OrderedEntry[];
  /** By when they happened; each once. */
  readonly states: readonly TimelineEntry[];
  /** From the first thing that happened to the last, or to when it was made while it goes on; null without entries. */
  readonly range: TimeRange | null;
}

export function createSubject(input: SubjectInput): ReportSubject {
  const entries = orderTimeline(input.entries);
  const own = input.entries.filter(({ kind }) => kind === 'member-state');
  const states = orderTimeline([...input.states, ...own]).map(({ entry }) => entry);
  return {
    ...input,
    entries,
    states,
    members: membersOf(input),
    runs: [...input.runs].sort((a, b) => a.createdAt - b.createdAt || compare(a.id, b.id)),
    range: rangeOf(input, entries),
  };
}

function membersOf({ members, entries }: SubjectInput): readonly string[] {
  const named = entries.flatMap(({ member }) => (member === null ? [] : [member as string]));
  const known = new Set(members);
  return [...members, ...[...new Set(named)].filter((name) => !known.has(name)).sort(compare)];
}

function rangeOf(input: SubjectInput, entries: readonly OrderedEntry[]): TimeRange | null {
  const first = entries[0]?.entry;
  const last = entries.at(-1)?.entry;
  if (first === undefined || last === undefined) return null;
  const to = goesOn(input) ? Math.max(last.happenedAt, input.madeAt) : last.happenedAt;
  return { from: first.happenedAt, to };
}

/** While an incident or a run is not over, what was last seen is how it is. */
function goesOn({ kind, incident, runs }: SubjectInput): boolean {
  if (kind === 'incident') return incident !== null && incident.state !== 'resolved';
  return kind === 'run' && runs.some(({ endedAt }) => endedAt === null);
}

/** By code units: the same on every machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
