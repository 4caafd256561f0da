/**
 * One command on its way: who gave it, where the answers go, and what the handler may use. Owns posting and editing of messages
 * that are not cards of the store (those go through the outbox). A chat that doesn't take a message stops nothing.
 */
import type { Person } from '../domain/person.ts';
import type { RunId } from '../domain/ids.ts';
import type { Address, ChatPort, Delivery, Rendered } from '../ports/chat.ts';
import type { AppDeps } from './deps.ts';

export interface Call {
  readonly deps: AppDeps;
  readonly person: Person;
  /** Where the command came from. */
  readonly address: Address;
  /** Fires when the person no longer waits (Ctrl-C at the console): waiting ends, the work goes on. */
  readonly detached: AbortSignal;
  /** Id of the posted message, or null when the chat did not take it. */
  post(rendered: Rendered, thread?: string | null): Promise<string | null>;
  /** An answer that only the person who asked may see: a refusal by role, a slip in a line, a confirmation. */
  tell(rendered: Rendered): Promise<void>;
  edit(id: string, rendered: Rendered): Promise<void>;
  /** Notes that this command handled a run here: its end decides over the console's exit code. */
  handles(run: RunId): void;
}

export interface CallOptions {
  readonly deps: AppDeps;
  readonly person: Person;
  readonly address: Address;
  readonly detached: AbortSignal;
  readonly handles: (run: RunId) => void;
}

/** In ms. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

export function createCall({ deps, person, address, detached, handles }: CallOptions): Call {
  const chat = requireChat(deps, address);
  return {
    deps,
    person,
    address,
    detached,
    handles,
    async post(rendered, thread = address.thread) {
      const nonce = deps.ids.messageId();
      const delivery = await insist({ deps, detached }, () => chat.post({ ...address, thread }, rendered, nonce));
      return delivery.kind === 'delivered' ? delivery.externalId : null;
    },
    async tell(rendered) {
      const nonce = deps.ids.messageId();
      await insist({ deps, detached }, () => chat.post({ ...address, user: person.id }, rendered, nonce));
    },
    async edit(id, rendered) {
      await insist({ deps, detached }, () => chat.edit(address, id, rendered));
    },
  };
}

function requireChat(deps: AppDeps, address: Address): ChatPort {
  const chat = deps.chats.get(address.platform);
  if (chat === undefined) throw new Error(`no chat adapter for ${address.platform}`);
  return chat;
}

/**
 * An answer is worth a minute of attempts, since a crowd in one channel makes a platform ask for patience; it isn't durable, since
 * the person can ask again.
 */
async function insist(
  { deps, detached }: Pick<CallOptions, 'deps' | 'detached'>,
  deliver: () => Promise<Delivery>,
): Promise<Delivery> {
  const end = deps.clock.monotonicMs() + PATIENCE_MS;
  let delivery = await deliver();
  for (let attempt = 0; delivery.kind === 'retry'; attempt += 1) {
    const pause = Math.max(delivery.afterMs, Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
    if (deps.clock.monotonicMs() + pause > end) break;
    if ((await deps.timers.sleep(pause, detached)) === 'aborted') break;
    delivery = await deliver();
  }
  if (delivery.kind !== 'delivered') deps.log.warn('an answer was not delivered', { reason: delivery.reason });
  return delivery;
}
