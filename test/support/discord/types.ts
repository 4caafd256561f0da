/** The words of the Discord test server: what it holds, what it records, what goes wrong on demand. Types alone. */
import type { Json } from '../chat-wire.ts';
import type { Permission } from './limits.ts';

export interface DiscordUser {
  readonly id: string;
  readonly name: string;
  roles: readonly string[];
}

export interface DiscordRole {
  readonly id: string;
  readonly name: string;
}

export interface DiscordChannel {
  readonly id: string;
  readonly name: string;
  /** 0: a text channel; 11: a public thread; 1: direct messages. */
  readonly type: 0 | 1 | 11;
  readonly parent: string | null;
  readonly permissions: Set<Permission>;
  readonly members: Set<string>;
  archived: boolean;
  locked: boolean;
  archiveMinutes: number;
}

export interface DiscordFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DiscordMessage {
  readonly id: string;
  readonly channel: string;
  readonly author: string;
  readonly own: boolean;
  readonly nonce: string | null;
  /** Only this person sees it. */
  readonly ephemeralTo: string | null;
  content: string;
  embeds: readonly Json[];
  components: readonly Json[];
  flags: number;
  files: readonly DiscordFile[];
  /** Id of the thread that hangs on it; the same as its own id. */
  thread: string | null;
  /** Every state it has had, the present one last. */
  readonly versions: {
    readonly content: string;
    readonly embeds: readonly Json[];
    readonly components: readonly Json[];
  }[];
  deleted: boolean;
}

export interface Violation {
  /** `message`, `mentions`, `commands`, `modal`, `choices`, `late`, `token`, `rate`, `gateway`, `route`. */
  readonly kind: string;
  readonly where: string;
  readonly detail: string;
}

export type Fault =
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number; readonly global?: boolean }
  /** A JSON error of Discord, such as 403 with 50013. */
  | { readonly kind: 'error'; readonly status: number; readonly code: number; readonly message: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'slow'; readonly until: Promise<void> }
  | { readonly kind: 'cut' }
  /** The work is done and the connection is cut instead of an answer. */
  | { readonly kind: 'lost-answer' };

export interface Call {
  /** Such as `POST /channels/:id/messages`. */
  readonly route: string;
  readonly path: string;
  readonly body: Json;
  readonly status: number;
  readonly atMs: number;
}

export type ResponseKind = 'message' | 'deferred' | 'deferred-update' | 'update' | 'choices' | 'modal';

export interface FirstResponse {
  readonly kind: ResponseKind;
  readonly data: Json;
  readonly afterMs: number;
}

/** Something that a person did, and what the application first said to it. */
export interface Sent {
  readonly id: string;
  readonly token: string;
  readonly response: Promise<FirstResponse>;
}

export interface Interaction {
  readonly id: string;
  readonly token: string;
  /** 2 command, 3 component, 4 autocomplete, 5 form. */
  readonly type: 2 | 3 | 4 | 5;
  readonly user: string;
  readonly channel: string;
  readonly bornMs: number;
  /** The message that a component stands on. */
  readonly source: string | null;
  readonly answer: (response: FirstResponse) => void;
  answered: ResponseKind | null;
  /** Message id of `@original`, once there is one. */
  original: string | null;
  /** Deferred and not filled yet. */
  pending: boolean;
  modal: Json | null;
}

export interface MessageRef {
  readonly channel: string;
  readonly id: string;
}
