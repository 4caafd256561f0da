/** The words of the Slack test server: what it holds, what it records, what goes wrong on demand. Types alone. */
import type { Json } from '../chat-wire.ts';

export interface SlackUser {
  readonly id: string;
  readonly name: string;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  /** User ids, the bot's own too. */
  readonly members: Set<string>;
  archived: boolean;
  readonly im: boolean;
}

export interface SlackGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  /** True for what the bot under test posted. */
  readonly own: boolean;
  /** ts of the root, or null for a root message. */
  readonly thread: string | null;
  /** Only this person sees it. */
  readonly ephemeralTo: string | null;
  text: string;
  blocks: readonly Json[];
  /** Every state it has had, oldest first, the present one last. */
  readonly versions: { readonly text: string; readonly blocks: readonly Json[] }[];
  readonly files: SlackFile[];
  deleted: boolean;
}

export interface SlackFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly length: number;
  bytes: Uint8Array | null;
  shared: { readonly channel: string; readonly thread: string | null } | null;
}

export interface SlackView {
  readonly id: string;
  readonly user: string;
  readonly kind: 'modal' | 'home';
  view: Json;
  hash: string;
  readonly channel: string | null;
  open: boolean;
}

export interface Violation {
  /** `text`, `blocks`, `mrkdwn`, `view`, `rate`, `ack`, `method`, `file`, `response_url`. */
  readonly kind: string;
  /** Method or delivery that it was found in. */
  readonly where: string;
  readonly detail: string;
}

export type Fault =
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
  /** `{ok: false, error}` with HTTP 200, as Slack answers what it refuses. */
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'status'; readonly status: number }
  /** The work is done once the promise settles. */
  | { readonly kind: 'slow'; readonly until: Promise<void> }
  /** The connection is cut before the work. */
  | { readonly kind: 'cut' }
  /** The work is done and the connection is cut instead of an answer. */
  | { readonly kind: 'lost-answer' };

export interface Call {
  readonly method: string;
  readonly args: Json;
  readonly atMs: number;
  readonly answer: Json | null;
}

/** What the application answered to one delivery. */
export type Ack =
  | { readonly kind: 'acked'; readonly body: Json; readonly afterMs: number }
  /** The socket went away, or the HTTP answer was not 200, before an acknowledgement: the person sees "failed". */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Delivery {
  readonly id: string;
  readonly kind: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Json;
  readonly sentAtMs: number;
  readonly ack: Promise<Ack>;
}

export type Transport =
  | { readonly kind: 'socket' }
  /** Requests go to this URL, signed with the signing secret. */
  | { readonly kind: 'http'; readonly url: string };

export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}
