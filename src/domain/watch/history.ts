/**
 * What the timeline tells of a span of time: when the cluster was in step, when it was not, and when nobody can say; and which member
 * changed its revision when. Pure. What was not seen counts as neither: between two looks that differ, before the first look, after
 * the last one, and while nobody looked.
 */
import type { FindingKind } from '../finding.ts';
import type { MemberState, TimelineEntry } from '../timeline.ts';

interface Span {
  /** ms UTC. */
  readonly from: number;
  readonly to: number;
}

export interface History {
  readonly inStepMs: number;
  readonly outMs: number;
  readonly unknownMs: number;
  /** Oldest first. */
  readonly outages: readonly Span[];
  /** Entries of kind `revision-changed`, oldest first. */
  readonly revisions: readonly TimelineEntry[];
}

export interface HistoryOptions extends Span {
  /** Last look, ms UTC; null when there was none. */
  readonly seenUntil: number | null;
  readonly members: readonly string[];
}

/** The cluster is out of step while one of these holds, also when every member serves. */
const OUT_OF_STEP: ReadonlySet<FindingKind> = new Set([
  'stale-counter',
  'stale-counter-while-serving',
  'mixed-binaries',
  'latent-skew',
  'upgrade-waiting',
  'schema-newer',
  'self-healing-version',
  'schema-inconsistent',
  'local-schema-newer',
  'dead-row-blocks',
  'quorum-lost',
]);
const DOWN: ReadonlySet<MemberState> = new Set(['waiting', 'crash-looping', 'stopped', 'patched']);

export function historyOf(entries: readonly TimelineEntry[], options: HistoryOptions): History {
  const { from, to } = options;
  const spans: Record<Verdict, Span[]> = { 'in-step': [], out: [], unknown: [] };
  const known: Known = { states: new Map(), findings: new Set(), blind: 0 };
  let at = from;
  for (const change of changesOf(entries, options)) {
    const until = Math.min(to, change.at);
    if (until > at) {
      add(spans[verdictOf(known, options.members)], { from: at, to: until });
      at = until;
    }
    change.apply(known);
  }
  if (to > at) add(spans[verdictOf(known, options.members)], { from: at, to });
  return {
    inStepMs: lengthOf(spans['in-step']),
    outMs: lengthOf(spans.out),
    unknownMs: lengthOf(spans.unknown),
    outages: spans.out,
    revisions: entries.filter(
      ({ kind, happenedAt }) => kind === 'revision-changed' && happenedAt >= from && happenedAt <= to,
    ),
  };
}

/** Share of the seen time in which the cluster was in step, 0 to 1; null when nothing was seen. */
export function availabilityOf({ inStepMs, outMs }: History): number | null {
  return inStepMs + outMs === 0 ? null : inStepMs / (inStepMs + outMs);
}

type Verdict = 'in-step' | 'out' | 'unknown';

interface Known {
  readonly states: Map<string, MemberState>;
  /** Those of OUT_OF_STEP that hold. */
  readonly findings: Set<string>;
  /** So many reasons why nobody can say. */
  blind: number;
}

interface Change {
  readonly at: number;
  readonly apply: (known: Known) => void;
}

function verdictOf({ states, findings, blind }: Known, members: readonly string[]): Verdict {
  const seen = members.map((member) => states.get(member) ?? 'unknown');
  if (blind > 0) return 'unknown';
  if (findings.size > 0 || seen.some((state) => DOWN.has(state))) return 'out';
  return seen.every((state) => state === 'serving') ? 'in-step' : 'unknown';
}

/** In the order of their times; of one time, in the order in which they were recorded. */
function changesOf(entries: readonly TimelineEntry[], { seenUntil }: HistoryOptions): readonly Change[] {
  const lastOf = new Map<string, number>();
  const changes = entries.flatMap((entry) => {
    const own = changeOf(entry, lastOf);
    const isOne = own.length > 0 || entry.kind === 'not-seen';
    return isOne && entry.since !== undefined && entry.since < entry.happenedAt
      ? [...own, ...blindBetween(entry.since, entry.happenedAt)]
      : own;
  });
  const unseen = [
    { at: seenUntil ?? Number.NEGATIVE_INFINITY, apply: (known: Known): void => void (known.blind += 1) },
  ];
  return [...changes, ...unseen].toSorted((a, b) => a.at - b.at);
}

function blindBetween(from: number, to: number): readonly Change[] {
  return [
    { at: from, apply: (known) => void (known.blind += 1) },
    { at: to, apply: (known) => void (known.blind -= 1) },
  ];
}

function changeOf(entry: TimelineEntry, lastOf: Map<string, number>): readonly Change[] {
  const { kind, member, state, finding, members = [], happenedAt } = entry;
  if (kind === 'member-state' && member !== null && state !== undefined) {
    return [{ at: happenedAt, apply: ({ states }) => void states.set(member, state) }];
  }
  if (finding === undefined || !OUT_OF_STEP.has(finding)) return [];
  if (kind !== 'finding-appeared' && kind !== 'finding-cleared') return [];
  const key = `${finding}@${members.join(',')}`;
  // A log line may be older than the end of the same finding that was seen before it.
  const at = Math.max(happenedAt, lastOf.get(key) ?? happenedAt);
  lastOf.set(key, at);
  return [
    {
      at,
      apply: ({ findings }) => void (kind === 'finding-appeared' ? findings.add(key) : findings.delete(key)),
    },
  ];
}

function add(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.to === span.from) spans[spans.length - 1] = { from: last.from, to: span.to };
  else spans.push(span);
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
