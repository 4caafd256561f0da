/** One card as it is to be seen, and what it was an answer to. */
import type { Message } from '../../src/chat/message.ts';
import type { Rendered } from '../../src/ports/chat.ts';
import type { Said } from './stage.ts';

export interface Picture {
  /** Unique; the anchor in the page and the name of the image. */
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** The functions of `src/chat/views` that made it. */
  readonly views: readonly string[];
  /** Where it stands: in the open, in a card's thread, before one person alone, on that person's own page. */
  readonly place: 'channel' | 'thread' | 'private' | 'home';
  readonly rendered: Rendered;
}

/** A picture of something that was said; where it stands is read from its address. */
export function pictureOf(
  named: Omit<Picture, 'place' | 'rendered'>,
  said: readonly Said[],
  which: (one: Said) => boolean = () => true,
): Picture {
  const found = said.find(which);
  if (found === undefined) {
    const summaries = said.map((one) => one.rendered.message.summary).join('; ');
    throw new Error(`nothing fits the picture ${named.id}: ${summaries}`);
  }
  const { address, rendered } = found;
  return {
    ...named,
    place: address.user !== null ? 'private' : address.thread === null ? 'channel' : 'thread',
    rendered,
  };
}

export function pictureOfMessage(named: Omit<Picture, 'rendered'>, message: Message): Picture {
  return { ...named, rendered: { message, data: null } };
}

export function hasData(kind: string): (one: Said) => boolean {
  return ({ rendered }) => rendered.data?.kind === kind;
}
