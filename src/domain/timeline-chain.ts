/**
 * The timeline's chain: each entry carries a hash over the one before and over itself. Owns what is hashed and how a chain is
 * checked; holds no storage. It shows that an entry in the middle was changed, left out or put in. A cut tail, or an older copy
 * of the whole, is a valid chain: only a head kept elsewhere (`expected`) shows that.
 */
import { sha256 } from './canonical.ts';
import { extrasOf, type TimelineEntry } from './timeline.ts';

/** What the first entry carries as its previous hash. */
export const GENESIS_HASH = '0'.repeat(64);

export type UnhashedEntry = Omit<TimelineEntry, 'hash' | 'previousHash'>;

/** SHA-256 (hex) over the previous hash and the canonical form of every other field. */
export function entryHash(previousHash: string, entry: UnhashedEntry): string {
  return sha256(`${previousHash}\n${canonicalEntry(entry)}`);
}

/**
 * `canonicalJson` of what is hashed, in one call: the keys stand in their order here, and an absent one is left out. Every durable
 * append waits for it.
 */
export function canonicalEntry(entry: UnhashedEntry): string {
  const { author, corrects, finding, includes, link, members, since, state } = extrasOf(entry);
  return JSON.stringify({
    actor: entry.actor,
    author,
    cluster: entry.cluster,
    corrects,
    evidence: entry.evidence,
    finding,
    happenedAt: entry.happenedAt,
    incident: entry.incident,
    includes,
    kind: entry.kind,
    link,
    member: entry.member,
    members,
    recordedAt: entry.recordedAt,
    run: entry.run,
    sequence: entry.sequence,
    since,
    state,
    text: entry.text,
  });
}

export type ChainVerdict =
  | { readonly kind: 'intact'; readonly entries: number; readonly head: string }
  | {
      readonly kind: 'broken';
      /** The first entry that doesn't fit; 0 when it is the head that doesn't. */
      readonly sequence: number;
      readonly reason: 'gap' | 'previous-hash' | 'hash' | 'head';
    };

/**
 * Checks a whole chain, oldest first, from its first entry. With `expected`, a head noted at an earlier time, the chain must also
 * contain an entry with that hash.
 */
export function verifyChain(entries: Iterable<TimelineEntry>, expected: string | null = null): ChainVerdict {
  let head = GENESIS_HASH;
  let met = expected === null || expected === GENESIS_HASH;
  let sequence = 0;
  for (const entry of entries) {
    sequence += 1;
    const broken = findBreak(entry, sequence, head);
    if (broken !== undefined) return { kind: 'broken', sequence, reason: broken };
    head = entry.hash;
    if (head === expected) met = true;
  }
  return met ? { kind: 'intact', entries: sequence, head } : { kind: 'broken', sequence: 0, reason: 'head' };
}

function findBreak(
  entry: TimelineEntry,
  sequence: number,
  previous: string,
): 'gap' | 'previous-hash' | 'hash' | undefined {
  if (entry.sequence !== sequence) return 'gap';
  if (entry.previousHash !== previous) return 'previous-hash';
  return entry.hash === entryHash(previous, entry) ? undefined : 'hash';
}
