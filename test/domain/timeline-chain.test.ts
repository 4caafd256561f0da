import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, sha256 } from '../../src/domain/canonical.ts';
import {
  canonicalEntry,
  entryHash,
  GENESIS_HASH,
  verifyChain,
  type UnhashedEntry,
} from '../../src/domain/timeline-chain.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';

function chainOf(texts: readonly string[]): TimelineEntry[] {
  let previousHash = GENESIS_HASH;
  return texts.map((text, index) => {
    const entry: UnhashedEntry = {
      sequence: index + 1,
      happenedAt: 1000 + index,
      recordedAt: 2000 + index,
      kind: 'note',
      cluster: null,
      run: null,
      incident: null,
      member: null,
      actor: 'lockstep',
      text,
      evidence: null,
    };
    const hash = entryHash(previousHash, entry);
    const chained = { ...entry, previousHash, hash };
    previousHash = hash;
    return chained;
  });
}

describe('the timeline chain', () => {
  test('is intact as written, and so is an empty one', () => {
    const chain = chainOf(['a', 'b', 'c']);
    expect(verifyChain(chain)).toEqual({ kind: 'intact', entries: 3, head: chain[2]!.hash });
    expect(verifyChain([])).toEqual({ kind: 'intact', entries: 0, head: GENESIS_HASH });
  });

  test.each([
    ['text', 'changed'],
    ['actor', 'somebody else'],
    ['happenedAt', 7],
    ['recordedAt', 7],
    ['evidence', 'planted'],
    ['kind', 'approval-given'],
  ])('shows a changed %s', (field, value) => {
    const chain = chainOf(['a', 'b', 'c']);
    const changed = chain.map((entry, index) => (index === 1 ? { ...entry, [field]: value } : entry));
    expect(verifyChain(changed)).toEqual({ kind: 'broken', sequence: 2, reason: 'hash' });
  });

  test('shows an entry that was left out, and one whose hash was made anew', () => {
    const chain = chainOf(['a', 'b', 'c']);
    expect(verifyChain([chain[0]!, chain[2]!])).toEqual({ kind: 'broken', sequence: 2, reason: 'gap' });
    const forged = { ...chain[1]!, text: 'forged' };
    const rehashed = { ...forged, hash: entryHash(forged.previousHash, forged) };
    expect(verifyChain([chain[0]!, rehashed, chain[2]!])).toEqual({
      kind: 'broken',
      sequence: 3,
      reason: 'previous-hash',
    });
  });

  test('hashes the canonical form, with or without what only some entries have', () => {
    const extras = fc.record(
      {
        since: fc.nat(),
        corrects: fc.nat(),
        members: fc.array(fc.string()),
        includes: fc.array(fc.nat()),
        author: fc.string(),
        link: fc.string(),
      },
      { requiredKeys: [] },
    );
    const [plain] = chainOf(['a']);
    fc.assert(
      fc.property(extras, fc.string({ unit: 'binary' }), (some, text) => {
        const { hash: _, previousHash: __, ...entry } = { ...plain!, ...some, text } as TimelineEntry;
        const wellFormed = {
          ...entry,
          ...(entry.author === undefined ? {} : { author: entry.author.toWellFormed() }),
          ...(entry.link === undefined ? {} : { link: entry.link.toWellFormed() }),
        };
        expect(canonicalEntry(entry as UnhashedEntry)).toBe(canonicalJson(wellFormed));
      }),
    );
  });

  test('shows a cut tail only against a head that was kept elsewhere', () => {
    const chain = chainOf(['a', 'b', 'c']);
    const cut = chain.slice(0, 2);
    expect(verifyChain(cut).kind).toBe('intact');
    expect(verifyChain(cut, chain[2]!.hash)).toEqual({ kind: 'broken', sequence: 0, reason: 'head' });
    expect(verifyChain(chain, chain[1]!.hash).kind).toBe('intact');
  });
});

describe('the canonical form', () => {
  test('is the same for the same value, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }));
  });

  test('is JSON, so that other programs can check the hash', () => {
    const value = { text: 'é "quoted" \u2028 line', list: [[], {}], n: -0.5 };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('refuses what has no form', () => {
    expect(() => canonicalJson({ n: Number.NaN })).toThrow();
    expect(() => canonicalJson({ f: () => 1 })).toThrow();
  });
});
