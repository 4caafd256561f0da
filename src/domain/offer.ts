/** What snapd says that the store has for a member's LXD: the type alone. The text that asks is in `lxd/offer-script.ts`. */
export type Offer =
  | { readonly kind: 'up-to-date' }
  /** The next refresh brings this; snapd follows the channel, so it may also be an older build. */
  | { readonly kind: 'offered'; readonly version: string; readonly revision: string };

/** `unknown`: the store or snapd gave no answer. That says nothing about the channel. `text` is remote, clipped and hostile. */
export type OfferAnswer = Offer | { readonly kind: 'unknown'; readonly text: string };
