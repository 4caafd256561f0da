/** The store's contract: cards, which are the outbox. */
import { expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { aCard, ADDRESS, aDraft, anEntry, aRun, RUN_A, T0 } from './store-fixtures.ts';

export function cardContract(get: () => Store): void {
  const draftOnly = () => get().draftRun(aDraft(aRun(), { cards: [] }));

  test('a new card is due at once, and comes back as it was given', async () => {
    await draftOnly();
    const added = await get().addCard({ ...aCard('c1'), address: { ...ADDRESS, user: 'u', thread: 't' } });
    expect(added).toEqual({
      id: 'c1',
      subject: { kind: 'run', run: RUN_A },
      address: { ...ADDRESS, user: 'u', thread: 't' },
      parent: null,
      externalId: null,
      revision: 1,
      deliveredRevision: 0,
      attempts: 0,
      notBefore: 0,
    });
    expect(await get().findCard('c1')).toEqual(added);
    expect(await get().dueCards(T0)).toEqual([added]);
    expect(await get().findCard('c2')).toBeNull();
  });

  test('adding the same card again changes nothing', async () => {
    await draftOnly();
    await get().addCard(aCard('c1'));
    await get().touchCard('c1');
    expect((await get().addCard(aCard('c1'))).revision).toBe(2);
    expect(await get().pendingCards()).toBe(1);
  });

  test('a delivery settles the revision that was delivered, not a newer one', async () => {
    await draftOnly();
    await get().addCard(aCard('c1'));
    await get().touchCard('c1');
    await get().recordDelivery({ card: 'c1', revision: 1, externalId: 'x1' });
    expect(await get().findCard('c1')).toMatchObject({ revision: 2, deliveredRevision: 1, externalId: 'x1' });
    expect(await get().pendingCards()).toBe(1);
    await get().recordDelivery({ card: 'c1', revision: 2, externalId: 'x1' });
    expect(await get().dueCards(T0)).toEqual([]);
    expect(await get().pendingCards()).toBe(0);
  });

  test('an answer that comes late does not take a newer delivery back', async () => {
    await draftOnly();
    await get().addCard(aCard('c1'));
    await get().touchCard('c1');
    await get().recordDelivery({ card: 'c1', revision: 2, externalId: 'x1' });
    await get().recordDelivery({ card: 'c1', revision: 1, externalId: 'x1' });
    expect((await get().findCard('c1'))?.deliveredRevision).toBe(2);
  });

  test('a failed delivery waits until its time, and a delivery clears the count', async () => {
    await draftOnly();
    await get().addCard(aCard('c1'));
    await get().recordDeliveryFailure({ card: 'c1', notBefore: T0 + 500, gone: false, reason: '429' });
    await get().recordDeliveryFailure({ card: 'c1', notBefore: T0 + 900, gone: false, reason: '429' });
    expect(await get().findCard('c1')).toMatchObject({ attempts: 2, notBefore: T0 + 900 });
    expect(await get().dueCards(T0 + 899)).toEqual([]);
    expect(await get().pendingCards()).toBe(1);
    expect(await get().dueCards(T0 + 900)).toHaveLength(1);
    await get().recordDelivery({ card: 'c1', revision: 1, externalId: 'x1' });
    expect(await get().findCard('c1')).toMatchObject({ attempts: 0, notBefore: 0 });
  });

  test('a card whose place is gone is never due again', async () => {
    await draftOnly();
    await get().addCard(aCard('c1'));
    await get().recordDeliveryFailure({ card: 'c1', notBefore: 0, gone: true, reason: 'channel_not_found' });
    await get().touchCard('c1');
    expect(await get().dueCards(T0)).toEqual([]);
    expect(await get().pendingCards()).toBe(0);
  });

  test('due cards come oldest first, a parent before its children', async () => {
    await draftOnly();
    const [entry] = await get().appendTimeline([anEntry('milestone', { run: RUN_A })], T0);
    await get().addCard(aCard('root'));
    const subject = { kind: 'timeline-entry', sequence: entry!.sequence } as const;
    await get().addCard({ id: 'child', subject, address: ADDRESS, parent: 'root' });
    await get().touchCard('root');
    expect((await get().dueCards(T0)).map((card) => card.id)).toEqual(['root', 'child']);
    expect((await get().listCards(subject)).map((card) => [card.id, card.parent])).toEqual([['child', 'root']]);
    expect((await get().listCards({ kind: 'run', run: RUN_A })).map((card) => card.id)).toEqual(['root']);
  });

  test('an unknown card is a bug, not a silence', async () => {
    await expect(get().touchCard('none')).rejects.toThrow('none');
    await expect(get().recordDelivery({ card: 'none', revision: 1, externalId: 'x' })).rejects.toThrow('none');
    const failure = { card: 'none', notBefore: 0, gone: false, reason: 'x' };
    await expect(get().recordDeliveryFailure(failure)).rejects.toThrow('none');
  });
}
