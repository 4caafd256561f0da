/**
 * What the application offers to a chat platform, and what it expects of one: the contract between `app` and `adapters/slack`,
 * `adapters/discord`. Types alone. Registration, forms and autocompletion are made from `commands`; nothing is listed twice.
 */
import type { Message } from '../chat/message.ts';
import type { Person } from '../domain/person.ts';
import type { ChatPort } from '../ports/chat.ts';
import type { DoctorCheck } from './deps.ts';
import type { HandleInbound } from './inbound.ts';
import type { Command } from './registry.ts';

/** A command without its handler. */
export type CommandShape = Omit<Command, 'run'>;

export interface Choice {
  /** What the person reads. */
  readonly label: string;
  /** What is filled in. */
  readonly value: string;
}

export interface SuggestRequest {
  readonly person: Person;
  readonly command: string;
  readonly param: string;
  /** What was typed so far; free text. */
  readonly typed: string;
}

export interface Surface {
  readonly commands: readonly CommandShape[];
  /** Resolves when the command is done, which may take as long as a run; never rejects. A platform does not wait for it to answer. */
  readonly handle: HandleInbound;
  /** Best first, at most 25, nothing that this person may not view. Reads the store alone: fast enough for every key pressed. */
  suggest(request: SuggestRequest): Promise<readonly Choice[]>;
  /** What stands on a person's own page: the clusters' last known state and the approvals that wait. */
  home(person: Person): Promise<Message>;
}

export interface ChatAdapter extends ChatPort {
  /**
   * Connects and listens. Resolves when the platform is there, or with the reason once the readiness limit has passed; it goes on
   * trying by itself then. Never rejects, never ends the process.
   */
  start(surface: Surface): Promise<Started>;
  /** Takes nothing new; what was acknowledged is handed over. Idempotent. */
  stop(): Promise<void>;
  /** Token, scopes, intents, permissions, channels: what can be asked of the platform. `next` says what to click. */
  check(): Promise<readonly DoctorCheck[]>;
}

export type Started =
  | { readonly kind: 'ready'; readonly as: string }
  | { readonly kind: 'not-yet'; readonly reason: string };
