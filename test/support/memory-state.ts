/** What the store in memory holds, and the small changes of it that its methods are made of. */
import type { ClusterName, IncidentId, RunId } from '../../src/domain/ids.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { expiryEntry } from '../../src/domain/expiry.ts';
import { transitionRun, transitionStep } from '../../src/domain/run-machine.ts';
import { isEnded, type Run, type RunState, type StepRecord, type StepState } from '../../src/domain/run.ts';
import { entryHash, GENESIS_HASH } from '../../src/domain/timeline-chain.ts';
import { extrasOf, type NewTimelineEntry, type TimelineEntry } from '../../src/domain/timeline.ts';
import type { ActionRecord, Card, NewCard } from '../../src/ports/store.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
export type StoredRun = Mutable<Run>;
export type StoredCard = Mutable<Card> & { gone: boolean };

export interface MemoryState {
  runs: StoredRun[];
  actions: Mutable<ActionRecord>[];
  cards: StoredCard[];
  /** Without their runs, which the runs themselves name. */
  incidents: Incident[];
  entries: TimelineEntry[];
  deliveries: { id: string; at: number }[];
  meta: Record<string, string>;
}

/** Copies what a method may change; the rest (plans, steps, entries) is replaced as a whole and never changed. */
export function copyOf({ runs, actions, cards, incidents, entries, deliveries, meta }: MemoryState): MemoryState {
  return {
    runs: runs.map((run) => ({ ...run })),
    actions: actions.map((action) => ({ ...action })),
    cards: cards.map((card) => ({ ...card })),
    incidents: [...incidents],
    entries: [...entries],
    deliveries: [...deliveries],
    meta: { ...meta },
  };
}

/** The outer object is left open: the methods of one commit still set its fields. */
export function frozenCopyOf(run: Run): StoredRun {
  const copy = structuredClone(run);
  for (const part of Object.values(copy)) freeze(part);
  return copy;
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

export function findActive({ runs }: MemoryState, cluster: ClusterName): StoredRun | null {
  return runs.find((run) => run.cluster === cluster && !isEnded(run.state)) ?? null;
}

export function requireRun({ runs }: MemoryState, id: RunId): StoredRun {
  const run = runs.find((one) => one.id === id);
  if (run === undefined) throw new Error(`no run ${id} in the store`);
  return run;
}

export function setState(draft: MemoryState, run: StoredRun, to: RunState, at: number, why: string | null): void {
  const allowed = transitionRun(run.state, to);
  if (!allowed.ok) throw new Error(`run ${run.id} can't go from ${run.state} to ${to}`);
  run.state = to;
  run.explanation = why;
  run.startedAt ??= to === 'running' ? at : null;
  run.endedAt ??= isEnded(to) ? at : null;
  bumpCards(draft, run.id);
}

export function expire(draft: MemoryState, run: StoredRun, at: number): void {
  setState(draft, run, 'expired', at, run.explanation);
  addEntries(draft, [expiryEntry(run)], at);
}

interface StepKey {
  readonly step: string;
  readonly member: string;
}

export function changeStep(
  run: StoredRun,
  key: StepKey,
  to: StepState,
  change: (step: StepRecord) => Partial<StepRecord>,
): void {
  const step = run.steps.find(({ id, member }) => id === key.step && member === key.member);
  if (step === undefined) throw new Error(`run ${run.id} has no step ${key.step} on ${key.member}`);
  if (!transitionStep(step.state, to).ok) {
    throw new Error(`step ${key.step} on ${key.member} of run ${run.id} can't go from ${step.state} to ${to}`);
  }
  run.steps = run.steps.map((one) => (one === step ? { ...one, ...change(one), state: to } : one));
}

export function finish(
  draft: MemoryState,
  run: StoredRun,
  { at, entries }: { readonly at: number; readonly entries: readonly NewTimelineEntry[] },
): StoredRun {
  bumpCards(draft, run.id);
  addEntries(draft, entries, at);
  return run;
}

export function bumpCards({ cards }: MemoryState, run: RunId): void {
  for (const card of cards) if (card.subject.kind === 'run' && card.subject.run === run) card.revision += 1;
}

export function addEntries(
  draft: MemoryState,
  entries: readonly NewTimelineEntry[],
  recordedAt: number,
): TimelineEntry[] {
  return entries.map((entry) => {
    const previousHash = draft.entries.at(-1)?.hash ?? GENESIS_HASH;
    const text = entry.text.toWellFormed();
    const evidence = entry.evidence?.toWellFormed() ?? null;
    const incident = entry.incident ?? findIncidentOf(draft, entry);
    const { happenedAt, kind, cluster, run, member, actor } = entry;
    const sequence = draft.entries.length + 1;
    const known = { sequence, happenedAt, recordedAt, kind, cluster, run, incident, member, actor, text, evidence };
    const numbered = { ...known, ...extrasOf(entry) };
    const chained = { ...numbered, previousHash, hash: entryHash(previousHash, numbered) };
    draft.entries.push(chained);
    return chained;
  });
}

function findIncidentOf({ runs, incidents }: MemoryState, { run, cluster }: NewTimelineEntry): IncidentId | null {
  const ofRun = runs.find(({ id }) => id === run)?.incident ?? null;
  return ofRun ?? incidents.find((one) => one.cluster === cluster && one.state !== 'resolved')?.id ?? null;
}

export function addActions({ actions }: MemoryState, added: readonly Omit<ActionRecord, 'consumedAt'>[]): void {
  for (const action of added) {
    if (actions.some(({ tokenHash }) => tokenHash === action.tokenHash)) throw new Error('a token twice');
    actions.push({ ...action, consumedAt: null });
  }
}

export function addCardTo({ cards }: MemoryState, card: NewCard): StoredCard {
  const known = cards.find(({ id }) => id === card.id);
  if (known !== undefined) return known;
  const added = {
    ...card,
    externalId: null,
    revision: 1,
    deliveredRevision: 0,
    attempts: 0,
    notBefore: 0,
    gone: false,
  };
  cards.push(added);
  return added;
}

export function requireCard({ cards }: MemoryState, id: string): StoredCard {
  const card = cards.find((one) => one.id === id);
  if (card === undefined) throw new Error(`no card ${id} in the store`);
  return card;
}

export function isBehind(card: StoredCard): boolean {
  return !card.gone && card.deliveredRevision < card.revision;
}

export function isAbout({ subject }: Card, wanted: Card['subject']): boolean {
  if (subject.kind === 'run') return wanted.kind === 'run' && subject.run === wanted.run;
  if (subject.kind === 'incident') return wanted.kind === 'incident' && subject.incident === wanted.incident;
  return wanted.kind === 'timeline-entry' && subject.sequence === wanted.sequence;
}

export function plain(stored: StoredCard): Card {
  const { id, subject, address, parent, externalId, revision, deliveredRevision, attempts, notBefore } = stored;
  return { id, subject, address, parent, externalId, revision, deliveredRevision, attempts, notBefore };
}
