/**
 * Private answers: an interaction's token lets Lockstep speak to one person for 15 minutes. Owns the placeholder that the first answer
 * left (edited by the first private words, removed when everything was said in the open), and which interaction an answer belongs to:
 * the one whose command is being handled, else that person's latest in that place.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Address } from '../../ports/chat.ts';
import type { Clock, Log } from '../../ports/system.ts';
import { INTERACTION } from './limits.ts';
import type { Payload } from './render.ts';

/** What an acknowledged interaction can still do: the library's own methods, which use its token and not the bot's. */
export interface Ack {
  editReply(payload: Payload): Promise<string>;
  followUp(payload: Payload): Promise<string>;
  editMessage(id: string, payload: Payload): Promise<void>;
  deleteReply(): Promise<void>;
}

export interface Reply {
  readonly user: string;
  readonly channel: string;
  /** Anything at all was said, in the open or not. */
  readonly said: boolean;
  isLive(): boolean;
  /** Id of the private message. Rejects with what the library throws. */
  say(payload: Payload): Promise<string>;
  edit(id: string, payload: Payload): Promise<void>;
  /** Something was said in the open: a placeholder has nothing to wait for. */
  published(): void;
  /** The command is done. */
  done(): Promise<void>;
}

export interface Replies {
  /** `placeholder`: the first answer left a message that only this person sees. */
  open(place: { readonly user: string; readonly channel: string }, ack: Ack, placeholder: boolean): Reply;
  /** What `work` posts belongs to this reply. */
  within<T>(reply: Reply | null, work: () => Promise<T>): Promise<T>;
  current(): Reply | null;
  find(address: Address): Reply | null;
}

/** Time that an answer may need to get there before the token ends. */
const MARGIN_MS = 5_000;
const MOST_KEPT = 200;

export function createReplies(clock: Pick<Clock, 'nowMs'>, log: Log): Replies {
  const context = new AsyncLocalStorage<Reply | null>();
  const open: Reply[] = [];
  return {
    open(place, ack, placeholder) {
      const reply = createReply(
        place,
        ack,
        { placeholder, until: clock.nowMs() + INTERACTION.tokenMs - MARGIN_MS },
        clock,
        log,
      );
      open.push(reply);
      if (open.length > MOST_KEPT) open.shift();
      return reply;
    },
    within: (reply, work) => context.run(reply, work),
    current: () => context.getStore() ?? null,
    find(address) {
      const fits = (reply: Reply): boolean => reply.user === address.user && reply.isLive();
      const here = context.getStore() ?? null;
      if (here !== null && fits(here)) return here;
      const place = address.thread ?? address.channel;
      return open.findLast((reply) => fits(reply) && reply.channel === place) ?? null;
    },
  };
}

interface Life {
  readonly placeholder: boolean;
  readonly until: number;
}

function createReply(
  place: { readonly user: string; readonly channel: string },
  ack: Ack,
  life: Life,
  clock: Pick<Clock, 'nowMs'>,
  log: Log,
): Reply {
  let waiting = life.placeholder;
  let said = false;
  const isLive = (): boolean => clock.nowMs() < life.until;
  const remove = async (): Promise<void> => {
    if (!waiting || !isLive()) return;
    waiting = false;
    try {
      await ack.deleteReply();
    } catch {
      // The person may have dismissed it; nothing depends on it.
      log.debug('a placeholder could not be removed');
    }
  };
  return {
    ...place,
    get said() {
      return said;
    },
    isLive,
    async say(payload) {
      said = true;
      if (!waiting) return ack.followUp(payload);
      waiting = false;
      return ack.editReply(payload);
    },
    edit: (id, payload) => ack.editMessage(id, payload),
    published() {
      said = true;
      void remove();
    },
    done: remove,
  };
}
