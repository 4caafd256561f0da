/**
 * What the watch remembers of what the store offers the members, and whom it asks next. Pure. Members that follow one channel on one
 * architecture are asked in turn, one at a time: the answer is normally the same for all of them, and a member that can't reach the
 * store, or that a staged release leaves out, does not make the watch blind. Owns the record and its text form.
 */
import type { MemberName } from '../ids.ts';
import type { ClusterObservation, SnapFacts } from '../observation.ts';
import type { Offer, OfferAnswer } from '../offer.ts';
import { isRecord } from './state.ts';

/** Between two questions about one channel, in ms: snapd itself asks the store as often. */
const ASK_AGAIN_MS = 6 * 3_600_000;
/** After a question that had no answer, in ms. */
const TRY_AGAIN_MS = 3_600_000;

export interface Asked {
  /** What the member had when it was asked: for anything else the answer does not hold. */
  readonly tracking: string;
  readonly revision: string;
  /** Last question, whatever came of it, ms UTC. */
  readonly triedAt: number;
  /** Last answer and when it came, ms UTC; null without one. A question without an answer does not undo the one before. */
  readonly answer: { readonly offer: Offer; readonly at: number } | null;
}

/** By member. */
export type OfferMemory = Readonly<Record<string, Asked>>;

/** A member that snapd can be asked about: it answered, and its snap follows a channel. */
export interface Follower {
  readonly member: MemberName;
  readonly architecture: string | null;
  readonly snap: SnapFacts & { readonly tracking: string };
}

/** In configuration order, those of one channel and one architecture together. */
export function followersOf({ members }: ClusterObservation): readonly (readonly Follower[])[] {
  const groups = new Map<string, Follower[]>();
  for (const { member, reach, facts } of members) {
    const snap = facts?.snap ?? null;
    if (reach.kind !== 'answered' || facts === null || snap === null || snap.disabled || snap.broken) continue;
    const { tracking } = snap;
    if (tracking === null) continue;
    const key = JSON.stringify([tracking, facts.architecture]);
    const group = groups.get(key) ?? [];
    groups.set(key, [...group, { member, architecture: facts.architecture, snap: { ...snap, tracking } }]);
  }
  return [...groups.values()];
}

/** What is known of a member as it is now. */
export function findAsked(memory: OfferMemory, { member, snap }: Follower): Asked | null {
  const asked = memory[member];
  return asked !== undefined && asked.tracking === snap.tracking && asked.revision === snap.revision ? asked : null;
}

/** Who is asked now: at most one member of each channel. */
export function dueFollowers(memory: OfferMemory, observation: ClusterObservation, now: number): readonly Follower[] {
  return followersOf(observation).flatMap((group) => dueOf(memory, group, now) ?? []);
}

function dueOf(memory: OfferMemory, group: readonly Follower[], now: number): Follower | null {
  const changed = group.find((one) => memory[one.member] !== undefined && findAsked(memory, one) === null);
  if (changed !== undefined) return changed;
  const triedAt = (one: Follower): number => findAsked(memory, one)?.triedAt ?? 0;
  const order = group.toSorted((a, b) => triedAt(a) - triedAt(b));
  const [next = null] = order;
  const newest = order.at(-1);
  const asked = newest === undefined ? null : findAsked(memory, newest);
  if (asked === null) return next;
  const wait = asked.answer?.at === asked.triedAt ? ASK_AGAIN_MS : TRY_AGAIN_MS;
  return now - asked.triedAt >= wait ? next : null;
}

export function remember(memory: OfferMemory, follower: Follower, answer: OfferAnswer, at: number): OfferMemory {
  const { tracking, revision } = follower.snap;
  const before = findAsked(memory, follower)?.answer ?? null;
  const asked: Asked = {
    tracking,
    revision,
    triedAt: at,
    answer: answer.kind === 'unknown' ? before : { offer: answer, at },
  };
  return { ...memory, [follower.member]: asked };
}

/** A text that can't be read counts as nothing remembered: the worst is a question too many. */
export function parseOfferMemory(text: string | null): OfferMemory {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return {};
    return Object.fromEntries(
      Object.entries(value).flatMap(([member, each]): readonly (readonly [string, Asked])[] => {
        const asked = askedIn(each);
        return asked === null ? [] : [[member, asked]];
      }),
    );
  } catch {
    return {};
  }
}

function askedIn(value: unknown): Asked | null {
  if (!isRecord(value)) return null;
  const { tracking, revision, triedAt, answer } = value;
  if (typeof tracking !== 'string' || typeof revision !== 'string' || typeof triedAt !== 'number') return null;
  return { tracking, revision, triedAt, answer: answerIn(answer) };
}

function answerIn(value: unknown): Asked['answer'] {
  if (!isRecord(value) || typeof value['at'] !== 'number' || !isRecord(value['offer'])) return null;
  const { kind, version, revision } = value['offer'];
  if (kind === 'up-to-date') return { offer: { kind }, at: value['at'] };
  if (kind !== 'offered' || typeof version !== 'string' || typeof revision !== 'string') return null;
  return { offer: { kind, version, revision }, at: value['at'] };
}
