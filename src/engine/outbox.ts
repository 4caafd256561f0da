/**
 * Delivery of cards: what the store says is behind is rendered at that moment and posted or edited, so that several changes become
 * one edit. Durable, since it keeps nothing that the store doesn't; a slow or broken chat never holds up a run, nor another chat.
 * Owns when the next round is; what one delivery does is in `deliver.ts`.
 */
import type { Platform } from '../domain/person.ts';
import type { Card } from '../ports/store.ts';
import { createDeliverer, type Deliverer, type OutboxDeps } from './deliver.ts';

export type { OutboxDeps } from './deliver.ts';

export interface Outbox {
  /** Something may be due. Never waits and never throws. */
  kick(): void;
  /** Resolves when nothing is behind that this process has a chat for. */
  idle(): Promise<void>;
  /** Finishes the deliveries that are under way and begins no other. */
  stop(): Promise<void>;
}

const MIN_EDIT_MS = 2_000;
/** Longest time between two rounds while something is behind, in ms. */
const ROUND_MS = 2_000;
const STORE_PAUSE_MS = 5_000;

/** One lane per platform: a delivery that hangs on one holds up nothing on another. */
export function createOutbox(deps: OutboxDeps): Outbox {
  const deliverer = createDeliverer(deps, deps.minEditMs ?? MIN_EDIT_MS);
  const lanes = [...deps.chats.keys()].map((platform) => createLane(deps, deliverer, platform));
  return {
    kick() {
      for (const lane of lanes) lane.kick();
    },
    async idle() {
      await Promise.all(lanes.map((lane) => lane.idle()));
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

function createLane(deps: OutboxDeps, deliverer: Deliverer, platform: Platform): Outbox {
  const stopping = new AbortController();
  let isKicked = false;
  let wake = new AbortController();
  let running: Promise<void> | null = null;

  function kick(): void {
    isKicked = true;
    wake.abort();
    if (stopping.signal.aborted || running !== null) return;
    running = rounds().finally(() => {
      running = null;
      if (isKicked && !stopping.signal.aborted) kick();
    });
  }

  async function rounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      isKicked = false;
      wake = new AbortController();
      const wait = await round();
      if (wait === null) return;
      if (wait > 0) await deps.timers.sleep(wait, wake.signal);
    }
  }

  /** Time until the next round; null when nothing is behind. */
  async function round(): Promise<number | null> {
    try {
      const behind = await findBehind(deps, platform);
      if (behind.length === 0) return isKicked ? 0 : null;
      const wait = await deliverAll(deliverer, behind, stopping.signal);
      return isKicked ? 0 : wait;
    } catch (cause) {
      if (stopping.signal.aborted) return null;
      deps.log.error('the outbox could not use the store', {}, cause);
      return STORE_PAUSE_MS;
    }
  }

  return {
    kick,
    async idle() {
      kick();
      for (let work = running; work !== null; work = running) await work;
    },
    async stop() {
      stopping.abort();
      wake.abort();
      await running;
    },
  };
}

/** All that is behind, oldest first, whether its time has come or not. */
async function findBehind({ store }: OutboxDeps, platform: Platform): Promise<readonly Card[]> {
  const behind = await store.dueCards(Number.MAX_SAFE_INTEGER);
  return behind.filter(({ address }) => address.platform === platform);
}

/** In their order: a parent is there before its children. Returns the wait for what is left. */
async function deliverAll(deliverer: Deliverer, behind: readonly Card[], stopping: AbortSignal): Promise<number> {
  let wait = ROUND_MS;
  for (const card of behind) {
    if (!stopping.aborted) wait = Math.min(wait, await deliverer.deliver(card, behind));
  }
  return wait;
}
