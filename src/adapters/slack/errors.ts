/**
 * What Slack or the network answered → try again, or gone, with a reason that a person can act on. Pure. Codes: the "Errors" table of
 * https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update and …/auth.test. A code that is not known is shown as it is.
 */
import { webApi } from '@slack/bolt';
import { visibleLine } from '../../chat/visible.ts';
import { cut } from './escape.ts';
import { stringOf } from './json.ts';

export type Failure =
  | { readonly kind: 'retry'; readonly afterMs: number; readonly reason: string; readonly code: string | null }
  | { readonly kind: 'gone'; readonly reason: string; readonly code: string | null };

const SERVER_PAUSE_MS = 2_000;
/** Somebody has to put a new token in. */
const TOKEN_PAUSE_MS = 60_000;

/** The bot can't speak there, and there may be another way to tell the person. */
export const CLOSED_CHANNEL: ReadonlySet<string> = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'user_not_in_channel',
]);
/** The thread's root is no more: the channel itself may still be there. */
export const LOST_THREAD: ReadonlySet<string> = new Set([
  'thread_not_found',
  'message_not_found',
  'cannot_reply_to_message',
]);
export const REFUSED_BLOCKS: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
]);

const TOKEN =
  'Slack refuses the bot token: copy a fresh one from "OAuth & Permissions" of the app into SLACK_BOT_TOKEN.';

const REASONS: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack knows no such channel for this app: check the id, and invite the bot: /invite @lockstep',
  not_in_channel: 'The bot is not in the channel. Invite it there: /invite @lockstep',
  is_archived: 'The channel is archived: unarchive it, or name another one in clusters.yaml.',
  message_not_found: 'The message was deleted.',
  thread_not_found: 'The message that the thread belongs to was deleted.',
  cannot_reply_to_message: 'This message takes no replies.',
  cant_update_message: 'The message belongs to somebody else, or can no longer be changed.',
  edit_window_closed: 'The workspace does not allow messages to be changed any more after that time.',
  restricted_action: 'The workspace’s settings do not let the bot write there: ask an admin.',
  user_not_in_channel: 'The person is not in that channel.',
  messages_tab_disabled: 'Direct messages to the app are off: "App Home", turn on the Messages Tab.',
  invalid_blocks: 'Slack refuses the card’s form.',
  msg_blocks_too_long: 'Slack finds the card too long.',
  expired_trigger_id: 'The form came too late: Slack opens it only within 3 s.',
};

const TOKEN_CODES: ReadonlySet<string> = new Set([
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_authed',
  'org_login_required',
]);
const PASSING_CODES: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'message_limit_exceeded',
]);

/** Slack's own word for what is wrong; null when the answer had none. */
export function codeOf(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    const seconds = Math.max(1, error.retryAfter);
    return {
      kind: 'retry',
      afterMs: seconds * 1000,
      reason: `Slack asks to wait ${seconds} s (rate limit).`,
      code: null,
    };
  }
  if (error instanceof webApi.WebAPIPlatformError) return platformFailure(error.data.error, error.data);
  if (error instanceof webApi.WebAPIHTTPError) {
    const reason = `Slack answered ${error.statusCode}.`;
    // An answer below 500 will be the same next time.
    if (error.statusCode < 500 && error.statusCode !== 429) return { kind: 'gone', reason, code: null };
    return { kind: 'retry', afterMs: SERVER_PAUSE_MS, reason: `${reason} It is tried again.`, code: null };
  }
  return {
    kind: 'retry',
    afterMs: SERVER_PAUSE_MS,
    reason: `Slack can’t be reached: ${describeCause(error)}.`,
    code: null,
  };
}

function platformFailure(code: string, data: unknown): Failure {
  if (TOKEN_CODES.has(code)) return { kind: 'retry', afterMs: TOKEN_PAUSE_MS, reason: `${TOKEN} (${code})`, code };
  if (PASSING_CODES.has(code)) {
    return { kind: 'retry', afterMs: SERVER_PAUSE_MS, reason: `Slack answered ${code}; it is tried again.`, code };
  }
  if (code === 'missing_scope') return { kind: 'gone', reason: missingScope(data), code };
  return { kind: 'gone', reason: REASONS[code] ?? `Slack refuses it: ${cut(visibleLine(code), 100)}.`, code };
}

function missingScope(data: unknown): string {
  const needed = stringOf(data, 'needed') ?? 'one that it does not name';
  return `The app lacks the scope ${cut(visibleLine(needed), 100)}. At "OAuth & Permissions", add it under Bot Token Scopes, and reinstall the app.`;
}

/** The innermost cause says most: `fetch failed` ← `ECONNREFUSED`. */
function describeCause(error: unknown): string {
  let words = 'no answer';
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 6; depth += 1) {
    words = stringOf(one, 'code') ?? one.message;
    one = one instanceof webApi.WebAPIRequestError ? one.original : one.cause;
  }
  return cut(visibleLine(words), 120);
}
