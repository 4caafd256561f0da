/**
 * What each member did over time, and from that when the cluster was out: the values behind the picture and the impact. Pure.
 * A look sees a state, not the moment at which it began: that lies between the last look that saw something else (`since`) and
 * this one, and both ends stay in the value.
 */
import type { MemberState, TimelineEntry } from '../domain/timeline.ts';
import type { ReportSubject, TimeRange } from './subject.ts';

export interface Segment {
  readonly state: MemberState;
  /** First moment, ms UTC, at which it was seen so. */
  readonly from: number;
  /** Last moment at which it was seen not to be so yet; equal to `from` where nothing was seen before, or the moment is known. */
  readonly earliest: number;
  /** When something else was seen, or the end of the range. */
  readonly to: number;
  /** Entry that tells it. */
  readonly sequence: number;
}

export interface Lane {
  readonly cluster: string | null;
  readonly member: string;
  /** Oldest first, without overlaps; nothing before the first look. */
  readonly segments: readonly Segment[];
}

/** What is not serving, each of which somebody has to wait for. `unknown` is neither. */
const OUT: ReadonlySet<MemberState> = new Set(['waiting', 'crash-looping', 'stopped', 'patched', 'unreachable']);

function isOut(state: MemberState): boolean {
  return OUT.has(state);
}

/** One lane per member, those without any known state included. */
export function lanesOf(subject: ReportSubject): readonly Lane[] {
  const { range, members, states, cluster } = subject;
  const byMember = new Map<string, TimelineEntry[]>();
  for (const entry of states) {
    const key = `${entry.cluster ?? ''}/${entry.member ?? ''}`;
    const there = byMember.get(key);
    if (there === undefined) byMember.set(key, [entry]);
    else there.push(entry);
  }
  if (cluster !== null)
    return members.map((member) => laneOf(cluster, member, byMember.get(`${cluster}/${member}`), range));
  return [...byMember.values()].flatMap((entries) => {
    const [first] = entries;
    return first?.member == null ? [] : [laneOf(first.cluster, first.member, entries, range)];
  });
}

function laneOf(
  cluster: string | null,
  member: string,
  entries: readonly TimelineEntry[] | undefined,
  range: TimeRange | null,
): Lane {
  if (range === null || entries === undefined) return { cluster, member, segments: [] };
  const segments: Segment[] = [];
  for (const [at, { state, happenedAt, since, sequence }] of entries.entries()) {
    if (state === undefined || happenedAt > range.to) continue;
    const to = Math.min(range.to, entries[at + 1]?.happenedAt ?? range.to);
    if (to < range.from || (to === range.from && happenedAt < range.from)) continue;
    const from = Math.max(happenedAt, range.from);
    const known = segments.at(-1)?.from ?? range.from;
    const earliest = Math.max(Math.min(since ?? from, from), Math.min(known, from));
    segments.push({ state, from, earliest, to, sequence });
  }
  return { cluster, member, segments };
}

export interface Outage extends TimeRange {
  /** No member whose state is known serves. */
  readonly whole: boolean;
}

/** Times in which at least one member was seen not to serve, cut where it begins or ends to be all of them. */
export function outagesOf(lanes: readonly Lane[]): readonly Outage[] {
  const found: Outage[] = [];
  for (const { at, until, out, known } of sweep(lanes)) {
    if (out === 0) continue;
    const whole = out === known;
    const before = found.at(-1);
    if (before !== undefined && before.to === at && before.whole === whole)
      found[found.length - 1] = { ...before, to: until };
    else found.push({ from: at, to: until, whole });
  }
  return found;
}

interface Slice {
  readonly at: number;
  readonly until: number;
  readonly out: number;
  readonly known: number;
}

function sweep(lanes: readonly Lane[]): readonly Slice[] {
  const turns = new Map<number, { out: number; known: number }>();
  const turn = (at: number, out: number, known: number): void => {
    const there = turns.get(at) ?? { out: 0, known: 0 };
    turns.set(at, { out: there.out + out, known: there.known + known });
  };
  for (const { segments } of lanes) {
    for (const { state, from, to } of segments) {
      if (state === 'unknown') continue;
      turn(from, isOut(state) ? 1 : 0, 1);
      turn(to, isOut(state) ? -1 : 0, -1);
    }
  }
  const moments = [...turns.keys()].sort((a, b) => a - b);
  let [out, known] = [0, 0];
  return moments.flatMap((at, index) => {
    out += turns.get(at)?.out ?? 0;
    known += turns.get(at)?.known ?? 0;
    const until = moments[index + 1];
    return until === undefined ? [] : [{ at, until, out, known }];
  });
}

export function totalOf(ranges: readonly TimeRange[]): number {
  let sum = 0;
  for (const { from, to } of ranges) sum += to - from;
  return sum;
}

/** How long that member was seen not to serve, ms. */
export function outOf({ segments }: Lane): number {
  return totalOf(segments.filter(({ state }) => isOut(state)));
}
