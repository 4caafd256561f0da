/**
 * The text that asks a member what the store offers it: `snap refresh --list`, in the frame of a probe. A text of its own, since
 * snapd asks the store over the network for it: it may take long or fail, and the probe must not wait for that. It only reads.
 */
import { BEGIN, FRAME, nonceLine, OPENING } from './script/frame.ts';
import { PROLOGUE } from './script/prologue.ts';

/** Upper bound on the member, in seconds; snap itself would wait for two minutes. */
export const OFFER_S = 30;

const RUN = `run offer ${String(OFFER_S)} snap refresh --list &
wait
`;

/** `nonce` is unique per question. Throws on one that is none: that is a bug of the caller. */
export function compileOffer(nonce: string): string {
  return [PROLOGUE, nonceLine(nonce), OPENING, BEGIN, RUN, FRAME].join('');
}
