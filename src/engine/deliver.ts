/**
 * One card to its chat: under its parent's thread, not more often than allowed, with growing pauses after failures. Owns what a
 * delivery's answer means for the card; never throws for what a chat or a renderer does.
 */
import { assertNever } from '../domain/assert-never.ts';
import type { Platform } from '../domain/person.ts';
import type { Address, ChatPort, Delivery } from '../ports/chat.ts';
import type { Present } from '../ports/present.ts';
import type { Card, Store } from '../ports/store.ts';
import type { Clock, Log, Timers } from '../ports/system.ts';

const BACK_OFF_MS = 1_000;
const MOST_BACK_OFF_MS = 60_000;

export interface OutboxDeps {
  readonly store: Store;
  readonly chats: ReadonlyMap<Platform, ChatPort>;
  readonly present: Present;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Least time between two edits of the card of a running run, in ms; other states are shown at once. Default 2000. */
  readonly minEditMs?: number;
}

export interface Deliverer {
  /** Returns the ms until this card has to be looked at again: 0 when it was delivered (it may be behind again). */
  deliver(card: Card, behind: readonly Card[]): Promise<number>;
}

type Place =
  | { readonly kind: 'here'; readonly address: Address }
  | { readonly kind: 'later' }
  | { readonly kind: 'gone' };

export function createDeliverer(deps: Omit<OutboxDeps, 'minEditMs'>, minEditMs: number): Deliverer {
  const { store, chats, clock, log } = deps;
  const editedAt = new Map<string, number>();

  async function deliver(card: Card, behind: readonly Card[]): Promise<number> {
    const now = clock.nowMs();
    const chat = chats.get(card.address.platform);
    if (chat === undefined) return Number.MAX_SAFE_INTEGER;
    const wait = Math.max(card.notBefore - now, await editPause(card, now));
    if (wait > 0) return wait;
    const place = await findPlace(card, behind);
    if (place.kind === 'later') return Number.MAX_SAFE_INTEGER;
    if (place.kind === 'gone') return giveUp(card, 'the card that it belongs under is gone');
    const delivery = await send(card, chat, place.address);
    return settle(card, delivery);
  }

  /** Only the card of a running run changes often enough to be held back. */
  async function editPause(card: Card, now: number): Promise<number> {
    const last = editedAt.get(card.id);
    if (last === undefined || card.externalId === null || card.subject.kind !== 'run') return 0;
    const run = await store.findRun(card.subject.run);
    return run?.state === 'running' ? last + minEditMs - now : 0;
  }

  async function findPlace(card: Card, behind: readonly Card[]): Promise<Place> {
    if (card.parent === null) return { kind: 'here', address: card.address };
    const parent = await store.findCard(card.parent);
    if (parent === null) return { kind: 'gone' };
    if (parent.externalId !== null) {
      return { kind: 'here', address: { ...card.address, thread: await threadOf(parent) } };
    }
    // Never posted and not waiting to be: its place is gone.
    return behind.some(({ id }) => id === parent.id) ? { kind: 'later' } : { kind: 'gone' };
  }

  /** One thread, however deep it hangs: that of the outermost card. */
  async function threadOf(card: Card): Promise<string | null> {
    const above = card.parent === null ? null : await store.findCard(card.parent);
    if (above !== null && above.externalId !== null) return threadOf(above);
    return card.address.thread ?? card.externalId;
  }

  /** Null when there is nothing to say any more. */
  async function send(card: Card, chat: ChatPort, address: Address): Promise<Delivery | null> {
    try {
      const rendered = await deps.present.render(card.subject);
      if (rendered === null) return null;
      return card.externalId === null
        ? await chat.post(address, rendered, card.id)
        : await chat.edit(address, card.externalId, rendered);
    } catch (cause) {
      log.error('a card could not be rendered or sent', { card: card.id }, cause);
      return { kind: 'retry', afterMs: 0, reason: 'an error of our own' };
    }
  }

  async function settle(card: Card, delivery: Delivery | null): Promise<number> {
    if (delivery === null) return giveUp(card, 'nothing to say any more');
    switch (delivery.kind) {
      case 'delivered':
        editedAt.set(card.id, clock.nowMs());
        await store.recordDelivery({ card: card.id, revision: card.revision, externalId: delivery.externalId });
        return 0;
      case 'gone':
        return giveUp(card, delivery.reason);
      case 'retry': {
        const pause = Math.max(delivery.afterMs, backOff(card.attempts));
        log.warn('a card was not delivered and is tried again', { card: card.id, attempts: card.attempts, pause });
        const notBefore = clock.nowMs() + pause;
        await store.recordDeliveryFailure({ card: card.id, notBefore, gone: false, reason: delivery.reason });
        return pause;
      }
      default:
        return assertNever(delivery);
    }
  }

  async function giveUp(card: Card, reason: string): Promise<number> {
    log.warn('a card can not be delivered and is given up', { card: card.id, reason });
    await store.recordDeliveryFailure({ card: card.id, notBefore: 0, gone: true, reason });
    return 0;
  }

  return { deliver };
}

function backOff(attempts: number): number {
  return Math.min(BACK_OFF_MS * 2 ** Math.min(attempts, 10), MOST_BACK_OFF_MS);
}
