/**
 * Port: turn a card's subject into a message at the moment of delivery. The outbox stores references, never rendered text, so
 * that several changes become one edit. Implemented in `app`.
 */
import type { CardSubject } from './store.ts';
import type { Rendered } from './chat.ts';

export interface Present {
  /** Null when there is nothing to say any more. */
  render(subject: CardSubject): Promise<Rendered | null>;
}
