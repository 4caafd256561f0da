/** The store's contract: the chained timeline, delivery ids, small facts. */
import { expect, test } from 'vitest';
import { GENESIS_HASH, verifyChain } from '../../src/domain/timeline-chain.ts';
import type { Store } from '../../src/ports/store.ts';
import { aDraft, anEntry, M1, OTHER, PROD, RUN_A, T0 } from './store-fixtures.ts';

const DAY_MS = 86_400_000;

export function timelineContract(get: () => Store): void {
  test('entries are numbered from 1 without gaps and chained by hash', async () => {
    expect(await get().timelineHead()).toBeNull();
    const first = await get().appendTimeline([anEntry('one'), anEntry('two')], T0 + 5);
    const second = await get().appendTimeline([anEntry('three', { evidence: 'x\u0000y\n', member: M1 })], T0 + 6);
    const all = [...first, ...second];
    expect(all.map((entry) => entry.sequence)).toEqual([1, 2, 3]);
    expect(all[0]).toMatchObject({ previousHash: GENESIS_HASH, happenedAt: T0, recordedAt: T0 + 5, text: 'one' });
    expect(verifyChain(all)).toEqual({ kind: 'intact', entries: 3, head: all[2]!.hash });
    expect(await get().listTimeline({})).toEqual(all);
    expect(await get().timelineHead()).toEqual({ sequence: 3, hash: all[2]!.hash });
    expect(await get().findTimelineEntry(2)).toEqual(all[1]);
    expect(await get().findTimelineEntry(4)).toBeNull();
  });

  test('entries of every kind of change are in the same chain', async () => {
    await get().appendTimeline([anEntry('before')], T0);
    await get().draftRun(aDraft());
    await get().appendTimeline([anEntry('after')], T0);
    expect(verifyChain(await get().listTimeline({}))).toMatchObject({ kind: 'intact', entries: 3 });
  });

  test('text that is not well-formed is kept so that the chain still holds', async () => {
    await get().appendTimeline([anEntry('half \ud800 a pair', { evidence: '\udc00' }), anEntry('next')], T0);
    expect(verifyChain(await get().listTimeline({}))).toMatchObject({ kind: 'intact', entries: 2 });
  });

  test('appending nothing appends nothing', async () => {
    expect(await get().appendTimeline([], T0)).toEqual([]);
    expect(await get().timelineHead()).toBeNull();
  });

  test('entries are listed by cluster and by run, oldest first, the newest within a limit', async () => {
    await get().appendTimeline([anEntry('a'), anEntry('b', { cluster: OTHER }), anEntry('c', { run: RUN_A })], T0);
    await get().appendTimeline([anEntry('d', { cluster: null })], T0);
    const texts = async (query: Parameters<Store['listTimeline']>[0]) =>
      (await get().listTimeline(query)).map((entry) => entry.text);
    expect(await texts({ cluster: PROD })).toEqual(['a', 'c']);
    expect(await texts({ run: RUN_A })).toEqual(['c']);
    expect(await texts({ cluster: OTHER, run: RUN_A })).toEqual([]);
    expect(await texts({ limit: 2 })).toEqual(['c', 'd']);
    expect(await texts({ cluster: PROD, limit: 1 })).toEqual(['c']);
  });

  test('a delivery id is claimed once within a day', async () => {
    expect(await get().claimDelivery('e1', T0)).toBe(true);
    expect(await get().claimDelivery('e1', T0 + 1)).toBe(false);
    expect(await get().claimDelivery('e2', T0 + DAY_MS - 1)).toBe(true);
    expect(await get().claimDelivery('e1', T0 + DAY_MS - 1)).toBe(false);
  });

  test('of many claims of one id at the same moment one is true', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get().claimDelivery('e1', T0)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  test('small facts are kept by key', async () => {
    expect(await get().getMeta('installation')).toBeNull();
    await get().setMeta('installation', 'one');
    await get().setMeta('installation', 'two');
    expect(await get().getMeta('installation')).toBe('two');
  });

  test('a store may be closed twice', async () => {
    await get().close();
    await get().close();
  });
}
