/**
 * Port: one chat platform. Three verbs; the adapter renders, clamps and talks to its SDK. Resolves, never rejects, for what a
 * platform or a network can do.
 */
import type { Message } from '../chat/message.ts';
import type { Data } from '../domain/data.ts';
import type { Platform } from '../domain/person.ts';

/** Where a message goes. Ids are the platform's own, as opaque strings. */
export interface Address {
  readonly platform: Platform;
  readonly channel: string;
  /** Set for a reply that only this person may see. */
  readonly user: string | null;
  /** External id of the thread's root message, or null for a root message. */
  readonly thread: string | null;
}

/** A file that goes with a message: an export, a picture. `image` blocks name it. */
export interface FilePart {
  /** Without directories, [A-Za-z0-9._-] alone. */
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

export interface Rendered {
  readonly message: Message;
  readonly data: Data | null;
  readonly files?: readonly FilePart[];
}

export type Delivery =
  | { readonly kind: 'delivered'; readonly externalId: string }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly reason: string }
  /** Will never work: channel gone, bot removed, message deleted. */
  | { readonly kind: 'gone'; readonly reason: string };

export interface ChatPort {
  readonly platform: Platform;
  /** `nonce` makes a repeated post of the same card one message, where the platform can. */
  post(address: Address, rendered: Rendered, nonce: string): Promise<Delivery>;
  edit(address: Address, externalId: string, rendered: Rendered): Promise<Delivery>;
}
