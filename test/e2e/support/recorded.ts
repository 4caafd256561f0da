/** What went through a chat port: every message with all that it has been, in the order in which they were posted. */
import type { ChatAdapter } from '../../../src/app/surface.ts';
import type { Data } from '../../../src/domain/data.ts';
import type { Message } from '../../../src/chat/message.ts';
import type { Address, ChatPort, Delivery, Rendered } from '../../../src/ports/chat.ts';

export interface Recorded {
  readonly id: string;
  readonly address: Address;
  /** Every state, the present one last. */
  readonly states: Rendered[];
}

export interface Recorder {
  readonly messages: readonly Recorded[];
  /** Events whose handling has ended. */
  readonly handled: () => number;
  port<T extends ChatPort>(chat: T): T;
  adapter(chat: ChatAdapter): ChatAdapter;
  /** Resolves when so many events were handled to their end. */
  untilHandled(count: number): Promise<void>;
}

export function createRecorder(): Recorder {
  const messages: Recorded[] = [];
  const waiting = new Map<() => void, number>();
  let handled = 0;
  const keep = (address: Address, rendered: Rendered, delivery: Delivery): Delivery => {
    if (delivery.kind !== 'delivered') return delivery;
    const known = messages.find(({ id }) => id === delivery.externalId);
    if (known === undefined) messages.push({ id: delivery.externalId, address, states: [rendered] });
    else known.states.push(rendered);
    return delivery;
  };
  const port = <T extends ChatPort>(chat: T): T => ({
    ...chat,
    post: async (address, rendered, nonce) => keep(address, rendered, await chat.post(address, rendered, nonce)),
    edit: async (address, id, rendered) => keep(address, rendered, await chat.edit(address, id, rendered)),
  });
  return {
    messages,
    handled: () => handled,
    port,
    adapter(chat) {
      return {
        ...port(chat),
        start: (surface) =>
          chat.start({
            ...surface,
            async handle(inbound) {
              try {
                return await surface.handle(inbound);
              } finally {
                handled += 1;
                for (const [wake, count] of waiting) if (handled >= count) wake();
              }
            },
          }),
      };
    },
    untilHandled: (count) =>
      new Promise((resolve) => {
        if (handled >= count) resolve();
        else waiting.set(resolve, count);
      }),
  };
}

export function finalOf({ states }: Recorded): Rendered {
  const last = states.at(-1);
  if (last === undefined) throw new Error('a message without a state');
  return last;
}

export function dataOf({ states }: Recorded): readonly Data[] {
  return states.flatMap(({ data }) => (data === null ? [] : [data]));
}

/** The newest message that offers such a button. */
export function withButton(messages: readonly Recorded[], label: string): Recorded {
  const offers = (message: Message): boolean => message.actions.some((action) => action.label === label);
  const found = messages.findLast((each) => offers(finalOf(each).message));
  if (found === undefined) throw new Error(`no message offers ${label}`);
  return found;
}
