/**
 * What the planner said beside the plan (is it the recommended one, why not the others), kept so that the approval card can be
 * rendered at any delivery. Written before the run is drafted; an offer without a run means nothing.
 */
import type { RunId } from '../domain/ids.ts';
import type { Alternative } from '../domain/plan.ts';
import type { Store } from '../ports/store.ts';

export interface Offer {
  readonly recommended: boolean;
  readonly alternatives: readonly Alternative[];
}

const NOTHING: Offer = { recommended: false, alternatives: [] };

export async function saveOffer(store: Store, run: RunId, offer: Offer): Promise<void> {
  await store.setMeta(keyOf(run), JSON.stringify(offer));
}

export async function findOffer(store: Store, run: RunId): Promise<Offer> {
  const text = await store.getMeta(keyOf(run));
  // Our own writing, read back from our own database.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by saveOffer alone
  return text === null ? NOTHING : (JSON.parse(text) as Offer);
}

function keyOf(run: RunId): string {
  return `offer:${run}`;
}
